"""The shaking model: both phases move on by one stage, and every stage equilibrates anew.

This is the computer's form of the separating-funnel experiment at constant load and constant separation factors. A
stage holds ``held_organic`` and ``held_aqueous`` of rare earth; in one step the share ``step`` of a residence time
passes. With hold-ups equal to the flows and ``step`` = 1 that is one shake: everything moves on by one stage. With a
smaller ``step`` it is the well-mixed tank, integrated by explicit Euler, so that the one kernel tells how much the two
pictures differ.

Stage index 0 is the raffinate end; the organic runs upwards, the aqueous downwards. Flows are given per stage, as what
leaves it, so start-up policies (reflux, one-sided withdrawal, a corrected scrub flow) are settings of a call: the last
organic and the first aqueous flow are the products, and both are 0 at total reflux. A call carries on from the state
the last one left. All amounts are in mol of rare earth per mol fed, all times in stage residence times.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels._jit import kernel

__all__ = ["SHAKE_NOT_FINITE", "SHAKE_OK", "SHAKE_UNSTABLE", "ShakeMany", "ShakeTwo", "shake_many", "shake_two"]

SHAKE_OK = 0
SHAKE_UNSTABLE = 1  # a stage would lose more than it holds in one step: take a smaller one
SHAKE_NOT_FINITE = 2

_PHI_STEPS = 60


class ShakeTwo(NamedTuple):
    """Answer of :func:`shake_two`: status, steps done, and the A that left in the organic and the aqueous product."""

    status: int
    steps: int
    organic_out_A: float
    aqueous_out_A: float


class ShakeMany(NamedTuple):
    """Answer of :func:`shake_many`: status and steps done."""

    status: int
    steps: int


@kernel()
def _overdrawn(
    step: float,
    organic: NDArray[np.float64],
    aqueous: NDArray[np.float64],
    held_organic: NDArray[np.float64],
    held_aqueous: NDArray[np.float64],
) -> bool:
    """Tell whether a phase of some stage would lose more than it holds in one step."""
    for stage in range(organic.shape[0]):
        if step * organic[stage] > held_organic[stage] * 1.000000001:
            return True
        if step * aqueous[stage] > held_aqueous[stage] * 1.000000001:
            return True
    return False


@kernel()
def shake_two(
    beta: float,
    feed_stage: int,
    feed_A: float,
    step: float,
    steps: int,
    every: int,
    watch: int,
    organic: NDArray[np.float64],
    aqueous: NDArray[np.float64],
    held_organic: NDArray[np.float64],
    held_aqueous: NDArray[np.float64],
    amount: NDArray[np.float64],
    x: NDArray[np.float64],
    work: NDArray[np.float64],
    history: NDArray[np.float64],
) -> ShakeTwo:
    """Shake a cascade of two elements many times under one setting of the flows.

    Parameters
    ----------
    beta : float
        Separation factor A over B [-], above 1.
    feed_stage : int
        Index of the feed stage, from 0 at the raffinate end.
    feed_A : float
        A fed per residence time, in either phase [mol]; 0 at total reflux.
    step : float
        Residence times that pass in one step; 1 for shaking.
    steps, every : int
        Number of steps; a row of ``history`` is written after each ``every`` steps while rows are left.
    watch : int
        Index of the stage whose aqueous composition is recorded.
    organic, aqueous : (stages,) array
        Load leaving each stage in either phase per residence time [mol]; they must balance with the feed.
    held_organic, held_aqueous : (stages,) array
        Load held in each stage [mol], above 0.
    amount : (stages,) array
        A held in both phases of each stage [mol]; changed in place.
    x : (stages,) array
        Written: A fraction of the aqueous [-].
    work : (4, stages) array
        Work space.
    history : (rows, 3) array
        Written: A fraction of the organic of the last stage, of the aqueous of the first and of the watched one [-].

    Returns
    -------
    ShakeTwo
        Status and the A that left.

    Notes
    -----
    With T the A held, H and h the organic and aqueous load held: (beta-1) h x^2 + (h + beta H - (beta-1) T) x - T = 0,
    solved by the form without cancellation, so that small impurities keep their digits.
    """
    stages = organic.shape[0]
    last = stages - 1
    gap = beta - 1.0
    if _overdrawn(step, organic, aqueous, held_organic, held_aqueous):
        return ShakeTwo(SHAKE_UNSTABLE, 0, 0.0, 0.0)
    up, down, up_share, down_share = work[0], work[1], work[2], work[3]
    for stage in range(stages):
        up_share[stage] = step * organic[stage] / held_organic[stage]
        down_share[stage] = step * aqueous[stage]
    out_organic = out_aqueous = 0.0
    row = 0
    until_row = every
    for done in range(steps + 1):
        for stage in range(stages):
            total = amount[stage]
            water = held_aqueous[stage]
            slope = water + beta * held_organic[stage] - gap * total
            root = 2.0 * total / (slope + math.sqrt(slope * slope + 4.0 * gap * water * total))
            x[stage] = root
            down[stage] = down_share[stage] * root
            up[stage] = up_share[stage] * (total - water * root)
        if done > 0:
            until_row -= 1
            if until_row == 0:
                until_row = every
                if row < history.shape[0]:
                    history[row, 0] = (amount[last] - held_aqueous[last] * x[last]) / held_organic[last]
                    history[row, 1] = x[0]
                    history[row, 2] = x[watch]
                    row += 1
        if done == steps:
            break
        out_organic += up[last]
        out_aqueous += down[0]
        for stage in range(1, last):
            amount[stage] += (up[stage - 1] + down[stage + 1]) - (up[stage] + down[stage])
        if last > 0:
            amount[0] += down[1] - (up[0] + down[0])
            amount[last] += up[last - 1] - (up[last] + down[last])
        else:
            amount[0] -= up[0] + down[0]
        amount[feed_stage] += step * feed_A
    status = SHAKE_OK if math.isfinite(x[0] + x[last]) else SHAKE_NOT_FINITE
    return ShakeTwo(status, steps, out_organic, out_aqueous)


@kernel()
def shake_many(
    alpha: NDArray[np.float64],
    feed_stage: int,
    feed: NDArray[np.float64],
    step: float,
    steps: int,
    every: int,
    organic: NDArray[np.float64],
    aqueous: NDArray[np.float64],
    held_organic: NDArray[np.float64],
    held_aqueous: NDArray[np.float64],
    amount: NDArray[np.float64],
    phi: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
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
        Index of the feed stage, from 0 at the raffinate end.
    feed : (elements,) array
        Fed per residence time, in either phase [mol].
    step : float
        Residence times that pass in one step; 1 for shaking.
    steps, every : int
        Number of steps; a row of ``history`` is written after each ``every`` steps while rows are left.
    organic, aqueous, held_organic, held_aqueous : (stages,) array
        Loads leaving and held [mol], as in :func:`shake_two`.
    amount : (stages, elements) array
        Held in both phases of each stage [mol]; changed in place.
    phi : (stages,) array
        Sum of alpha x of each stage [-]: start of the root search, changed in place; any positive start will do.
    x, y : (stages, elements) array
        Written: mole fractions of the aqueous and the organic [-].
    out_organic, out_aqueous : (elements,) array
        What leaves in either product is added to it [mol].
    history : (rows, 2, elements) array
        Written: composition of the organic [:, 0] and of the aqueous product [:, 1].

    Returns
    -------
    ShakeMany
        Status and steps done.

    Notes
    -----
    x_j = T_j phi/(h phi + H alpha_j) with phi from sum x_j = 1. The sum rises with phi and is concave, so Newton
    never overshoots from the left.
    """
    stages, elements = amount.shape
    last = stages - 1
    low, high = alpha.min(), alpha.max()
    if _overdrawn(step, organic, aqueous, held_organic, held_aqueous):
        return ShakeMany(SHAKE_UNSTABLE, 0)
    row = 0
    until_row = every
    for done in range(steps + 1):
        for stage in range(stages):
            water, oil = held_aqueous[stage], held_organic[stage]
            root = min(max(phi[stage], low), high)
            for _ in range(_PHI_STEPS):
                value = -1.0
                slope = 0.0
                for j in range(elements):
                    share = oil * alpha[j]
                    inverse = 1.0 / (water * root + share)
                    value += amount[stage, j] * root * inverse
                    slope += amount[stage, j] * share * inverse * inverse
                change = -value / slope
                root = min(max(root + change, low), high)
                if abs(change) <= 1e-14 * root:
                    break
            phi[stage] = root
            for j in range(elements):
                share = amount[stage, j] / (water * root + oil * alpha[j])
                x[stage, j] = share * root
                y[stage, j] = share * alpha[j]
        if done > 0:
            until_row -= 1
            if until_row == 0:
                until_row = every
                if row < history.shape[0]:
                    for j in range(elements):
                        history[row, 0, j] = y[last, j]
                        history[row, 1, j] = x[0, j]
                    row += 1
        if done == steps:
            break
        for j in range(elements):
            out_organic[j] += step * organic[last] * y[last, j]
            out_aqueous[j] += step * aqueous[0] * x[0, j]
            for stage in range(stages):
                entering = -(organic[stage] * y[stage, j] + aqueous[stage] * x[stage, j])
                if stage > 0:
                    entering += organic[stage - 1] * y[stage - 1, j]
                if stage < last:
                    entering += aqueous[stage + 1] * x[stage + 1, j]
                amount[stage, j] += step * entering
            amount[feed_stage, j] += step * feed[j]
    finite = math.isfinite(y[last].sum() + x[0].sum())
    return ShakeMany(SHAKE_OK if finite else SHAKE_NOT_FINITE, steps)
