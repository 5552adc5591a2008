"""The rigorous model in time: a Rosenbrock-Wanner method with error control, exact in its balances.

Contents are what is differenced: after every step they are the contents before it plus what the rates of the stages
brought, so that in, out and change of hold-up agree to rounding, however loosely the states were solved.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.shapes import BOOL, CONTENTS, FLOAT, FLOW, INT, LAW, MATRIX, PAIR, POINT, VECTOR, WORK
from sxsim.kernels.transient_frozen import CARRY, FROZEN, PIVOT, freeze
from sxsim.kernels.transient_method import TABLEAU
from sxsim.kernels.transient_record import CLOCK, LOG, SPACE, Clock, Log, Space, accept, make_space, note, start
from sxsim.kernels.transient_stage import VESSELS, rates, solve_stage, twin_feeds, twin_volumes
from sxsim.kernels.transient_substitute import end_of_stage
from sxsim.kernels.transport import aqueous_totals

__all__ = [
    "ADVANCED",
    "FULL",
    "LEAST_H",
    "STUCK",
    "UNSETTLED",
    "Clock",
    "Log",
    "Space",
    "advance",
    "implicit_euler",
    "make_space",
]

ADVANCED = 0
FULL = 1
STUCK = 2
UNSETTLED = 3
LEAST_H = 1e-9
"""Step that only brings the mixers to equilibrium [h]."""
LOOSE = 0.02
"""Estimated error of ln h and ln F from which on the mixers want bringing to equilibrium."""
NOTHING = 1e-9
"""Share of the mean contents of a vessel that counts as nothing."""
LONGER = 8.0
"""Most that a step may be longer than the one before."""

_STEP = numba.types.Tuple((INT, FLOAT))


@kernel(returns=INT, takes=(LAW, FLOW, VESSELS, CONTENTS, FLOAT, POINT, WORK, FLOW, INT, FLOAT, CONTENTS))
def implicit_euler(law, flows, vessels, amount, g, point, work, twin, limit, tolerance, after):
    """One step of implicit Euler, not watched by any error control.

    A step of next to no length brings the phases of every mixer to equilibrium at their contents.

    Parameters
    ----------
    law, flows, vessels
        The cascade.
    amount : (1 + 2 C, N, n + 2) array
        Contents [kmol].
    g : float
        Length of the step [h].
    point : Point
        Start, overwritten by the state of the mixers.
    work, twin : Work, Flows
        Work space.
    limit, tolerance : int, float
        Most iterations, and the relative step that is the last one.
    after : (1 + 2 C, N, n + 2) array
        Filled with the contents after the step [kmol].

    Returns
    -------
    int
        Iterations, or -1 when there is no solution to be had from this start.
    """
    N, n2 = amount.shape[1:]
    share = np.zeros((2, N))
    constant = np.zeros((2, N, n2))
    out = np.zeros((2, N, n2))
    spent = solve_stage(law, flows, vessels, amount, g, twin, point, work, share, constant, limit, tolerance)
    if spent >= 0:
        spills = base_left_over(law, twin, point) > 0.0
        rates(law, flows, vessels, amount, g, spills, point.c[at.X], point.c[at.Y], point.s, out, after)
        for r in range(amount.shape[0]):
            for j in range(N):
                for i in range(n2):
                    after[r, j, i] = amount[r, j, i] + g * after[r, j, i]
    return spent


@kernel(returns=INT, takes=(FLOW, FROZEN, BOOL, INT, MATRIX), inner=True, counted=False)
def _carry_totals(twin, frozen, tied, count, s):
    """Conserved charge and sulfate of every stage's aqueous, which answer to nothing else. Returns 0, or 1."""
    volume = twin.volume
    if tied:
        return aqueous_totals(twin, s)
    N = s.shape[1]
    for of in range(count):
        feed = volume[at.FEED_Q + of]
        total = s[at.Q + of]
        before = 0.0
        for j in range(N):
            before = (feed[j] + volume[at.AQ_PREVIOUS, j] * before) * frozen.stage[PIVOT, j]
            total[j] = before
        for j in range(N - 2, -1, -1):
            total[j] += frozen.stage[CARRY, j] * total[j + 1]
    return 0


