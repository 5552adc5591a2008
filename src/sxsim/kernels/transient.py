"""The rigorous model in time: a Rosenbrock-Wanner method with error control, exact in its balances.

Contents are what is differenced: after every step they are the contents before it plus what the rates of the stages
brought, so that in, out and change of hold-up agree to rounding, however loosely the states were solved.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.transient_frozen import CARRY, PIVOT, end_of_stage, freeze
from sxsim.kernels.transient_stage import FLOOR, rates, solve_stage, twin_feeds, twin_volumes
from sxsim.kernels.transport import aqueous_totals

__all__ = ["ADVANCED", "FULL", "STUCK", "Clock", "Log", "advance", "implicit_euler"]

ADVANCED = 0
FULL = 1
STUCK = 2
LONGER = 8.0
"""Most that a step may be longer than the one before."""

Floats = NDArray[np.float64]


class Clock(NamedTuple):
    """Where a run stands and how it steps.

    Attributes
    ----------
    now : (4,) array
        Time [h], step to try next [h], length of the last step [h], its error beside what is allowed [-] (0 at first).
    count : (4,) integer array
        Steps taken, steps refused, linearisations, implicit stages.
    limits : (4,) array
        End [h], longest step [h], relative tolerance [-], share of a vessel's contents below which a component may be
        wrong by that share times the tolerance [-].
    """

    now: Floats
    count: NDArray[np.int64]  # type: ignore[assignment]
    limits: Floats


class Log(NamedTuple):
    """One row for each step taken: time (R,) [h], outlets (R, 2, N, n + 2) and their time integrals [mol/L, mol h/L],
    protons (R, N) [mol/L], contents of each component and of the charge and sulfate (R, n + 2) [kmol].
    """  # noqa: D205

    time: Floats
    outlet: Floats
    integral: Floats
    proton: Floats
    contents: Floats


@kernel()
def implicit_euler(law, flows, vessels, amount, g, point, work, twin, none, limit, tolerance, after):
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
    work, twin, none : Work, Flows, Goals
        Work space; `none` without rows.
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
    spent = solve_stage(law, flows, vessels, amount, g, twin, point, work, none, share, constant, limit, tolerance)
    if spent >= 0:
        spills = base_left_over(law, twin, point) > 0.0
        rates(law, flows, vessels, amount, g, spills, point.c[at.X], point.c[at.Y], point.s, out, after)
        for r in range(amount.shape[0]):
            for j in range(N):
                for i in range(n2):
                    after[r, j, i] = amount[r, j, i] + g * after[r, j, i]
    return spent


@kernel(inner=True)
def _carry_totals(twin, frozen, tied, s):
    """Conserved charge and sulfate of every stage's aqueous, which answer to nothing else. Returns 0, or 1."""
    volume = twin.volume
    if tied:
        return aqueous_totals(twin, s)
    N = s.shape[1]
    for of in range(2):
        feed = volume[at.FEED_Q + of]
        total = s[at.Q + of]
        before = 0.0
        for j in range(N):
            before = (feed[j] + volume[at.AQ_PREVIOUS, j] * before) * frozen.stage[PIVOT, j]
            total[j] = before
        for j in range(N - 2, -1, -1):
            total[j] += frozen.stage[CARRY, j] * total[j + 1]
    return 0


@kernel(inner=True)
def _error(amount, wrong, limits):
    """Root mean square of the estimated error of all contents, beside what is allowed of each."""
    vessels, N, n2 = amount.shape
    total = 0.0
    counted = 0
    for r in range(vessels):
        for j in range(N):
            held = 0.0
            for i in range(n2 - 2):
                held += amount[r, j, i]
            for i in range(n2 - 1):
                if i == n2 - 2 and amount[r, j, i] == 0.0:
                    continue
                ratio = wrong[r, j, i] / (limits[2] * (abs(amount[r, j, i]) + limits[3] * held) + 1e-300)
                total += ratio * ratio
                counted += 1
    return math.sqrt(total / counted)


@kernel(inner=True)
def _combine(start, weight, terms, upto, factor, target):
    """``target`` = ``start`` + ``factor`` x sum of ``weight`` x ``terms``, all flat, of the first few terms."""
    for k in range(start.shape[0]):
        target[k] = start[k]
    for q in range(upto):
        by = factor * weight[q]
        if by != 0.0:
            for k in range(start.shape[0]):
                target[k] += by * terms[q, k]


@kernel(inner=True)
def _between(start, weight, ends, upto, target):
    """``target`` = ``start`` + sum of ``weight`` x (``ends`` - ``start``), all flat."""
    kept = 1.0
    for q in range(upto):
        kept -= weight[q]
    for k in range(start.shape[0]):
        target[k] = kept * start[k]
    for q in range(upto):
        if weight[q] != 0.0:
            for k in range(start.shape[0]):
                target[k] += weight[q] * ends[q, k]


