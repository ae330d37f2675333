"""Samplers without an equal in diffusers, written from their papers in Karras' variables, in double precision.

Each takes model(x, sigma) -> denoised, the first latents (already scaled), sigmas, and noise() or
brownian(sigma, sigma_next), normal with variance 1. Checked against k-diffusion 0.1.1 when they were written.
"""
import math

import numpy as np


def ancestral(start, end, eta):
    up = min(end, eta * math.sqrt(end**2 * (start**2 - end**2) / start**2))
    return math.sqrt(end**2 - up**2), up


def dpmpp_2s_ancestral(model, x, sigmas, eta, noise):
    for start, end in zip(sigmas, sigmas[1:]):
        denoised = model(x, start)
        down, up = ancestral(start, end, eta)
        if down == 0:
            x = denoised
            continue
        t, t_next = -math.log(start), -math.log(down)
        h = t_next - t
        half = math.exp(-(t + h / 2))
        middle = half / start * x - math.expm1(-h / 2) * denoised
        x = down / start * x - math.expm1(-h) * model(middle, half) + up * noise()
    return x


def dpmpp_2m_sde(model, x, sigmas, eta, brownian, heun):
    old = h_last = None
    for start, end in zip(sigmas, sigmas[1:]):
        denoised = model(x, start)
        if end == 0:
            x = denoised
            continue
        h = math.log(start / end)
        total = h * (1 + eta)
        x = end / start * math.exp(-eta * h) * x - math.expm1(-total) * denoised
        if old is not None:
            slope = (denoised - old) * h / h_last
            x = x + slope * (1 + math.expm1(-total) / total if heun else -math.expm1(-total) / 2)
        x = x + end * math.sqrt(-math.expm1(-2 * eta * h)) * brownian(start, end)
        old, h_last = denoised, h
    return x


def dpmpp_3m_sde(model, x, sigmas, eta, brownian):
    d1 = d2 = h1 = h2 = None
    for start, end in zip(sigmas, sigmas[1:]):
        denoised = model(x, start)
        if end == 0:
            x = denoised
            continue
        h = math.log(start / end)
        total = h * (1 + eta)
        x = math.exp(-total) * x - math.expm1(-total) * denoised
        phi2 = math.expm1(-total) / total + 1
        if h2 is not None:
            r0, r1 = h1 / h, h2 / h
            a, b = (denoised - d1) / r0, (d1 - d2) / r1
            x = x + phi2 * (a + (a - b) * r0 / (r0 + r1)) - (phi2 / total - 0.5) * (a - b) / (r0 + r1)
        elif h1 is not None:
            x = x + phi2 * (denoised - d1) * h / h1
        x = x + end * math.sqrt(-math.expm1(-2 * eta * h)) * brownian(start, end)
        d1, d2, h1, h2 = denoised, d1, h, h1
    return x


class Solver:
    """DPM-Solver-1, -2 and -3 in t = -log sigma."""

    def __init__(self, model, eta, noise, end):
        self.model, self.eta, self.noise, self.end = model, eta, noise, end

    def eps(self, x, t):
        return (x - self.model(x, math.exp(-t))) / math.exp(-t)

    def turn(self, t, t_next):
        if not self.eta:
            return t_next, 0.0
        down, _ = ancestral(math.exp(-t), math.exp(-t_next), self.eta)
        target = min(self.end, -math.log(down))
        return target, math.sqrt(max(math.exp(-2 * t_next) - math.exp(-2 * target), 0))

    @staticmethod
    def first(x, t, t_next, eps):
        return x - math.exp(-t_next) * math.expm1(t_next - t) * eps

    def second(self, x, t, t_next, eps, r1=0.5, eps1=None):
        h = t_next - t
        if eps1 is None:
            eps1 = self.eps(self.first(x, t, t + r1 * h, eps), t + r1 * h)
        rise = math.exp(-t_next) * math.expm1(h)
        return x - rise * eps - rise / (2 * r1) * (eps1 - eps), eps1

    def third(self, x, t, t_next, eps, eps1=None, r1=1 / 3, r2=2 / 3):
        h = t_next - t
        if eps1 is None:
            eps1 = self.eps(self.first(x, t, t + r1 * h, eps), t + r1 * h)
        s2 = t + r2 * h
        u2 = (x - math.exp(-s2) * math.expm1(r2 * h) * eps
              - math.exp(-s2) * r2 / r1 * (math.expm1(r2 * h) / (r2 * h) - 1) * (eps1 - eps))
        eps2 = self.eps(u2, s2)
        return (x - math.exp(-t_next) * math.expm1(h) * eps
                - math.exp(-t_next) / r2 * (math.expm1(h) / h - 1) * (eps2 - eps))


