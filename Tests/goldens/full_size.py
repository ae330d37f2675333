#!/usr/bin/env python3
"""Makes Stable Diffusion 1.5 in its full size with random weights, and what diffusers gives for it in float32.

    full_size.py FOLDER                writes FOLDER/model and FOLDER/goldens.safetensors (2.1 GB, minutes)
    full_size.py --model-only FOLDER   only the model

What is there already is kept. Weights are seeded and of an order that keeps activations near one; the last
convolutions are scaled so that the predicted noise and the picture have the spread of real ones.
"""
import argparse
import pathlib
import shutil

import torch
from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

import common
import models_golden
import tiny_models
import tiny_vocabulary

UNET = dict(
    sample_size=64, in_channels=4, out_channels=4,
    down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
    block_out_channels=(320, 640, 1280, 1280), layers_per_block=2, cross_attention_dim=768, attention_head_dim=8)
VAE = dict(
    sample_size=512, in_channels=3, out_channels=3, latent_channels=4, layers_per_block=2, scaling_factor=0.18215,
    down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    block_out_channels=(128, 256, 512, 512))
TEXT = dict(
    vocab_size=49408, hidden_size=768, intermediate_size=3072, projection_dim=768, num_hidden_layers=12,
    num_attention_heads=12, max_position_embeddings=77, hidden_act="quick_gelu")
PROMPTS = 2


def scale_to(layer, spread, output):
    """Scales a module's last convolution so that the module's output has this standard deviation."""
    layer.weight.mul_(spread / output.std())
    layer.bias.zero_()


def hidden_states(text):
    ids = torch.randint(0, text.config.vocab_size, (PROMPTS, 77), generator=common.generator(1))
    return ids, text(ids).last_hidden_state


def make_model(folder):
    shutil.rmtree(folder, ignore_errors=True)
    partial = folder.with_name("model.partial")
    shutil.rmtree(partial, ignore_errors=True)
    size = tiny_vocabulary.write(partial / "tokenizer")
    ends = dict(bos_token_id=size - 2, eos_token_id=size - 1, pad_token_id=size - 1)
    text = tiny_models.randomise(CLIPTextModel(CLIPTextConfig(**TEXT, **ends)), 1_000, "final_layer_norm")
    unet = tiny_models.randomise(UNet2DConditionModel(**UNET), 2_000, "conv_out")
    vae = tiny_models.randomise(AutoencoderKL(**VAE), 4_000, "decoder.conv_out")
    hidden = hidden_states(text)[1][:1]
    scale_to(unet.conv_out, 1.0, unet(common.normal(2, 1, 4, 32, 32), 500, hidden).sample)
    scale_to(vae.decoder.conv_out, 0.4, vae.decode(common.normal(3, 1, 4, 16, 16)).sample)
    text.half().save_pretrained(partial / "text_encoder")
    unet.half().save_pretrained(partial / "unet")
    vae.half().save_pretrained(partial / "vae")
    PNDMScheduler(skip_prk_steps=True, **tiny_models.SCHEDULE).save_pretrained(partial / "scheduler")
    tiny_models.unclip(partial / "scheduler" / "scheduler_config.json")
    tiny_models.index(partial, "PNDMScheduler")
    tiny_models.settle_json(partial)
    partial.rename(folder)


def make_goldens(folder, file):
    text, unet, vae = models_golden.load(folder)
    ids, hidden = hidden_states(text)
    latents, small = common.normal(4, PROMPTS, 4, 64, 64), common.normal(5, 1, 4, 32, 32)
    goldens = {
        "text.ids": ids,
        "text.last": hidden,
        "unet.latents": latents,
        "unet.timestep": torch.tensor([621.0]),
        "unet.prediction": unet(latents, torch.tensor(621.0), hidden).sample,
        "vae.latents": small,
        "vae.decoded": vae.decode(small).sample,
    }
    for name, value in goldens.items():
        assert value.isfinite().all(), name
    for name in ("text.last", "unet.prediction", "vae.decoded"):
        print(f"  {name}: spread {goldens[name].std().item():.3f}", flush=True)
    common.write(file, goldens)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--model-only", action="store_true", help="make no goldens")
    arguments = parser.parse_args()
    threads = torch.get_num_threads()
    common.settle()
    torch.set_num_threads(threads)  # for a comparison with a tolerance all of them are as good as one
    model, goldens = arguments.folder / "model", arguments.folder / "goldens.safetensors"
    if not model.exists():
        print("making the model", flush=True)
        goldens.unlink(missing_ok=True)
        model.parent.mkdir(parents=True, exist_ok=True)
        make_model(model)
    if not goldens.exists() and not arguments.model_only:
        print("making the goldens", flush=True)
        make_goldens(model, goldens)


if __name__ == "__main__":
    main()
