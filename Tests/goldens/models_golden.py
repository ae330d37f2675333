"""What diffusers' networks give in float32 for the tiny models: text, UNet, autoencoder."""
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

import common

PROMPTS = ["a small red circle on a blue background", ""]


def load(folder, **variant):
    """The three networks in float32; `variant` says how a folder's files are named."""
    text = CLIPTextModel.from_pretrained(folder / "text_encoder", **variant).float().eval()
    unet = UNet2DConditionModel.from_pretrained(folder / "unet", **variant).float().eval()
    vae = AutoencoderKL.from_pretrained(folder / "vae", **variant).float().eval()
    return text, unet, vae


def text_goldens(folder, text):
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    ids = tokenizer(PROMPTS, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    result = text(ids, output_hidden_states=True)
    norm = dict(text.named_modules()).get("final_layer_norm") or text.text_model.final_layer_norm
    return {
        "text.ids": ids,
        "text.last": result.last_hidden_state,
        "text.penultimate": norm(result.hidden_states[-2]),
    }


def unet_goldens(unet, hidden):
    goldens = {}
    for label, height, width, timestep in (("even", 8, 8, 981.0), ("odd", 5, 9, 1.0), ("fraction", 4, 8, 417.25)):
        latents = common.normal(77 + height, 2, 4, height, width)
        goldens[f"unet.{label}.latents"] = latents
        goldens[f"unet.{label}.timestep"] = torch.tensor([timestep])
        goldens[f"unet.{label}.prediction"] = unet(latents, torch.tensor(timestep), hidden).sample
    return goldens


def vae_goldens(vae):
    latents = common.normal(5, 1, vae.config.latent_channels, 5, 8)
    picture = common.normal(6, 1, 3, 40, 64).clamp(-1, 1)
    posterior = vae.encode(picture).latent_dist
    return {
        "vae.latents": latents,
        "vae.decoded": vae.decode(latents).sample,
        "vae.picture": picture,
        "vae.mean": posterior.mean,
        "vae.logvar": posterior.logvar,
    }


def make(out):
    for name in common.MODELS:
        text, unet, vae = load(out / name, **({} if name == "tiny-sd1" else {"variant": "fp16"}))
        goldens = text_goldens(out / name, text)
        goldens |= unet_goldens(unet, goldens["text.last"])
        goldens |= vae_goldens(vae)
        for label, value in goldens.items():
            assert value.isfinite().all(), label
            if not label.endswith(("ids", "timestep")):
                print(f"  {name} {label}: spread {value.float().std().item():.3f}")
        common.write(out / f"{name}.safetensors", goldens)
