"""Where every sampler takes latents that a formula denoises: diffusers' where it has an equal, else formulas.py."""
import math

import diffusers
import numpy as np
import torch

import brownian
import common
import formulas
import schedules_golden
import sigma_lists

SEED, SHAPE = 77, (4, 5, 6)
COUNT = math.prod(SHAPE)
CONFIG = schedules_golden.CONFIG


def toy(x, t, kind="guided"):
    """A prediction of noise that depends on its input and the timestep in no simple way; the tests have the same."""
    if kind == "guided":
        return 0.7 * np.tanh(1.3 * x * (0.6 + t / 1600)) + 0.15 * np.cos(2 * x + t / 300)
    return 0.5 * np.tanh(x) + 0.1 * np.cos(t / 200)


class Noise:
    """torch's noise, the first latents first."""

    def __init__(self):
        self.generator = common.generator(SEED)

    def __call__(self, *_, **__):
        return torch.randn(SHAPE, generator=self.generator)

    def array(self):
        return self().double().numpy()


def tree(start, end):
    return brownian.increment(float(start), float(end), COUNT, SEED).reshape(SHAPE)


# label: (class, options); noise comes from the patched functions below.
DIFFUSERS = {
    "LMS": (diffusers.LMSDiscreteScheduler, {}),
    "Heun": (diffusers.HeunDiscreteScheduler, {}),
    "DPM2": (diffusers.KDPM2DiscreteScheduler, {}),
    "DPM2 a": (diffusers.KDPM2AncestralDiscreteScheduler, {}),
    "DPM++ SDE": (diffusers.DPMSolverSDEScheduler, {}),
    "DPM++ 2M SDE": (diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}),
    "DPM++ 2M SDE Heun": (
        diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"}),
    "UniPC": (diffusers.UniPCMultistepScheduler, {}),
    "UniPC bh1 3": (
        diffusers.UniPCMultistepScheduler,
        # diffusers' own bh1 gives no number where the last sigma is 0.
        {"solver_type": "bh1", "solver_order": 3, "final_sigmas_type": "sigma_min"}),
    "LCM": (diffusers.LCMScheduler, {}),
}


def diffusers_run(name, schedule, steps):
    made, options = DIFFUSERS[name]
    changes = {"timestep_spacing": schedule} if schedule in ("leading", "linspace", "trailing") else {}
    if schedule == "karras":
        changes = {"use_karras_sigmas": True}
    scheduler = made.from_config(CONFIG, **options, **changes)
    scheduler.set_timesteps(steps)
    noise = Noise()
    x = noise()[None].double() * float(scheduler.init_noise_sigma)
    for index, t in enumerate(scheduler.timesteps):
        extra = {}
        if made is diffusers.LCMScheduler:
            x = x.float()  # noise of the samples' type
            extra["generator"] = noise.generator
        if options.get("algorithm_type"):
            ends = scheduler.sigmas[index:index + 2]
            extra["variance_noise"] = torch.from_numpy(tree(*ends) if ends[1] > 0 else np.zeros(SHAPE))[None]
        output = torch.as_tensor(toy(scheduler.scale_model_input(x, t).double().numpy(), float(t)), dtype=x.dtype)
        if made is diffusers.KDPM2AncestralDiscreteScheduler:
            # The class draws at each evaluation and uses every second; k-diffusion draws what it uses.
            first = scheduler.state_in_first_order
            last = index == len(scheduler.timesteps) - 1
            drawn = torch.zeros(SHAPE) if first or (last and first) else noise()
            patched("k_dpm_2_ancestral_discrete").randn_tensor = lambda *_, **__: drawn[None].double()
        x = scheduler.step(output, t, x, **extra)[0].double()
    return x[0]


def patched(name):
    import importlib

    return importlib.import_module(f"diffusers.schedulers.scheduling_{name}")


