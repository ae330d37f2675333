#!/usr/bin/env python3
"""Makes the golden files of the engine's tests with diffusers, transformers and torch.

    make.py            writes the folders Goldens of the suites anew
    make.py --check    makes them in a temporary folder and compares; exit 1 if something differs
    make.py --only models_golden,tiny_models    runs some generators only

Needs torch (CPU), diffusers, transformers and safetensors from PyPI; the versions the committed files were made
with stand in requirements.txt. Everything is seeded, so running it twice gives the same files; another CPU
may differ in the last bits, which is why numbers are compared with a tolerance.
"""
import argparse
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import common
import compare
import extras_golden
import models_golden
import original_golden
import picture_files_golden
import pictures_golden
import prompts_golden
import safety_golden
import samplers_golden
import schedules_golden
import steps_golden
import tiny_models
import torch_golden
import upscalers_golden
import xl_extras_golden
import xl_golden
import tokenizer_golden

# Each has make(out), which writes files below `out`; later ones may read what earlier ones wrote.
# Its FOLDER names the suite the files are for, the engine's if it has none.
GENERATORS = [
    tiny_models, models_golden, tokenizer_golden, schedules_golden, samplers_golden, prompts_golden, steps_golden,
    torch_golden, original_golden, xl_golden, extras_golden, xl_extras_golden, pictures_golden, picture_files_golden,
    upscalers_golden, safety_golden]

TESTS = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 3_700_000


def run(out, only):
    for generator in GENERATORS:
        if only and generator.__name__ not in only:
            continue
        print(f"{generator.__name__}: {generator.__doc__.splitlines()[0]}", flush=True)
        generator.make(out / suite(generator) / "Goldens")


def suite(generator):
    return getattr(generator, "FOLDER", "StableDiffusionTests")


def suites():
    return sorted({suite(generator) for generator in GENERATORS})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files")
    parser.add_argument("--only", default="", help="names of generators, separated by commas")
    arguments = parser.parse_args()
    only = [name for name in arguments.only.split(",") if name]
    common.settle()
    if not arguments.check:
        run(TESTS, only)
        files = [file for name in suites() for file in (TESTS / name / "Goldens").rglob("*") if file.is_file()]
        total = sum(file.stat().st_size for file in files)
        print(f"{total} bytes in all")
        return 0 if total <= LIMIT else sys.exit(f"the goldens must stay below {LIMIT} bytes; they are {total}")
    with tempfile.TemporaryDirectory() as folder:
        run(pathlib.Path(folder), only)
        differences = [
            difference for name in suites() for difference in compare.folders(
                pathlib.Path(folder) / name / "Goldens", TESTS / name / "Goldens", complete=not only)]
    for difference in differences:
        print(difference)
    print("the goldens differ" if differences else "the goldens are what the libraries give")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
