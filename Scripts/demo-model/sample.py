"""Draws pictures for held-out prompts (never seen as a combination in training) and lists them for check.py.

    sample.py --model MODEL --out FOLDER                200 prompts: 100 single shapes, 100 pairs
    sample.py --truth --out FOLDER                      the generator's own pictures: what the checker can reach
    sample.py --truth --model MODEL --out FOLDER        the same through the autoencoder: what the denoiser can reach
    sample.py --model MODEL --out FOLDER --sheet        fifty varied prompts on one sheet, to look at
"""
import argparse
import json
import os
import random
import time

import numpy as np
import torch
from PIL import Image

import captions
import scenes
import shapes

SHEET = [
    "a large red circle on a white background", "a small yellow star, blue background", "a green ring on a black background",
    "a medium purple hexagon on a yellow background", "a white cross, red background", "a black diamond on a pink background",
    "a large cyan triangle, purple background", "an orange square on a green background", "a pink circle on a cyan background",
    "a large blue star on an orange background", "a red circle left of a green star on a white background",
    "a small blue square right of a large yellow circle, black background", "a white triangle above a black cross, red background",
    "an orange ring below a purple diamond on a cyan background", "a pink hexagon left of a green hexagon, blue background",
    "a small red circle left of a large green star on a white background", "a yellow cross above a blue ring on a pink background",
    "a black square right of a white circle, green background", "a cyan star below a red triangle on a black background",
    "a large purple circle above a small orange square, yellow background", "mountains at sunset, a house", "a boat on the sea at night, moon",
    "forest, snow, a cottage", "desert by day, cactus, sun", "city at night, stars", "green hills, a castle, clouds",
    "un château dans les montagnes sous la neige", "coucher de soleil, la mer, un voilier", "la nuit, forêt, lune", "a bird, sunset, sea, sun",
    "winter, city, a tree", "désert, la nuit, étoiles, un cactus", "the sea, a sailboat, clouds", "rolling hills at night, a tree, moon",
    "a castle in the forest at sunset", "snowy peaks, starry sky, night", "ville, coucher de soleil, nuages", "une maison près de la mer, soleil",
    "collines sous la neige, un arbre", "desert at sunset with sun", "a house in the woods, night, stars", "a castle by the sea, day, clouds",
    "mountains, day, sun, a tree", "a bird and the city, evening", "meadow, cottage, sun", "un oiseau, montagnes, jour", "the ocean at night and stars",
    "a lone cactus, sand dunes, dusk", "forêt, jour, soleil", "a boat, snow, the sea"]


def held_out(count, pair):
    """Fixed prompts in the two wordings that users meet first; two shapes always differ in colour."""
    rng, out = random.Random(777 + pair), []
    while len(out) < count:
        scene = shapes.sample(rng, pair)
        if not shapes.held_out(scene) or (pair and scene["objs"][0]["colour"] == scene["objs"][1]["colour"]):
            continue
        things = [captions.article(" ".join(([o["size"]] if o["size"] else []) + [o["colour"], o["shape"]])) for o in scene["objs"]]
        text = f" {scene['rel']} ".join(things) if pair else things[0]
        ground = scene["bg"] + " background"
        out.append((scene, text + (f", {ground}" if len(out) % 2 else f" on {captions.article(ground)}")))
    return out


class Model:
    """A plain DDIM loop; enough for judging weights, in batches."""

    def __init__(self, folder):
        from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
        from diffusers.models.attention_processor import AttnProcessor
        from transformers import CLIPTextModel
        from tokenizer import Tokenizer
        self.vae = AutoencoderKL.from_pretrained(f"{folder}/vae").float().eval()
        self.unet = UNet2DConditionModel.from_pretrained(f"{folder}/unet").float().eval()
        self.unet.set_attn_processor(AttnProcessor())
        self.encoder = CLIPTextModel.from_pretrained(f"{folder}/text_encoder").float().eval()
        self.tokenizer = Tokenizer(f"{folder}/tokenizer")
        self.scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")

    @torch.no_grad()
    def draw(self, prompts, steps, guidance, seed, negative="", eta=0.):
        pictures = []
        for i in range(0, len(prompts), 25):
            part = prompts[i:i + 25]
            generator = torch.Generator().manual_seed(seed + i)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                ids = [self.tokenizer(t) for t in [negative] * len(part) + part]
                context = self.encoder(input_ids=torch.tensor(ids)).last_hidden_state
                z = torch.randn(len(part), 4, 16, 16, generator=generator)
                self.scheduler.set_timesteps(steps)
                for t in self.scheduler.timesteps:
                    without, asked = self.unet(torch.cat([z, z]), t, context).sample.float().chunk(2)
                    z = self.scheduler.step(without + guidance * (asked - without), t, z, eta=eta, generator=generator).prev_sample
                pictures.append(self.decode(z))
        return np.concatenate(pictures)

    def decode(self, z):
        x = self.vae.decode(z / self.vae.config.scaling_factor).sample.float().clamp(-1, 1)
        return ((x + 1) * 127.5 + .5).byte().permute(0, 2, 3, 1).numpy()

    @torch.no_grad()
    def through(self, pictures):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            parts = []
            for p in np.array_split(pictures, max(1, len(pictures) // 25)):
                x = torch.from_numpy(p).permute(0, 3, 1, 2).float() / 127.5 - 1
                parts.append(self.decode(self.vae.encode(x).latent_dist.mean))
        return np.concatenate(parts)


def sheet(pictures, columns=10):
    rows = -(-len(pictures) // columns)
    side = pictures.shape[1]
    image = Image.new("RGB", (columns * side, rows * side), "white")
    for i, p in enumerate(pictures):
        image.paste(Image.fromarray(p), (i % columns * side, i // columns * side))
    return image


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--model")
    ap.add_argument("--out", required=True)
    ap.add_argument("--count", type=int, default=200)
    ap.add_argument("--steps", type=int, default=20)
    ap.add_argument("--guidance", type=float, default=4.)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--negative", default="")
    ap.add_argument("--eta", type=float, default=0., help="share of fresh noise at each step; 1 is ancestral sampling")
    ap.add_argument("--truth", action="store_true")
    ap.add_argument("--sheet", action="store_true")
    ap.add_argument("--threads", type=int, default=1)
    a = ap.parse_args()
    torch.set_num_threads(a.threads)
    os.makedirs(a.out, exist_ok=True)
    model = Model(a.model) if a.model else None
    asked = held_out(a.count // 2, False) + held_out(a.count // 2, True)
    prompts = SHEET if a.sheet else [text for _, text in asked]
    begun = time.time()
    if a.truth:
        pictures = np.stack([scenes.render(scene, 128, random.Random(i)) for i, (scene, _) in enumerate(asked)])
        pictures = model.through(pictures) if model else pictures
    else:
        pictures = model.draw(prompts, a.steps, a.guidance, a.seed, a.negative, a.eta)
        print(f"{(time.time() - begun) / len(prompts):.2f} s a picture")
    if a.sheet:
        sheet(pictures).save(f"{a.out}/sheet.png")
    else:
        for i, p in enumerate(pictures):
            Image.fromarray(p).save(f"{a.out}/{i:03d}.png")
        with open(f"{a.out}/prompts.json", "w") as f:
            json.dump([dict(file=f"{i:03d}.png", prompt=t) for i, t in enumerate(prompts)], f)
        sheet(np.concatenate([pictures[:30], pictures[len(pictures) // 2:][:30]])).save(f"{a.out}/sheet.png")
