"""Landscapes: six kinds of land, four times of day, four skies and six things that may stand in them.

Nothing that matters is thinner than three or four pixels at 128x128, because the autoencoder shrinks eight times.
"""
import math

import numpy as np

from drawing import Canvas, box, rgb
from things import THINGS, pine

SCENES = ["mountains", "hills", "sea", "desert", "forest", "city"]
TIMES = ["day", "sunset", "night", "snow"]
SKIES = ["sun", "moon", "stars", "clouds"]
OBJECTS = ["house", "boat", "tree", "cactus", "castle", "bird"]

# Several skies for each time; the last colour is also the haze that far things fade into.
SKY = {
    "day": [[(0, (86, 160, 232)), (.62, (202, 230, 246))], [(0, (66, 146, 214)), (.62, (248, 240, 222))],
            [(0, (108, 190, 230)), (.62, (232, 246, 240))]],
    "sunset": [[(0, (72, 52, 120)), (.30, (206, 92, 110)), (.48, (250, 160, 84)), (.64, (253, 214, 130))],
               [(0, (50, 64, 136)), (.28, (156, 96, 156)), (.46, (250, 146, 120)), (.64, (255, 206, 158))],
               [(0, (122, 60, 104)), (.30, (232, 96, 76)), (.64, (255, 214, 122))]],
    "night": [[(0, (10, 14, 44)), (.64, (44, 60, 116))], [(0, (20, 12, 52)), (.64, (76, 58, 124))],
              [(0, (6, 24, 50)), (.64, (38, 88, 118))]],
    "snow": [[(0, (166, 184, 206)), (.64, (226, 232, 240))], [(0, (148, 176, 216)), (.64, (240, 232, 240))]],
}
TINT = {"day": (1, 1, 1), "sunset": (1.0, .74, .62), "night": (.38, .44, .68), "snow": (.97, .99, 1.03)}


def sample(rng):
    """One scene description; skies that contradict the hour are mended rather than drawn."""
    scene, time, sky = rng.choice(SCENES), rng.choice(TIMES), rng.choice(SKIES + [None])
    if sky == "sun" and time == "night":
        sky = "moon"
    if sky in ("stars", "moon") and time in ("day", "snow") and rng.random() < .6:
        time = "night"
    return dict(kind="landscape", scene=scene, time=time, sky=sky,
                obj=rng.choice(OBJECTS) if rng.random() < .75 else None)


