"""Solved cascades and the free quantities: their sensitivities, moving them, and Newton's method with target rows."""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import balances, local, murphree
from sxsim.kernels.dense import solve_dense
from sxsim.kernels.goals import free_value, goal_values, leaving_volumes, set_free
from sxsim.kernels.ladder import CUT, FINE, LINK_CUT, SOLVED, UNBOUND, cold, new_flows
from sxsim.kernels.linear_step import factor_step, lowest_link, take_step, target_response
from sxsim.kernels.newton import (
    CONVERGED,
    LIMIT,
    NOT_FINITE,
    ROUNDING,
    SINGULAR,
    STILL,
    close,
    largest_residual,
    move,
    newton,
)
from sxsim.kernels.packed import Control, make_desk, make_point
from sxsim.kernels.shapes import DESK, FLOW, GOALS, INT, LAW, LAYOUT, POINT, TUNED, VECTOR, WORK
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

__all__ = ["ALIKE", "EXACT", "NO_FLOW", "go_to", "lay_desk", "sense", "tune"]

NO_FLOW = 5

EXACT = 0
ALIKE = 1


LONGEST = 0.3  # largest relative step of a free quantity in one iteration
NEAR = 0.7  # change of a logarithm up to which a solved cascade predicts the next
NUDGE = 1e-6
MISS = 1e-11  # what a target row may be off
LOOSE = 1e-9  # and where rounding keeps it from that
PATIENCE = 25
LIMIT_PLAIN = 25
PATIENCE_PLAIN = 10
LIMIT_ROUGH = 12
ROUGHLY = 1e-3

new_desk = kernel(returns=DESK, takes=(FLOW, POINT, POINT, POINT, INT, INT, INT), inner=True)(make_desk)
new_point = kernel(returns=POINT, takes=(INT, INT, INT), inner=True)(make_point)