@kernel(returns=FLOAT, takes=(CONTENTS, TABLEAU, FLOAT, SPACE, VECTOR), inner=True, counted=False)
def _error(amount, tableau, dt, space, limits):
    """Root mean square of the estimated error of all contents, beside what is allowed of each."""
    vessels, N, n2 = amount.shape
    stages = tableau.beta.shape[0]
    wrong = space.flat_contents[2]
    for q in range(stages):
        weight = dt * (tableau.beta[stages - 1, q] - tableau.beta[stages - 2, q])
        for i in range(wrong.shape[0]):
            wrong[i] = (wrong[i] if q > 0 else 0.0) + weight * space.flat_rate[q, i]
    mean = 0.0
    for r in range(vessels):
        for j in range(N):
            for i in range(n2 - 2):
                mean += amount[r, j, i] / (vessels * N)
    total = 0.0
    counted = 0
    for r in range(vessels):
        for j in range(N):
            held = NOTHING * mean  # what is stripped to less is rounding, to which no step is short enough
            for i in range(n2 - 2):
                held += amount[r, j, i]
            for i in range(n2 - 1):
                if i == n2 - 2 and amount[r, j, i] == 0.0:
                    continue
                allowed = limits[2] * (abs(amount[r, j, i]) + limits[3] * held) + 1e-300
                ratio = space.contents[2, r, j, i] / allowed
                total += ratio * ratio
                counted += 1
    return math.sqrt(total / counted)


@kernel(inner=True, counted=False)
def _turned(amount, missed, limits):
    """Base that a step did not know of [kmol], beside what may be wrong of the contents of the first mixer."""
    held = 0.0
    for i in range(amount.shape[2] - 2):
        held += amount[0, 0, i]
    return missed / (limits[2] * held + 1e-300)


@kernel(inner=True, counted=False)
def _combine(start, weight, terms, upto, factor, target):
    """``target`` = ``start`` + ``factor`` x sum of ``weight`` x ``terms``, all flat, of the first few terms."""
    for k in range(start.shape[0]):
        target[k] = start[k]
    for q in range(upto):
        by = factor * weight[q]
        if by != 0.0:
            for k in range(start.shape[0]):
                target[k] += by * terms[q, k]


@kernel(inner=True, counted=False)
def _read(ends, weight, upto, stages):
    """Where a stage reads the equations, from the start of the step and the ends of the stages before."""
    rows, columns = ends.shape[1:]
    for r in range(rows):
        for c in range(columns):
            begin = ends[stages, r, c]
            total = begin
            for q in range(upto):
                total += weight[q] * (ends[q, r, c] - begin)
            ends[stages + 1, r, c] = total


@kernel(inner=True, counted=False)
def _tell(flows, amount):
    """Whether a link carries aqueous, and 2 where there is sulfate, else 1."""
    tied = False
    for q in range(flows.link.shape[1]):
        tied = tied or flows.link[at.PHASE, q] == at.AQUEOUS
    sulfate = 0.0
    for j in range(amount.shape[1]):
        sulfate += flows.volume[at.FEED_SULFATE, j] + amount[0, j, amount.shape[2] - 1]
    return tied, 2 if sulfate > 0.0 else 1


@kernel(inner=True, counted=False)
def _loose(space):
    """How far the last stage moved ln h and ln F of any mixer."""
    stages, _, N = space.s.shape
    last = stages - 3
    moved = 0.0
    for j in range(N):
        for of in range(2):
            moved = max(moved, abs(space.s[last, of, j] - space.s[last - 1, of, j]))
    return moved


