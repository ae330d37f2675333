"""Gathers the trained parts into one folder in half precision, in the layout every Stable Diffusion tool reads.

The folder is written beside the target and renamed over it, so that a reader never meets half a model.  Then the
stock pipeline must load it and draw with each of the common samplers.
"""
import argparse
import json
import os
import shutil

import torch
from diffusers import (AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
                       EulerDiscreteScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel)
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--run", required=True)
ap.add_argument("--out", required=True)
ap.add_argument("--extra", help="folder whose other files (model card, examples) are copied along")
ap.add_argument("--check", action="store_true", help="draw with the stock pipeline and every common sampler")
ap.add_argument("--limit-mb", type=float, default=46.0)
a = ap.parse_args()

new = a.out.rstrip("/") + ".new"
shutil.rmtree(new, ignore_errors=True)
os.makedirs(new)
for part, kind in (("vae", AutoencoderKL), ("unet", UNet2DConditionModel), ("text_encoder", CLIPTextModel)):
    model = kind.from_pretrained(f"{a.run}/{part}")
    if part == "vae":
        model.register_to_config(scaling_factor=1.0)
    model.to(torch.float16).save_pretrained(f"{new}/{part}", safe_serialization=True)
    config = f"{new}/{part}/config.json"
    with open(config) as f:
        fields = json.load(f)
    fields.pop("_name_or_path", None)                    # says nothing but where the training ran
    with open(config, "w") as f:
        f.write(json.dumps(fields, indent=2, sort_keys=True) + "\n")
# transformers 5 drops the prefix that every other tool expects; it still reads the prefixed names itself
weights = f"{new}/text_encoder/model.safetensors"
save_file({(k if k.startswith("text_model.") else "text_model." + k): v for k, v in load_file(weights).items()},
          weights, metadata={"format": "pt"})
for part in ("tokenizer", "scheduler"):
    shutil.copytree(f"{a.run}/{part}", f"{new}/{part}")
with open(f"{new}/model_index.json", "w") as f:
    f.write(json.dumps({
        "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.21.0", "requires_safety_checker": False,
        "feature_extractor": [None, None], "image_encoder": [None, None], "safety_checker": [None, None],
        "scheduler": ["diffusers", "DDIMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"]}, indent=2) + "\n")
for name in os.listdir(a.extra) if a.extra else []:
    if os.path.isfile(f"{a.extra}/{name}") and name != "model_index.json":
        shutil.copy(f"{a.extra}/{name}", new)
total = 0
for folder, _, files in sorted(os.walk(new)):
    for name in sorted(files):
        size = os.path.getsize(f"{folder}/{name}")
        total += size
        print(f"{os.path.relpath(f'{folder}/{name}', new):50s} {size / 1e6:7.3f} MB")
print(f"total {total / 1e6:.2f} MB")
if total > a.limit_mb * 1e6:
    raise SystemExit("too large")
if a.check:
    pipeline = StableDiffusionPipeline.from_pretrained(new, torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    config, strip = pipeline.scheduler.config, []
    for kind in (DDIMScheduler, EulerDiscreteScheduler, EulerAncestralDiscreteScheduler, PNDMScheduler, DPMSolverMultistepScheduler):
        pipeline.scheduler = kind.from_config(config)
        strip += pipeline(["a large red circle on a white background", "a boat on the sea at sunset, sun"],
                          num_inference_steps=20, guidance_scale=4., height=128, width=128,
                          generator=torch.Generator().manual_seed(0)).images
    from PIL import Image
    sheet = Image.new("RGB", (128 * len(strip) // 2, 256))
    for i, picture in enumerate(strip):
        sheet.paste(picture, (128 * (i // 2), 128 * (i % 2)))
    sheet.save(a.out.rstrip("/") + "-samplers.png")
old = a.out.rstrip("/") + ".old"
shutil.rmtree(old, ignore_errors=True)
if os.path.exists(a.out):
    os.rename(a.out, old)
os.rename(new, a.out)
shutil.rmtree(old, ignore_errors=True)
