"""Newton's method for the whole cascade, damped in the variables that need it, with targets as equations."""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import balances, local, murphree
from sxsim.kernels.equilibrium import total_acid
from sxsim.kernels.goals import free_value, goal_values, set_free
from sxsim.kernels.linear_step import linear_step
from sxsim.kernels.shapes import CONTROL, FLOAT, FLOW, GOALS, INT, LAW, LAYOUT, MATRIX, PAIR, POINT, VECTOR, WORK, WORKS
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

__all__ = [
    "CONVERGED",
    "FLOOR",
    "LIMIT",
    "LOST",
    "NOT_FINITE",
    "NO_FLOW",
    "POLISHING",
    "ROUNDING",
    "SINGULAR",
    "STILL",
    "close",
    "largest_residual",
    "move",
    "newton",
]

CONVERGED = 0
LIMIT = 1
NOT_FINITE = 2
SINGULAR = 3
NO_FLOW = 4

ROUNDING = 1e-9  # relative residual that may be left where a step has become STILL
STILL = 1e-8  # and no longer brings the residual down

SMALL = 1e-3  # share of what enters of an element, below which a flow through a stage is not told from it
OPEN = 5e-11  # relative gap between what enters and what leaves that is put right
POLISHING = 12  # further steps to close that gap, before the lines that leave are corrected
LOST = 0.5  # relative residual that is no better than any guess
LOCAL = 5.0  # weight of a stage's own balances of charge and extractant, which nothing amplifies

FLOOR = 1e-60  # mol/L: where a concentration stops falling; 1e-30 held up D x of strongly extracted traces


@kernel(returns=FLOAT, takes=(LAW, FLOW, POINT, WORK, VECTOR), inner=True, counted=False)
def largest_residual(law, flows, point, work, enters):
    """Largest residual of balances, charge, extractant and links, each relative to what it balances."""
    volume = flows.volume
    feed = flows.feed[at.ALL_FEEDS]
    residual = work.R[0, 0]
    x = point.c[at.X]
    y = point.c[at.Y]
    N, n = x.shape
    for i in range(n):
        enters[i] = 0.0
    for j in range(N):
        for i in range(n):
            enters[i] += SMALL * feed[j, i]
    worst = 0.0
    for j in range(N):
        aq_out = volume[at.AQ_OUT, j]
        org_out = volume[at.ORG_OUT, j]
        for i in range(n):
            error = abs(residual[j, i]) / (enters[i] + aq_out * x[j, i] + org_out * y[j, i])
            if not error <= worst:
                worst = error
        worst = max(worst, LOCAL * abs(work.stage[at.R_F, j]) / law.medium[at.EXTRACTANT])
        worst = max(worst, LOCAL * abs(work.r_Q[0, j]) / point.s[at.Q, j])
    for q in range(flows.link.shape[1]):
        for i in range(n):
            worst = max(worst, abs(work.r_m[0, q, i]) / (enters[i] + point.m[q, i]))
    return worst


@kernel(returns=FLOAT, takes=(LAW, FLOW, POINT, WORK, FLOAT, FLOAT, FLOAT), inner=True, counted=False)
def move(law, flows, point, work, shrink, cut, link_cut):
    """Take the step, every variable kept positive, the charge balanced at the end.

    Returns the largest relative step of protons and free extractant.
    """
    row = law.row
    s = point.s
    x = point.c[at.X]
    y_star = point.c[at.Y_STAR]
    m = point.m
    dx = work.law[at.DX]
    N, n = x.shape
    extractant = law.medium[at.EXTRACTANT]
    per_extractant = 1.0 / extractant
    last = 0.0
    for j in range(N):
        per_charge = 1.0 / s[at.Q, j]
        by_h = work.stage[at.DLN_H, j]
        by_F = work.stage[at.DLN_F, j]
        last = max(last, abs(by_h), abs(by_F))
        h = max(s[at.H, j] * max(1.0 + shrink * by_h, cut), FLOOR)
        s[at.F, j] = max(s[at.F, j] * max(1.0 + shrink * by_F, cut), FLOOR)
        total = total_acid(h, s[at.SULFATE, j], law.medium[at.KA2])
        for i in range(n):
            before = x[j, i]
            share = row[at.PROTONS, i] * before * per_charge + row[at.BOUND, i] * y_star[j, i] * per_extractant
            least = cut * min(1.0, 1e-8 + 1e3 * share)  # traces may fall by more
            after = max(before + shrink * dx[j, i], least * before, FLOOR)
            x[j, i] = after
            total += row[at.PROTONS, i] * after
        factor = s[at.Q, j] / total
        s[at.H, j] = h * factor
        for i in range(n):
            x[j, i] *= factor
    for q in range(m.shape[0]):
        for i in range(n):
            share = row[at.BOUND, i] * m[q, i] / (flows.link_volume[q] * extractant)
            least = link_cut * min(1.0, 1e-8 + 1e3 * share)
            m[q, i] = max(m[q, i] + shrink * work.dm[q, i], least * m[q, i], FLOOR)
    return last


