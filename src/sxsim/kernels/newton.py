"""Newton's method for the whole cascade, damped in the variables that need it, with targets as equations."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import anion, distribution, total_acid
from sxsim.kernels.flows import fill_network
from sxsim.kernels.free import free_value, product_content, set_free
from sxsim.kernels.linear_step import balances, linear_step, local, murphree
from sxsim.kernels.transport import transport

__all__ = ["CONVERGED", "LIMIT", "NOT_FINITE", "NO_FLOW", "SINGULAR", "Control", "aqueous_totals", "newton", "settle"]

CONVERGED = 0
LIMIT = 1
NOT_FINITE = 2
SINGULAR = 3
NO_FLOW = 4

FLOOR = 1e-30  # mol/L: below it a concentration is noise


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
        Factor on the hold after a step that was small.
    """

    limit: int
    tolerance: float
    cut: float
    consistent: int
    hold: float
    hold_factor: float


@kernel()
def aqueous_totals(network, Q, sulfate):
    """Conserved charge and sulfate of every stage's aqueous: both stay in the aqueous phase. Returns 0, or 1."""
    N = Q.shape[0]
    D = np.zeros(N)
    full = np.ones(N)
    unused = np.zeros(N)
    m = np.zeros(network.link_from.shape[0])
    if transport(network, D, full, network.feed_Q, D, Q, unused, m) != 0:
        return 1
    if network.feed_sulfate.sum() > 0.0:
        if transport(network, D, full, network.feed_sulfate, D, sulfate, unused, m) != 0:
            return 1
    else:
        sulfate[:] = 0.0
    return 0


@kernel()
def settle(chemistry, state, work):
    """Bring the free extractant to its balance and the organic to equilibrium with the aqueous as it stands."""
    N, n = state.x.shape
    C = chemistry.extractant
    for j in range(N):
        A = anion(state.Q[j], state.x[j], chemistry.z, chemistry.charge)
        for _ in range(40):
            distribution(
                chemistry,
                j,
                state.h[j],
                state.F[j],
                A,
                state.sulfate[j],
                work.D[j],
                work.p_h[j],
                work.p_F[j],
                work.p_A[j],
            )
            total = state.F[j]
            slope = state.F[j]
            for i in range(n):
                organic = work.D[j, i] * state.x[j, i]
                state.y_star[j, i] = organic
                bound = chemistry.s[i] * organic
                total += bound
                slope += bound * work.p_F[j, i]
            if abs(total - C) < 1e-3 * C:
                break
            state.F[j] = min(state.F[j] * math.exp(math.log(C / total) * total / slope), C)


@kernel()
def _worst(chemistry, network, state, work, scale, consistent):
    """Largest residual of balances, law, charge, extractant and links, each relative to what it balances."""
    N, n = state.x.shape
    worst = 0.0
    for j in range(N):
        for i in range(n):
            through = network.aq_out[j] * state.x[j, i] + network.org_out[j] * state.y[j, i]
            error = abs(work.R[0, j, i]) / (1e-3 * scale[i] + through)
            if not error <= worst:
                worst = error
            if consistent == 0 and state.x[j, i] > 1e3 * FLOOR and state.y_star[j, i] > 1e3 * FLOOR:
                worst = max(worst, abs(work.g[j, i]))
        worst = max(worst, abs(work.r_F[j]) / chemistry.extractant, abs(work.r_Q[0, j]) / state.Q[j])
    for q in range(network.link_from.shape[0]):
        for i in range(n):
            worst = max(worst, abs(work.r_m[0, q, i]) / (1e-3 * scale[i] + state.m[q, i]))
    return worst


@kernel()
def _moved(value, step, cut):
    """A positive variable after a step: never less than its share ``cut``, never below the floor."""
    return max(value + step, cut * value, FLOOR)