@kernel()
def advance(law, flows, vessels, amount, point, twin, frozen, tableau, clock, integral, log, row):
    """Carry the contents from ``clock.now`` to its end, or until the log is full.

    Parameters
    ----------
    law, flows, vessels
        The cascade; the flows stay as they are during the call.
    amount : (1 + 2 C, N, n + 2) array
        Contents [kmol]; carried on in place.
    point : Point
        State of the mixers; carried on in place.
    twin, frozen : Flows, Frozen
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
        ADVANCED, FULL (call again with an empty log) or STUCK (no step is short enough), and the next free row.

    Notes
    -----
    A Rosenbrock-Wanner method for contents u and the state v of the mixers, u' = f(u, v) and 0 = g(u, v), reads the
    equations of stage i at start + dt sum alpha k and ends it at start + dt sum beta k. As f is linear, k of the
    contents is f at the end of the stage, and the end is an implicit stage whose equilibria alone are linearised.
    """
    stages = tableau.beta.shape[0]
    cells = (amount.shape[0] - 1) // 2
    N, n2 = amount.shape[1:]
    n = n2 - 2
    rate = np.zeros((stages, amount.size))
    out = np.zeros((stages, 2 * N * n2))
    goal = np.zeros(amount.shape)
    wrong = np.zeros(amount.shape)
    share = np.zeros((2, N))
    constant = np.zeros((2, N, n2))
    x = point.c[at.X].copy()
    read_x = np.zeros((N, n))
    end_x = np.zeros((stages, N, n))
    end_y = np.zeros((N, n))
    s = point.s.copy()
    read_s = np.zeros((4, N))
    end_s = np.zeros((stages, 4, N))
    tied = False
    for q in range(flows.link.shape[1]):
        tied = tied or flows.link[at.PHASE, q] == at.AQUEOUS
    for j in range(N):
        s[at.H, j] = math.log(s[at.H, j])
        s[at.F, j] = math.log(s[at.F, j])
    power = 1.0 / tableau.order
    end = clock.limits[0]
    shape = (2, N, n2)
    left_over = rates(
        law, flows, vessels, amount, 0.0, False, x, point.c[at.Y], s, out[0].reshape(shape), rate[0].reshape(goal.shape)
    )
    refused_before = False
    while clock.now[0] < end:
        if row == log.time.shape[0]:
            return FULL, row
        left = end - clock.now[0]
        dt = min(clock.now[1], clock.limits[1], left)
        if dt > 0.6 * left and dt < left:
            dt = 0.5 * left
        if dt < 1e-9 * min(left, 1.0):
            return STUCK, row
        g = tableau.beta[0, 0] * dt
        spills = left_over > 0.0
        twin_volumes(flows, vessels, cells, g, share, twin)
        failed = freeze(law, twin, x, s, frozen, spills) != 0
        clock.count[2] += 1
        found = left_over
        for k in range(stages):
            if failed:
                break
            _combine(amount.reshape(-1), tableau.beta[k], rate, k, dt, goal.reshape(-1))
            twin_feeds(law, flows, vessels, goal, g, constant, twin)
            failed = _carry_totals(twin, frozen, tied, end_s[k]) != 0
            _between(x.reshape(-1), tableau.argument[k], end_x.reshape(stages, -1), k, read_x.reshape(-1))
            _between(s.reshape(-1), tableau.argument[k], end_s.reshape(stages, -1), k, read_s.reshape(-1))
            end_of_stage(law, twin, read_x, read_s, frozen, k == 0, spills, end_s[k], end_x[k], end_y)
            found = rates(
                law,
                flows,
                vessels,
                goal,
                g,
                spills,
                end_x[k],
                end_y,
                end_s[k],
                out[k].reshape(shape),
                rate[k].reshape(goal.shape),
            )
            clock.count[3] += 1
        error = 1e300
        if not failed:
            for q in range(stages):
                frozen_weight = tableau.beta[stages - 1, q] - tableau.beta[stages - 2, q]
                flat = wrong.reshape(-1)
                for i in range(amount.size):
                    flat[i] = (0.0 if q == 0 else flat[i]) + dt * frozen_weight * rate[q, i]
            error = _error(amount, wrong, clock.limits)
            turned = -found if spills else found
            if turned > 0.0:
                held = 0.0
                for i in range(n):
                    held += amount[0, 0, i]
                error = max(error, dt * turned / (clock.limits[2] * held))
        if not error <= 1.0:
            clock.count[1] += 1
            shrink = 0.25 if failed or not math.isfinite(error) else max(0.2, 0.9 * error**-power)
            clock.now[1] = dt * shrink
            refused_before = True
            continue
        last = stages - 1
        _combine(goal.reshape(-1), tableau.beta[last, last:], rate[last:], 1, dt, amount.reshape(-1))
        _combine(integral.reshape(-1), tableau.beta[last], out, stages, dt, integral.reshape(-1))
        left_over = found
        clock.now[0] = end if dt == left else clock.now[0] + dt
        clock.now[2] = dt
        growth = min(LONGER, 0.9 * max(error, 1e-8) ** -power)
        if refused_before:
            growth = min(growth, 1.0)
        refused_before = False
        if dt == min(clock.now[1], clock.limits[1]) or growth < 1.0:
            clock.now[1] = dt * max(growth, 0.2)
        clock.count[0] += 1
        for j in range(N):
            for of in range(4):
                s[of, j] = end_s[last, of, j]
            point.s[at.H, j] = math.exp(s[at.H, j])
            point.s[at.F, j] = math.exp(s[at.F, j])
            point.s[at.Q, j] = s[at.Q, j]
            point.s[at.SULFATE, j] = s[at.SULFATE, j]
            log.proton[row, j] = point.s[at.H, j]
            for i in range(n):
                # what the error control does not feel may lie on either side of nothing
                x[j, i] = max(end_x[last, j, i], FLOOR)
                point.c[at.X, j, i] = x[j, i]
                point.c[at.Y, j, i] = max(end_y[j, i], 0.0)
        log.time[row] = clock.now[0]
        outlet = log.outlet[row].reshape(-1)
        for i in range(outlet.shape[0]):
            outlet[i] = max(out[last, i], 0.0)
        log.integral[row] = integral
        for i in range(n2):
            total = 0.0
            for r in range(amount.shape[0]):
                for j in range(N):
                    total += amount[r, j, i]
            log.contents[row, i] = total
        row += 1
    return ADVANCED, row
