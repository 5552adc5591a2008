"""Many newcomers: each believes one published separation factor and one rule of thumb, drawn at random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sxsim.sizing.cut import Cut
from sxsim.studies.lock.assumptions import Published
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.optimum import extraction_ratios
from sxsim.theory.stages import exact_stages, simple_stages

__all__ = ["Newcomers", "draw_newcomers"]

PINCH = 1e-9


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What becomes of them, by the closed forms.

    Attributes
    ----------
    draws, seed : int
        How many; start of the random numbers.
    short : float
        Share that built too few stages, or too little organic [-].
    hopeless : float
        Share whose organic is below the minimum, so that no added stages help [-].
    too_many : float
        Share that built more than it takes [-].
    missing : tuple of float
        5, 50 and 95 % quantile of the stages missing among those whom stages help (negative: too many) [-].
    """

    draws: int
    seed: int
    short: float
    hopeless: float
    too_many: float
    missing: tuple[float, float, float]


def draw_newcomers(
    cut: Cut, published: Sequence[Published], ratios: tuple[float, float], draws: int, seed: int
) -> Newcomers:
    """Draw newcomers.

    Parameters
    ----------
    cut : Cut
        The true separation factor and the separation asked for.
    published : sequence of Published
        Factors in print; each is as likely as the other.
    ratios : (float, float)
        Range of the S/S_min that they take, evenly [-].
    draws, seed : int
        How many; start of the random numbers.
    """
    rng = np.random.default_rng(seed)
    values = np.array([each.value for each in published])
    believed = np.maximum(values[rng.integers(len(values), size=draws)], 1.0 + 1e-3)
    S = rng.uniform(*ratios, size=draws) * np.asarray(minimum_flows(believed, cut.wanted).S)
    with np.errstate(invalid="ignore", divide="ignore"):
        count = simple_stages(believed, cut.wanted, *extraction_ratios(S, S - float(cut.wanted.outlet_A), cut.wanted))
    built = np.ceil(count.n) + np.ceil(count.m)
    hopeless = float(minimum_flows(cut.beta, cut.wanted).S) * (1.0 + PINCH) >= S
    missing = np.full(draws, np.inf)
    if not hopeless.all():
        needed = exact_stages(cut.beta, cut.wanted, S[~hopeless])
        missing[~hopeless] = np.ceil(needed.n + needed.m) - built[~hopeless]
    known = missing[np.isfinite(missing)]
    quantiles = tuple(float(each) for each in np.quantile(known, (0.05, 0.5, 0.95))) if known.size else (math.nan,) * 3
    return Newcomers(
        draws,
        seed,
        short=float(np.mean(missing > 0.0)),
        hopeless=float(np.mean(hopeless)),
        too_many=float(np.mean(missing < 0.0)),
        missing=(quantiles[0], quantiles[1], quantiles[2]),
    )
