"""Two diffusers folders with random weights: every block and option SD 1.x and 2.x use, in a megabyte.

tiny-sd1: one head count, convolutions around the transformers, two layers a block, quick_gelu, attention in the
autoencoder under its old names, prefixed text encoder names with position_ids: as the old files on the net.
tiny-sd2: a list of head counts, linear projections, one layer a block, gelu, v-prediction, an autoencoder without
attention, `fp16` file names and a sharded UNet: as newer files are.
"""
import json
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, PNDMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel

import common
import tiny_vocabulary

SCHEDULE = dict(
    num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
    set_alpha_to_one=False, steps_offset=1)

UNET = dict(
    sample_size=8, in_channels=4, out_channels=4,
    down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
    norm_num_groups=8)
# 24 channels in 8 groups: three a group.
UNETS = {
    "tiny-sd1": UNET | dict(
        block_out_channels=(16, 24, 24), layers_per_block=2, attention_head_dim=2, cross_attention_dim=32),
    "tiny-sd2": UNET | dict(
        block_out_channels=(16, 24, 24), layers_per_block=1, attention_head_dim=[2, 3, 6], cross_attention_dim=40,
        use_linear_projection=True),
}

VAE = dict(
    in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=4, sample_size=64,
    down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)
VAES = {
    "tiny-sd1": VAE | dict(block_out_channels=(8, 12, 12, 16), layers_per_block=1, scaling_factor=0.18215),
    "tiny-sd2": VAE | dict(
        block_out_channels=(8, 8, 12, 12), layers_per_block=2, scaling_factor=0.5, mid_block_add_attention=False),
}

TEXTS = {
    "tiny-sd1": dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
                     hidden_act="quick_gelu"),
    "tiny-sd2": dict(hidden_size=40, intermediate_size=96, num_hidden_layers=2, num_attention_heads=5,
                     hidden_act="gelu"),
}


def randomise(module, seed, last):
    """Weights that keep activations of order one; `last` names the layer whose output is the module's."""
    for offset, (name, parameter) in enumerate(sorted(module.named_parameters())):
        noise = common.normal(seed + offset, *parameter.shape)
        if parameter.dim() > 1:
            fan_in = parameter[0].numel() if "embedding" not in name or "linear" in name else 1
            noise *= (1.0 if name.startswith(last) else 1.2) / fan_in**0.5
        elif name.endswith("bias"):
            noise *= 0.1
        else:
            noise = 1 + 0.1 * noise
        parameter.copy_(noise)
    return module.eval()


def index(folder, scheduler):
    parts = {
        "scheduler": ["diffusers", scheduler],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "feature_extractor": [None, None],
        "safety_checker": [None, None],
        "requires_safety_checker": False,
    }
    content = {"_class_name": "StableDiffusionPipeline", **parts}
    (folder / "model_index.json").write_text(json.dumps(content, indent=2))


def rename(file, change, extra=None):
    """Rewrites a safetensors file under other names."""
    tensors = {change(name): value for name, value in load_file(file).items()}
    save_file(tensors | (extra or {}), str(file), metadata={"format": "pt"})


LEGACY_ATTENTION = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def legacy(name):
    for new, old in LEGACY_ATTENTION.items():
        name = name.replace(f"attentions.0.{new}.", f"attentions.0.{old}.")
    return name


def unclip(file):
    """Adds what SD 1.x files say to the samplers that would clip, and the class itself does not know."""
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"clip_sample": False}), "utf-8")


def settle_json(folder):
    """Takes versions out, so that the files do not change with the libraries."""
    for file in folder.rglob("*.json"):
        content = json.loads(file.read_text("utf-8"))
        for key in ("_diffusers_version", "transformers_version", "_name_or_path"):
            content.pop(key, None)
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def make(out):
    for number, name in enumerate(common.MODELS):
        folder, seed = out / name, 10_000 * (number + 1)
        shutil.rmtree(folder, ignore_errors=True)
        size = tiny_vocabulary.write(folder / "tokenizer")
        text = randomise(
            CLIPTextModel(CLIPTextConfig(
                vocab_size=size, max_position_embeddings=77, bos_token_id=size - 2, eos_token_id=size - 1,
                pad_token_id=size - 1, projection_dim=TEXTS[name]["hidden_size"], **TEXTS[name])),
            seed, "final_layer_norm")
        unet = randomise(UNet2DConditionModel(**UNETS[name]), seed + 1000, "conv_out")
        vae = randomise(AutoencoderKL(**VAES[name]), seed + 2000, "decoder.conv_out")
        # A picture that mostly stays within -1…1.
        vae.decoder.conv_out.weight.mul_(0.4)
        old = name == "tiny-sd1"
        kept = {} if old else {"variant": "fp16"}
        text.half().save_pretrained(folder / "text_encoder", **kept)
        unet.half().save_pretrained(folder / "unet", **kept, **({} if old else {"max_shard_size": "300KB"}))
        vae.half().save_pretrained(folder / "vae", **kept)
        if old:
            PNDMScheduler(skip_prk_steps=True, **SCHEDULE).save_pretrained(folder / "scheduler")
            unclip(folder / "scheduler" / "scheduler_config.json")
            rename(folder / "vae" / "diffusion_pytorch_model.safetensors", legacy)
            rename(
                folder / "text_encoder" / "model.safetensors",
                lambda key: key if key.startswith("text_model.") else f"text_model.{key}",
                {"text_model.embeddings.position_ids": torch.arange(77)[None]})
        else:
            DDIMScheduler(prediction_type="v_prediction", clip_sample=False, **SCHEDULE).save_pretrained(
                folder / "scheduler")
        index(folder, "PNDMScheduler" if old else "DDIMScheduler")
        settle_json(folder)
