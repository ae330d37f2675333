"""Draws the training set: `images.u8` (a flat array of pictures) and `specs.json` (what each one shows).

Pictures are drawn once; captions are written anew for every visit, from the description (see captions.py).
"""
import argparse
import json
import multiprocessing
import os
import random

import numpy as np

import landscapes
import shapes


def sample(rng, pairs=.38, singles=.24):
    """Pairs are the hardest to learn and have the largest share; the rest are landscapes."""
    u = rng.random()
    return shapes.sample(rng, u < pairs) if u < pairs + singles else landscapes.sample(rng)


def held_out(scene):
    return scene["kind"] == "shapes" and shapes.held_out(scene)


def render(scene, size, rng):
    return (shapes if scene["kind"] == "shapes" else landscapes).render(scene, size, rng)


def draw(job):
    path, count, size, first, last, seed = job
    pictures = np.memmap(path, np.uint8, "r+", shape=(count, size, size, 3))
    described = []
    for i in range(first, last):
        rng = random.Random(seed * 1_000_003 + i)
        scene = sample(rng)
        pictures[i] = render(scene, size, rng)
        described.append(scene)
    pictures.flush()
    return described


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--count", type=int, default=40000)
    ap.add_argument("--size", type=int, default=128)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--processes", type=int, default=2)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    path = os.path.join(a.out, "images.u8")
    np.memmap(path, np.uint8, "w+", shape=(a.count, a.size, a.size, 3)).flush()
    jobs = [(path, a.count, a.size, i, min(a.count, i + 500), a.seed) for i in range(0, a.count, 500)]
    with multiprocessing.Pool(a.processes) as pool:
        specs = [scene for part in pool.imap(draw, jobs) for scene in part]
    with open(os.path.join(a.out, "specs.json"), "w") as f:
        json.dump(dict(n=a.count, size=a.size, specs=specs), f)
