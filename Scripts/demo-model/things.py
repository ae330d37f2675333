"""The things that stand in a landscape: each is drawn in a window of the canvas, lit from the left."""
import numpy as np

from drawing import box, circle, polygon, rgb


def lit_window(time, lit):
    return rgb((255, 220, 120)) if time in ("night", "sunset") else lit((140, 190, 226))


def pine(canvas, x, base, tall, colour, cap=None):
    view = canvas.window(x - tall * .45, base - tall * 1.05, x + tall * .45, base + .02)
    for k in range(3):
        top, half, height = base - tall * (1 - .26 * k), tall * (.17 + .075 * k), tall * (.42 + .02 * k)
        distance = polygon(view.x, view.y, [(x, top), (x + half, top + height), (x - half, top + height)])
        side = np.clip((x - view.x) / (2 * half) + .5, 0, 1)[..., None]
        view.fill(distance, colour * (.78 + .36 * side))
        if cap is not None:
            view.fill(np.maximum(distance, view.y - top - height * .5), cap)


def house(canvas, x, ground, lit, time, rng):
    half, tall = .155, .17
    view = canvas.window(x - .28, ground - .40, x + .28, ground + .05)
    wall = lit(rng.choice([(244, 230, 204), (238, 214, 186), (246, 242, 232), (222, 232, 236)]))
    side = np.clip((x - view.x) / .4 + .5, 0, 1)[..., None]
    view.fill(box(view.x - x - .085, view.y - (ground - tall - .085), .026, .06), lit((140, 90, 74)))
    view.fill(box(view.x - x, view.y - (ground - tall / 2), half, tall / 2), wall * (.88 + .14 * side))
    roof = [(x - half * 1.25, ground - tall), (x, ground - tall - .14), (x + half * 1.25, ground - tall)]
    tiles = (246, 248, 252) if time == "snow" else rng.choice([(194, 68, 52), (150, 78, 60), (84, 96, 150)])
    view.fill(polygon(view.x, view.y, roof), lit(tiles) * (.88 + .16 * side))
    view.fill(box(view.x - x, view.y - (ground - .05), .032, .05), lit((112, 70, 46)))
    for dx in (-.092, .092):
        view.fill(box(view.x - x - dx, view.y - (ground - .10), .030, .030), lit_window(time, lit))


def boat(canvas, x, ground, lit, time, rng):
    view = canvas.window(x - .28, ground - .44, x + .28, ground + .09)
    sail = rng.choice([(252, 250, 244), (252, 250, 244), (250, 214, 120)])
    view.fill(box(view.x - x, view.y - (ground - .18), .010, .17), lit((98, 66, 44)))
    view.fill(polygon(view.x, view.y, [(x + .022, ground - .34), (x + .155, ground - .07), (x + .022, ground - .07)]), lit(sail))
    view.fill(polygon(view.x, view.y, [(x - .022, ground - .29), (x - .125, ground - .07), (x - .022, ground - .07)]), lit((240, 226, 206)))
    hull = [(x - .19, ground - .045), (x + .19, ground - .045), (x + .12, ground + .045), (x - .12, ground + .045)]
    depth = np.clip((ground + .045 - view.y) / .09, 0, 1)[..., None]
    view.fill(polygon(view.x, view.y, hull), lit(rng.choice([(182, 62, 50), (182, 62, 50), (60, 84, 140)])) * (.8 + .24 * depth))


def tree(canvas, x, ground, lit, time, rng):
    view = canvas.window(x - .27, ground - .46, x + .27, ground + .04)
    view.fill(box(view.x - x, view.y - (ground - .09), .024, .10), lit((116, 78, 50)))
    leaves = (232, 240, 247) if time == "snow" else rng.choice([(62, 144, 64), (62, 144, 64), (112, 152, 52), (206, 120, 48)])
    side = np.clip((-(view.x - x) - (view.y - ground + .22)) / .34 + .5, 0, 1)[..., None]
    for dx, dy, radius in ((-.075, -.19, .085), (.08, -.20, .085), (0, -.28, .10), (0, -.18, .08)):
        view.fill(circle(view.x - x - dx, view.y - ground - dy, radius), lit(leaves) * (.76 + .38 * side))


def cactus(canvas, x, ground, lit, time, rng):
    view = canvas.window(x - .23, ground - .44, x + .23, ground + .04)
    distance = box(view.x - x, view.y - (ground - .17), .008, .15) - .033
    for side, height, arm in ((-1, .16, .08), (1, .12, .10)):
        distance = np.minimum(distance, box(view.x - x - side * .055, view.y - (ground - height), .055, .004) - .022)
        distance = np.minimum(distance, box(view.x - x - side * .115, view.y - (ground - height - arm / 2), .004, arm / 2) - .022)
    light = np.clip((x - view.x) / .12 + .5, 0, 1)[..., None]
    view.fill(distance, lit((58, 152, 86)) * (.74 + .42 * light))


def castle(canvas, x, ground, lit, time, rng):
    view = canvas.window(x - .32, ground - .50, x + .32, ground + .04)
    stone, dark, middle = rng.choice([((184, 178, 176), (150, 144, 148), (168, 162, 162)), ((206, 184, 150), (172, 150, 122), (190, 168, 136))])
    roof = lit((246, 248, 252) if time == "snow" else rng.choice([(92, 84, 168), (92, 84, 168), (178, 66, 62)]))
    view.fill(box(view.x - x, view.y - (ground - .10), .17, .10), lit(stone))
    for k in range(4):
        view.fill(box(view.x - x - (k - 1.5) * .085, view.y - (ground - .215), .024, .025), lit(stone))
    for dx, tall in ((-.175, .27), (.175, .27), (0, .33)):
        wall = lit(dark if dx else middle)
        view.fill(box(view.x - x - dx, view.y - (ground - tall / 2), .055, tall / 2), wall)
        peak = [(x + dx - .075, ground - tall), (x + dx, ground - tall - .13), (x + dx + .075, ground - tall)]
        view.fill(polygon(view.x, view.y, peak), roof)
    view.fill(box(view.x - x, view.y - (ground - .24), .018, .03), lit_window(time, lit))
    gate = np.minimum(circle(view.x - x, view.y - (ground - .07), .042), box(view.x - x, view.y - (ground - .035), .042, .035))
    view.fill(gate, lit((86, 58, 44)))


def bird(canvas, x, ground, lit, time, rng):
    y = rng.uniform(.30, .42)
    view = canvas.window(x - .24, y - .2, x + .24, y + .2)
    distance = np.full(view.x.shape, 9, np.float32)
    for side in (-1, 1):
        u = (view.x - x) * side
        middle = y - .085 * np.sin(np.clip(u / .18, 0, 1) * 2.3)
        thick = .026 * np.clip(1 - u / .19, .18, 1)
        distance = np.minimum(distance, np.maximum(np.abs(view.y - middle) - thick, np.maximum(-u, u - .18)))
    distance = np.minimum(distance, np.hypot(view.x - x, (view.y - y - .012) / 1.5) - .032)
    view.fill(distance, rgb((212, 218, 240) if time == "night" else (36, 38, 56)), 1.4)


THINGS = dict(house=house, boat=boat, tree=tree, cactus=cactus, castle=castle, bird=bird)
