"""Latents after every step and pictures of diffusers' whole pipeline in float32, for every sampler."""
import numpy as np
import torch
from diffusers import StableDiffusionPipeline

import common
import schedules_golden

PROMPT, NEGATIVE, SEED, GUIDANCE = "a small red circle on a blue background", "green star", 1234, 5.0
HEIGHT, WIDTH = 64, 72
CLASSES = tuple(schedules_golden.CLASSES)


def runs(model):
    """(label, class, schedule, steps, eta) of every run, few and short: the files are committed."""
    for name in CLASSES:
        karras = ("karras",) if name in schedules_golden.KARRAS else ()
        for schedule in ("automatic",) + karras:
            yield name, schedule, 20 if model == "tiny-sd1" else 8, 0.0
        if model == "tiny-sd1":
            for schedule in ("leading", "linspace", "trailing") + karras:
                for steps in (1, 3):
                    yield name, schedule, steps, 0.0
    yield "ddim", "automatic", 6, 0.7


def pipeline(folder, model):
    variant = {} if model == "tiny-sd1" else {"variant": "fp16"}
    pipe = StableDiffusionPipeline.from_pretrained(
        folder / model, torch_dtype=torch.float32, local_files_only=True, safety_checker=None, **variant)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def run(pipe, config, name, schedule, steps, eta, guidance=GUIDANCE):
    """Latents after every model evaluation [evaluations, 4, h, w], and the picture."""
    pipe.scheduler = schedules_golden.scheduler(name, schedule, config)
    latents = []

    def keep(_, __, ___, values):
        latents.append(values["latents"][0].clone())
        return values

    image = pipe(
        PROMPT, negative_prompt=NEGATIVE, height=HEIGHT, width=WIDTH, num_inference_steps=steps,
        guidance_scale=guidance, eta=eta, generator=common.generator(SEED), output_type="pil",
        callback_on_step_end=keep).images[0]
    return torch.stack(latents), torch.from_numpy(np.array(image))


def make(out):
    from safetensors.torch import save_file

    for model in common.MODELS:
        pipe = pipeline(out, model)
        config = pipe.scheduler.config
        goldens = {}
        for name, schedule, steps, eta in runs(model):
            label = f"{name}.{schedule}.{steps}" + (f".eta{eta}" if eta else "")
            goldens[f"{label}.latents"], picture = run(pipe, config, name, schedule, steps, eta)
            if schedule == "automatic" and (model == "tiny-sd1" or name == "dpmSolver"):
                goldens[f"{label}.picture"] = picture
        goldens["plain.latents"], goldens["plain.picture"] = run(pipe, config, "euler", "automatic", 3, 0.0, 1.0)
        save_file({k: v.contiguous() for k, v in goldens.items()}, str(out / f"{model}-samplers.safetensors"))
