"""Trains the picture autoencoder in phases, each of them resumable.

    crops    64x64 windows, batch after batch: early learning is limited by the number of steps, not by pixels
    whole    full pictures on a falling rate: group normalisation hides the absolute level from flat windows,
             and only whole pictures teach it; ends by folding the latent statistics into the two 1x1 convolutions
    encode   writes the latents of the whole set (several processes may each take a part)
    decoder  the encoder stays as it is, so that encoded latents remain valid while the outlines get crisper;
             latents get a little extra noise, because what a diffusion model hands over is never exact

The learning rate follows the step, never the clock, so that a paused or restarted run ends in the same place.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from diffusers import AutoencoderKL

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("phase", choices=["crops", "whole", "encode", "decoder"])
ap.add_argument("--data", required=True, help="folder written by scenes.py")
ap.add_argument("--run", required=True, help="folder for checkpoints and for the finished vae/")
ap.add_argument("--steps", type=int, default=0)
ap.add_argument("--part", default="0/1", help="encode: which part of how many")
ap.add_argument("--batch", type=int, default=8)
ap.add_argument("--lr", type=float, default=4e-4)
ap.add_argument("--lr-end", type=float, default=4e-4)
ap.add_argument("--hold", type=float, default=.0, help="share of the steps before the rate begins to fall")
ap.add_argument("--kl", type=float, default=1e-3)
ap.add_argument("--ema", type=float, default=.998)
ap.add_argument("--jitter", type=float, default=.12, help="largest extra latent noise in the decoder phase")
ap.add_argument("--channels", default="16,32,64,128")
ap.add_argument("--val", type=int, default=192)
ap.add_argument("--save-minutes", type=float, default=3)
ap.add_argument("--threads", type=int, default=2)
a = ap.parse_args()

torch.set_num_threads(a.threads)
torch.manual_seed(int(time.time()) & 0xFFFF)
meta = json.load(open(f"{a.data}/specs.json"))
n, size = meta["n"], meta["size"]
pictures = np.memmap(f"{a.data}/images.u8", np.uint8, "r", shape=(n, size, size, 3))
vae = AutoencoderKL(
    in_channels=3, out_channels=3, latent_channels=4, block_out_channels=tuple(map(int, a.channels.split(","))),
    layers_per_block=1, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    norm_num_groups=8, sample_size=size, mid_block_add_attention=False, scaling_factor=1.0)
checkpoint = f"{a.run}/vae.pt"
os.makedirs(a.run, exist_ok=True)
state = torch.load(checkpoint) if os.path.exists(checkpoint) else None
if state:
    vae.load_state_dict(state["weights"])
if a.phase == "decoder":
    vae.encoder.requires_grad_(False)
    vae.quant_conv.requires_grad_(False)
trained = [p for p in vae.parameters() if p.requires_grad]
average = [p.detach().clone() for p in trained]
adam = torch.optim.AdamW(trained, lr=a.lr, betas=(.9, .99), weight_decay=1e-4, fused=True)
step = 0
if state and state["phase"] == a.phase:
    step = state["step"]
    adam.load_state_dict(state["adam"])
    average = state["average"]
elif state and a.phase == "whole":
    adam.load_state_dict(state["adam"])
print(f"phase {a.phase} from step {step}; {sum(p.numel() for p in vae.parameters()) / 1e6:.2f} M parameters", flush=True)


def load(index):
    """Pictures of the set as a batch in [-1, 1]."""
    return torch.from_numpy(pictures[np.sort(index)]).permute(0, 3, 1, 2).contiguous().float().div_(127.5).sub_(1)


def psnr():
    """Mean of the per-picture ratio over pictures that are never trained on (the last ones of the set)."""
    total = 0.
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for i in range(n - a.val, n, 32):
            x = load(np.arange(i, i + 32))
            y = vae.decode(vae.encode(x).latent_dist.mean).sample.float().clamp(-1, 1)
            total += -10 * torch.log10((((y - x) / 2) ** 2).mean((1, 2, 3))).sum().item()
    return total / a.val


def exchange():
    """Swaps the live weights with their moving average."""
    with torch.no_grad():
        for p, q in zip(trained, average):
            keep = p.clone()
            p.copy_(q)
            q.copy_(keep)


def save():
    torch.save(dict(phase=a.phase, step=step, weights=vae.state_dict(), adam=adam.state_dict(), average=average),
               checkpoint + ".new")
    os.replace(checkpoint + ".new", checkpoint)
    exchange()
    value = psnr()
    vae.save_pretrained(f"{a.run}/vae.new", safe_serialization=True)
    exchange()
    os.makedirs(f"{a.run}/vae", exist_ok=True)
    for name in os.listdir(f"{a.run}/vae.new"):
        os.replace(f"{a.run}/vae.new/{name}", f"{a.run}/vae/{name}")
    print(f"  saved at step {step}: held-out psnr {value:.2f}", flush=True)


def reconstruction(error):
    """Absolute, squared and edge error: the last one is what keeps outlines from going soft."""
    edges = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return error.abs().mean() + 2 * (error * error).mean() + edges


def fold_statistics():
    """Makes every latent channel zero-mean and unit-variance, exactly, by rewriting the two 1x1 convolutions."""
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        z = torch.cat([vae.encode(load(np.arange(i, i + 64))).latent_dist.mean.float() for i in range(0, 2048, 64)])
    mean, spread = z.mean((0, 2, 3)), z.std((0, 2, 3))
    print("latent mean", mean.tolist(), "spread", spread.tolist())
    with torch.no_grad():
        into, out = vae.quant_conv, vae.post_quant_conv
        into.weight[:4] /= spread[:, None, None, None]
        into.bias[:4] = (into.bias[:4] - mean) / spread
        into.bias[4:] -= 2 * spread.log()
        out.bias += out.weight[:, :, 0, 0] @ mean
        out.weight *= spread[None, :, None, None]


def encode():
    """Mean and log variance of every picture, in half precision, written in place."""
    part, parts = map(int, a.part.split("/"))
    path = f"{a.data}/moments.npy"
    shape = (n, 8, size // 8, size // 8)
    if part == 0 or not os.path.exists(path):
        np.lib.format.open_memmap(path, "w+", np.float16, shape).flush()
    rows = np.lib.format.open_memmap(path, "r+")
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for i in range(n * part // parts, n * (part + 1) // parts, 50):
            x = load(np.arange(i, min(n * (part + 1) // parts, i + 50)))
            rows[i:i + len(x)] = vae.encode(x).latent_dist.parameters.float().numpy()
    rows.flush()
    f = rows[n * part // parts:n * (part + 1) // parts].astype(np.float32)
    print("encoded", len(f), "mean", f[:, :4].mean((0, 2, 3)), "spread", f[:, :4].std((0, 2, 3)),
          "posterior", np.exp(.5 * f[:, 4:]).mean((0, 2, 3)), flush=True)


if a.phase == "encode":
    if state["phase"] not in ("whole", "decoder"):
        raise SystemExit("finish the whole-picture phase first")
    encode()
    raise SystemExit
rng = np.random.default_rng(step + 17)
moments = np.load(f"{a.data}/moments.npy", mmap_mode="r") if a.phase == "decoder" else None
begun, last_save, first, shown = time.time(), time.time(), step, []
while step < a.steps:
    progress = max(0., (step / a.steps - a.hold) / (1 - a.hold))
    rate = a.lr_end + (a.lr - a.lr_end) * .5 * (1 + np.cos(np.pi * progress))
    if a.phase != "whole":
        rate *= min(1, (step + 1) / 100)
    for group in adam.param_groups:
        group["lr"] = float(rate)
    index = np.sort(rng.integers(0, n - a.val, a.batch))
    x = load(index)
    if a.phase == "decoder":
        m = torch.from_numpy(moments[index].astype(np.float32))
        noise = torch.exp(m[:, 4:]).sqrt() + a.jitter * torch.rand(len(m), 1, 1, 1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = vae.decode(m[:, :4] + noise * torch.randn_like(noise)).sample
        prior = 0.
    else:
        if a.phase == "crops":
            half = size // 2
            i, j = rng.integers(0, half + 1, 2)
            x = x[..., i:i + half, j:j + half].contiguous()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            posterior = vae.encode(x).latent_dist
            y = vae.decode(posterior.sample()).sample
        mean, logvar = posterior.mean.float(), posterior.logvar.float()
        prior = .5 * (mean * mean + logvar.exp() - 1 - logvar).mean()
    error = y.float() - x
    (reconstruction(error) + a.kl * prior).backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.)
    adam.step()
    adam.zero_grad()
    step += 1
    with torch.no_grad():
        torch._foreach_lerp_(average, trained, 1 - min(a.ema, (step + 1) / (step + 20)))
    shown.append((error * error).mean().item() / 4)
    if step % 50 == 0:
        speed = (step - first) * a.batch / (time.time() - begun)
        print(f"{a.phase} step {step} psnr {-10 * np.log10(np.mean(shown)):.2f} kl {float(torch.as_tensor(prior).detach()):.2f} rate {rate:.1e} "
              f"{speed:.1f}/s", flush=True)
        shown = []
    if time.time() - last_save > 60 * a.save_minutes:
        save()
        last_save = time.time()
if a.phase == "whole":
    exchange()
    fold_statistics()
    with torch.no_grad():
        for p, q in zip(trained, average):
            q.copy_(p)
save()
