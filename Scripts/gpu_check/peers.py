"""The same network in diffusers on this GPU: eager and by torch.compile. Prints one JSON object a line."""

import argparse
import json
import time
from pathlib import Path

import torch


def milliseconds(run, budget=3.0, least=5):
    """The middle of several runs, each waited for."""
    run()
    torch.cuda.synchronize()
    laps, end = [], time.monotonic() + budget
    while len(laps) < least or (time.monotonic() < end and len(laps) < 200):
        start = time.perf_counter()
        run()
        torch.cuda.synchronize()
        laps.append(1e3 * (time.perf_counter() - start))
    return sorted(laps)[len(laps) // 2]


def peaks():
    """What the chip was seen to do: a large product and a copy."""
    a = torch.randn(8192, 8192, device="cuda", dtype=torch.float16)
    b = torch.randn(8192, 8192, device="cuda", dtype=torch.float16)
    product = 2 * 8192 ** 3 / milliseconds(lambda: a @ b, 1.0) / 1e9
    x = torch.empty(1 << 30, device="cuda", dtype=torch.uint8)
    y = torch.empty_like(x)
    return {"what": "peaks", "tflops": product, "gigabytes": 2 * x.numel() / milliseconds(lambda: y.copy_(x), 1.0) / 1e6}


def load(model):
    from diffusers import AutoencoderKL, UNet2DConditionModel

    torch.manual_seed(1)
    config = json.loads((model / "unet" / "config.json").read_text())
    vae_config = json.loads((model / "vae" / "config.json").read_text())
    with torch.device("cuda"):
        unet = UNet2DConditionModel.from_config(config)
        vae = AutoencoderKL.from_config(vae_config)
    return [net.half().eval().to(memory_format=torch.channels_last) for net in (unet, vae)]


def measure(name, unet, vae, steps, batches):
    hidden = torch.randn(2, 77, unet.config.cross_attention_dim, device="cuda", dtype=torch.float16)
    for batch in batches:
        x = torch.randn(batch, 4, 64, 64, device="cuda", dtype=torch.float16).to(memory_format=torch.channels_last)
        text = hidden[:1].expand(batch, -1, -1).contiguous()
        t = torch.tensor(500, device="cuda")
        took = milliseconds(lambda: unet(x, t, text, return_dict=False))
        print(json.dumps({"what": "unet", "peer": name, "batch": batch, "milliseconds": took}), flush=True)
    z = torch.randn(1, 4, 64, 64, device="cuda", dtype=torch.float16).to(memory_format=torch.channels_last)
    took = milliseconds(lambda: vae.decode(z, return_dict=False))
    print(json.dumps({"what": "vae", "peer": name, "milliseconds": took}), flush=True)

    def picture():
        x = z.clone()
        for i in range(steps):
            out = unet(x.repeat(2, 1, 1, 1), torch.tensor(999 - i, device="cuda"), hidden, return_dict=False)[0]
            guided = out[:1] + 7.5 * (out[1:] - out[:1])
            x = x - 0.01 * guided
        return vae.decode(x, return_dict=False)[0].float().clamp(-1, 1).cpu()

    took = milliseconds(picture, 4.0, 3)
    print(json.dumps({"what": "image", "peer": name, "steps": steps, "milliseconds": took}), flush=True)


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["peaks", "eager", "compile"])
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    if given.part == "peaks":
        print(json.dumps(peaks()), flush=True)
        return
    unet, vae = load(given.model)
    if given.part == "eager":
        measure("diffusers eager", unet, vae, 20, [2, 16])
        return
    unet = torch.compile(unet, mode="max-autotune", fullgraph=True)
    vae.decode = torch.compile(vae.decode, mode="max-autotune", fullgraph=True)
    measure("torch.compile", unet, vae, 20, [2])


if __name__ == "__main__":
    main()