def dpm_fast(model, x, high, low, steps, eta, noise):
    start, end = -math.log(high), -math.log(low)
    solver = Solver(model, eta, noise, end)
    count = steps // 3 + 1
    times = np.linspace(start, end, count + 1)
    orders = [3] * (count - 2) + [2, 1] if steps % 3 == 0 else [3] * (count - 1) + [steps % 3]
    for t, t_next, order in zip(times, times[1:], orders):
        target, up = solver.turn(t, t_next)
        eps = solver.eps(x, t)
        if order == 1:
            x = solver.first(x, t, target, eps)
        elif order == 2:
            x = solver.second(x, t, target, eps)[0]
        else:
            x = solver.third(x, t, target, eps)
        x = x + up * noise() if up else x
    return x


def dpm_adaptive(model, x, high, low, eta, noise):
    t, end = -math.log(high), -math.log(low)
    solver = Solver(model, eta, noise, end)
    h, previous = 0.05, x
    while t < end - 1e-5:
        t_next = min(end, t + h)
        target, up = solver.turn(t, t_next)
        eps = solver.eps(x, t)
        lower, eps1 = solver.second(x, t, target, eps, r1=1 / 3)
        higher = solver.third(x, t, target, eps, eps1)
        tolerance = np.maximum(0.0078, 0.05 * np.maximum(abs(lower), abs(previous)))
        error = math.sqrt((((lower - higher) / tolerance)**2).mean())
        factor = 1 + math.atan((1 / (error + 1e-8))**(1 / (1.5 if eta else 3)) - 1)
        h *= factor
        if factor >= 0.81:
            previous, x, t = lower, higher + (up * noise() if up else 0), t_next
    return x


def karras(count, low, high):
    ramp = np.linspace(0, 1, count)
    return [*((high**(1 / 7) + ramp * (low**(1 / 7) - high**(1 / 7)))**7), 0.0]


def restart(model, x, sigmas, noise):
    """Xu 2023 with A1111's choice of levels and times."""
    steps, plan = len(sigmas) - 1, {}
    if steps >= 20:
        length, times = (steps // 4, 2) if steps >= 36 else (9, 1)
        sigmas = karras(steps - length * times, sigmas[-2], sigmas[0])
        low, high = (int(np.argmin(abs(np.array(sigmas) - key))) for key in (0.1, 2))
        if high < low:
            again = karras(length + 1, sigmas[low], sigmas[high])[:-1]
            plan[low] = list(zip(again, again[1:])) * times
    pairs = []
    for index, pair in enumerate(zip(sigmas, sigmas[1:])):
        pairs += [pair] + plan.get(index + 1, [])
    last = sigmas[0]
    for start, end in pairs:
        if start > last:
            x = x + noise() * math.sqrt(start**2 - last**2)
        direction = (x - model(x, start)) / start
        moved = x + direction * (end - start)
        if end > 0:
            direction = (direction + (moved - model(moved, end)) / end) / 2
        x, last = x + direction * (end - start), end
    return x


def churned(sampler, model, x, sigmas, churn, noise):
    """Karras 2022, algorithm 2, with Euler's, Heun's or the midpoint step."""
    for start, end in zip(sigmas, sigmas[1:]):
        lifted = start * (1 + min(churn / (len(sigmas) - 1), math.sqrt(2) - 1))
        x = x + noise() * math.sqrt(lifted**2 - start**2)
        direction = (x - model(x, lifted)) / lifted
        if sampler == "dpm2" and end > 0:
            middle = math.exp((math.log(lifted) + math.log(end)) / 2)
            half = x + direction * (middle - lifted)
            direction = (half - model(half, middle)) / middle
        elif sampler == "heun" and end > 0:
            moved = x + direction * (end - lifted)
            direction = (direction + (moved - model(moved, end)) / end) / 2
        x = x + direction * (end - lifted)
    return x


def ddim_cfgpp(eps, x, bars, times, final, eta, noise):
    """DDIM whose direction is the unconditional prediction's; eps(x, t) -> (guided, unconditional)."""
    for index, t in enumerate(times):
        bar = bars[t]
        bar_next = bars[times[index + 1]] if index + 1 < len(times) else final
        guided, plain = eps(x, t)
        deviation = eta * math.sqrt((1 - bar_next) / (1 - bar) * (1 - bar / bar_next))
        clean = (x - math.sqrt(1 - bar) * guided) / math.sqrt(bar)
        x = math.sqrt(bar_next) * clean + math.sqrt(1 - bar_next - deviation**2) * plain
        x = x + deviation * noise() if eta else x
    return x
