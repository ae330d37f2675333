"""A small anti-aliased canvas over analytic signed distances.

Coverage comes from distance / pixel size, so edges are smooth at any size without supersampling.
Coordinates run from 0 to 1, y downwards.  numpy only.
"""
import math

import numpy as np


def rgb(colour):
    """An 8-bit triple as floats."""
    return np.asarray(colour, np.float32) / 255


def circle(x, y, radius):
    return np.hypot(x, y) - radius


def box(x, y, half_width, half_height):
    ax, ay = np.abs(x) - half_width, np.abs(y) - half_height
    return np.hypot(np.maximum(ax, 0), np.maximum(ay, 0)) + np.minimum(np.maximum(ax, ay), 0)


def polygon(x, y, points):
    """Exact signed distance to a simple polygon."""
    nearest = np.full(x.shape, 1e9, np.float32)
    sign = np.ones(x.shape, np.float32)
    for (ax, ay), (bx, by) in zip(points, [points[-1]] + points[:-1]):
        ex, ey, wx, wy = bx - ax, by - ay, x - ax, y - ay
        h = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey + 1e-12), 0, 1)
        nearest = np.minimum(nearest, (wx - ex * h) ** 2 + (wy - ey * h) ** 2)
        over, under, side = y >= ay, y < by, ex * wy > ey * wx
        sign = np.where((over & under & side) | (~over & ~under & ~side), -sign, sign)
    return sign * np.sqrt(nearest)


def corners(count, radius, turn=0.0):
    """Corners of a regular polygon, the first one at the top."""
    return [(radius * math.sin(turn + 2 * math.pi * i / count), -radius * math.cos(turn + 2 * math.pi * i / count))
            for i in range(count)]


def shape_distance(name, x, y, r):
    """The eight shapes of the grammar, sized so that they look equally large."""
    if name == "circle":
        return circle(x, y, r)
    if name == "square":
        return box(x, y, r * .86, r * .86)
    if name == "triangle":
        return polygon(x, y - r * .16, corners(3, r * 1.16))
    if name == "star":
        outer, inner = corners(5, r * 1.16), corners(5, r * .50, math.pi / 5)
        return polygon(x, y - r * .06, [p for pair in zip(outer, inner) for p in pair])
    if name == "hexagon":
        return polygon(x, y, corners(6, r * 1.04, math.pi / 6))
    if name == "diamond":
        return polygon(x, y, [(0, -r * 1.18), (r * .80, 0), (0, r * 1.18), (-r * .80, 0)])
    if name == "ring":
        return np.abs(np.hypot(x, y) - r * .76) - r * .25
    if name == "cross":
        return np.minimum(box(x, y, r, r * .33), box(x, y, r * .33, r))
    raise ValueError(name)


class Canvas:
    """Pixels with their coordinates; `window` gives a cheap view for small things."""

    def __init__(self, size):
        axis = (np.arange(size, dtype=np.float32) + .5) / size
        self.x, self.y = np.meshgrid(axis, axis)
        self.size, self.pixel = size, 1.0 / size
        self.image = np.zeros((size, size, 3), np.float32)

    def window(self, x0, y0, x1, y1):
        n, view = self.size, Canvas.__new__(Canvas)
        rows = slice(max(0, int(y0 * n) - 1), max(0, min(n, math.ceil(y1 * n) + 1)))
        cols = slice(max(0, int(x0 * n) - 1), max(0, min(n, math.ceil(x1 * n) + 1)))
        view.size, view.pixel = n, self.pixel
        view.x, view.y, view.image = self.x[rows, cols], self.y[rows, cols], self.image[rows, cols]
        return view

    def cover(self, distance, soft=1.0):
        return np.clip(.5 - distance / (self.pixel * soft), 0, 1)

    def blend(self, amount, colour):
        self.image += amount[..., None] * (np.asarray(colour, np.float32) - self.image)

    def fill(self, distance, colour, soft=1.0):
        self.blend(self.cover(distance, soft), colour)

    def vertical_gradient(self, stops):
        heights = [height for height, _ in stops]
        colours = np.stack([rgb(colour) for _, colour in stops])
        column = np.stack([np.interp(self.y[:, 0], heights, colours[:, k]) for k in range(3)], -1)
        self.image[:] = column[:, None, :]

    def bytes(self):
        return (np.clip(self.image, 0, 1) * 255 + .5).astype(np.uint8)