@kernel(returns=FLOAT, takes=(FLOW, POINT, INT), inner=True)
def close(flows, point, correct):
    """Let the links carry just what their stages give, and see whether of each component what leaves is what enters.

    Traces in a link may lag behind by a part of themselves that no balance feels. And the stages of an element that
    circulates a hundred thousand times its feed each balance to rounding, while what leaves may lack 1e-10 of the feed.
    With `correct` 1 that is put right in the lines that leave, where it is a small part of what flows by. To scale the
    whole profile would shift the charge of stages that hold little else, and with it a small acid by far more.

    Returns the largest gap that was found, relative to what enters, of those that may be put right.
    """
    volume = flows.volume
    link = flows.link
    N, n = point.c.shape[1:]
    leaving = np.zeros((2, N))
    for j in range(N):
        leaving[0, j] = volume[at.AQ_OUT, j]
        leaving[1, j] = volume[at.ORG_OUT, j]
        if j > 0:
            leaving[0, j] -= volume[at.AQ_NEXT, j - 1]
            leaving[1, j] -= volume[at.ORG_NEXT, j - 1]
        if j + 1 < N:
            leaving[0, j] -= volume[at.AQ_PREVIOUS, j + 1]
            leaving[1, j] -= volume[at.ORG_PREVIOUS, j + 1]
    for q in range(link.shape[1]):
        leaving[min(link[at.PHASE, q], 1), link[at.FROM, q]] -= flows.link_volume[q]
    for q in range(link.shape[1]):
        of = at.X if link[at.PHASE, q] == at.AQUEOUS else at.Y
        for i in range(n):
            point.m[q, i] = flows.link_volume[q] * point.c[of, link[at.FROM, q], i]
    largest = 0.0
    for i in range(n):
        if i == flows.base[at.INTO]:
            continue  # a closed loop may not take up all its base
        enters = 0.0
        leaves = 0.0
        for j in range(N):
            enters += flows.feed[at.ALL_FEEDS, j, i]
            for phase in range(2):
                if leaving[phase, j] > 1e-9 * volume[at.AQ_OUT + phase, j]:
                    leaves += leaving[phase, j] * point.c[phase, j, i]
        gap = abs(enters - leaves) / max(enters, FLOOR)
        if OPEN < gap < 1e-8:
            largest = max(largest, gap)
            if correct == 1:
                whole = 0.0  # what leaves by lines that leave whole: drops carried off are a small part of their stage
                for j in range(N):
                    for phase in range(2):
                        if leaving[phase, j] > 0.5 * volume[at.AQ_OUT + phase, j]:
                            whole += leaving[phase, j] * point.c[phase, j, i]
                least = 0.5 if whole > 0.5 * leaves else 1e-9
                lacking = (enters - leaves) / (whole if whole > 0.5 * leaves else leaves)
                for j in range(N):
                    for phase in range(2):
                        if leaving[phase, j] > least * volume[at.AQ_OUT + phase, j]:
                            point.c[phase, j, i] *= 1.0 + lacking
    return largest


