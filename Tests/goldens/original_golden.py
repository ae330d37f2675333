"""Names of tiny models in the original single-file layout, checked with diffusers' own converters.

Only configurations, names and shapes are written: the tests fill both layouts with the same numbers. Sizes follow
the rules of the full models (8 heads or heads of 64 channels, 32 groups), since a single file does not say them.
"""
import json
import re
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, PNDMScheduler, UNet2DConditionModel
from diffusers.loaders import single_file_utils
from transformers import CLIPTextConfig, CLIPTextModel

import tiny_models
import tiny_vocabulary

MODELS = {
    "tiny-sd1": dict(
        unet=dict(sample_size=64, block_out_channels=(32, 32, 64), layers_per_block=2, attention_head_dim=8, cross_attention_dim=64),
        vae=dict(block_out_channels=(32, 32, 64), layers_per_block=1),
        text=dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=1, hidden_act="quick_gelu")),
    "tiny-sd2": dict(
        unet=dict(sample_size=96, block_out_channels=(64, 64, 128), layers_per_block=1, attention_head_dim=[1, 1, 2],
                  cross_attention_dim=128, use_linear_projection=True),
        vae=dict(block_out_channels=(32, 64), layers_per_block=2),
        text=dict(hidden_size=128, intermediate_size=160, num_hidden_layers=2, num_attention_heads=2, hidden_act="gelu")),
}

RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
          "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}


def unet_name(name, layers, levels):
    """Where a tensor of diffusers' UNet is in CompVis' `openaimodel.py`, by counting blocks."""
    fixed = {"conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
             "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2"}
    for new, old in fixed.items():
        if name.startswith(new + "."):
            return old + name[len(new):]

    def inner(rest):
        first, _, tail = rest.partition(".")
        return f"{RESNET[first]}.{tail}"

    if found := re.match(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)", name):
        kind, index, rest = found.groups()
        return "middle_block." + (f"{2 * int(index)}.{inner(rest)}" if kind == "resnets" else f"1.{rest}")
    side, block, kind, index, rest = re.match(
        r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.*)", name).groups()
    block, index = int(block), int(index)
    if side == "down":
        number = 1 + block * (layers + 1) + (layers if kind == "downsamplers" else index)
        place = f"input_blocks.{number}"
        return {"resnets": lambda: f"{place}.0.{inner(rest)}", "attentions": lambda: f"{place}.1.{rest}",
                "downsamplers": lambda: f"{place}.0.op.{rest.removeprefix('conv.')}"}[kind]()
    number = block * (layers + 1) + (layers if kind == "upsamplers" else index)
    place = f"output_blocks.{number}"
    # The coarsest level has no attention here, so its enlargement is the second part of its block.
    return {"resnets": lambda: f"{place}.0.{inner(rest)}", "attentions": lambda: f"{place}.1.{rest}",
            "upsamplers": lambda: f"{place}.{1 if block == 0 else 2}.{rest}"}[kind]()


def vae_name(name, levels):
    """Where a tensor of diffusers' autoencoder is in CompVis' `model.py`."""
    for new, old in {"conv_norm_out": "norm_out", "conv_shortcut": "nin_shortcut", "mid_block.resnets.0": "mid.block_1",
                     "mid_block.resnets.1": "mid.block_2", "mid_block.attentions.0": "mid.attn_1", "group_norm": "norm",
                     "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}.items():
        name = name.replace(new, old)
    name = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    flip = lambda found, rest: f"up.{levels - 1 - int(found.group(1))}.{rest}"
    name = re.sub(r"up_blocks\.(\d)\.resnets", lambda found: flip(found, "block"), name)
    return re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda found: flip(found, "upsample"), name)


def open_clip_name(name):
    """Where a tensor of transformers' text model is in OpenCLIP, and which third of it."""
    part = "whole"
    for third, letter in enumerate("qkv"):
        if f"self_attn.{letter}_proj." in name:
            name, part = name.replace(f"self_attn.{letter}_proj.", "attn.in_proj_"), f"third{third}"
    for new, old in {"embeddings.token_embedding": "token_embedding", "final_layer_norm": "ln_final",
                     "embeddings.position_embedding.weight": "positional_embedding", "encoder.layers": "transformer.resblocks",
                     "layer_norm1": "ln_1", "layer_norm2": "ln_2", "self_attn.out_proj": "attn.out_proj",
                     "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj"}.items():
        name = name.replace(new, old)
    return name, part


def rows(component, state, place):
    """One row a tensor: diffusers' name, shape, original name, and what of it."""
    result = []
    for name, value in state.items():
        old, part = place(name)
        result.append({"component": component, "name": name, "shape": list(value.shape), "original": old, "part": part})
    return result


def extras(name):
    """What else such files have, and nobody needs: averaged weights, the trainer's schedule, a block SD 2.x skips."""
    shapes = {"betas": [1000], "alphas_cumprod": [1000], "model_ema.decay": [], "model_ema.num_updates": [],
              "model_ema.diffusion_modelinput_blocks00weight": [2, 2], "first_stage_model.loss.logvar": []}
    if name == "tiny-sd1":
        shapes["cond_stage_model.transformer.text_model.embeddings.position_ids"] = [1, 77]
    else:
        width = MODELS[name]["text"]["hidden_size"]
        block = "cond_stage_model.model.transformer.resblocks.2."
        shapes |= {
            "cond_stage_model.model.text_projection": [width, width], "cond_stage_model.model.logit_scale": [],
            block + "ln_1.weight": [width], block + "ln_1.bias": [width], block + "attn.in_proj_weight": [3 * width, width]}
    return [{"component": "extra", "name": "", "shape": shape, "original": key, "part": "whole"} for key, shape in shapes.items()]