@kernel(returns=DESK, takes=(FLOW, INT, INT, INT), inner=True)
def lay_desk(flows, n, p, t):
    """What a search works on, laid out for filled flows, n components, p free quantities and t targets."""
    N = flows.volume.shape[1]
    leaving = np.zeros((2, N))
    leaving_volumes(flows, leaving)
    o = 0
    for j in range(N):
        if leaving[0, j] > 0.0 or leaving[1, j] > 0.0:
            o += 1
    k = flows.link.shape[1]
    held = new_point(N, n, k)
    desk = new_desk(new_flows(N, n, k), held, new_point(N, n, k), new_point(N, n, k), p, t, o)
    o = 0
    for j in range(N):
        if leaving[0, j] > 0.0 or leaving[1, j] > 0.0:
            desk.place[o] = j
            o += 1
    return desk


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK), inner=True, counted=False)
def _evaluate(law, layout, goals, flows, point, work, desk):
    """Residuals of balances and targets, and their derivatives with respect to the free quantities. Returns 0 or 1.

    The derivatives are one-sided differences at the fixed state. Everything is linear in a flow and in a strength, so
    only the share of an organic that a flow dilutes is approximated, and the converged answer does not depend on it.
    """
    R = work.R
    r_m = work.r_m
    r_Q = work.r_Q
    nearby = desk.nearby
    near_s = desk.near_s
    change = desk.change
    values = desk.values
    k, n = point.m.shape
    N = point.s.shape[1]
    t, p = desk.slope.shape
    for back in range(p + 1):
        column = p - back  # the flows as they stand come last, so that the gradient is theirs
        now = flows
        if column > 0:
            now = nearby
            kind = goals.free[at.FREE_KIND, column - 1]
            index = goals.free[at.FREE_INDEX, column - 1]
            before = free_value(layout, kind, index)
            change[column] = NUDGE * max(abs(before), NUDGE)
            set_free(layout, kind, index, before + change[column])
            wrong = fill_flows(layout, nearby, law.medium[at.EXTRACTANT]) + aqueous_totals(nearby, near_s)
            if wrong == 0:
                for j in range(N):
                    r_Q[column, j] = (near_s[at.Q, j] - point.s[at.Q, j]) / change[column]
                balances(law, now, point, work, column)
                leaving_volumes(now, desk.leaving)
                goal_values(goals, now, layout, point, desk.place, desk.leaving, desk.gradient, values[column])
            set_free(layout, kind, index, before)
            if wrong != 0:
                return 1
    balances(law, flows, point, work, 0)
    leaving_volumes(flows, desk.leaving)
    goal_values(goals, flows, layout, point, desk.place, desk.leaving, desk.gradient, values[0])
    for column in range(1, p + 1):
        inverse = 1.0 / change[column]
        for r in range(t):
            desk.slope[r, column - 1] = (values[column, r] - values[0, r]) * inverse
        for i in range(n):
            for j in range(N):
                R[0, column, j, i] = (R[0, column, j, i] - R[0, 0, j, i]) * inverse
                R[1, column, j, i] = (R[1, column, j, i] - R[1, 0, j, i]) * inverse
            for r in range(k):
                r_m[column, r, i] = (r_m[column, r, i] - r_m[0, r, i]) * inverse
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK), inner=True, counted=False)
def _linearise(law, layout, goals, flows, point, work, desk):
    """Factors and responses at the state that `_evaluate` has just looked at. Returns 0 or 1."""
    t, p = desk.slope.shape
    lowest = lowest_link(flows, desk.place[0])
    if factor_step(law, flows, point, work, p, lowest) != 0:
        return 1
    target_response(
        work, flows, goals, desk.place, desk.gradient, desk.values[0], desk.slope, desk.ahead, desk.response
    )
    for q in range(p):
        value = free_value(layout, goals.free[at.FREE_KIND, q], goals.free[at.FREE_INDEX, q])
        for r in range(t):
            desk.response[r, q] *= value
    desk.spent[0] += 1.0
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK), inner=True, counted=False)
def sense(law, layout, goals, flows, point, work, desk):
    """Targets of a steady state and how they answer to the free quantities, into the desk. Returns 0 or 1."""
    local(law, point, work)
    murphree(law, flows, point)
    if _evaluate(law, layout, goals, flows, point, work, desk) != 0:
        return 1
    return _linearise(law, layout, goals, flows, point, work, desk)


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT), inner=True, counted=False)
def go_to(law, layout, goals, flows, point, work, desk, value, near):
    """The steady state at other values of the free quantities, and its sensitivities.

    Parameters
    ----------
    law, layout, goals, flows, point, work, desk
        Filled; with `near` the state is one that `sense` or `tune` has just looked at.
    value : (p,) array
        What the free quantities shall be.
    near : int
        0 to start from nothing, 1 from the present state, 2 not to start from nothing when that fails, 3 neither, and
        the balances need to close to ROUGHLY only.

    Returns
    -------
    int
        SOLVED or not; then the state is of no use.
    """
    p = value.shape[0]
    farthest = 0.0
    for q in range(p):
        before = free_value(layout, goals.free[at.FREE_KIND, q], goals.free[at.FREE_INDEX, q])
        desk.dp[q] = value[q] - before
        farthest = max(farthest, abs(math.log(value[q] / before)))
    predicts = near > 0 and farthest < NEAR
    if predicts:
        take_step(work, lowest_link(flows, desk.place[0]), desk.dp)
    for q in range(p):
        set_free(layout, goals.free[at.FREE_KIND, q], goals.free[at.FREE_INDEX, q], value[q])
    if fill_flows(layout, flows, law.medium[at.EXTRACTANT]) != 0 or aqueous_totals(flows, point.s) != 0:
        return NO_FLOW
    desk.spent[1] += 1.0
    status = LIMIT
    if near > 0:
        if predicts:
            move(law, flows, point, work, CUT, LINK_CUT[0])
        control = Control(LIMIT_PLAIN, PATIENCE_PLAIN, FINE, CUT, LINK_CUT[0], UNBOUND)
        if near == 3:
            control = Control(LIMIT_ROUGH, PATIENCE_PLAIN, ROUGHLY, CUT, LINK_CUT[0], UNBOUND)
        status, iterations = newton(law, flows, point, work, control)
        desk.spent[0] += iterations
    if status != CONVERGED:
        if near >= 2:
            return status
        status, _, iterations, _ = cold(law, flows, point, work, 1)
        desk.spent[0] += iterations
        if status != SOLVED:
            return LIMIT
    if sense(law, layout, goals, flows, point, work, desk) != 0:
        return SINGULAR
    return SOLVED