@kernel()
def _targets(equations, network, plan, state, scale, work, row, gradient, value):
    """Values of the target equations and their gradients with respect to x and y of the product's stage."""
    n = state.x.shape[1]
    for r in range(row.shape[0]):
        j = equations.target_stage[r]
        i = equations.target_component[r]
        row[r] = j
        aqueous, organic = product_content(plan, network, equations.target_phase[r], j)
        gradient[r] = 0.0
        wanted = equations.target_value[r]
        if equations.target_kind[r] == 0:
            own = equations.weight[r, i] * (aqueous * state.x[j, i] + organic * state.y[j, i])
            other = 1e-300
            for q in range(n):
                if q != i:
                    other += equations.weight[r, q] * (aqueous * state.x[j, q] + organic * state.y[j, q])
            value[r] = math.log(other / own) - math.log((1.0 - wanted) / wanted)
            for q in range(n):
                slope = equations.weight[r, q] * (-1.0 / own if q == i else 1.0 / other)
                gradient[r, 0, q] = slope * aqueous
                gradient[r, 1, q] = slope * organic
        elif equations.target_kind[r] == 1:
            share = (aqueous * state.x[j, i] + organic * state.y[j, i]) / scale[i]
            unit = 1.0 / max(1.0 - wanted, 1e-12)
            value[r] = (share - wanted) * unit
            gradient[r, 0, i] = aqueous / scale[i] * unit
            gradient[r, 1, i] = organic / scale[i] * unit
        else:
            main = 1.0 if aqueous >= organic else 0.0
            found = state.x[j, i] if main == 1.0 else state.y[j, i]
            value[r] = math.log(found / wanted)
            gradient[r, 0, i] = main / found
            gradient[r, 1, i] = (1.0 - main) / found


@kernel()
def _derivatives(
    chemistry, plan, equations, network, nearby, state, near_state, work, scale, row, gradient, value, slope
):
    """Derivatives of all residuals with respect to the free quantities, by one-sided differences at the fixed state.

    Everything is linear in a flow and in a strength, so only the share of an organic that a flow dilutes is
    approximated, and the converged answer does not depend on it.
    """
    p = value.shape[0]
    trial = np.zeros(p)
    other_gradient = np.zeros_like(gradient)
    other_row = np.zeros_like(row)
    near_scale = np.zeros_like(scale)
    for q in range(p):
        before = free_value(plan, equations.free_kind[q], equations.free_index[q])
        change = 1e-6 * max(abs(before), 1e-6)
        set_free(plan, equations.free_kind[q], equations.free_index[q], before + change)
        status = fill_network(plan, nearby)
        if status == 0:
            status = aqueous_totals(nearby, near_state.Q, near_state.sulfate)
        if status != 0:
            set_free(plan, equations.free_kind[q], equations.free_index[q], before)
            return status
        balances(
            chemistry, nearby, state.x, state.y, state.y_star, state.m, work.R[1 + q], work.r_y[1 + q], work.r_m[1 + q]
        )
        for i in range(scale.shape[0]):
            near_scale[i] = nearby.feed[:, i].sum()
        _targets(equations, nearby, plan, state, near_scale, work, other_row, other_gradient, trial)
        set_free(plan, equations.free_kind[q], equations.free_index[q], before)
        work.R[1 + q] = (work.R[1 + q] - work.R[0]) / change
        work.r_y[1 + q] = (work.r_y[1 + q] - work.r_y[0]) / change
        work.r_m[1 + q] = (work.r_m[1 + q] - work.r_m[0]) / change
        work.r_Q[1 + q] = (near_state.Q - state.Q) / change
        for r in range(p):
            slope[r, q] = (trial[r] - value[r]) / change
    return 0


