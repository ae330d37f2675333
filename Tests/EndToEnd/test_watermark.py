"""The invisible watermark on many pictures: found after JPEG, not found where there is none."""

import os
import subprocess

import numpy
from PIL import Image
from service import ROOT, binaries

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"
TEXT = "Atelier 2026"
# Of each kind.
COUNT = 50 if os.environ.get("ATELIER_SLOW") == "yes" else 8


def atelier(*words):
    return subprocess.run([binaries() / "atelier", *map(str, words)], capture_output=True, text=True)


def photograph(number: int) -> Image.Image:
    """Light that falls off, soft shapes with edges, texture of several scales and grain, never the same twice."""
    random = numpy.random.default_rng(number)
    height, width = random.choice([256, 288, 320], 2)
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    picture = numpy.zeros((height, width, 3))
    for channel in range(3):
        picture[..., channel] = random.uniform(40, 200) + random.uniform(-60, 60) * x / width + random.uniform(-60, 60) * y / height
    for _ in range(random.integers(3, 9)):
        inside = ((x - random.uniform(0, width)) / random.uniform(10, 80)) ** 2 + (
            (y - random.uniform(0, height)) / random.uniform(10, 80)) ** 2 < 1
        picture[inside] = picture[inside] * 0.3 + random.uniform(0, 255, 3) * 0.7
    for scale in (4, 16, 48):
        coarse = random.normal(0, 7, (height // scale + 2, width // scale + 2))
        picture += numpy.kron(coarse, numpy.ones((scale, scale)))[:height, :width, None]
    return Image.fromarray(numpy.clip(picture + random.normal(0, 3, picture.shape), 0, 255).astype(numpy.uint8))


def found(files) -> int:
    """How many hold the text; none may hold another."""
    result = atelier("watermark", "decode", *files)
    if result.returncode == 1:
        assert "found none" in result.stderr
        return 0
    texts = [line.split("\t")[1] for line in result.stdout.splitlines()]
    assert len(texts) == len(files) and set(texts) <= {TEXT, ""}
    return texts.count(TEXT)


def jpegs(files, folder):
    folder.mkdir()
    for file in files:
        Image.open(file).convert("RGB").save(folder / (file.stem + ".jpg"), quality=80)
    return sorted(folder.iterdir())


def test_most_pictures_are_found_after_jpeg_and_none_of_the_unmarked(tmp_path):
    prompts = [f"a {colour} {shape} on a {ground} background" for ground in ("white", "black")
               for colour in ("red", "blue", "green", "yellow", "purple")
               for shape in ("circle", "square", "star", "hexagon", "triangle")]
    (tmp_path / "prompts.txt").write_text("\n".join(prompts[:COUNT]))
    made = atelier("txt2img", "--model", DEMO, "--from-file", tmp_path / "prompts.txt", "--steps", 3, "--seed", 1, "--W", 256, "--H", 256,
                   "--outdir", tmp_path, "--skip_grid", "--quiet")
    assert made.returncode == 0, made.stderr
    plain = sorted((tmp_path / "samples").iterdir())
    for number in range(COUNT):
        plain.append(tmp_path / f"photograph-{number:02}.png")
        photograph(number).save(plain[-1])
    assert len(plain) == 2 * COUNT
    marked = tmp_path / "marked"
    assert atelier("watermark", "encode", *plain, "--text", TEXT, "--output", marked).returncode == 0
    marked = sorted(marked.iterdir())
    least = 0.95 * len(plain)
    assert len(marked) == len(plain) and found(marked) >= least
    assert found(jpegs(marked, tmp_path / "jpeg")) >= least
    assert found(plain) == 0 and found(jpegs(plain, tmp_path / "plain")) == 0