class Tree:
    """In the place of torchsde's tree in diffusers."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, start, end):
        return torch.from_numpy(tree(start, end))[None]


def denoiser(x, sigma):
    return x - sigma * toy(x / math.sqrt(sigma**2 + 1), sigma_lists.timestep(sigma))


def formula_run(name, schedule, steps, eta):
    noise = Noise()
    x = noise.array()
    low, high = sigma_lists.SIGMAS[[0, -1]]
    skips = name in ("DPM++ 3M SDE", "DPM2", "DPM2 churn")
    if schedule == "automatic":
        sigmas = np.array([high])
    else:
        sigmas = (sigma_lists.without_next_to_last if skips else sigma_lists.values)(schedule, steps)
    x = x * sigmas[0]
    if name == "DPM++ 2S a":
        return formulas.dpmpp_2s_ancestral(denoiser, x, sigmas, eta, noise.array)
    if name.startswith("DPM++ 2M SDE"):
        return formulas.dpmpp_2m_sde(denoiser, x, sigmas, eta, tree, name.endswith("Heun"))
    if name == "DPM++ 3M SDE":
        return formulas.dpmpp_3m_sde(denoiser, x, sigmas, eta, tree)
    if name == "DPM fast":
        return formulas.dpm_fast(denoiser, x, high, low, steps, eta, noise.array)
    if name == "DPM adaptive":
        return formulas.dpm_adaptive(denoiser, x, high, low, eta, noise.array)
    if name == "Restart":
        return formulas.restart(denoiser, x, sigmas, noise.array)
    return formulas.churned(name.split()[0].lower(), denoiser, x, sigmas, 5.0, noise.array)


def cfgpp_run(steps, eta):
    scheduler = schedules_golden.scheduler("ddim", "automatic")
    scheduler.set_timesteps(steps)
    bars = scheduler.alphas_cumprod.double().numpy()
    noise = Noise()
    x = noise.array()
    # Guidance scale 12.5, which A1111's factor makes 1: the guided prediction is the conditional one.
    return formulas.ddim_cfgpp(
        lambda x, t: (toy(x, float(t)), toy(x, float(t), "unconditional")), x, bars,
        [int(t) for t in scheduler.timesteps], float(bars[0]), eta, noise.array)


FORMULAS = [
    *[(name, kind, steps, eta) for name in ("DPM++ 2S a", "DPM++ 2M SDE", "DPM++ 2M SDE Heun", "DPM++ 3M SDE")
      for kind, steps, eta in (("karras", 12, 1.0), ("exponential", 7, 0.5), ("uniform", 1, 1.0),
                               ("kl_optimal", 5, 1.0), ("sgm_uniform", 6, 0.0))
      if not (kind == "karras" and "2M" in name)],
    *[("DPM fast", "automatic", steps, eta) for steps, eta in ((1, 1.0), (2, 0.0), (3, 1.0), (10, 1.0), (15, 0.3))],
    ("DPM adaptive", "automatic", 20, 1.0), ("DPM adaptive", "automatic", 20, 0.0),
    *[("Restart", kind, steps, 1.0) for kind, steps in (("karras", 8), ("karras", 20), ("exponential", 40))],
    *[(f"{name} churn", "exponential", 9, 1.0) for name in ("Euler", "Heun", "DPM2")],
]


def make(out):
    patched("dpmsolver_sde").BrownianTreeNoiseSampler = Tree
    goldens = {}
    for name in DIFFUSERS:
        runs = [("automatic", 1), ("automatic", 2), ("automatic", 9), ("leading", 5), ("trailing", 20)]
        if name == "LCM":
            runs = [("automatic", steps) for steps in (1, 4, 8, 50)]
        elif name.startswith(("DPM++ 2M SDE", "UniPC")):
            runs.append(("karras", 8))
        for schedule, steps in runs:
            goldens[f"{name}|{schedule}|{steps}|1.0"] = diffusers_run(name, schedule, steps)
    for name, schedule, steps, eta in FORMULAS:
        goldens[f"{name}|{schedule}|{steps}|{eta}"] = torch.from_numpy(formula_run(name, schedule, steps, eta))
    for steps, eta in ((1, 0.0), (6, 0.0), (9, 0.6)):
        goldens[f"DDIM CFG++|automatic|{steps}|{eta}"] = torch.from_numpy(cfgpp_run(steps, eta))
    for kind in sigma_lists.KINDS:
        lists = [sigma_lists.values(kind, steps) for steps in schedules_golden.STEPS + (11,)]
        goldens[f"sigmas|{kind}"] = torch.from_numpy(np.concatenate(lists))
    lists = [sigma_lists.values("align_your_steps", steps, xl=True) for steps in schedules_golden.STEPS + (11,)]
    goldens["sigmas|align_your_steps|xl"] = torch.from_numpy(np.concatenate(lists))
    for start, end in ((14.6, 9.3), (9.3, 14.6), (0.5, 0.25), (1.0, 0.03), (0.0291, 0.02901), (4096.0, 7.5)):
        goldens[f"brownian|{start}|{end}"] = torch.from_numpy(brownian.increment(start, end, 40, 2**40 + 5))
    common.write(out / "steps.safetensors", goldens)
