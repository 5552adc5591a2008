"""The rigorous model in time: a diagonally implicit Runge-Kutta method with error control, exact in its balances.

Contents are what is differenced: after every step they are the contents before it plus what the rates of the implicit
stages brought, so that in, out and change of hold-up agree to rounding, however loosely the states were solved.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.transient_stage import rates, solve_stage

__all__ = ["ADVANCED", "ESDIRK3", "FULL", "STUCK", "Clock", "Log", "Tableau", "advance", "implicit_euler"]

ADVANCED = 0
FULL = 1
STUCK = 2
NEWTON = 0.5
"""Relative step of Newton's method that is the last one, beside the root of the tolerance; the error is its square."""

Floats = NDArray[np.float64]


class Tableau(NamedTuple):
    """A stiffly accurate method with an explicit first stage: a (s, s), its last row the weights; c and error (s,)."""

    a: Floats
    c: Floats
    error: Floats
    order: int


class Clock(NamedTuple):
    """Where a run stands and how it steps.

    Attributes
    ----------
    now : (3,) array
        Time [h], step to try next [h], length of the last step [h] (0 when the flows have changed since).
    count : (4,) integer array
        Steps taken, steps refused, Newton iterations, implicit stages.
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


def _esdirk3() -> Tableau:
    """ARK3(2)4L[2]SA of Kennedy and Carpenter (Appl. Numer. Math. 44 (2003) 139), its implicit part."""
    g = 1767732205903.0 / 4055673282236.0
    b = [1471266399579 / 7840856788654, -4482444167858 / 7529755066697, 11266239266428 / 11593286722821, g]
    low = [
        2756255671327 / 12835298489170,
        -10771552573575 / 22201958757719,
        9247589265047 / 10645013368117,
        2193209047091 / 5459859503100,
    ]
    a = np.zeros((4, 4))
    a[1, :2] = g, g
    a[2, :3] = 2746238789719 / 10658868560708, -640167445237 / 6845629431997, g
    a[3] = b
    return Tableau(a, a.sum(axis=1), np.array(b) - np.array(low), 3)


ESDIRK3 = _esdirk3()


@kernel(inner=True)
def _follow(point, start, trend, bend, reach, ahead):
    """Start of an implicit stage: the logarithm of every variable goes on along the parabola through what is known."""
    N, n = point.c.shape[1:]
    more = ahead - reach
    for j in range(N):
        for i in range(n):
            slope = trend[j, i] + bend[j, i] * more
            point.c[at.X, j, i] = start.c[at.X, j, i] * math.exp(min(max(slope * ahead, -2.0), 2.0))
        slope = trend[j, n] + bend[j, n] * more
        point.s[at.H, j] = start.s[at.H, j] * math.exp(min(max(slope * ahead, -2.0), 2.0))
        slope = trend[j, n + 1] + bend[j, n + 1] * more
        point.s[at.F, j] = start.s[at.F, j] * math.exp(min(max(slope * ahead, -1.0), 0.1))


@kernel(inner=True)
def _bent(now, start, passed, trend, bend, reach, j, i):
    """Note the mean logarithmic slope since the start of the step, and how it changes with the time that it spans."""
    slope = math.log(now / start) / passed
    bend[j, i] = (slope - trend[j, i]) / (passed - reach)
    trend[j, i] = slope


@kernel(inner=True)
def _note_trend(point, start, trend, bend, reach, passed):
    """Logarithmic slope of every variable since the start of the step [1/h] and its change [1/h2]."""
    N, n = point.c.shape[1:]
    for j in range(N):
        for i in range(n):
            _bent(point.c[at.X, j, i], start.c[at.X, j, i], passed, trend, bend, reach, j, i)
        _bent(point.s[at.H, j], start.s[at.H, j], passed, trend, bend, reach, j, n)
        _bent(point.s[at.F, j], start.s[at.F, j], passed, trend, bend, reach, j, n + 1)


@kernel(inner=True)
def _copy_point(source, target):
    target.c[:] = source.c
    target.s[:] = source.s
    target.m[:] = source.m


@kernel(inner=True)
def _error(amount, stage_rate, weight, dt, limits):
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
                error = 0.0
                for k in range(weight.shape[0]):
                    error += weight[k] * stage_rate[k, r, j, i]
                allowed = limits[2] * (abs(amount[r, j, i]) + limits[3] * held) + 1e-300
                ratio = dt * error / allowed
                total += ratio * ratio
                counted += 1
    return math.sqrt(total / counted)


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
        rates(law, flows, vessels, amount, g, point, out, after)
        for r in range(amount.shape[0]):
            for j in range(N):
                for i in range(n2):
                    after[r, j, i] = amount[r, j, i] + g * after[r, j, i]
    return spent


@kernel()
def advance(law, flows, vessels, amount, point, work, twin, start, none, tableau, clock, integral, log, row):
    """Carry the contents from ``clock.now`` to its end, or until the log is full.

    Parameters
    ----------
    law, flows, vessels
        The cascade; the flows stay as they are during the call.
    amount : (1 + 2 C, N, n + 2) array
        Contents [kmol]; carried on in place.
    point : Point
        State of the mixers; carried on in place.
    work, twin, start, none : Work, Flows, Point, Goals
        Work space; `none` without rows.
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
    """
    stages = tableau.c.shape[0]
    N, n2 = amount.shape[1:]
    n = n2 - 2
    rate = np.zeros((stages, *amount.shape))
    out = np.zeros((stages, 2, N, n2))
    goal = np.zeros(amount.shape)
    share = np.zeros((2, N))
    constant = np.zeros((2, N, n2))
    trend = np.zeros((N, n + 2))
    bend = np.zeros((N, n + 2))
    reach = 0.0
    stop = min(NEWTON * math.sqrt(clock.limits[2]), 1e-2)
    gamma = tableau.a[1, 1]
    end = clock.limits[0]
    rates(law, flows, vessels, amount, 0.0, point, out[0], rate[0])
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
        _copy_point(point, start)
        failed = False
        for k in range(1, stages):
            for r in range(amount.shape[0]):
                for j in range(N):
                    for i in range(n2):
                        total = 0.0
                        for q in range(k):
                            total += tableau.a[k, q] * rate[q, r, j, i]
                        goal[r, j, i] = amount[r, j, i] + dt * total
            _follow(point, start, trend, bend, reach, tableau.c[k] * dt)
            spent = solve_stage(
                law, flows, vessels, goal, gamma * dt, twin, point, work, none, share, constant, 16, stop
            )
            clock.count[3] += 1
            if spent < 0:
                failed = True
                break
            clock.count[2] += spent
            rates(law, flows, vessels, goal, gamma * dt, point, out[k], rate[k])
            _note_trend(point, start, trend, bend, reach, tableau.c[k] * dt)
            reach = tableau.c[k] * dt
        error = 1e300
        if not failed:
            error = _error(amount, rate, tableau.error, dt, clock.limits)
        if not error <= 1.0:
            _copy_point(start, point)
            clock.count[1] += 1
            shrink = 0.25 if failed or not math.isfinite(error) else max(0.2, 0.9 * error ** (-1.0 / tableau.order))
            clock.now[1] = dt * shrink
            refused_before = True
            for j in range(N):
                for i in range(n + 2):
                    trend[j, i] = 0.0
                    bend[j, i] = 0.0
            reach = 0.0
            continue
        for j in range(N):
            for i in range(n + 2):
                trend[j, i] += bend[j, i] * dt  # the slope at the end, from where the next step counts
        reach = 0.0
        for r in range(amount.shape[0]):
            for j in range(N):
                for i in range(n2):
                    amount[r, j, i] = goal[r, j, i] + gamma * dt * rate[stages - 1, r, j, i]
        for k in range(stages):
            for phase in range(2):
                for j in range(N):
                    for i in range(n2):
                        integral[phase, j, i] += dt * tableau.a[stages - 1, k] * out[k, phase, j, i]
        clock.now[0] = end if dt == left else clock.now[0] + dt
        clock.now[2] = dt
        growth = min(4.0, 0.9 * max(error, 1e-8) ** (-1.0 / tableau.order))
        if refused_before:
            growth = min(growth, 1.0)
        refused_before = False
        if dt == min(clock.now[1], clock.limits[1]) or growth < 1.0:
            clock.now[1] = dt * max(growth, 0.2)
        clock.count[0] += 1
        rate[0] = rate[stages - 1]
        out[0] = out[stages - 1]
        log.time[row] = clock.now[0]
        log.outlet[row] = out[0]
        log.integral[row] = integral
        for j in range(N):
            log.proton[row, j] = point.s[at.H, j]
        for i in range(n2):
            total = 0.0
            for r in range(amount.shape[0]):
                for j in range(N):
                    total += amount[r, j, i]
            log.contents[row, i] = total
        row += 1
    return ADVANCED, row