class Landscape:
    def __init__(self, scene, size, rng):
        self.rng, self.time, self.snow = rng, scene["time"], scene["time"] == "snow"
        self.canvas = canvas = Canvas(size)
        stops = rng.choice(SKY[self.time])
        canvas.vertical_gradient(stops)
        self.haze, self.tint = rgb(stops[-1][1]), np.asarray(TINT[self.time], np.float32) * rng.uniform(.95, 1.05)
        self.columns = canvas.x[0]
        self.sun_x = rng.uniform(.2, .8)
        self.thing_x = rng.uniform(.28, .72)

    def lit(self, colour, far=0.0):
        """A daylight colour as seen at this hour and distance."""
        colour = rgb(colour) * self.tint
        return colour + (self.haze - colour) * far

    def wave(self, octaves, amplitude, frequency):
        height, weight, total = np.zeros_like(self.columns), 1.0, 0.0
        for _ in range(octaves):
            height += weight * np.sin(2 * math.pi * (self.columns * frequency + self.rng.random()))
            total += weight
            weight, frequency = weight * .45, frequency * 2.03
        return amplitude * height / total

    def layer(self, height, near, deep, far=0.0):
        """Fills everything under a line of heights, shading from one colour to another downwards."""
        canvas = self.canvas
        depth = canvas.y - height[None, :]
        shade = np.clip(depth / .3, 0, 1)[..., None]
        top, bottom = self.lit(near, far), self.lit(deep, far)
        canvas.blend(np.clip(.5 + depth / (canvas.pixel * 1.4), 0, 1), top + (bottom - top) * shade)

    def level(self, height, near, deep):
        self.layer(np.full_like(self.columns, height), near, deep)

    # ------------------------------------------------------------------ skies
    def sun(self):
        low = self.time == "sunset"
        y = self.rng.uniform(.32, .42) if low else self.rng.uniform(.15, .26)
        distance = np.hypot(self.canvas.x - self.sun_x, self.canvas.y - y)
        self.canvas.blend(.7 * np.exp(-(distance / .18) ** 2), rgb((255, 196, 116) if low else (255, 242, 196)))
        self.canvas.fill(distance - .085, rgb((255, 230, 150) if low else (255, 232, 112)), 1.3)

    def moon(self):
        y, x = self.rng.uniform(.15, .27), self.sun_x
        distance = np.hypot(self.canvas.x - x, self.canvas.y - y)
        self.canvas.blend(.45 * np.exp(-(distance / .17) ** 2), rgb((206, 218, 250)))
        bite = np.hypot(self.canvas.x - x - .052, self.canvas.y - y + .024)
        self.canvas.fill(np.maximum(distance - .098, .085 - bite), rgb((252, 246, 216)), 1.3)

    def stars(self):
        placed = []
        while len(placed) < 17:
            x, y = self.rng.uniform(.03, .97), self.rng.uniform(.03, .46)
            placed.append((x, y))
            if any(math.hypot(x - a, y - b) < .085 for a, b in placed[:-1]) and self.rng.random() < .9:
                placed.pop()
                continue
            radius = self.rng.uniform(.014, .024)
            view = self.canvas.window(x - 3 * radius, y - 3 * radius, x + 3 * radius, y + 3 * radius)
            glow = 1.2 * np.exp(-(np.hypot(view.x - x, view.y - y) / radius) ** 2)
            view.blend(np.clip(glow, 0, 1), rgb((255, 250, 220)))

    def clouds(self):
        base = rgb({"day": (255, 255, 255), "sunset": (255, 200, 176), "night": (108, 120, 164),
                    "snow": (250, 251, 254)}[self.time])
        for k in range(3):
            x, y = (k + .5) / 3 + self.rng.uniform(-.09, .09), self.rng.uniform(.11, .29)
            w = self.rng.uniform(.85, 1.2)
            distance = np.full(self.canvas.x.shape, 9, np.float32)
            for dx, dy, r in ((-.09, .012, .045), (-.035, -.022, .064), (.035, -.012, .056), (.09, .014, .04)):
                distance = np.minimum(distance, np.hypot(self.canvas.x - x - dx * w, self.canvas.y - y - dy * w) - r * w)
            distance = np.maximum(distance, self.canvas.y - y - .042 * w)
            shade = np.clip((self.canvas.y - y) / (.1 * w) + .5, 0, 1)[..., None]
            self.canvas.blend(.95 * self.canvas.cover(distance, 1.6), base * (1 - .14 * shade))

    # ------------------------------------------------------------------ lands; each returns where things stand
    def mountains(self):
        rock = (150, 160, 180) if self.snow else self.rng.choice([(104, 112, 136), (118, 108, 124), (92, 116, 134)])
        for k, (far, base, amplitude) in enumerate(((.5, .44, .11), (.12, .53, .15))):
            peaks = []
            for i in range(3):
                x = (i + .5) / 3 + self.rng.uniform(-.12, .12) + k * .16 - .08
                peaks.append((base - amplitude * self.rng.uniform(.5, 1.3), x, self.rng.uniform(.75, 1.1)))
            slopes = np.stack([top + np.abs(self.columns - x) * steep for top, x, steep in peaks])
            height, which = slopes.min(0), slopes.argmin(0)
            self.layer(height, rock, (76, 92, 98), far)
            canvas = self.canvas
            sunny = np.array([x for _, x, _ in peaks])[which][None, :] - canvas.x          # one side in shadow
            canvas.blend(.16 * np.clip(-sunny / canvas.pixel * .5 + .5, 0, 1) * (canvas.y > height[None, :]), rgb((20, 24, 60)))
            snowline = np.array([top for top, _, _ in peaks])[which] + (.17 if self.snow else .095) \
                + .020 * np.sin(self.columns * 44 + self.rng.uniform(0, 6))
            cap = canvas.cover(height[None, :] - canvas.y) * canvas.cover(canvas.y - snowline[None, :])
            canvas.blend(cap * (1 - far * .4), self.lit((250, 251, 254), far * .5) * np.where(sunny > 0, 1, .90)[..., None])
        grass = self.rng.choice([((92, 152, 78), (56, 110, 58)), ((122, 158, 74), (74, 114, 52))])
        self.layer(.72 + self.wave(2, .02, 1.2), *(((240, 244, 249), (208, 218, 232)) if self.snow else grass))
        return .81

    def hills(self):
        green = self.rng.choice([((126, 176, 104), (104, 170, 78), (84, 156, 62)), ((160, 184, 92), (134, 172, 70), (104, 150, 56)),
                                 ((110, 176, 132), (78, 160, 104), (58, 142, 84))])
        for base, colour, far in zip((.53, .64, .76), green, (.4, .12, 0)):
            near, deep = ((238, 243, 249), (200, 213, 230)) if self.snow else (colour, tuple(int(v * .66) for v in colour))
            self.layer(base + self.wave(2, .055, self.rng.uniform(.6, 1.1)), near, deep, far)
        return .81

    def sea(self):
        colours = self.rng.choice([((62, 146, 196), (22, 78, 140)), ((58, 168, 184), (18, 96, 132))])
        self.level(.56, *(((112, 150, 176), (70, 106, 142)) if self.snow else colours))
        canvas = self.canvas
        if self.time == "sunset":                                                          # the light on the water
            glint = np.exp(-((canvas.x - self.sun_x) / .13) ** 2) * np.clip(1.1 - (canvas.y - .56) * 2, 0, 1)
            canvas.blend(.6 * np.clip((canvas.y - .56) / .01, 0, 1) * glint, rgb((255, 196, 120)))
        for k in range(7):
            x, y = self.rng.uniform(0, 1), .62 + .05 * k + self.rng.uniform(-.012, .012)
            length = .05 + .14 * (y - .55)
            view = canvas.window(x - 2 * length, y - .04, x + 2 * length, y + .04)
            crest = box(view.x - x, view.y - y - .010 * np.cos((view.x - x) * 34), length, .004) - .005
            view.blend(.5 * view.cover(crest, 1.5), self.lit((220, 240, 248)))
        return .76

    def desert(self):
        sand = self.rng.choice([((226, 190, 128), (230, 184, 108), (236, 190, 112)), ((222, 168, 118), (224, 156, 96), (228, 160, 96))])
        for base, colour, far in zip((.56, .66, .78), sand, (.3, .08, 0)):
            near, deep = (colour, tuple(int(v * .80) for v in colour))
            if self.snow:
                near, deep = tuple(.35 * v + 158 for v in near), tuple(.35 * v + 146 for v in deep)
            self.layer(base + self.wave(2, .045, self.rng.uniform(.7, 1.2)), near, deep, far)
        return .82

    def forest(self):
        self.layer(.60 + self.wave(2, .02, 1.3), (238, 242, 248) if self.snow else (96, 142, 86), (60, 104, 60), .35)
        green = self.rng.choice([(44, 110, 66), (52, 118, 52), (36, 104, 84)])
        for base, far, count, tall in ((.64, .45, 8, .21), (.72, .12, 6, .31)):
            for i in range(count):
                x = (i + .5) / count + self.rng.uniform(-.3, .3) / count
                pine(self.canvas, x, base + self.rng.uniform(-.01, .02), tall * self.rng.uniform(.85, 1.2),
                     self.lit(green, far), self.lit((244, 248, 252), far) if self.snow else None)
        self.layer(.735 + self.wave(2, .014, 1.4), *(((240, 244, 249), (206, 216, 230)) if self.snow else ((78, 136, 64), (44, 90, 44))))
        return .84

    def city(self):
        dark = self.time in ("night", "sunset")
        walls = self.rng.choice([[(112, 124, 146), (138, 130, 140), (92, 108, 132)], [(150, 124, 116), (128, 108, 116), (104, 112, 130)],
                                 [(120, 138, 140), (98, 118, 128), (146, 146, 142)]])
        for far, base, count, low, high in ((.5, .72, 7, .26, .42), (.08, .765, 5, .16, .36)):
            width = 1 / count
            for i in range(count):
                x, tall = (i + .5) * width + self.rng.uniform(-.012, .012), self.rng.uniform(low, high)
                view = self.canvas.window(x - width * .6, base - tall - .03, x + width * .6, base + .02)
                shade = (.92 + .16 * np.clip((x - view.x) / width + .5, 0, 1))[..., None]
                view.fill(box(view.x - x, view.y - (base - tall / 2), width * .45, tall / 2), self.lit(self.rng.choice(walls), far) * shade)
                if self.snow:
                    view.fill(box(view.x - x, view.y - (base - tall), width * .46, .014), self.lit((250, 251, 253), far * .5))
                if far < .3:                                                               # two columns of windows
                    u, v = view.x - x, (view.y - (base - tall)) / .072
                    pane = np.maximum(np.abs(np.abs(u) - width * .2) - width * .11, np.abs(v - np.round(v)) * .072 - .019)
                    inside = (v > .5) & (v < tall / .072 - .55)
                    view.blend(.9 * view.cover(pane) * inside, rgb((255, 218, 116)) if dark else self.lit((216, 232, 244)))
        self.level(.76, *(((238, 242, 247), (206, 214, 226)) if self.snow else ((112, 118, 126), (78, 84, 94))))
        return .85

    def snowfall(self):
        for _ in range(24):
            x, y, radius = self.rng.random(), self.rng.random(), self.rng.uniform(.011, .018)
            view = self.canvas.window(x - 3 * radius, y - 3 * radius, x + 3 * radius, y + 3 * radius)
            view.blend(.9 * np.exp(-(np.hypot(view.x - x, view.y - y) / radius) ** 2), np.ones(3, np.float32))


def render(scene, size, rng):
    land = Landscape(scene, size, rng)
    if scene["sky"]:
        getattr(land, scene["sky"])()
    ground = getattr(land, scene["scene"])()
    thing = scene["obj"]
    if thing and scene["scene"] == "sea" and thing not in ("boat", "bird"):                # an island to stand on
        canvas = land.canvas
        island = (np.hypot((canvas.x - land.thing_x) / .32, (canvas.y - ground) / .05) - 1) * .05
        canvas.fill(island, land.lit((236, 240, 246) if land.snow else (230, 208, 152)))
    if thing:
        THINGS[thing](land.canvas, land.thing_x, ground, land.lit, land.time, rng)
    if land.snow:
        land.snowfall()
    return land.canvas.bytes()
