"""The shaking model: every shake moves both phases on by one stage and equilibrates each stage anew.

This is the computer's form of the separating-funnel experiment with constant load and constant separation factors.
With ``exchange`` = 1 one call of the loop is one shake, i.e. one stage residence time. With a smaller ``exchange`` only
that share of each hold-up moves on, which is the well-mixed tank integrated by explicit Euler with that time step: the
same kernel tells how much the two pictures differ.

Stage index 0 is the raffinate end. The organic runs upwards, the aqueous downwards; the barren organic takes
``solvent`` from the aqueous in stage 0, the scrub acid returns ``scrub`` to the aqueous in the last stage. All amounts
are in mol of rare earth per mol fed, all times in stage residence times. Mass is conserved through any change of
flows, because the totals of the phases travel like the elements.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels._jit import kernel

__all__ = [
    "SHAKE_NEGATIVE",
    "SHAKE_NOT_FINITE",
    "SHAKE_OK",
    "ShakeMany",
    "ShakeTwo",
    "shake_many",
    "shake_two",
]

SHAKE_OK = 0
SHAKE_NEGATIVE = 1  # a phase ran dry: more solvent than the aqueous of stage 0 holds, or more scrub than organic
SHAKE_NOT_FINITE = 2

_SETTLED = 1e-15
_PHI_STEPS = 60


class ShakeTwo(NamedTuple):
    """Answer of :func:`shake_two`: status, shakes done, and what left in them [mol per mol fed]."""

    status: int
    shakes: int
    organic_out: float
    organic_out_A: float
    aqueous_out: float
    aqueous_out_A: float


class ShakeMany(NamedTuple):
    """Answer of :func:`shake_many`: status, shakes done, and the totals that left [mol per mol fed]."""

    status: int
    shakes: int
    organic_out: float
    aqueous_out: float


@kernel()
def _move_totals(
    exchange: float,
    solvent: float,
    scrub: float,
    feed_stage: int,
    feed_aqueous: float,
    feed_organic: float,
    organic: NDArray[np.float64],
    aqueous: NDArray[np.float64],
) -> tuple[float, float]:
    """Move the phase totals on by one shake; return the largest change and the smallest total."""
    last = organic.shape[0] - 1
    change = 0.0
    least = np.inf
    for stage in range(last, -1, -1):
        entering = organic[stage - 1] if stage > 0 else solvent
        if stage == feed_stage:
            entering += feed_organic
        if stage == last:
            entering -= scrub
        step = exchange * (entering - organic[stage])
        organic[stage] += step
        change = max(change, abs(step))
        least = min(least, organic[stage])
    for stage in range(last + 1):
        entering = aqueous[stage + 1] if stage < last else scrub
        if stage == feed_stage:
            entering += feed_aqueous
        if stage == 0:
            entering -= solvent
        step = exchange * (entering - aqueous[stage])
        aqueous[stage] += step
        change = max(change, abs(step))
        least = min(least, aqueous[stage])
    return change, least


@kernel()
def shake_two(
    beta: float,
    feed_stage: int,
    solvent: float,
    scrub: float,
    feed_aqueous: float,
    feed_aqueous_A: float,
    feed_organic: float,
    feed_organic_A: float,
    exchange: float,
    shakes: int,
    every: int,
    watch: int,
    organic: NDArray[np.float64],
    aqueous: NDArray[np.float64],
    organic_A: NDArray[np.float64],
    aqueous_A: NDArray[np.float64],
    amount: NDArray[np.float64],
    history: NDArray[np.float64],
) -> ShakeTwo:
    """Shake a cascade of two elements many times under one setting of the flows.

    Parameters
    ----------
    beta : float
        Separation factor A over B [-], above 1.
    feed_stage : int
        Index of the feed stage, counted from 0 at the raffinate end.
    solvent, scrub : float
        S and W, the load the barren organic takes up and the load the scrub acid brings back [mol per mol feed].
    feed_aqueous, feed_aqueous_A, feed_organic, feed_organic_A : float
        Total and A fed in either phase [mol]; 0 at total reflux.
    exchange : float
        Share of the hold-up that moves on per shake, in (0, 1]; the time step in stage residence times.
    shakes : int
        Number of shakes.
    every : int
        A row of ``history`` is written after each ``every`` shakes while rows are left.
    watch : int
        Index of the stage whose aqueous composition is recorded.
    organic, aqueous : (stages,) array
        Phase totals [mol]; changed in place. A call with other flows carries on from them.
    organic_A, aqueous_A : (stages,) array
        Amount of A in either phase [mol]; changed in place.
    amount : (stages,) array
        Work space.
    history : (rows, 3) array
        Written: A fraction of the organic outlet, of the aqueous outlet, of the watched stage's aqueous [-].

    Returns
    -------
    ShakeTwo
        Status and what left the cascade.

    Notes
    -----
    With T the A in a stage, O and L its phase totals: (beta-1) L x^2 + (L + beta O - (beta-1) T) x - T = 0, solved
    by the form without cancellation, so small impurities keep their digits.
    """
    stages = organic.shape[0]
    last = stages - 1
    gap = beta - 1.0
    moving = True
    out_organic = out_organic_A = out_aqueous = out_aqueous_A = 0.0
    row = 0
    until_row = every
    for shake in range(shakes):
        out_organic += exchange * organic[last]
        out_organic_A += exchange * organic_A[last]
        out_aqueous += exchange * aqueous[0]
        out_aqueous_A += exchange * aqueous_A[0]
        if moving:
            change, least = _move_totals(
                exchange, solvent, scrub, feed_stage, feed_aqueous, feed_organic, organic, aqueous
            )
            moving = change > _SETTLED * (solvent + scrub)
            if least < -1e-12 * (solvent + scrub):
                return ShakeTwo(SHAKE_NEGATIVE, shake, out_organic, out_organic_A, out_aqueous, out_aqueous_A)
        for stage in range(1, last):
            held = organic_A[stage] + aqueous_A[stage]
            amount[stage] = held + exchange * (organic_A[stage - 1] + aqueous_A[stage + 1] - held)
        held = organic_A[0] + aqueous_A[0]
        entering = aqueous_A[1] if last > 0 else 0.0
        amount[0] = held + exchange * (entering - held)
        if last > 0:
            held = organic_A[last] + aqueous_A[last]
            amount[last] = held + exchange * (organic_A[last - 1] - held)
        amount[feed_stage] += exchange * (feed_aqueous_A + feed_organic_A)
        for stage in range(stages):
            total = amount[stage]
            water = aqueous[stage]
            slope = water + beta * organic[stage] - gap * total
            x = 2.0 * total / (slope + math.sqrt(slope * slope + 4.0 * gap * water * total))
            aqueous_A[stage] = water * x
            organic_A[stage] = total - water * x
        until_row -= 1
        if until_row == 0:
            until_row = every
            if row < history.shape[0]:
                x = _fraction(beta, organic[last], aqueous[last], amount[last])
                history[row, 0] = beta * x / (1.0 + gap * x)
                history[row, 1] = _fraction(beta, organic[0], aqueous[0], amount[0])
                history[row, 2] = _fraction(beta, organic[watch], aqueous[watch], amount[watch])
                row += 1
    status = SHAKE_OK if math.isfinite(organic_A[last] + aqueous_A[0]) else SHAKE_NOT_FINITE
    return ShakeTwo(status, shakes, out_organic, out_organic_A, out_aqueous, out_aqueous_A)


@kernel()
def _fraction(beta: float, organic: float, aqueous: float, amount: float) -> float:
    """A fraction of the aqueous [-] in equilibrium, for phase totals and the amount of A in both."""
    slope = aqueous + beta * organic - (beta - 1.0) * amount
    return 2.0 * amount / (slope + math.sqrt(slope * slope + 4.0 * (beta - 1.0) * aqueous * amount))


@kernel()
def shake_many(
    alpha: NDArray[np.float64],
    feed_stage: int,
    solvent: float,
    scrub: float,
    feed_aqueous: NDArray[np.float64],
    feed_organic: NDArray[np.float64],
    exchange: float,
    shakes: int,
    every: int,
    organic: NDArray[np.float64],
    aqueous: NDArray[np.float64],
    organic_mol: NDArray[np.float64],
    aqueous_mol: NDArray[np.float64],
    phi: NDArray[np.float64],
    amount: NDArray[np.float64],
    out_organic: NDArray[np.float64],
    out_aqueous: NDArray[np.float64],
    history: NDArray[np.float64],
) -> ShakeMany:
    """Shake a cascade of any number of elements many times under one setting of the flows.

    Parameters
    ----------
    alpha : (elements,) array
        Separation factors of the elements over a common reference [-], all positive.
    feed_stage : int
        Index of the feed stage, counted from 0 at the raffinate end.
    solvent, scrub : float
        S and W [mol per mol feed].
    feed_aqueous, feed_organic : (elements,) array
        What is fed in either phase [mol].
    exchange : float
        Share of the hold-up that moves on per shake, in (0, 1].
    shakes, every : int
        Number of shakes; a row of ``history`` is written after each ``every`` shakes while rows are left.
    organic, aqueous : (stages,) array
        Phase totals [mol]; changed in place.
    organic_mol, aqueous_mol : (stages, elements) array
        Amounts in either phase [mol]; changed in place.
    phi : (stages,) array
        Sum of alpha x [-] of each stage: the start of the root search, changed in place; any positive start will do.
    amount : (stages, elements) array
        Work space.
    out_organic, out_aqueous : (elements,) array
        What leaves at either end is added to it [mol].
    history : (rows, 2, elements) array
        Written: composition of the organic outlet [:, 0] and of the aqueous outlet [:, 1] as mole fractions.

    Returns
    -------
    ShakeMany
        Status and the totals that left.

    Notes
    -----
    x_j = T_j phi / (L phi + O alpha_j) with phi from sum x_j = 1. The sum is increasing and concave in phi, so Newton
    from the left never overshoots.
    """
    stages = organic.shape[0]
    elements = alpha.shape[0]
    last = stages - 1
    low, high = alpha.min(), alpha.max()
    total_aqueous = feed_aqueous.sum()
    total_organic = feed_organic.sum()
    left_organic = left_aqueous = 0.0
    moving = True
    row = 0
    until_row = every
    for shake in range(shakes):
        left_organic += exchange * organic[last]
        left_aqueous += exchange * aqueous[0]
        for j in range(elements):
            out_organic[j] += exchange * organic_mol[last, j]
            out_aqueous[j] += exchange * aqueous_mol[0, j]
        if moving:
            change, least = _move_totals(
                exchange, solvent, scrub, feed_stage, total_aqueous, total_organic, organic, aqueous
            )
            moving = change > _SETTLED * (solvent + scrub)
            if least < -1e-12 * (solvent + scrub):
                return ShakeMany(SHAKE_NEGATIVE, shake, left_organic, left_aqueous)
        for stage in range(stages):
            for j in range(elements):
                held = organic_mol[stage, j] + aqueous_mol[stage, j]
                entering = -held
                if stage > 0:
                    entering += organic_mol[stage - 1, j]
                if stage < last:
                    entering += aqueous_mol[stage + 1, j]
                if stage == feed_stage:
                    entering += feed_aqueous[j] + feed_organic[j]
                amount[stage, j] = held + exchange * entering
        for stage in range(stages):
            water, oil = aqueous[stage], organic[stage]
            root = min(max(phi[stage], low), high)
            for _ in range(_PHI_STEPS):
                value = -1.0
                slope = 0.0
                for j in range(elements):
                    share = oil * alpha[j]
                    inverse = 1.0 / (water * root + share)
                    value += amount[stage, j] * root * inverse
                    slope += amount[stage, j] * share * inverse * inverse
                if oil <= 0.0:
                    break
                step = -value / slope
                root = min(max(root + step, low), high)
                if abs(step) <= 1e-14 * root:
                    break
            phi[stage] = root
            for j in range(elements):
                x = amount[stage, j] * root / (water * root + oil * alpha[j])
                aqueous_mol[stage, j] = water * x
                organic_mol[stage, j] = amount[stage, j] - water * x
        until_row -= 1
        if until_row == 0:
            until_row = every
            if row < history.shape[0]:
                for j in range(elements):
                    x = amount[last, j] / (aqueous[last] * phi[last] + organic[last] * alpha[j])
                    history[row, 0, j] = alpha[j] * x
                    history[row, 1, j] = (
                        amount[0, j] * phi[0] / (aqueous[0] * phi[0] + organic[0] * alpha[j])
                    )
                row += 1
    finite = math.isfinite(organic_mol[last].sum() + aqueous_mol[0].sum())
    return ShakeMany(SHAKE_OK if finite else SHAKE_NOT_FINITE, shakes, left_organic, left_aqueous)
