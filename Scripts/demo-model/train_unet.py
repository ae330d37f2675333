"""Trains the denoiser on encoded pictures, resumably, with the text encoder frozen.

Velocity prediction: its plain squared error weighs the picture by signal-to-noise + 1, so layout and colours, which
are decided where almost all is noise, are learnt early; noise prediction with min-SNR weighting all but ignores them.
The noise schedule ends at beta 0.02, lower than Stable Diffusion's: with its own end, 7 % of the picture is left in
the start noise, whose mean then tells a flat background better than the words do.

With RANK and WORLD_SIZE in the environment (see README) several single-threaded processes average their gradients:
on a shared machine that loses far less than one process whose threads wait for each other at every operation.
"""
import argparse
import datetime
import json
import os
import random
import time

import numpy as np
import torch
import torch.distributed as dist
from diffusers import DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from transformers import CLIPTextModel

import captions
import scenes
from tokenizer import Tokenizer

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--data", required=True)
ap.add_argument("--run", required=True, help="folder with tokenizer/ and text_encoder/; unet/ and scheduler/ are written there")
ap.add_argument("--total", type=int, required=True, help="samples in the whole schedule")
ap.add_argument("--stop", type=int, default=0, help="stop at this many samples, to go on later")
ap.add_argument("--batch", type=int, default=32)
ap.add_argument("--channels", default="64,160,224")
ap.add_argument("--heads", type=int, default=4)
ap.add_argument("--lr", type=float, default=5e-4)
ap.add_argument("--lr-end", type=float, default=1e-5)
ap.add_argument("--warm", type=int, default=3200, help="samples until the rate is reached")
ap.add_argument("--fall-from", type=float, default=.45, help="share of the schedule at the full rate")
ap.add_argument("--ema", type=float, default=.9995)
ap.add_argument("--drop", type=float, default=.1, help="share of empty captions, for guidance")
ap.add_argument("--high", type=float, default=.5, help="share of time steps that leans to high noise")
ap.add_argument("--offset", type=float, default=.0)
ap.add_argument("--val", type=int, default=192)
ap.add_argument("--save-minutes", type=float, default=4)
ap.add_argument("--threads", type=int, default=1)
a = ap.parse_args()

rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
if world > 1:
    dist.init_process_group("gloo", timeout=datetime.timedelta(minutes=10))
torch.set_num_threads(a.threads)
with open(f"{a.data}/specs.json") as f:
    meta = json.load(f)