@kernel()
def newton(chemistry, plan, equations, network, nearby, state, near_state, work, control, history):
    """Solve the cascade from the given state.

    Parameters
    ----------
    chemistry, plan, network, state, work
        As filled by the floors above; plan and network change where quantities are free.
    equations : Equations
        Free quantities and targets; empty to solve the flows as they stand.
    nearby, near_state
        A second network and state, used only when quantities are free.
    control : Control
    history : (limit + 1,) array
        Filled with the largest residual at each iterate.

    Returns
    -------
    tuple of int
        Status and iterations (linear solves) done.
    """
    N, n = state.x.shape
    k = network.link_from.shape[0]
    p = equations.free_kind.shape[0]
    scale = np.zeros(n)
    row = np.zeros(p, np.int64)
    gradient = np.zeros((p, 2, n))
    slope = np.zeros((p, p))
    value = np.zeros(p)
    dp = np.zeros(p)
    hold = control.hold
    last = 1e300
    for iteration in range(control.limit + 1):
        for i in range(n):
            scale[i] = network.feed[:, i].sum()
        if control.consistent == 1:
            settle(chemistry, state, work)
        local(chemistry, state, work)
        murphree(chemistry, network, state.y_star, state.m, state.y)
        balances(chemistry, network, state.x, state.y, state.y_star, state.m, work.R[0], work.r_y[0], work.r_m[0])
        worst = _worst(chemistry, network, state, work, scale, control.consistent)
        missed = 0.0
        if p > 0:
            _targets(equations, network, plan, state, scale, work, row, gradient, value)
            for r in range(p):
                missed = max(missed, abs(value[r]))
        history[iteration] = max(worst, missed)
        if not math.isfinite(worst + missed):
            return NOT_FINITE, iteration
        if worst < control.tolerance and missed < 1e-9 and last < 1e-6 and hold == 0.0:
            return CONVERGED, iteration
        if iteration == control.limit:
            break
        if p > 0 and (
            _derivatives(
                chemistry, plan, equations, network, nearby, state, near_state, work, scale, row, gradient, value, slope
            )
            != 0
        ):
            return NO_FLOW, iteration
        if linear_step(chemistry, network, state, work, hold, row, gradient, slope, value, dp) != 0:
            return SINGULAR, iteration
        last = 0.0
        for q in range(p):
            before = free_value(plan, equations.free_kind[q], equations.free_index[q])
            last = max(last, abs(dp[q]) / max(abs(before), 1e-12))
        shrink = 1.0 if last <= 0.2 else 0.2 / last
        if p > 0:
            for q in range(p):
                before = free_value(plan, equations.free_kind[q], equations.free_index[q])
                set_free(plan, equations.free_kind[q], equations.free_index[q], before + shrink * dp[q])
            if fill_network(plan, network) != 0 or aqueous_totals(network, state.Q, state.sulfate) != 0:
                return NO_FLOW, iteration
        for j in range(N):
            last = max(last, abs(work.dlnh[j]), abs(work.dlnF[j]))
            state.h[j] = _moved(state.h[j], shrink * state.h[j] * work.dlnh[j], control.cut)
            state.F[j] = _moved(state.F[j], shrink * state.F[j] * work.dlnF[j], control.cut)
            total = total_acid(state.h[j], state.sulfate[j], chemistry.Ka2)
            for i in range(n):
                state.x[j, i] = _moved(state.x[j, i], shrink * work.dx[j, i], control.cut)
                total += chemistry.z[i] * state.x[j, i]
                if state.y_star[j, i] > 0.0:
                    state.y_star[j, i] = _moved(state.y_star[j, i], shrink * work.dy_star[j, i], control.cut)
            if control.consistent == 1:
                factor = state.Q[j] / total
                state.h[j] *= factor
                for i in range(n):
                    state.x[j, i] *= factor
        for q in range(k):
            for i in range(n):
                state.m[q, i] = _moved(state.m[q, i], shrink * work.dm[q, i], control.cut)
        if hold > 0.0:
            if last < 1.0:
                hold *= control.hold_factor
            elif last > 3.0:
                hold *= 1.5
            if hold < 1e-6:
                hold = 0.0
    return LIMIT, control.limit
