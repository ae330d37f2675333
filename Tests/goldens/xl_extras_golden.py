"""LoRAs, an embedding and an autoencoder for tiny-sdxl, and the pictures diffusers and peft make with them.

The LoRAs have kohya's names with the blocks of the original layout, kohya's with diffusers' blocks, and peft's.
"""
import shutil

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler
from safetensors.torch import save_file

import common
import extras_golden
import xl_golden

PROMPT, NEGATIVE = "a small red circle", "green star"
DOWN, UP, MIDDLE = "down_blocks.1.attentions.0", "up_blocks.0.attentions.1", "mid_block.attentions.0"
BLOCK, SECOND = "transformer_blocks.0", "transformer_blocks.1"
LAYER = "text_model.encoder.layers"
ORIGINAL = [
    ("unet", f"{DOWN}.{BLOCK}.attn1.to_q"), ("unet", f"{DOWN}.{BLOCK}.attn2.to_k"), ("unet", f"{DOWN}.proj_in"),
    ("unet", f"{UP}.{SECOND}.attn2.to_v"), ("unet", f"{UP}.{BLOCK}.ff.net.0.proj"), ("unet", f"{MIDDLE}.{SECOND}.ff.net.2"),
    # diffusers tells kohya's names of a text encoder by an output projection.
    ("text_encoder", f"{LAYER}.0.self_attn.q_proj"), ("text_encoder", f"{LAYER}.0.self_attn.out_proj"),
    ("text_encoder", f"{LAYER}.1.mlp.fc1"), ("text_encoder_2", f"{LAYER}.0.self_attn.v_proj"),
    ("text_encoder_2", f"{LAYER}.1.self_attn.out_proj"), ("text_encoder_2", f"{LAYER}.1.mlp.fc2"),
]
DIFFUSERS = [
    ("unet", f"{DOWN}.{BLOCK}.attn1.to_v"), ("unet", f"{UP}.{BLOCK}.attn1.to_out.0"), ("unet", f"{MIDDLE}.proj_out"),
    ("text_encoder", f"{LAYER}.1.self_attn.out_proj"), ("text_encoder_2", f"{LAYER}.0.self_attn.out_proj"),
]
PEFT = [
    ("unet", f"{DOWN}.{BLOCK}.attn2.to_v"), ("unet", f"{UP}.{SECOND}.attn1.to_q"),
    ("text_encoder", f"{LAYER}.1.self_attn.k_proj"), ("text_encoder_2", f"{LAYER}.1.self_attn.q_proj"),
]
KOHYA = {"unet": "lora_unet_", "text_encoder": "lora_te1_", "text_encoder_2": "lora_te2_"}
VAE_SEED = 210_000


def pipeline():
    modules, tokenizers = xl_golden.networks()
    xl_golden.filled(modules)
    return xl_golden.pipeline(modules, tokenizers)


def original(name):
    return xl_golden.unet_name(name + ".weight").removesuffix(".weight")


def lora(pipe, modules, key, down, up, alpha, seed):
    """Tensors of a file, in half precision: files are that as a rule."""
    tensors = {}
    for number, (network, name) in enumerate(modules):
        root = getattr(pipe, network)
        path = name if network == "unet" or hasattr(root, "text_model") else name.removeprefix("text_model.")
        low, high, _ = extras_golden.matrices(root.get_submodule(path).weight, 2, seed + 10 * number)
        place = key(network, name)
        tensors |= {f"{place}.{down}.weight": low.half(), f"{place}.{up}.weight": high.half()}
        if alpha:
            tensors[f"{place}.alpha"] = torch.tensor(alpha).half()
    return tensors


def picture(pipe, prompt=PROMPT):
    return xl_golden.picture(
        pipe, EulerDiscreteScheduler(**xl_golden.SCHEDULE), prompt, negative_prompt=NEGATIVE, num_inference_steps=3,
        guidance_scale=5.0)


def with_loras(folder):
    pipe = pipeline()
    flat = lambda name: name.replace(".", "_")
    files = {
        "xl-original": lora(
            pipe, ORIGINAL, lambda network, name: KOHYA[network] + flat(original(name) if network == "unet" else name),
            "lora_down", "lora_up", 3.0, 7000),
        "xl-flat": lora(
            pipe, DIFFUSERS, lambda network, name: KOHYA[network] + flat(name), "lora_down", "lora_up", 1.0, 7200),
        "xl-peft": lora(pipe, PEFT, lambda network, name: f"{network}.{name}", "lora_A", "lora_B", None, 7400),
    }
    for name, tensors in files.items():
        save_file(tensors, str(folder / "Lora" / f"{name}.safetensors"))
        pipe.load_lora_weights(folder / "Lora" / f"{name}.safetensors", adapter_name=name)
    uneven = lambda text, unet: {"text_encoder": text, "text_encoder_2": text, "unet": unet}
    pipe.set_adapters(list(files), adapter_weights=[uneven(0.6, 0.8), uneven(0.7, 0.7), uneven(0.5, 0.5)])
    both = picture(pipe)
    # Every network has its part: without one the picture is another.
    for network in ("text_encoder", "text_encoder_2", "unet"):
        pipe.set_adapters(list(files), adapter_weights=[uneven(0.6, 0.8) | {network: 0.0}] * 3)
        assert not torch.equal(picture(pipe), both), network
    return both


def with_embedding(folder):
    pipe = pipeline()
    first, second = common.normal(7600, 2, 64), common.normal(7601, 2, 64)
    save_file({"clip_l": first, "clip_g": second}, str(folder / "embeddings" / "xlstyle.safetensors"))
    pipe.load_textual_inversion({"xlstyle": first}, "xlstyle", text_encoder=pipe.text_encoder, tokenizer=pipe.tokenizer)
    pipe.load_textual_inversion(
        {"xlstyle": second}, "xlstyle", text_encoder=pipe.text_encoder_2, tokenizer=pipe.tokenizer_2)
    return picture(pipe, "a red xlstyle circle")


def with_vae():
    """The tests write the file, with the numbers that are drawn here."""
    pipe = pipeline()
    pipe.vae = AutoencoderKL(**xl_golden.VAE)
    xl_golden.fill(pipe.vae, VAE_SEED)
    return picture(pipe)


def make(out):
    folder = out / "extras-xl"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("Lora", "embeddings"):
        (folder / name).mkdir(parents=True)
    pictures = {
        "none": picture(pipeline()), "loras": with_loras(folder), "embedding": with_embedding(folder),
        "vae": with_vae()}
    for name, value in pictures.items():
        print(f"  {name}: {(value.int() - pictures['none'].int()).abs().float().mean().item():.1f} from none")
    save_file(pictures, str(folder / "pictures.safetensors"))
