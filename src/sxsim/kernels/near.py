"""Newton's method from a start that should be near.

The loop of `newton`, with steps that repeat a linearisation. It stands by itself because what a
kernel calls is compiled with it: the first solve of all would have to wait for steps that only lines take.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import balances, local, murphree
from sxsim.kernels.ladder import CUT, FINE, LINK_CUT
from sxsim.kernels.linear_step import linear_step, same_step
from sxsim.kernels.newton import (
    CONVERGED,
    FLOOR,
    LIMIT,
    LOST,
    NOT_FINITE,
    POLISHING,
    ROUNDING,
    SINGULAR,
    STILL,
    close,
    largest_residual,
    move,
)
from sxsim.kernels.shapes import FLOW, INT, LAW, PAIR, POINT, WORK

__all__ = ["near_newton"]

NEAR = 1e-2  # step after which the next ones may repeat its linearisation
FALLS = 0.05  # and share of itself to which each of those has to bring the residual
SQUARED = 1e-12  # step times its contraction: what the next step would be

PATIENCE = 3  # iterations at a residual above LOST


@kernel(returns=PAIR, takes=(LAW, FLOW, POINT, WORK, INT), inner=True)
def near_newton(law, flows, point, work, limit):
    """Solve the flows as they stand from the given state, or find soon that it is not near.

    Parameters
    ----------
    law, flows, point : Law, Flows, Point
        Filled.
    work : Work
        With a block for each stage.
    limit : int
        Most linearisations. Between them steps may repeat the last one, which costs a small part of a new one; those of
        three components are eliminated in registers and leave nothing to be repeated.

    Returns
    -------
    tuple of int
        Status and linearisations. The tolerance is that of `newton`, whose steps these are.
    """
    n = law.row.shape[1]
    none = np.zeros(0)
    enters = np.zeros(n)
    last = 1e300
    before = 1e300
    rate = 1e300
    polished = 0
    iteration = 0
    repeats = False
    while True:
        local(law, point, work)
        murphree(law, flows, point)
        balances(law, flows, point, work, 0)
        worst = largest_residual(law, flows, point, work, enters)
        if not math.isfinite(worst):
            return NOT_FINITE, iteration
        met = worst < FINE and (rate * last < SQUARED or before < FINE)
        if met or (worst < ROUNDING and last < STILL and worst > 0.1 * before and not repeats):
            polished += 1
            if close(flows, point, 0) == 0.0 or polished > POLISHING or iteration == limit:
                murphree(law, flows, point)  # follows the links, which have just been set
                close(flows, point, 1)
                return CONVERGED, iteration
        repeats = n != 3 and (worst < FALLS * before if repeats else last < NEAR)
        before = worst
        if repeats:
            same_step(law, flows, point, work)
            step = move(law, flows, point, work, CUT, LINK_CUT[0])
            rate = step / max(last, FLOOR)
            last = step
            continue
        if iteration == limit or (iteration >= PATIENCE and worst > LOST):
            return LIMIT, iteration
        if linear_step(law, flows, point, work, none) != 0:
            return SINGULAR, iteration
        last = move(law, flows, point, work, CUT, LINK_CUT[0])
        rate = last
        iteration += 1
