"""Scenes of one or two shapes on a plain, softly lit background: what is drawn, and how."""
import zlib

import numpy as np

from drawing import Canvas, rgb, shape_distance

COLOURS = {
    "red": (214, 48, 49), "orange": (240, 138, 36), "yellow": (247, 211, 60), "green": (52, 160, 76),
    "cyan": (62, 205, 214), "blue": (44, 92, 210), "purple": (124, 66, 178), "pink": (246, 140, 184),
    "white": (246, 246, 246), "black": (30, 30, 34),
}
SHAPES = ["circle", "square", "triangle", "star", "hexagon", "diamond", "ring", "cross"]
SIZES = ["small", "medium", "large"]
RELATIONS = ["left of", "right of", "above", "below"]
# Small ones are still three to four latent cells wide: below that the autoencoder cannot hold an outline.
SINGLE_RADIUS = {"small": .135, "medium": .22, "large": .32}
PAIR_RADIUS = {"small": .112, "medium": .152, "large": .195}


def sample(rng, pair):
    """One scene description.  A shape never has the background's colour; two shapes rarely share one."""
    background = rng.choice(list(COLOURS))
    rest = [c for c in COLOURS if c != background]
    count = 2 if pair else 1
    colours = rng.sample(rest, count) if rng.random() < .96 else [rng.choice(rest)] * count
    objects = []
    for colour in colours:
        size = rng.choice(SIZES)
        radius = (PAIR_RADIUS if pair else SINGLE_RADIUS)[size] * rng.uniform(.95, 1.05)
        objects.append(dict(shape=rng.choice(SHAPES), colour=colour, r=radius, size=size if rng.random() < .6 else None))
    relation = None
    if pair:
        relation = rng.choice(RELATIONS)
        places = (.27, .73) if relation in ("left of", "above") else (.73, .27)
        for thing, place in zip(objects, places):
            along, across = place + rng.uniform(-.02, .02), .5 + rng.uniform(-.05, .05)
            thing["x"], thing["y"] = (along, across) if relation in ("left of", "right of") else (across, along)
    else:
        objects[0].update(x=.5 + rng.uniform(-.06, .06), y=.5 + rng.uniform(-.06, .06))
    return dict(kind="shapes", bg=background, objs=objects, rel=relation)


def held_out(scene):
    """One combination in ten is kept from training: colour, shape and background of a single shape, or
    colours, shapes, relation and background of two."""
    words = [scene["bg"], scene["rel"] or ""] + [w for o in scene["objs"] for w in (o["colour"], o["shape"])]
    return zlib.crc32("|".join(words).encode()) % 10 == 0


def background(canvas, colour, rng):
    """The colour, a little lighter where the light comes from, darker towards the corners, never quite the same."""
    base = np.clip(rgb(COLOURS[colour]) * rng.uniform(.95, 1.04) + rng.uniform(-.012, .012), 0, 1)
    side = rng.uniform(-.45, .45)
    fall = ((canvas.y - .5) + side * (canvas.x - .5))[..., None]
    corner = ((canvas.x - .5) ** 2 + (canvas.y - .5) ** 2)[..., None]
    canvas.image[:] = base * (1 - .10 * fall - .14 * corner)
    canvas.image += (1 - canvas.image) * np.clip(.07 - .14 * fall, 0, .12)


def shape(canvas, thing, rng):
    """A shape with a soft shadow, light from the upper left and a faint rim, so that white on pale and black on
    dark stay readable."""
    x, y, r = canvas.x - thing["x"], canvas.y - thing["y"], thing["r"]
    distance = shape_distance(thing["shape"], x, y, r)
    shadow = shape_distance(thing["shape"], x - .018, y - .028, r)
    canvas.blend(.30 * np.clip(.5 - shadow / .05, 0, 1), np.zeros(3))
    colour = np.clip(rgb(COLOURS[thing["colour"]]) + rng.uniform(-.012, .012), 0, 1)
    light = np.clip((-x - y) / (2.2 * r) * .5 + .5, 0, 1)[..., None]
    low, glow = (.84, .12) if thing["colour"] != "black" else (.80, .14)
    body = colour * (low + (1 - low) * light) + (1 - colour) * glow * light * light
    rim = np.clip(1 + distance / .02, 0, 1)[..., None] * (light - .5) * .22
    canvas.fill(distance, np.clip(body + rim, 0, 1))


def render(scene, size, rng):
    canvas = Canvas(size)
    background(canvas, scene["bg"], rng)
    for thing in scene["objs"]:
        shape(canvas, thing, rng)
    return canvas.bytes()