@kernel(
    returns=INT,
    takes=(LAW, LAYOUT, GOALS, FLOW, FLOW, POINT, MATRIX, WORK, MATRIX, VECTOR, MATRIX, WORKS),
    inner=True,
    counted=False,
)
def _evaluate(law, layout, goals, flows, nearby, point, near_s, work, values, change, slope, gradient):
    """Residuals of balances and targets, and their derivatives with respect to the free quantities. Returns 0 or 1.

    The derivatives are one-sided differences at the fixed state. Everything is linear in a flow and in a strength, so
    only the share of an organic that a flow dilutes is approximated, and the converged answer does not depend on it.
    """
    which = goals.which
    R = work.R
    r_m = work.r_m
    r_Q = work.r_Q
    k, n = point.m.shape
    N = point.s.shape[1]
    p = slope.shape[0]
    for back in range(p + 1):
        column = p - back  # the flows as they stand come last, so that the gradient is theirs
        now = flows
        if column > 0:
            now = nearby
            kind = which[at.FREE_KIND, column - 1]
            index = which[at.FREE_INDEX, column - 1]
            before = free_value(layout, kind, index)
            change[column] = 1e-6 * max(abs(before), 1e-6)
            set_free(layout, kind, index, before + change[column])
            wrong = fill_flows(layout, nearby, law.medium[at.EXTRACTANT]) + aqueous_totals(nearby, near_s)
            set_free(layout, kind, index, before)
            if wrong != 0:
                return 1
            for j in range(N):
                r_Q[column, j] = (near_s[at.Q, j] - point.s[at.Q, j]) / change[column]
        balances(law, now, point, work, column)
        if p > 0:
            goal_values(goals, now, layout, point, gradient, values[column])
    for column in range(1, p + 1):
        inverse = 1.0 / change[column]
        for r in range(p):
            slope[r, column - 1] = (values[column, r] - values[0, r]) * inverse
        for i in range(n):
            for j in range(N):
                R[0, column, j, i] = (R[0, column, j, i] - R[0, 0, j, i]) * inverse
                R[1, column, j, i] = (R[1, column, j, i] - R[1, 0, j, i]) * inverse
            for r in range(k):
                r_m[column, r, i] = (r_m[column, r, i] - r_m[0, r, i]) * inverse
    return 0


@kernel(returns=PAIR, takes=(LAW, LAYOUT, GOALS, FLOW, FLOW, POINT, WORK, CONTROL))
def newton(law, layout, goals, flows, nearby, point, work, control):
    """Solve the cascade from the given state.

    Parameters
    ----------
    law, layout, flows, point, work
        Filled; layout and flows change where quantities are free.
    goals : Goals
        Free quantities and targets; empty to solve the flows as they stand.
    nearby : Flows
        Work space, used only when quantities are free.
    control : Control

    Returns
    -------
    tuple of int
        Status and iterations (linear solves) done.
    """
    which = goals.which
    n = law.row.shape[1]
    p = goals.value.shape[0]
    gradient = np.zeros((p, 2, n))
    slope = np.zeros((p, p))
    values = np.zeros((p + 1, p))
    change = np.zeros(p + 1)
    dp = np.zeros(p)
    near_s = np.zeros((4, point.s.shape[1] if p > 0 else 0))
    enters = np.zeros(n)
    last = 1e300
    before = 1e300
    polished = 0
    for iteration in range(control.limit + 1):
        local(law, point, work)
        murphree(law, flows, point)
        if _evaluate(law, layout, goals, flows, nearby, point, near_s, work, values, change, slope, gradient) != 0:
            return NO_FLOW, iteration
        worst = largest_residual(law, flows, point, work, enters)
        missed = 0.0
        for r in range(p):
            missed = max(missed, abs(values[0, r]))
        if not math.isfinite(worst + missed):
            return NOT_FINITE, iteration
        # a trace whose D is 1e10 leaves a residual of rounding: then the step tells that nothing moves any more
        met = worst < control.tolerance and (last < 1e-6 or before < control.tolerance)
        if missed < 1e-9 and (met or (worst < ROUNDING and last < STILL and worst > 0.1 * before)):
            # a further step often closes what enters and leaves too; a shorter cascade does not need it
            polished += 1
            last_call = polished > POLISHING or control.tolerance > ROUNDING or iteration == control.limit
            if close(flows, point, 0) == 0.0 or last_call:
                murphree(law, flows, point)  # follows the links, which have just been set
                close(flows, point, 1)
                return CONVERGED, iteration
        before = worst
        if iteration == control.limit or (iteration >= control.patience and worst > LOST):
            return LIMIT, iteration
        if linear_step(law, flows, point, work, goals, gradient, slope, values[0], dp) != 0:
            return SINGULAR, iteration
        last = 0.0
        for q in range(p):
            value = free_value(layout, which[at.FREE_KIND, q], which[at.FREE_INDEX, q])
            last = max(last, abs(dp[q]) / max(abs(value), 1e-12))
        shrink = 1.0 if last <= 0.2 else 0.2 / last
        for q in range(p):
            value = free_value(layout, which[at.FREE_KIND, q], which[at.FREE_INDEX, q])
            set_free(layout, which[at.FREE_KIND, q], which[at.FREE_INDEX, q], value + shrink * dp[q])
        if p > 0 and fill_flows(layout, flows, law.medium[at.EXTRACTANT]) + aqueous_totals(flows, point.s) != 0:
            return NO_FLOW, iteration
        last = max(last, move(law, flows, point, work, shrink, control.cut, control.link_cut))
    return LIMIT, control.limit