@kernel(
    returns=_STEP,
    takes=(LAW, FLOW, VESSELS, FLOW, FROZEN, TABLEAU, SPACE, FLOAT, FLOAT, BOOL, INT),
    inner=True,
    counted=False,
)
def _step(law, flows, vessels, twin, frozen, tableau, space, dt, left_over, tied, count):
    """All stages of a step. Returns 0 and the base left over at its end [kmol/h], or 1 when it cannot be done."""
    stages, of = space.rate.shape[:2]
    g = tableau.beta[0, 0] * dt
    spills = left_over > 0.0
    goal = space.contents[1]
    x = space.x[stages + 1]
    s = space.s[stages + 1]
    twin_volumes(flows, vessels, (of - 1) // 2, g, space.share, twin)
    if freeze(law, twin, space.x[stages], space.s[stages], frozen, spills) != 0:
        return 1, left_over
    for k in range(stages):
        _combine(space.flat_contents[0], tableau.beta[k], space.flat_rate, k, dt, space.flat_contents[1])
        twin_feeds(law, flows, vessels, goal, g, space.constant, twin)
        end_x = space.x[k]
        end_s = space.s[k]
        if _carry_totals(twin, frozen, tied, count, end_s) != 0:
            return 1, left_over
        _read(space.x, tableau.argument[k], k, stages)
        _read(space.s, tableau.argument[k], k, stages)
        end_of_stage(law, twin, x, s, frozen, k == 0, spills, end_s, end_x, space.y)
        left_over = rates(law, flows, vessels, goal, g, spills, end_x, space.y, end_s, space.out[k], space.rate[k])
    return 0, left_over


@kernel(
    returns=PAIR,
    takes=(LAW, FLOW, VESSELS, CONTENTS, POINT, FLOW, FROZEN, SPACE, TABLEAU, CLOCK, CONTENTS, LOG, INT),
    counted=False,
)
def advance(law, flows, vessels, amount, point, twin, frozen, space, tableau, clock, integral, log, row):
    """Carry the contents from ``clock.now`` to its end, or until the log is full.

    Parameters
    ----------
    law, flows, vessels
        The cascade; the flows stay as they are during the call.
    amount : (1 + 2 C, N, n + 2) array
        Contents [kmol]; carried on in place.
    point : Point
        State of the mixers; carried on in place.
    twin, frozen, space : Flows, Frozen, Space
        Work space.
    tableau : Tableau
        The method.
    clock : Clock
        Time and step; carried on in place.
    integral : (2, N, n + 2) array
        Time integrals of the outlets [mol h/L]; carried on in place.
    log : Log
        Filled from `row` on, one row a step.
    row : int
        First free row.

    Returns
    -------
    tuple of int
        ADVANCED, FULL (call again with an empty log), UNSETTLED (bring the mixers to equilibrium, then call again) or
        STUCK (no step is short enough), and the next free row.

    Notes
    -----
    A Rosenbrock-Wanner method for contents u and the state v of the mixers, u' = f(u, v) and 0 = g(u, v), reads the
    equations of stage i at start + dt sum alpha k and ends it at start + dt sum beta k. As f is linear, k of the
    contents is f at the end of the stage, and the end is an implicit stage whose equilibria alone are linearised.
    Where a mixer passes the end point of its titration, h is left far from what its contents ask for while these are
    right; then, and before a refused step is tried again, the state has to be found anew from the contents, by
    `implicit_euler` with a step of next to no length.
    """
    stages = tableau.beta.shape[0]
    power = 1.0 / tableau.order
    end = clock.limits[0]
    begin = space.x[stages]
    of_start = space.s[stages]
    tied, count = _tell(flows, amount)
    start(amount, point, space)
    left_over = -1.0
    spills = left_over > 0.0
    left_over = rates(law, flows, vessels, amount, 0.0, spills, begin, space.y, of_start, space.out[0], space.rate[0])
    while clock.now[0] < end:
        if row == log.time.shape[0]:
            return FULL, row
        left = end - clock.now[0]
        dt = min(clock.now[1], clock.limits[1], left)
        if dt > 0.6 * left and dt < left:
            dt = 0.5 * left
        if dt < 1e-9 * min(left, 1.0):
            return STUCK, row
        failed, found = _step(law, flows, vessels, twin, frozen, tableau, space, dt, left_over, tied, count)
        clock.count[2] += 1
        clock.count[3] += stages
        error = 1e300
        if failed == 0:
            error = _error(amount, tableau, dt, space, clock.limits)
            turned = found if left_over <= 0.0 else -found
            if turned > 0.0:  # base began or ceased to spill on the way, which no stage of this step knows of
                error = max(error, _turned(amount, turned * dt, clock.limits))
        if not error <= 1.0:
            clock.count[1] += 1
            shrink = 0.25 if failed != 0 or not math.isfinite(error) else max(0.2, 0.9 * error**-power)
            clock.now[1] = dt * shrink
            if clock.now[3] == 0.0:
                clock.now[3] = 1.0
                return UNSETTLED, row
            continue
        left_over = found
        loose = _loose(space)
        accept(tableau, dt, amount, point, space, integral)
        clock.now[0] = end if dt == left else clock.now[0] + dt
        clock.now[2] = dt
        growth = min(LONGER, 0.9 * max(error, 1e-8) ** -power)
        if clock.now[3] > 0.0:
            growth = min(growth, 1.0)
        clock.now[3] = 0.0
        if dt == min(clock.now[1], clock.limits[1]) or growth < 1.0:
            clock.now[1] = dt * max(growth, 0.2)
        clock.count[0] += 1
        note(amount, point, space, integral, clock.now[0], log, row)
        row += 1
        if loose > LOOSE and clock.now[0] < end:
            return UNSETTLED, row
    return ADVANCED, row
