"""What diffusers' img2img and inpainting pipelines make of a picture in float32, with UNets of 4 and of 9 channels."""
import numpy as np
import torch
from diffusers import (
    HeunDiscreteScheduler, StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline, UNet2DConditionModel,
    UniPCMultistepScheduler)
from PIL import Image

import common
import samplers_golden
import schedules_golden

WIDTH, HEIGHT = 56, 48
CLASSES = schedules_golden.CLASSES | {"heun": HeunDiscreteScheduler, "uniPC": UniPCMultistepScheduler}
# (sampler, steps, strength)
FROM_PICTURE = [
    ("euler", 8, 0.6), ("eulerAncestral", 8, 0.6), ("ddim", 8, 0.35), ("dpmSolver", 20, 0.85), ("heun", 6, 0.5),
    ("uniPC", 8, 0.75), ("euler", 4, 1.0)]
INPAINT = [("ddim", 8, 0.75), ("euler", 8, 1.0), ("eulerAncestral", 6, 0.8), ("dpmSolver", 8, 0.5)]
# Pictures are large for committed files: only these are kept, of the others the last latents.
PICTURES = {"img2img.euler.8.0.6", "inpaint4.ddim.8.0.75", "inpaint9.euler.8.1.0"}


def photograph():
    """Smooth light, a few edges and some grain."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    light = np.stack([120 + 80 * np.sin(x / 17 + y / 29), 110 + 60 * np.cos(y / 13), 90 + 1.4 * x + 0.8 * y], -1)
    light[(x - 30) ** 2 + (y - 20) ** 2 < 100] = (210, 70, 40)
    grain = common.normal(42, HEIGHT, WIDTH, 3).numpy() * 6
    return Image.fromarray(np.clip(light + grain, 0, 255).astype(np.uint8))


def mask():
    """White over whole latents: their edges say the same in pixels and in latents."""
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    values[8:32, 16:48] = 255
    return Image.fromarray(values)


def run(pipe, label, sampler, steps, strength, goldens, **pictures):
    label = f"{label}.{sampler}.{steps}.{strength}"
    changes = {"skip_prk_steps": True} if sampler == "pndm" else {}
    pipe.scheduler = CLASSES[sampler].from_config(pipe.scheduler.config, **changes)

    def made(output):
        return pipe(
            samplers_golden.PROMPT, negative_prompt=samplers_golden.NEGATIVE, num_inference_steps=steps,
            strength=strength, guidance_scale=samplers_golden.GUIDANCE,
            generator=common.generator(samplers_golden.SEED), output_type=output, **pictures).images

    goldens[f"{label}.latents"] = made("latent")[0].clone()
    if label in PICTURES:
        goldens[f"{label}.picture"] = torch.from_numpy(np.array(made("pil")[0]))


def nine_channels(unet):
    """The UNet as an inpainting model: the same but for a first convolution that sees mask and masked latents."""
    wide = UNet2DConditionModel.from_config(unet.config, in_channels=9)
    weights = unet.state_dict()
    first = common.normal(77, 16, 9, 3, 3) * 1.2 / 81**0.5
    weights["conv_in.weight"] = first.half().float()
    wide.load_state_dict(weights)
    return wide.eval(), weights["conv_in.weight"]


def make(out):
    from safetensors.torch import save_file

    for model in common.MODELS:
        base = samplers_golden.pipeline(out, model)
        config = base.scheduler.config
        goldens = {
            "source": torch.from_numpy(np.array(photograph())), "mask": torch.from_numpy(np.array(mask()))}

        def pipeline(kind, **changes):
            parts = base.components | changes
            parts.pop("image_encoder", None)
            pipe = kind(**parts, requires_safety_checker=False)
            pipe.set_progress_bar_config(disable=True)
            return pipe

        first = pipeline(StableDiffusionImg2ImgPipeline)
        for sampler, steps, strength in FROM_PICTURE:
            first.scheduler = type(base.scheduler).from_config(config)
            run(first, "img2img", sampler, steps, strength, goldens, image=photograph())
        wide, weight = nine_channels(base.unet)
        goldens["conv_in.weight"] = weight
        for name, changes in (("inpaint4", {}), ("inpaint9", {"unet": wide})):
            pipe = pipeline(StableDiffusionInpaintPipeline, **changes)
            for sampler, steps, strength in INPAINT:
                pipe.scheduler = type(base.scheduler).from_config(config)
                run(
                    pipe, name, sampler, steps, strength, goldens, image=photograph(), mask_image=mask(),
                    height=HEIGHT, width=WIDTH)
        save_file({k: v.contiguous() for k, v in goldens.items()}, str(out / f"{model}-pictures.safetensors"))
