"""The Brownian motion of our SDE samplers, from its description: Schauder functions over octaves of sigma whose
coefficients Philox 4x32-10 makes of (node, octave, element)."""
import math

import numpy as np

DEPTH = 18
MASK = 0xFFFFFFFF


def philox(counter, key):
    """Ten rounds on four arrays of words."""
    x = [np.asarray(word, np.uint64) for word in counter]
    low, high = key & MASK, key >> 32
    for _ in range(10):
        a, b = x[0] * np.uint64(0xD2511F53), x[2] * np.uint64(0xCD9E8D57)
        x = [(b >> np.uint64(32)) ^ x[1] ^ np.uint64(low), b & np.uint64(MASK),
             (a >> np.uint64(32)) ^ x[3] ^ np.uint64(high), a & np.uint64(MASK)]
        low, high = (low + 0x9E3779B9) & MASK, (high + 0xBB67AE85) & MASK
    return x


def normal(node, octave, count, seed):
    ones = np.ones(count, np.uint64)
    words = philox([ones * np.uint64(node), ones * np.uint64(octave & MASK), np.arange(count, dtype=np.uint64), ones],
                   seed)
    u = (words[0].astype(np.float64) + 0.5) * 2.0**-32
    v = (words[1].astype(np.float64) + 0.5) * 2.0**-32 * 2 * math.pi
    return np.sqrt(-2 * np.log(u)) * np.sin(v)


def weights(sigma):
    """W(sigma) - W(beginning of its octave) as {(octave, node): factor}."""
    octave = math.floor(math.log2(sigma))
    width = 2.0**octave
    made = {(octave, 0): (sigma - width) / math.sqrt(width)}
    low, high, node = width, 2 * width, 1
    for _ in range(DEPTH):
        middle = (low + high) / 2
        made[octave, node] = math.sqrt(high - low) / 2 * (1 - abs(2 * sigma - low - high) / (high - low))
        low, high, node = (middle, high, 2 * node + 1) if sigma >= middle else (low, middle, 2 * node)
    return made


def increment(start, end, count, seed):
    """(W(end) - W(start)) scaled to variance 1."""
    low, high = min(start, end), max(start, end)
    total = weights(high)
    for place, value in weights(low).items():
        total[place] = total.get(place, 0) - value
    for octave in range(math.floor(math.log2(low)), math.floor(math.log2(high))):
        total[octave, 0] = total.get((octave, 0), 0) + math.sqrt(2.0**octave)
    made = sum(value * normal(node, octave, count, seed) for (octave, node), value in total.items() if value)
    return made / math.sqrt(sum(value**2 for value in total.values())) * (1 if end > start else -1)