n, specs = meta["n"], meta["specs"]
moments = np.load(f"{a.data}/moments.npy", mmap_mode="r")
tokenizer = Tokenizer(f"{a.run}/tokenizer")
encoder = CLIPTextModel.from_pretrained(f"{a.run}/text_encoder", attn_implementation="eager").eval().requires_grad_(False)
torch.manual_seed(0)
unet = UNet2DConditionModel(
    sample_size=meta["size"] // 8, in_channels=4, out_channels=4, layers_per_block=1, norm_num_groups=16,
    block_out_channels=tuple(map(int, a.channels.split(","))), cross_attention_dim=encoder.config.hidden_size,
    attention_head_dim=a.heads, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"))
unet.set_attn_processor(AttnProcessor())      # plain matrix products: the fused kernel's backward is slow on a CPU
weights = list(unet.parameters())
average = [p.detach().clone() for p in weights]
adam = torch.optim.AdamW(weights, lr=a.lr, betas=(.9, .99), weight_decay=.01, fused=True)
schedule = DDIMScheduler(num_train_timesteps=1000, beta_start=.00085, beta_end=.02, beta_schedule="scaled_linear",
                         prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, steps_offset=1,
                         timestep_spacing="trailing")
alpha, sigma = schedule.alphas_cumprod.sqrt(), (1 - schedule.alphas_cumprod).sqrt()
seen, step, checkpoint = 0, 0, f"{a.run}/unet.pt"
if os.path.exists(checkpoint):
    state = torch.load(checkpoint)
    unet.load_state_dict(state["weights"])
    adam.load_state_dict(state["adam"])
    average, seen, step = state["average"], state["seen"], state["step"]
    del state


def contexts(texts):
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        return encoder(input_ids=torch.tensor([tokenizer(t) for t in texts])).last_hidden_state


def velocity_error(z, context, t, noise):
    """Mean squared error per picture between predicted and true velocity."""
    keep, lose = alpha[t].view(-1, 1, 1, 1), sigma[t].view(-1, 1, 1, 1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        guess = unet(keep * z + lose * noise, t, context).sample.float()
    return ((guess - (keep * noise - lose * z)) ** 2).mean((1, 2, 3))


def latents(index, generator=None):
    m = torch.from_numpy(moments[index].astype(np.float32))
    return m[:, :4] + torch.exp(.5 * m[:, 4:]) * torch.randn(m[:, :4].shape, generator=generator)


def validate():
    """Held-out error of the averaged weights by quarter of the noise range, always on the same noise."""
    generator, rng, rows = torch.Generator().manual_seed(1), random.Random(1), []
    with torch.no_grad():
        for i in range(n - a.val, n, 32):
            index = np.arange(i, i + 32)
            context = contexts([captions.write(specs[k], rng) for k in index])
            z = latents(index, generator)
            rows.append(velocity_error(z, context, torch.linspace(10, 990, 32).long(), torch.randn(z.shape, generator=generator)))
    rows = torch.stack(rows).mean(0)
    return f"held-out {rows.mean():.4f} by quarter {[round(q.mean().item(), 4) for q in rows.chunk(4)]}"


def exchange():
    with torch.no_grad():
        for p, q in zip(weights, average):
            keep = p.clone()
            p.copy_(q)
            q.copy_(keep)


def save():
    torch.save(dict(weights=unet.state_dict(), adam=adam.state_dict(), average=average, seen=seen, step=step), checkpoint + ".new")
    os.replace(checkpoint + ".new", checkpoint)
    exchange()
    report = validate()
    unet.save_pretrained(f"{a.run}/unet.new", safe_serialization=True)
    exchange()
    os.makedirs(f"{a.run}/unet", exist_ok=True)
    for name in os.listdir(f"{a.run}/unet.new"):
        os.replace(f"{a.run}/unet.new/{name}", f"{a.run}/unet/{name}")
    schedule.save_pretrained(f"{a.run}/scheduler")
    print(f"  {time.strftime('%H:%M')} saved at {seen}: {report}", flush=True)


def share_gradients():
    flat = torch.cat([p.grad.flatten() for p in weights])
    dist.all_reduce(flat)
    flat /= world
    for p, g in zip(weights, flat.split([p.numel() for p in weights])):
        p.grad.copy_(g.view_as(p))


pool = np.array([i for i in range(n - a.val) if not scenes.held_out(specs[i])])
rng, picks = random.Random(seen * 7 + rank), np.random.default_rng(seen * 7 + rank)
torch.manual_seed(seen * 7 + rank)
if rank == 0:
    print(f"{sum(p.numel() for p in weights) / 1e6:.2f} M parameters, {len(pool)} of {n} pictures, from {seen}", flush=True)
begun, last_save, first, shown = time.time(), time.time(), seen, []
while seen < (a.stop or a.total):
    progress = max(0., (seen / a.total - a.fall_from) / (1 - a.fall_from))
    rate = min(1, (seen + 1) / a.warm) * (a.lr_end + (a.lr - a.lr_end) * .5 * (1 + np.cos(np.pi * progress)))
    for group in adam.param_groups:
        group["lr"] = float(rate)
    index = picks.choice(pool, a.batch)
    z = latents(index)
    context = contexts(["" if rng.random() < a.drop else captions.noisy(specs[k], rng) for k in index])
    # one draw in a stratum each: the batch always covers the whole noise range
    u = (torch.arange(a.batch) + torch.rand(a.batch)) / a.batch
    t = (1000 * torch.where(torch.rand(a.batch) < a.high, u.sqrt(), u)).long().clamp(max=999)
    noise = torch.randn_like(z)
    if a.offset:
        noise = noise + a.offset * torch.randn(len(z), 4, 1, 1)
    loss = velocity_error(z, context, t, noise).mean()
    loss.backward()
    if world > 1:
        share_gradients()
    torch.nn.utils.clip_grad_norm_(weights, 1.)
    adam.step()
    adam.zero_grad()
    step += 1
    seen += a.batch * world
    with torch.no_grad():
        torch._foreach_lerp_(average, weights, 1 - min(a.ema, (1 + step) / (10 + step)))
    shown.append(loss.item())
    if rank == 0 and step % 50 == 0:
        print(f"step {step} seen {seen} loss {np.mean(shown):.4f} rate {rate:.1e} {(seen - first) / (time.time() - begun):.1f}/s", flush=True)
        shown = []
    if rank == 0 and time.time() - last_save > 60 * a.save_minutes:
        save()
        last_save = time.time()
if rank == 0:
    save()
if world > 1:
    dist.barrier()
