"""How much a seed, the guidance scale and a negative prompt change a picture: mean difference in levels of 255."""
import argparse

import numpy as np
import torch

import sample

PROMPTS = ["a red circle on a blue background", "a green star, white background", "a house in the mountains at sunset",
           "a boat on the sea, clouds", "forest, night, stars"]
CHANGES = {"seed 2": dict(seed=2), "seed 3": dict(seed=3), "guidance 1.5": dict(guidance=1.5), "guidance 6": dict(guidance=6.),
           "negative prompt": dict(negative="blue background, sunset, clouds, night")}

ap = argparse.ArgumentParser(description=__doc__)
ap.add_argument("--model", required=True)
ap.add_argument("--out", help="a sheet: the plain pictures, then a row for every change")
a = ap.parse_args()
torch.set_num_threads(1)
model, usual = sample.Model(a.model), dict(steps=20, guidance=3., seed=1)
rows = [model.draw(PROMPTS, **usual)]
for name, change in CHANGES.items():
    rows.append(model.draw(PROMPTS, **{**usual, **change}))
    print(name, np.abs(rows[-1].astype(float) - rows[0]).mean((1, 2, 3)).round(1).tolist(), flush=True)
if a.out:
    sample.sheet(np.concatenate(rows), len(PROMPTS)).save(a.out)
