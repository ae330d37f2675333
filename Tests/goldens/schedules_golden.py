"""Timesteps and noise levels of diffusers' schedulers, and torch's noise for several seeds and sizes."""
import numpy as np
import torch
from diffusers import (
    DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
    PNDMScheduler)

import common

CLASSES = {
    "euler": EulerDiscreteScheduler, "eulerAncestral": EulerAncestralDiscreteScheduler, "ddim": DDIMScheduler,
    "pndm": PNDMScheduler, "dpmSolver": DPMSolverMultistepScheduler}
# What a Stable Diffusion 1.x folder has in scheduler_config.json.
CONFIG = dict(
    _class_name="PNDMScheduler", num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012,
    beta_schedule="scaled_linear", set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1,
    clip_sample=False)
STEPS = (1, 2, 3, 7, 16, 20, 50, 77, 150)
KARRAS = ("euler", "dpmSolver")


def scheduler(name, schedule, config=CONFIG):
    """diffusers' scheduler of a class under one of our schedule names."""
    changes = {"skip_prk_steps": True} if name == "pndm" else {}
    if schedule in ("leading", "linspace", "trailing"):
        changes["timestep_spacing"] = schedule
    if schedule == "karras":
        changes["use_karras_sigmas"] = True
    return CLASSES[name].from_config(config, **changes)


def schedules(name):
    return ("automatic", "leading", "linspace", "trailing") + (("karras",) if name in KARRAS else ())


def uniform(steps):
    """k-diffusion's DiscreteSchedule.get_sigmas over the same betas: sigma linear in its logarithm."""
    log_sigmas = np.log(EulerDiscreteScheduler.from_config(CONFIG).sigmas.numpy()[:-1][::-1].astype(np.float64))
    t = torch.linspace(999, 0, steps).numpy().astype(np.float64)
    return torch.tensor(np.exp(np.interp(t, np.arange(1000), log_sigmas)))


def plans():
    goldens = {}
    for name in CLASSES:
        for schedule in schedules(name):
            # One tensor for all step counts, one after the other.
            times, sigmas = [], []
            for steps in STEPS:
                made = scheduler(name, schedule)
                made.set_timesteps(steps)
                times.append(made.timesteps.float())
                if hasattr(made, "sigmas"):
                    sigmas.append(made.sigmas.float())
            goldens[f"{name}.{schedule}.timesteps"] = torch.cat(times)
            if sigmas:
                goldens[f"{name}.{schedule}.sigmas"] = torch.cat(sigmas)
    goldens["uniform.sigmas"] = torch.cat([uniform(steps) for steps in STEPS])
    return goldens


def bars():
    """Cumulative products of every kind of beta."""
    goldens = {}
    for schedule in ("linear", "scaled_linear", "squaredcos_cap_v2"):
        for rescale in (False, True):
            made = DDIMScheduler.from_config({**CONFIG, "beta_schedule": schedule, "rescale_betas_zero_snr": rescale})
            goldens[f"bars.{schedule}.{int(rescale)}"] = made.alphas_cumprod[::37].clone()
            goldens[f"bars.{schedule}.{int(rescale)}.last"] = made.alphas_cumprod[-1:].clone()
    return goldens


def noise():
    """`randn` of several sizes, then what one generator gives in several calls."""
    goldens = {}
    for seed in (0, 7, 2**32 + 7, 2**53 - 1):
        for size in (1, 2, 15, 16, 17, 31, 32, 33, 250):
            goldens[f"noise.{seed}.{size}"] = common.normal(seed, size)
    mixed = common.generator(3)
    goldens["noise.mixed"] = torch.cat([torch.randn(n, generator=mixed) for n in (3, 17, 2, 16, 5)])
    return goldens


def make(out):
    common.write(out / "schedules.safetensors", plans() | bars() | noise())