def original(table, states):
    """The single file those rows describe."""
    checkpoint = {}
    for row in table:
        value = states[row["component"]][row["name"]]
        if row["part"].startswith("third"):
            checkpoint.setdefault(row["original"], {})[row["part"]] = value
        else:
            checkpoint[row["original"]] = value[:, :, None, None] if row["part"] == "matrix" else value
    return {name: torch.cat([value[f"third{i}"] for i in range(3)]) if isinstance(value, dict) else value
            for name, value in checkpoint.items()}


def text_of(table):
    rows = [json.dumps(list(row.values()), separators=(",", ":")) for row in table]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def check(name, found, expected):
    missing = [key for key, value in expected.items()
               if key not in found or not torch.equal(found[key].reshape(value.shape), value)]
    assert not missing, f"{name}: diffusers' converter disagrees about {missing[:3]}"


def build(name, out):
    sizes, folder = MODELS[name], out / "original" / name
    shutil.rmtree(folder, ignore_errors=True)
    size = tiny_vocabulary.write(out / "tokenizer-of-original")
    unet = UNet2DConditionModel(**{**tiny_models.UNET, "norm_num_groups": 32, **sizes["unet"]})
    levels = len(sizes["vae"]["block_out_channels"])
    vae = AutoencoderKL(**{
        **tiny_models.VAE, "norm_num_groups": 32, "scaling_factor": 0.18215, **sizes["vae"],
        "down_block_types": ("DownEncoderBlock2D",) * levels, "up_block_types": ("UpDecoderBlock2D",) * levels})
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=size, max_position_embeddings=77, bos_token_id=size - 2, eos_token_id=size - 1,
        pad_token_id=size - 1, **sizes["text"]))
    if name == "tiny-sd1":
        scheduler = PNDMScheduler(skip_prk_steps=True, **tiny_models.SCHEDULE)
    else:
        scheduler = DDIMScheduler(prediction_type="v_prediction", clip_sample=False, **tiny_models.SCHEDULE)
    for part, module in [("unet", unet), ("vae", vae), ("text_encoder", text)]:
        module.config.save_pretrained(folder / part) if part == "text_encoder" else module.save_config(folder / part)
    scheduler.save_pretrained(folder / "scheduler")
    if name == "tiny-sd1":
        tiny_models.unclip(folder / "scheduler" / "scheduler_config.json")
    tiny_models.index(folder, "PNDMScheduler" if name == "tiny-sd1" else "DDIMScheduler")
    tiny_models.settle_json(folder)
    return unet, vae, text, folder


def make(out):
    for number, name in enumerate(MODELS):
        unet, vae, text, folder = build(name, out)
        shutil.rmtree(out / "tokenizer-of-original")
        seed = 50_000 * (number + 1)
        tiny_models.randomise(unet, seed, "conv_out")
        tiny_models.randomise(vae, seed + 1000, "decoder.conv_out")
        tiny_models.randomise(text, seed + 2000, "final_layer_norm")
        prefix = lambda key: key if key.startswith("text_model.") else f"text_model.{key}"
        states = {"unet": unet.state_dict(), "vae": vae.state_dict(),
                  "text_encoder": {prefix(key): value for key, value in text.state_dict().items() if "position_ids" not in key}}
        layers, levels = MODELS[name]["unet"]["layers_per_block"], 3
        table = rows("unet", states["unet"], lambda key: ("model.diffusion_model." + unet_name(key, layers, levels), "whole"))
        depth = len(MODELS[name]["vae"]["block_out_channels"])
        attention = lambda key, value: "attentions.0.to_" in key and value.dim() == 2
        table += [
            row | {"part": "matrix" if attention(row["name"], states["vae"][row["name"]]) else "whole"}
            for row in rows("vae", states["vae"], lambda key: ("first_stage_model." + vae_name(key, depth), "whole"))]
        if name == "tiny-sd1":
            table += rows("text_encoder", states["text_encoder"], lambda key: ("cond_stage_model.transformer." + key, "whole"))
        else:
            def place(key):
                old, part = open_clip_name(key.removeprefix("text_model."))
                return "cond_stage_model.model." + old, part
            table += rows("text_encoder", states["text_encoder"], place)
        checkpoint = original(table, states)
        # diffusers' own converters, the other way round, give every tensor back.
        check(f"{name} unet", single_file_utils.convert_ldm_unet_checkpoint(dict(checkpoint), unet.config), states["unet"])
        check(f"{name} vae", single_file_utils.convert_ldm_vae_checkpoint(dict(checkpoint), vae.config), states["vae"])
        if name == "tiny-sd1":
            found = single_file_utils.convert_ldm_clip_checkpoint(dict(checkpoint))
        else:
            found = single_file_utils.convert_open_clip_checkpoint(text, dict(checkpoint))
        check(f"{name} text", {prefix(key): value for key, value in found.items()}, states["text_encoder"])
        (folder / "names.json").write_text(text_of(table + extras(name)), "utf-8")
