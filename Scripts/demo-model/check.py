"""Reads pictures and says whether they show what their prompts ask for.

Deliberately apart from the generator: it imports nothing of it, parses the prompt text itself, names colours by hue,
saturation and brightness instead of by the generator's palette, and recognises shapes by overlap with outlines drawn
here.  Input: a folder with `prompts.json` (a list of {"file", "prompt"}).  The prompts are English and of the form
"a [size] {colour} {shape} [relation a [size] {colour} {shape}]" with a background in either usual wording.
"""
import argparse
import collections
import json
import math
import re

import numpy as np
from PIL import Image, ImageDraw

COLOURS = ["red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "white", "black"]
SHAPES = ["circle", "square", "triangle", "star", "hexagon", "diamond", "ring", "cross"]
HUES = [(345, 376, "red"), (16, 41, "orange"), (41, 70, "yellow"), (70, 165, "green"), (165, 200, "cyan"),
        (200, 250, "blue"), (250, 300, "purple"), (300, 345, "pink")]
THING = rf"(?:(small|medium|large) )?({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})"
RELATION = r"(left of|right of|above|below|over|on top of|under|beneath)"


def parse(prompt):
    """Background, things as (size, colour, shape), and the direction of the first seen from the second."""
    text = re.sub(r"\b(an?|the|to the)\b ?", "", prompt.lower())
    things = re.findall(THING, text)
    ground = re.search(rf"({'|'.join(COLOURS)}) background", text) or re.search(rf"on ({'|'.join(COLOURS)})$", text)
    word = re.search(RELATION, text)
    side = {"over": "above", "on top of": "above", "under": "below", "beneath": "below"}.get(word[1], word[1]) if word else None
    return ground[1], things, side


def name_pixels(picture):
    """The colour name of every pixel as an index into COLOURS; len(COLOURS) where no name fits (greys)."""
    p = picture.astype(np.float32) / 255
    high, low = p.max(-1), p.min(-1)
    spread = high - low + 1e-6
    saturation = np.where(high > 0, spread / (high + 1e-6), 0)
    r, g, b = p[..., 0], p[..., 1], p[..., 2]
    hue = 60 * np.where(high == r, ((g - b) / spread) % 6, np.where(high == g, (b - r) / spread + 2, (r - g) / spread + 4))
    names = np.full(hue.shape, len(COLOURS))
    for first, last, name in HUES:
        names[((hue >= first) & (hue < last)) | ((hue + 360 >= first) & (hue + 360 < last))] = COLOURS.index(name)
    names[(names == COLOURS.index("red")) & (saturation < .5) & (high > .75)] = COLOURS.index("pink")
    grey = saturation < .18
    names[grey] = len(COLOURS)
    names[grey & (high > .68)] = COLOURS.index("white")
    names[(high < .30) | ((saturation < .28) & (high < .45))] = COLOURS.index("black")
    return names


def border(array):
    """What a frame of six pixels holds."""
    flat = array.reshape(array.shape[0], array.shape[1], -1)
    parts = (flat[:6], flat[-6:], flat[6:-6, :6], flat[6:-6, -6:])
    return np.concatenate([p.reshape(-1, flat.shape[-1]) for p in parts])


def largest_part(mask):
    """The biggest connected region."""
    left, best = mask.copy(), np.zeros_like(mask)
    while left.sum() > best.sum():
        ys, xs = np.nonzero(left)
        part, edge = np.zeros_like(mask), np.zeros_like(mask)
        edge[ys[0], xs[0]] = True
        while edge.any():
            part |= edge
            grown = np.zeros_like(mask)
            grown[1:] |= edge[:-1]
            grown[:-1] |= edge[1:]
            grown[:, 1:] |= edge[:, :-1]
            grown[:, :-1] |= edge[:, 1:]
            edge = grown & left & ~part
        left &= ~part
        if part.sum() > best.sum():
            best = part
    return best


def to_frame(mask, side=48):
    """A mask scaled so that its bounding box fills a square, without changing its proportions."""
    ys, xs = np.nonzero(mask)
    if len(ys) < 20:
        return None
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    s, cx, cy = max(bottom - top, right - left), (left + right) / 2, (top + bottom) / 2
    image = Image.fromarray((mask * 255).astype(np.uint8))
    return np.asarray(image.transform((side, side), Image.AFFINE, (s / side, 0, cx - s / 2, 0, s / side, cy - s / 2),
                                      Image.BILINEAR)) > 127


def outlines():
    """Filled reference outlines, several proportions where usage varies."""
    def turned(count, radii, start=-90.0):
        return [(radii[k % len(radii)] * math.cos(math.radians(start + 360 * k / count)),
                 radii[k % len(radii)] * math.sin(math.radians(start + 360 * k / count))) for k in range(count)]

    def filled(points, hole=0.0):
        image = Image.new("L", (400, 400))
        draw = ImageDraw.Draw(image)
        draw.polygon([(200 + 180 * x, 200 + 180 * y) for x, y in points], fill=255)
        if hole:
            draw.ellipse([200 - 180 * hole, 200 - 180 * hole, 200 + 180 * hole, 200 + 180 * hole], fill=0)
        return to_frame(np.asarray(image) > 127)

    def plus(w):
        return [(-w, -1), (w, -1), (w, -w), (1, -w), (1, w), (w, w), (w, 1), (-w, 1), (-w, w), (-1, w), (-1, -w), (-w, -w)]
    found = {
        "circle": [turned(90, [1])], "square": [[(-1, -1), (1, -1), (1, 1), (-1, 1)]], "triangle": [turned(3, [1])],
        "hexagon": [turned(6, [1]), turned(6, [1], 0)], "diamond": [[(0, -1), (w, 0), (0, 1), (-w, 0)] for w in (.65, .8, 1)],
        "star": [turned(10, [1, w]) for w in (.38, .46)], "cross": [plus(w) for w in (.26, .36)]}
    found = {name: [filled(points) for points in variants] for name, variants in found.items()}
    found["ring"] = [filled(turned(90, [1]), hole) for hole in (.4, .52, .65)]
    return found


OUTLINES = outlines()


def recognise(mask):
    """Name of the reference outline with the best overlap, and that overlap."""
    seen = to_frame(largest_part(mask))
    if seen is None:
        return None, 0.0
    scores = {name: max((v & seen).sum() / (v | seen).sum() for v in variants) for name, variants in OUTLINES.items()}
    best = max(scores, key=scores.get)
    return best, float(scores[best])


def region(pixels, seed, base):
    """Pixels nearer to the colour found at the seed than to the background: an edge pixel is a mixture of both, has
    a name of its own, and belongs to the side that it holds more of."""
    if seed.sum() < 20:
        return seed
    colour = np.median(pixels[seed], 0)
    return np.square(pixels - colour).sum(-1) < np.square(pixels - base).sum(-1)


def examine(picture, prompt):
    """Answers for one picture: background, colours in their places, shapes in their places."""
    ground, things, side = parse(prompt)
    names, pixels = name_pixels(picture), picture.astype(np.float32)
    counts = np.bincount(border(names).ravel(), minlength=len(COLOURS) + 1)
    common = counts.argmax()
    background = common < len(COLOURS) and COLOURS[common] == ground and counts[common] > .6 * counts.sum()
    base = np.median(border(picture), 0)
    front = np.abs(pixels - base).max(-1) > 50
    height, width = names.shape
    half = {"left": np.s_[:, :width // 2], "right": np.s_[:, width // 2:], "top": np.s_[:height // 2], "bottom": np.s_[height // 2:]}
    order = {None: [None], "left of": ["left", "right"], "right of": ["right", "left"], "above": ["top", "bottom"],
             "below": ["bottom", "top"]}[side]
    colours, shapes, overlaps, extents = [], [], [], []
    for (size, colour, shape), place in zip(things, order):
        part = half[place] if place else np.s_[:, :]
        seen = np.bincount(names[part][front[part]], minlength=len(COLOURS) + 1)[:len(COLOURS)]
        seen[common if common < len(COLOURS) else 0] *= common >= len(COLOURS)
        colours.append(bool(seen.max() > .008 * height * width and COLOURS[seen.argmax()] == colour))
        mask = region(pixels[part], front[part] & (names[part] == COLOURS.index(colour)), base)
        guess, overlap = recognise(mask)
        shapes.append(guess == shape)
        overlaps.append(overlap)
        extents.append((size, float(max(np.ptp(np.nonzero(largest_part(mask)), axis=1)) / width) if mask.sum() > 20 else 0.))
    return dict(background=bool(background), colours=all(colours), all=bool(background and all(colours)), shapes=all(shapes),
                each_shape=float(np.mean(shapes)), overlap=float(np.mean(overlaps)), pair=side is not None,
                asked=[shape for _, _, shape in things], recognised=shapes, extents=extents)


def summary(rows):
    """Shares by category, in per cent."""
    lines = []
    for title, pick in (("single shapes", [r for r in rows if not r["pair"]]), ("two shapes", [r for r in rows if r["pair"]])):
        if not pick:
            continue
        shares = ", ".join(f"{label} {100 * np.mean([r[key] for r in pick]):.1f}" for label, key in (
            ("background", "background"), ("colours in place", "colours"), ("both", "all"), ("shapes", "shapes"),
            ("each shape", "each_shape"), ("overlap", "overlap")))
        by_shape = collections.defaultdict(list)
        sizes = collections.defaultdict(list)
        for r in pick:
            for name, good, (size, extent) in zip(r["asked"], r["recognised"], r["extents"]):
                by_shape[name].append(good)
                sizes[size or "unsaid"].append(extent)
        lines.append(f"{title} ({len(pick)}): {shares}")
        lines.append("   by shape: " + ", ".join(f"{k} {100 * np.mean(v):.0f}" for k, v in sorted(by_shape.items())))
        lines.append("   width by size: " + ", ".join(f"{k} {np.mean(v):.2f}" for k, v in sorted(sizes.items())))
    return "\n".join(lines)


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", help="pictures and prompts.json")
    ap.add_argument("--verbose", action="store_true", help="a line for every picture that fails something")
    a = ap.parse_args()
    with open(f"{a.folder}/prompts.json") as f:
        listed = json.load(f)
    rows = [examine(np.asarray(Image.open(f"{a.folder}/{e['file']}").convert("RGB")), e["prompt"]) for e in listed]
    if a.verbose:
        for e, r in zip(listed, rows):
            if not (r["all"] and r["shapes"]):
                print(e["file"], e["prompt"], {k: r[k] for k in ("background", "colours", "recognised")})
    print(summary(rows))
