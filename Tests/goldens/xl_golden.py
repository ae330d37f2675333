"""A tiny SDXL: names in both layouts, checked with diffusers' converters, and diffusers' pictures in float32.

No weight is written: the tests draw the same numbers from the same seeds (`weights`), as diffusers' model here has.
"""
import json
import pathlib
import shutil
import tempfile

import numpy as np
import torch
from diffusers import (
    AutoencoderKL, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from diffusers.loaders import single_file_utils
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

import common
import original_golden
import tiny_models
import tiny_vocabulary

NAME = "tiny-sdxl"
SEED = 150_000
PROMPT, NEGATIVE = "a small red circle on a blue background", "green star"
UNET = dict(
    sample_size=128, in_channels=4, out_channels=4, norm_num_groups=32, layers_per_block=1,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    block_out_channels=(32, 32, 64), attention_head_dim=[8, 8, 1], transformer_layers_per_block=[1, 1, 2],
    cross_attention_dim=128, use_linear_projection=True, addition_embed_type="text_time",
    addition_time_embed_dim=32, projection_class_embeddings_input_dim=6 * 32 + 48)
VAE = dict(
    in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=32, block_out_channels=(32, 32),
    layers_per_block=1, scaling_factor=0.13025, force_upcast=True, sample_size=64,
    down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2)
TEXT = dict(hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=1, hidden_act="quick_gelu")
TEXT2 = dict(
    hidden_size=64, intermediate_size=80, num_hidden_layers=3, num_attention_heads=1, hidden_act="gelu",
    projection_dim=48)
SCHEDULE = dict(
    num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1,
    timestep_spacing="leading")
HEIGHT, WIDTH = 32, 48


def weights(state, seed):
    """Numbers of order one from the seed and a tensor's place among the sorted names."""
    drawn = {}
    for place, name in enumerate(sorted(state)):
        shape = state[name].shape
        noise = common.normal(seed + place, int(np.prod(shape))).reshape(shape)
        if len(shape) > 1:
            embeds = "token_embedding" in name or "position_embedding" in name
            # As float64 and rounded once: any program gives the same number.
            factor = 1.0 if embeds else 1.2 / float(np.prod(shape[1:])) ** 0.5
            noise = (noise.double() * factor).float()
        elif name.endswith("bias"):
            noise = (noise.double() * 0.1).float()
        else:
            noise = (1 + noise.double() * 0.1).float()
        drawn[name] = noise
    return drawn


def prefixed(state):
    """transformers 5 leaves the outermost name of a text model out."""
    outer = lambda key: key if key.startswith(("text_model.", "text_projection.")) else f"text_model.{key}"
    return {outer(key): key for key in state if "position_ids" not in key}


def fill(module, seed, text=False):
    state = module.state_dict()
    names = prefixed(state) if text else {key: key for key in state}
    drawn = weights({outer: state[key] for outer, key in names.items()}, seed)
    module.load_state_dict({names[outer]: value for outer, value in drawn.items()}, strict=False)
    module.eval()
    return drawn


def networks():
    """The modules with whatever numbers, and their two tokenizers."""
    with tempfile.TemporaryDirectory() as folder:
        size = tiny_vocabulary.write(pathlib.Path(folder))
        tokenizers = [CLIPTokenizer.from_pretrained(folder), CLIPTokenizer.from_pretrained(folder, pad_token="!")]
    ends = dict(
        vocab_size=size, max_position_embeddings=77, bos_token_id=size - 2, eos_token_id=size - 1, pad_token_id=1)
    modules = {
        "unet": UNet2DConditionModel(**UNET), "vae": AutoencoderKL(**VAE),
        "text_encoder": CLIPTextModel(CLIPTextConfig(**TEXT, **ends)),
        "text_encoder_2": CLIPTextModelWithProjection(CLIPTextConfig(**TEXT2, **ends))}
    return modules, tokenizers


def filled(modules):
    """Fills the modules; what they hold, under the names the tests know."""
    return {part: fill(module, SEED + 10_000 * number, part.startswith("text"))
            for number, (part, module) in enumerate(modules.items())}


def pipeline(modules, tokenizers):
    pipe = StableDiffusionXLPipeline(
        **modules, tokenizer=tokenizers[0], tokenizer_2=tokenizers[1],
        scheduler=EulerDiscreteScheduler(**SCHEDULE), force_zeros_for_empty_prompt=True, add_watermarker=False)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def save(folder, modules):
    """Writes the configurations."""
    shutil.rmtree(folder, ignore_errors=True)
    for part, module in modules.items():
        (module.config.save_pretrained if part.startswith("text") else module.save_config)(folder / part)
    EulerDiscreteScheduler(**SCHEDULE).save_pretrained(folder / "scheduler")
    tiny_models.index(folder, "EulerDiscreteScheduler")
    index = json.loads((folder / "model_index.json").read_text("utf-8"))
    index |= {"_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": True,
              "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
              "tokenizer_2": ["transformers", "CLIPTokenizer"]}
    (folder / "model_index.json").write_text(json.dumps(index), "utf-8")
    tiny_models.settle_json(folder)


def unet_name(name):
    """As in the other models; here the coarsest level attends and the finest does not."""
    for new, old in {"add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2"}.items():
        if name.startswith(new + "."):
            return old + name[len(new):]
    old = original_golden.unet_name(name, UNET["layers_per_block"], 3)
    return old.replace("output_blocks.1.1.conv", "output_blocks.1.2.conv") if "upsamplers" in name else old


def table(states):
    rows, depth = [], len(VAE["block_out_channels"])
    rows += original_golden.rows(
        "unet", states["unet"], lambda key: ("model.diffusion_model." + unet_name(key), "whole"))
    attends = lambda row: "attentions.0.to_" in row["name"] and len(row["shape"]) == 2
    rows += [row | {"part": "matrix" if attends(row) else "whole"} for row in original_golden.rows(
        "vae", states["vae"], lambda key: ("first_stage_model." + original_golden.vae_name(key, depth), "whole"))]
    rows += original_golden.rows(
        "text_encoder", states["text_encoder"], lambda key: ("conditioner.embedders.0.transformer." + key, "whole"))

    def second(key):
        if key == "text_projection.weight":
            return "conditioner.embedders.1.model.text_projection", "transposed"
        old, part = original_golden.open_clip_name(key.removeprefix("text_model."))
        return "conditioner.embedders.1.model." + old, part
    rows += original_golden.rows("text_encoder_2", states["text_encoder_2"], second)
    return rows


def check(rows, states, modules):
    checkpoint = {}
    for row in rows:
        value = states[row["component"]][row["name"]]
        if row["part"] == "transposed":
            checkpoint[row["original"]] = value.T.contiguous()
    rest = [row for row in rows if row["part"] != "transposed"]
    checkpoint |= original_golden.original(rest, states)
    # Anywhere diffusers looks for it: constants a file of the full size has.
    checkpoint["conditioner.embedders.1.model.logit_scale"] = torch.tensor(4.6)
    unet = single_file_utils.convert_ldm_unet_checkpoint(dict(checkpoint), modules["unet"].config)
    original_golden.check("xl unet", unet, states["unet"])
    original_golden.check(
        "xl vae", single_file_utils.convert_ldm_vae_checkpoint(dict(checkpoint), modules["vae"].config), states["vae"])
    first = {key.removeprefix("conditioner.embedders.0.transformer."): value for key, value in checkpoint.items()
             if key.startswith("conditioner.embedders.0.transformer.")}
    original_golden.check("xl text", first, states["text_encoder"])
    found = single_file_utils.convert_open_clip_checkpoint(
        modules["text_encoder_2"], dict(checkpoint), prefix="conditioner.embedders.1.model.")
    outer = {("text_model." + key if not key.startswith("text_") else key): value for key, value in found.items()}
    original_golden.check("xl text 2", outer, states["text_encoder_2"])


def extras():
    shapes = {"conditioner.embedders.1.model.logit_scale": [], "denoiser.sigmas": [1000],
              "conditioner.embedders.0.transformer.text_model.embeddings.position_ids": [1, 77]}
    return [{"component": "extra", "name": "", "shape": shape, "original": key, "part": "whole"}
            for key, shape in shapes.items()]


def picture(pipe, scheduler, prompt, **settings):
    pipe.scheduler = scheduler
    image = pipe(prompt, height=HEIGHT, width=WIDTH, generator=common.generator(1234), output_type="pil",
                 **settings).images[0]
    return torch.from_numpy(np.array(image)).contiguous()


def from_picture(pipe, source):
    """Pictures from another one, whole and in part; the mask's edges are those of latents."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[8:24, 16:40] = 255
    start = dict(
        prompt=PROMPT, negative_prompt=NEGATIVE, image=Image.fromarray(source.numpy()), num_inference_steps=8,
        guidance_scale=5.0, output_type="pil")
    parts = {name: part for name, part in pipe.components.items() if name not in ("image_encoder", "feature_extractor")}
    made = {}
    for label, kind, more in (
            ("img2img", StableDiffusionXLImg2ImgPipeline, dict(strength=0.6)),
            ("inpaint", StableDiffusionXLInpaintPipeline,
             dict(strength=0.75, mask_image=Image.fromarray(mask), height=HEIGHT, width=WIDTH))):
        other = kind(**parts, force_zeros_for_empty_prompt=True, add_watermarker=False)
        other.scheduler = EulerDiscreteScheduler(**SCHEDULE)
        other.set_progress_bar_config(disable=True)
        image = other(**start, **more, generator=common.generator(1234)).images[0]
        made[label] = torch.from_numpy(np.array(image)).contiguous()
    return made


def make(out):
    folder = out / "original" / NAME
    modules, tokenizers = networks()
    save(folder, modules)
    states = filled(modules)
    rows = table(states)
    check(rows, states, modules)
    (folder / "names.json").write_text(original_golden.text_of(rows + extras()), "utf-8")
    euler, ancestral = EulerDiscreteScheduler(**SCHEDULE), EulerAncestralDiscreteScheduler(**SCHEDULE)
    turbo = EulerAncestralDiscreteScheduler(**SCHEDULE | {"timestep_spacing": "trailing"})
    zero = EulerDiscreteScheduler(
        **SCHEDULE | {"timestep_spacing": "trailing"}, prediction_type="v_prediction", rescale_betas_zero_snr=True)
    pipe = pipeline(modules, tokenizers)
    guided = dict(num_inference_steps=6, guidance_scale=5.0)
    goldens = {
        "euler": picture(pipe, euler, PROMPT, negative_prompt=NEGATIVE, **guided),
        "zeros": picture(pipe, euler, PROMPT, **guided),
        # diffusers skips layers for the prompt only, so without guidance.
        "skip": picture(pipe, euler, PROMPT, clip_skip=1, num_inference_steps=6, guidance_scale=1.0),
        "turbo": picture(pipe, turbo, PROMPT, num_inference_steps=1, guidance_scale=1.0),
        "ancestral": picture(pipe, ancestral, PROMPT, negative_prompt=NEGATIVE, **guided),
        "zero-snr": picture(pipe, zero, PROMPT, negative_prompt=NEGATIVE, **guided),
    }
    goldens |= from_picture(pipe, goldens["euler"])
    for name, value in goldens.items():
        print(f"  {name}: spread {value.float().std().item():.1f}, {len(value.unique())} values")
    save_file(goldens, str(out / f"{NAME}.safetensors"))