@kernel(
    returns=TUNED,
    takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, INT, INT, INT, INT, INT, INT),
    inner=True,
    counted=False,
)
def tune(law, layout, goals, flows, point, work, desk, first, behind, a, b, manner, limit):
    """Newton's method for a cascade and for free quantities that bring targets where they shall be.

    Parameters
    ----------
    law, layout, goals, flows, point, work, desk
        Filled, with a state to start from.
    first, behind : int
        The free quantities that are unknowns, from `first` to below `behind`.
    a, b : int
        The targets that are equations, b -1 for none: as many as unknowns, or one more when they shall be missed alike.
    manner : int
        EXACT to hit them, ALIKE to miss them all by the same logarithm, which is one more unknown.
    limit : int
        Most iterations.

    Returns
    -------
    status : int
        CONVERGED, with responses at the solution in the desk; or why not.
    float
        The logarithm by which they are missed.
    """
    p = desk.dp.shape[0]
    m = behind - first
    e = 1 if b < 0 else 2
    system = desk.system
    right = desk.right
    last = 1e300
    before = 1e300
    best = 1e300
    common = 0.0
    desk.spent[1] += 1.0
    for iteration in range(limit + 1):
        local(law, point, work)
        murphree(law, flows, point)
        if _evaluate(law, layout, goals, flows, point, work, desk) != 0:
            return NO_FLOW, common
        worst = largest_residual(law, flows, point, work, desk.enters)
        low = desk.values[0, a]
        high = low
        if e == 2:
            low = min(low, desk.values[0, b])
            high = max(high, desk.values[0, b])
        off = high - low if manner == ALIKE else max(abs(low), abs(high))
        if not math.isfinite(worst + off):
            return NOT_FINITE, common
        met = worst < FINE and (last < 1e-6 or before < FINE)
        still = worst < ROUNDING and last < STILL and worst > 0.1 * before
        if (met and (off < MISS or (off < LOOSE and off > 0.3 * best))) or (still and off < LOOSE):
            close(flows, point, 0)
            murphree(law, flows, point)
            close(flows, point, 1)
            if _linearise(law, layout, goals, flows, point, work, desk) != 0:
                return SINGULAR, common
            return CONVERGED, 0.5 * (high + low) if manner == ALIKE else 0.0
        best = min(best, off)
        before = worst
        if iteration == limit or (iteration >= PATIENCE and worst > 1e-3):
            return LIMIT, common
        if _linearise(law, layout, goals, flows, point, work, desk) != 0:
            return SINGULAR, common
        for r in range(3):  # rows that are not in use say that nothing is nothing
            right[r, 0] = 0.0
            for q in range(3):
                system[r, q] = 1.0 if q == r and r >= e else 0.0
        for r in range(e):
            row = a if r == 0 else b
            right[r, 0] = -desk.ahead[row]
            for q in range(m):
                system[r, q] = desk.response[row, first + q]
            if manner == ALIKE:
                system[r, m] = -1.0
        if solve_dense(system, right) != 0:
            return SINGULAR, common
        last = 0.0
        for q in range(m):
            last = max(last, abs(right[q, 0]))
        if not math.isfinite(last):
            return NOT_FINITE, common
        shrink = 1.0 if last <= LONGEST else LONGEST / last
        if manner == ALIKE:
            common = right[m, 0]
        for q in range(p):
            desk.dp[q] = 0.0
        pinned = 0
        for q in range(m):
            kind = goals.free[at.FREE_KIND, first + q]
            index = goals.free[at.FREE_INDEX, first + q]
            value = free_value(layout, kind, index)
            after = min(max(value * (1.0 + shrink * right[q, 0]), desk.least[first + q]), desk.most[first + q])
            if after == value and abs(right[q, 0]) > 1e-6:
                pinned += 1
            desk.dp[first + q] = after - value
            set_free(layout, kind, index, after)
        if pinned > 0:
            return LIMIT, common
        take_step(work, lowest_link(flows, desk.place[0]), desk.dp)
        if fill_flows(layout, flows, law.medium[at.EXTRACTANT]) + aqueous_totals(flows, point.s) != 0:
            return NO_FLOW, common
        last = max(last, move(law, flows, point, work, CUT, LINK_CUT[0]))
    return LIMIT, common
