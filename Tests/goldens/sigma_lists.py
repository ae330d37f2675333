"""A1111's schedule types as lists of sigma, from k-diffusion's formulas and the papers' in A1111's form."""
import math

import numpy as np
from diffusers import EulerDiscreteScheduler
from scipy import stats

import schedules_golden

KINDS = ("uniform", "karras", "exponential", "polyexponential", "sgm_uniform", "kl_optimal", "align_your_steps",
         "simple", "normal", "ddim", "beta")
AYS = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029]
AYS_XL = [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029]


def training():
    """sigma of every training timestep, lowest first."""
    bars = EulerDiscreteScheduler.from_config(schedules_golden.CONFIG).alphas_cumprod.double().numpy()
    return np.sqrt((1 - bars) / bars)


SIGMAS = training()
LOGS = np.log(SIGMAS)


def sigma(t):
    return np.exp(np.interp(t, np.arange(len(LOGS)), LOGS))


def timestep(value):
    return float(np.interp(math.log(value), LOGS, np.arange(len(LOGS))))


def ays(n, table):
    if n == 1:
        return table[:1]  # A1111's formula gives the lowest level alone, from which no picture comes
    if n == len(table):
        return table
    places = np.linspace(0, 1, n)
    return np.exp(np.interp(places, np.linspace(0, 1, len(table)), np.log(table)))


def values(kind, n, xl=False, low=SIGMAS[0], high=SIGMAS[-1], rho=None):
    first, last = timestep(high), timestep(low)
    ramp = np.linspace(0, 1, n)
    if kind == "uniform":
        made = sigma(np.linspace(len(SIGMAS) - 1, 0, n))
    elif kind == "normal":
        made = sigma(np.linspace(first, last, n))
    elif kind == "karras":
        rho = rho or 7
        made = (high**(1 / rho) + ramp * (low**(1 / rho) - high**(1 / rho)))**rho
    elif kind in ("exponential", "polyexponential"):
        made = np.exp((1 - ramp)**(rho or 1) * (math.log(high) - math.log(low)) + math.log(low))
    elif kind == "sgm_uniform":
        made = sigma(np.linspace(first, last, n + 1)[:-1])
    elif kind == "kl_optimal":
        place = np.arange(n + 1) / n
        return np.tan(place * math.atan(low) + (1 - place) * math.atan(high))
    elif kind == "align_your_steps":
        made = ays(n, AYS_XL if xl else AYS)
    elif kind == "simple":
        made = [SIGMAS[-(1 + int(x * (len(SIGMAS) / n)))] for x in range(n)]
    elif kind == "ddim":
        made = SIGMAS[1::max(len(SIGMAS) // n, 1)][::-1]
    elif kind == "beta":
        made = low + stats.beta.ppf(1 - ramp, 0.6, 0.6) * (high - low)
    return np.append(made, 0.0)


def without_next_to_last(kind, n):
    """A1111's list for samplers that look at the model between levels."""
    made = values(kind, n + 1)
    return np.append(made[:-2], made[-1])
