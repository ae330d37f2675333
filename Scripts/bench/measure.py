"""What both peers share: the denoising loop of diffusers' Euler sampler, and how it is timed."""
import argparse
import json
import time
import warnings

import torch
from diffusers import EulerDiscreteScheduler
from diffusers.utils import logging as diffusers_logging
from transformers import CLIPTokenizer
from transformers.utils import logging as transformers_logging

PROMPT = "a red circle on a blue background"
GUIDANCE = 7.5
SCALING = 0.18215


def arguments():
    """What the comparison gives every peer, in `peers.py`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--pictures", type=int, required=True, help="the last one counts")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--converted", help="where networks in the peer's own format are kept")
    return parser.parse_args()


def settle(threads):
    """Says how many threads compute, and keeps the libraries' own words out of the table."""
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    warnings.filterwarnings("ignore")
    for logging in (diffusers_logging, transformers_logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()


def token_ids(model):
    """The prompt's and the empty prompt's tokens, [2, 77]."""
    tokenizer = CLIPTokenizer.from_pretrained(model + "/tokenizer")
    return tokenizer([PROMPT, ""], padding="max_length", max_length=77, return_tensors="pt").input_ids


class Laps:
    """Seconds between one call and the next."""

    def __init__(self):
        self.last = time.perf_counter()

    def __call__(self):
        before, self.last = self.last, time.perf_counter()
        return self.last - before


def picture(given, ids, text, unet, vae):
    """Makes a picture with functions of torch tensors; returns the seconds of its phases."""
    laps = Laps()
    hidden = text(ids)
    begin = laps()
    scheduler = EulerDiscreteScheduler.from_pretrained(given.model + "/scheduler")
    scheduler.set_timesteps(given.steps)
    side = given.size // 8
    latents = torch.randn(1, 4, side, side, generator=torch.Generator().manual_seed(1))
    latents = latents * scheduler.init_noise_sigma
    steps = []
    laps()
    for timestep in scheduler.timesteps:
        scaled = scheduler.scale_model_input(torch.cat([latents] * 2), timestep)
        wanted, unwanted = unet(scaled, timestep, hidden).float().chunk(2)
        latents = scheduler.step(unwanted + GUIDANCE * (wanted - unwanted), timestep, latents).prev_sample
        steps.append(laps())
    vae(latents / SCALING)
    return {"begin": begin, "steps": steps, "decode": laps()}


def report(load, runs):
    """Prints one line for `peers.py`: the middle step and decoding, and the last picture, which is warm."""
    middle = lambda values: sorted(values)[len(values) // 2]  # noqa: E731
    last = runs[-1]
    print(json.dumps({
        "load_seconds": load,
        "median_step_seconds": middle(last["steps"]),
        "decode_seconds": last["decode"],
        "picture_seconds": last["begin"] + sum(last["steps"]) + last["decode"],
    }))
