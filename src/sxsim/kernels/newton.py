"""Newton's method for the whole cascade, damped in the variables that need it, with targets as equations."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import balances, local, murphree
from sxsim.kernels.equilibrium import total_acid
from sxsim.kernels.goals import free_value, goal_values, set_free
from sxsim.kernels.linear_step import linear_step
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

__all__ = ["CONVERGED", "FLOOR", "LIMIT", "NOT_FINITE", "NO_FLOW", "SINGULAR", "Control", "newton"]

CONVERGED = 0
LIMIT = 1
NOT_FINITE = 2
SINGULAR = 3
NO_FLOW = 4

FLOOR = 1e-60  # mol/L: where a concentration stops falling; 1e-30 held up D x of strongly extracted traces


class Control(NamedTuple):
    """How one run of Newton's method behaves.

    Attributes
    ----------
    limit : int
        Most iterations.
    tolerance : float
        Largest residual, relative to what flows through a stage.
    cut : float
        A concentration never falls below this share of itself in one step.
    consistent : int
        1: the organic is kept in equilibrium with the aqueous and the charge balanced at every iterate.
        0: the organic is a variable of its own, and the law is met only at the end.
    hold : float
        Hold-up in stage residence times per time step: 0 is Newton's method, more is an implicit step in time.
    hold_factor : float
        Factor on the hold after a step that was small; its eighth power after one that was very small.
    """

    limit: int
    tolerance: float
    cut: float
    consistent: int
    hold: float
    hold_factor: float


@kernel(inner=True)
def _worst(law, flows, point, work, consistent):
    """Largest residual of balances, law, charge, extractant and links, each relative to what it balances."""
    flows_volume = flows.volume
    point_c = point.c
    point_s = point.s
    law_row = law.row
    N = point_s.shape[1]
    n = law_row.shape[1]
    worst = 0.0
    for i in range(n):
        enters = 0.0
        for j in range(N):
            enters += flows.feed[at.ALL_FEEDS, j, i]
        enters *= 1e-3
        for j in range(N):
            x = point_c[at.X, j, i]
            through = flows_volume[at.AQ_OUT, j] * x + flows_volume[at.ORG_OUT, j] * point_c[at.Y, j, i]
            error = abs(work.R[0, 0, j, i]) / (enters + through)
            if not error <= worst:
                worst = error
            if consistent == 0 and law_row[at.PROTONS, i] * x > 1e-9 * point_s[at.Q, j]:
                worst = max(worst, abs(work.law[at.G, j, i]))
        for q in range(flows.link.shape[1]):
            worst = max(worst, abs(work.r_m[0, q, i]) / (enters + point.m[q, i]))
    for j in range(N):
        worst = max(worst, abs(work.stage[at.R_F, j]) / law.medium[at.EXTRACTANT])
        worst = max(worst, abs(work.r_Q[0, j]) / point_s[at.Q, j])
    return worst


@kernel(inner=True)
def _moved(value, step, cut):
    """A positive variable after a step: never less than its share ``cut``, never below the floor."""
    return max(value + step, cut * value, FLOOR)


@kernel(inner=True)
def _move(law, point, work, shrink, cut, consistent):
    """Take the step, every variable kept positive; returns the largest relative step of protons and free extractant."""
    law_row = law.row
    point_c = point.c
    point_s = point.s
    point_m = point.m
    work_law = work.law
    work_stage = work.stage
    N = point_s.shape[1]
    n = law_row.shape[1]
    extractant = law.medium[at.EXTRACTANT]
    last = 0.0
    for j in range(N):
        h = point_s[at.H, j]
        F = point_s[at.F, j]
        last = max(last, abs(work_stage[at.DLN_H, j]), abs(work_stage[at.DLN_F, j]))
        h = _moved(h, shrink * h * work_stage[at.DLN_H, j], cut)
        point_s[at.F, j] = _moved(F, shrink * F * work_stage[at.DLN_F, j], cut)
        total = total_acid(h, point_s[at.SULFATE, j], law.medium[at.KA2])
        for i in range(n):
            x = point_c[at.X, j, i]
            share = law_row[at.PROTONS, i] * x / point_s[at.Q, j]
            share += law_row[at.BOUND, i] * point_c[at.Y_STAR, j, i] / extractant
            x = _moved(x, shrink * work_law[at.DX, j, i], cut * min(1.0, 1e-8 + 1e3 * share))
            point_c[at.X, j, i] = x
            total += law_row[at.PROTONS, i] * x
            if point_c[at.Y_STAR, j, i] > 0.0:
                point_c[at.Y_STAR, j, i] = _moved(point_c[at.Y_STAR, j, i], shrink * work_law[at.DY_STAR, j, i], cut)
        if consistent == 1:
            factor = point_s[at.Q, j] / total
            h *= factor
            for i in range(n):
                point_c[at.X, j, i] *= factor
        point_s[at.H, j] = h
    for q in range(point_m.shape[0]):
        for i in range(n):
            point_m[q, i] = _moved(point_m[q, i], shrink * work.dm[q, i], 1e-3 * cut)
    return last


@kernel(inner=True)
def _derivatives(law, layout, goals, flows, nearby, point, near_s, work, value, slope, trial, gradient):
    """Derivatives of all residuals with respect to the free quantities, by one-sided differences at the fixed state.

    Everything is linear in a flow and in a strength, so only the share of an organic that a flow dilutes is
    approximated, and the converged answer does not depend on it.
    """
    point_s = point.s
    point_m = point.m
    work_R = work.R
    work_r_m = work.r_m
    goals_which = goals.which
    p = value.shape[0]
    for q in range(p):
        kind = goals_which[at.FREE_KIND, q]
        index = goals_which[at.FREE_INDEX, q]
        before = free_value(layout, kind, index)
        change = 1e-6 * max(abs(before), 1e-6)
        set_free(layout, kind, index, before + change)
        status = fill_flows(layout, nearby, law.medium[at.EXTRACTANT])
        if status == 0:
            status = aqueous_totals(nearby, near_s)
        if status == 0:
            balances(law, nearby, point, work, 1 + q)
            goal_values(goals, nearby, layout, point, gradient, trial)
        set_free(layout, kind, index, before)
        if status != 0:
            return status
        for j in range(point_s.shape[1]):
            work.r_Q[1 + q, j] = (near_s[at.Q, j] - point_s[at.Q, j]) / change
            for i in range(point_m.shape[1]):
                work_R[0, 1 + q, j, i] = (work_R[0, 1 + q, j, i] - work_R[0, 0, j, i]) / change
                work_R[1, 1 + q, j, i] = (work_R[1, 1 + q, j, i] - work_R[1, 0, j, i]) / change
        for r in range(point_m.shape[0]):
            for i in range(point_m.shape[1]):
                work_r_m[1 + q, r, i] = (work_r_m[1 + q, r, i] - work_r_m[0, r, i]) / change
        for r in range(p):
            slope[r, q] = (trial[r] - value[r]) / change
    return 0


@kernel()
def newton(law, layout, goals, flows, nearby, point, work, control, history):
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
    history : (limit + 1,) array
        Filled with the largest residual at each iterate.

    Returns
    -------
    tuple of int
        Status and iterations (linear solves) done.
    """
    goals_which = goals.which
    n = law.row.shape[1]
    p = goals.value.shape[0]
    gradient = np.zeros((p, 2, n))
    other = np.zeros((p, 2, n))
    slope = np.zeros((p, p))
    value = np.zeros(p)
    trial = np.zeros(p)
    dp = np.zeros(p)
    near_s = np.zeros((4, point.s.shape[1] if p > 0 else 0))
    hold = control.hold
    last = 1e300
    before = 1e300
    for iteration in range(control.limit + 1):
        local(law, point, work, control.consistent)
        murphree(law, flows, point)
        balances(law, flows, point, work, 0)
        worst = _worst(law, flows, point, work, control.consistent)
        missed = 0.0
        if p > 0:
            goal_values(goals, flows, layout, point, gradient, value)
            for r in range(p):
                missed = max(missed, abs(value[r]))
        history[iteration] = max(worst, missed)
        if not math.isfinite(worst + missed):
            return NOT_FINITE, iteration
        if worst < control.tolerance and missed < 1e-9 and hold == 0.0 and (last < 1e-6 or before < control.tolerance):
            return CONVERGED, iteration
        before = worst
        if iteration == control.limit:
            break
        if p > 0 and (
            _derivatives(law, layout, goals, flows, nearby, point, near_s, work, value, slope, trial, other) != 0
        ):
            return NO_FLOW, iteration
        if linear_step(law, flows, point, work, hold, goals, gradient, slope, value, dp) != 0:
            return SINGULAR, iteration
        last = 0.0
        for q in range(p):
            value_now = free_value(layout, goals_which[at.FREE_KIND, q], goals_which[at.FREE_INDEX, q])
            last = max(last, abs(dp[q]) / max(abs(value_now), 1e-12))
        shrink = 1.0 if last <= 0.2 else 0.2 / last
        for q in range(p):
            kind = goals_which[at.FREE_KIND, q]
            index = goals_which[at.FREE_INDEX, q]
            set_free(layout, kind, index, free_value(layout, kind, index) + shrink * dp[q])
        if p > 0 and (fill_flows(layout, flows, law.medium[at.EXTRACTANT]) != 0 or aqueous_totals(flows, point.s) != 0):
            return NO_FLOW, iteration
        last = max(last, _move(law, point, work, shrink, control.cut, control.consistent))
        if hold > 0.0:
            if last < 0.3:
                hold *= control.hold_factor**8
            elif last < 1.0:
                hold *= control.hold_factor
            elif last > 3.0:
                hold *= 1.5
            if hold < 1e-6:
                hold = 0.0
    return LIMIT, control.limit
