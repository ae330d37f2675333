"""The same network in diffusers on this GPU: eager and by torch.compile. Prints one JSON object a line."""

import argparse
import json
import time
from pathlib import Path

import torch


class Peer:
    def __init__(self, given):
        self.given = given
        self.on_gpu = given.device.startswith("cuda")
        self.type = torch.float16 if self.on_gpu else torch.float32

    def wait(self):
        if self.on_gpu:
            torch.cuda.synchronize()

    def milliseconds(self, run, budget=3.0, least=5):
        """The middle of several runs, each waited for; the first three find their way."""
        for _ in range(3 if self.on_gpu else 1):
            run()
        self.wait()
        laps, end = [], time.monotonic() + budget
        while len(laps) < least or (time.monotonic() < end and len(laps) < 200):
            start = time.perf_counter()
            run()
            self.wait()
            laps.append(1e3 * (time.perf_counter() - start))
        return sorted(laps)[len(laps) // 2]

    def random(self, *shape):
        values = torch.randn(*shape, device=self.given.device, dtype=self.type)
        return values.to(memory_format=torch.channels_last) if len(shape) == 4 else values

    def peaks(self):
        """What the chip was seen to do: a large product and a copy."""
        side, size = (8192, 1 << 30) if self.on_gpu else (512, 1 << 24)
        a, b = self.random(side, side), self.random(side, side)
        product = 2 * side ** 3 / self.milliseconds(lambda: a @ b, 1.0) / 1e9
        x = torch.empty(size, device=self.given.device, dtype=torch.uint8)
        y = torch.empty_like(x)
        copied = 2 * x.numel() / self.milliseconds(lambda: y.copy_(x), 1.0) / 1e6
        return {"what": "peaks", "tflops": product, "gigabytes": copied}

    def load(self):
        from diffusers import AutoencoderKL, UNet2DConditionModel

        torch.manual_seed(1)
        configs = [json.loads((self.given.model / part / "config.json").read_text()) for part in ("unet", "vae")]
        with torch.device(self.given.device):
            nets = [UNet2DConditionModel.from_config(configs[0]), AutoencoderKL.from_config(configs[1])]
        self.unet, self.vae = [net.to(self.type).eval().to(memory_format=torch.channels_last) for net in nets]
        # SDXL's decoder leaves float16's range: diffusers runs it in float32, people who know in bfloat16.
        self.decodes = torch.bfloat16 if self.on_gpu and self.is_xl else self.type
        self.vae.to(self.decodes)

    @property
    def is_xl(self):
        return self.unet.config.addition_embed_type == "text_time"

    def extra(self, batch):
        if not self.is_xl:
            return {}
        width = self.unet.config.projection_class_embeddings_input_dim - 6 * self.unet.config.addition_time_embed_dim
        return {"added_cond_kwargs": {"text_embeds": self.random(batch, width), "time_ids": self.random(batch, 6)}}

    def begin(self):
        """Results of recorded runs are overwritten from here on."""
        if self.on_gpu:
            torch.compiler.cudagraph_mark_step_begin()

    def measure(self, name, batches):
        side, steps = self.given.latents, self.given.steps
        texts = self.random(2, 77, self.unet.config.cross_attention_dim)

        def say(what, took, **more):
            print(json.dumps({"what": what, "peer": name, **more, "milliseconds": took}), flush=True)

        def evaluate(x, t, text, extra):
            self.begin()
            return self.unet(x, t, text, return_dict=False, **extra)[0]

        for batch in batches:
            x, text, extra = self.random(batch, 4, side, side), texts[:1].expand(batch, -1, -1).contiguous(), self.extra(batch)
            t = torch.tensor(500, device=self.given.device)
            say("unet", self.milliseconds(lambda: evaluate(x, t, text, extra)), batch=batch)
        z = self.random(1, 4, side, side)
        extra, times = self.extra(2), [torch.tensor(999 - i, device=self.given.device) for i in range(steps)]

        def decode(x):
            self.begin()
            return self.vae.decode(x.to(self.decodes), return_dict=False)[0]

        def picture():
            x = z.clone()
            for t in times:
                out = evaluate(x.repeat(2, 1, 1, 1), t, texts, extra)
                x = x - 0.01 * (out[:1] + 7.5 * (out[1:] - out[:1]))
            return decode(x).float().clamp(-1, 1).cpu()

        say("vae", self.milliseconds(lambda: decode(z)))
        say("image", self.milliseconds(picture, 4.0, 3), steps=steps)


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["peaks", "eager", "compile"])
    parser.add_argument("--model", type=Path)
    parser.add_argument("--latents", type=int, default=64)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--device", default="cuda")
    peer = Peer(parser.parse_args())
    if peer.given.part == "peaks":
        print(json.dumps(peer.peaks()), flush=True)
        return
    peer.load()
    if peer.given.part == "eager":
        peer.measure("diffusers eager", [2, 16] if not peer.is_xl else [2])
        return
    peer.unet = torch.compile(peer.unet, mode="max-autotune", fullgraph=True)
    peer.vae.decode = torch.compile(peer.vae.decode, mode="max-autotune", fullgraph=True)
    peer.measure("torch.compile", [2])


if __name__ == "__main__":
    main()
