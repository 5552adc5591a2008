"""Newton's method for the whole cascade, damped in the variables that need it."""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import balances, local, murphree
from sxsim.kernels.equilibrium import total_acid
from sxsim.kernels.linear_step import linear_step
from sxsim.kernels.shapes import CONTROL, FLOAT, FLOW, INT, LAW, PAIR, POINT, VECTOR, WORK

__all__ = [
    "CONVERGED",
    "FLOOR",
    "LIMIT",
    "LOST",
    "NOT_FINITE",
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


@kernel(returns=FLOAT, takes=(LAW, FLOW, POINT, WORK, FLOAT, FLOAT), inner=True, counted=False)
def move(law, flows, point, work, cut, link_cut):
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
        h = max(s[at.H, j] * max(1.0 + by_h, cut), FLOOR)
        s[at.F, j] = max(s[at.F, j] * max(1.0 + by_F, cut), FLOOR)
        total = total_acid(h, s[at.SULFATE, j], law.medium[at.KA2])
        for i in range(n):
            before = x[j, i]
            share = row[at.PROTONS, i] * before * per_charge + row[at.BOUND, i] * y_star[j, i] * per_extractant
            least = cut * min(1.0, 1e-8 + 1e3 * share)  # traces may fall by more
            after = max(before + dx[j, i], least * before, FLOOR)
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
            m[q, i] = max(m[q, i] + work.dm[q, i], least * m[q, i], FLOOR)
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


@kernel(returns=INT, takes=(WORK, FLOAT), inner=True, counted=False)
def _shorten(work, longest):
    """Shorten a step as a whole, so that no ln h or ln F changes by more than `longest`. Returns 0."""
    N, n = work.law.shape[1:]
    far = longest
    for j in range(N):
        far = max(far, abs(work.stage[at.DLN_H, j]), abs(work.stage[at.DLN_F, j]))
    share = longest / far
    if share < 1.0:
        for j in range(N):
            work.stage[at.DLN_H, j] *= share
            work.stage[at.DLN_F, j] *= share
            for i in range(n):
                work.law[at.DX, j, i] *= share
        for q in range(work.dm.shape[0]):
            for i in range(n):
                work.dm[q, i] *= share
    return 0


@kernel(returns=PAIR, takes=(LAW, FLOW, POINT, WORK, CONTROL))
def newton(law, flows, point, work, control):
    """Solve the flows as they stand from the given state.

    Parameters
    ----------
    law, flows, point, work
        Filled.
    control : Control

    Returns
    -------
    tuple of int
        Status and iterations (linear solves) done.
    """
    enters = np.zeros(law.row.shape[1])
    none = np.zeros(0)
    last = 1e300
    before = 1e300
    polished = 0
    for iteration in range(control.limit + 1):
        local(law, point, work)
        murphree(law, flows, point)
        balances(law, flows, point, work, 0)
        worst = largest_residual(law, flows, point, work, enters)
        if not math.isfinite(worst):
            return NOT_FINITE, iteration
        # a trace whose D is 1e10 leaves a residual of rounding: then the step tells that nothing moves any more
        met = worst < control.tolerance and (last < 1e-6 or before < control.tolerance)
        if met or (worst < ROUNDING and last < STILL and worst > 0.1 * before):
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
        if linear_step(law, flows, point, work, none) != 0:
            return SINGULAR, iteration
        if control.longest < 1e299:
            _shorten(work, control.longest)
        last = move(law, flows, point, work, control.cut, control.link_cut)
    return LIMIT, control.limit
