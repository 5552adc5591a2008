"""One linearised step of the whole cascade: block elimination along the organic, a border for links and free quantities.

Within a stage the charge balance gives the protons and the extractant balance the free extractant, both linearised and
eliminated, so that a stage keeps one unknown per component. Between stages the coupling is diagonal in the components.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import acid_slope, anion, distribution, total_acid
from sxsim.kernels.model import AQUEOUS, ORGANIC
from sxsim.kernels.transport import solve_dense

__all__ = ["Work", "balances", "linear_step", "local", "make_work"]

Floats = NDArray[np.float64]


class Work(NamedTuple):
    """Work arrays of one solve; N stages, n components, k links, p free quantities, c = 1 + k n + p columns.

    Attributes
    ----------
    D, p_h, p_F, p_A : (N, n) arrays
        Distribution ratios and their logarithmic slopes.
    g : (N, n) array
        Residual of the equilibrium, ln(y_star / (D x)).
    A : (N,) array
        Anion concentration [mol/L].
    R : (1 + p, N, n) array
        Component balances: row 0 the residual, row 1 + q its derivative with respect to free quantity q.
    r_y : (1 + p, N, n) array
        The same for the Murphree relation.
    r_Q, r_F : (1 + p, N) and (N,) arrays
        The same for the charge balance (the derivative is that of Q), and the residual of the extractant balance.
    r_m : (1 + p, k, n) array
        The same for what the links carry.
    P, M : (N, n, n) arrays
        Response of a stage's x and y to x of the next stage.
    alpha, gamma : (N, n, c) arrays
        Right-hand sides, then solutions, for x and y.
    H, block, right : (n, n), (n, n) and (n, n + c) arrays
        The stage in hand.
    v, u : (3, n) arrays
        Rank-one parts of the stage's linearisation: protons, free extractant, anion.
    eta, source : (n, c) arrays
        The stage's own right-hand sides.
    dx, dy_star, dm : (N, n), (N, n) and (k, n) arrays
        The step.
    dlnh, dlnF : (N,) arrays
        Its local part.
    """

    D: Floats
    p_h: Floats
    p_F: Floats
    p_A: Floats
    g: Floats
    A: Floats
    R: Floats
    r_y: Floats
    r_Q: Floats
    r_F: Floats
    r_m: Floats
    P: Floats
    M: Floats
    alpha: Floats
    gamma: Floats
    H: Floats
    block: Floats
    right: Floats
    v: Floats
    u: Floats
    eta: Floats
    source: Floats
    dx: Floats
    dy_star: Floats
    dm: Floats
    dlnh: Floats
    dlnF: Floats


@kernel()
def make_work(N, n, k, p):
    """Allocate the work arrays for N stages, n components, k links and p free quantities."""
    c = 1 + k * n + p
    return Work(
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros(N),
        np.zeros((1 + p, N, n)),
        np.zeros((1 + p, N, n)),
        np.zeros((1 + p, N)),
        np.zeros(N),
        np.zeros((1 + p, k, n)),
        np.zeros((N, n, n)),
        np.zeros((N, n, n)),
        np.zeros((N, n, c)),
        np.zeros((N, n, c)),
        np.zeros((n, n)),
        np.zeros((n, n)),
        np.zeros((n, n + c)),
        np.zeros((3, n)),
        np.zeros((3, n)),
        np.zeros((n, c)),
        np.zeros((n, c)),
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros((k, n)),
        np.zeros(N),
        np.zeros(N),
    )


@kernel()
def local(chemistry, state, work):
    """Equilibrium of each stage at the present state: fills D, its slopes, A and the local residuals."""
    N, n = state.x.shape
    for j in range(N):
        x = state.x[j]
        h = state.h[j]
        F = state.F[j]
        A = anion(state.Q[j], x, chemistry.z, chemistry.charge)
        work.A[j] = A
        distribution(chemistry, j, h, F, A, state.sulfate[j], work.D[j], work.p_h[j], work.p_F[j], work.p_A[j])
        charge = state.Q[j] - total_acid(h, state.sulfate[j], chemistry.Ka2)
        bound = 0.0
        for i in range(n):
            charge -= chemistry.z[i] * x[i]
            organic = state.y_star[j, i]
            bound += chemistry.s[i] * organic
            extracted = work.D[j, i] * x[i]
            work.g[j, i] = math.log(organic / extracted) if extracted > 0.0 else 0.0
        work.r_Q[0, j] = charge
        work.r_F[j] = chemistry.extractant - F - bound


@kernel()
def organic_in(network, j, i, y, m):
    """What the organic line brings into stage j of component i [kmol/h]."""
    total = network.org_feed[j, i]
    if j > 0:
        total += network.org_from_previous[j] * y[j - 1, i]
    for q in range(network.link_to.shape[0]):
        if network.link_to[q] == j and network.link_phase[q] == ORGANIC:
            total += m[q, i]
    return total


@kernel()
def murphree(chemistry, network, y_star, m, y):
    """Organic leaving each stage, from the first to the last, by the Murphree efficiency."""
    N, n = y.shape
    for j in range(N):
        for i in range(n):
            E = chemistry.efficiency[j, i]
            y[j, i] = E * y_star[j, i]
            if E < 1.0 and network.org_in[j] > 0.0:
                y[j, i] += (1.0 - E) * organic_in(network, j, i, y, m) / network.org_in[j]


@kernel()
def balances(chemistry, network, x, y, y_star, m, R, r_y, r_m):
    """Residuals of the component balances [kmol/h], the Murphree relation [mol/L] and the links [kmol/h]."""
    N, n = x.shape
    for j in range(N):
        for i in range(n):
            into = organic_in(network, j, i, y, m)
            E = chemistry.efficiency[j, i]
            relation = E * y_star[j, i] - y[j, i]
            if E < 1.0 and network.org_in[j] > 0.0:
                relation += (1.0 - E) * into / network.org_in[j]
            r_y[j, i] = relation
            into += network.feed[j, i] - network.org_feed[j, i]
            if j > 0:
                into += network.aq_from_previous[j] * x[j - 1, i]
            if j + 1 < N:
                into += network.aq_from_next[j] * x[j + 1, i] + network.org_from_next[j] * y[j + 1, i]
            R[j, i] = into - network.aq_out[j] * x[j, i] - network.org_out[j] * y[j, i]
    for q in range(network.link_from.shape[0]):
        source = network.link_from[q]
        target = network.link_to[q]
        for i in range(n):
            concentration = x[source, i] if network.link_phase[q] == AQUEOUS else y[source, i]
            r_m[q, i] = network.link_volume[q] * concentration - m[q, i]
            if network.link_phase[q] != ORGANIC:
                R[target, i] += m[q, i]


@kernel()
def _stage_slopes(chemistry, state, work, j, e):
    """Rank-one parts of dy_star = D dx + sum u (v dx) at stage j; returns the constants of the local right-hand sides."""
    n = state.x.shape[1]
    slope_h = acid_slope(state.h[j], state.sulfate[j], chemistry.Ka2) * state.h[j]
    sum_h = 0.0
    sum_A = 0.0
    denominator = state.F[j]
    for i in range(n):
        bound = chemistry.s[i] * state.y_star[j, i]
        sum_h += bound * work.p_h[j, i]
        sum_A += bound * work.p_A[j, i]
        denominator += bound * work.p_F[j, i]
    for i in range(n):
        work.v[0, i] = -chemistry.z[i] / slope_h
        work.v[2, i] = (chemistry.charge[i] - chemistry.z[i]) / work.A[j]
        work.v[1, i] = (
            -(chemistry.s[i] * state.y_star[j, i] / state.x[j, i] + sum_h * work.v[0, i] + sum_A * work.v[2, i])
            / denominator
        )
        work.u[0, i] = state.y_star[j, i] * work.p_h[j, i]
        work.u[1, i] = state.y_star[j, i] * work.p_F[j, i]
        work.u[2, i] = state.y_star[j, i] * work.p_A[j, i]
    e[0] = 1.0 / slope_h
    e[1] = 1.0 / denominator
    e[2] = -sum_h / denominator
    e[3] = -sum_A / denominator
    e[4] = 0.0
    for i in range(n):
        e[4] += chemistry.s[i] * state.y_star[j, i] * work.g[j, i] / denominator


@kernel()
def _local_constants(work, j, column, e):
    """Right-hand sides of ln h, ln F and ln A at stage j: column 0 the residual, others a free quantity's derivative."""
    ln_h = work.r_Q[column, j] * e[0]
    if column == 0:
        return ln_h, work.r_F[j] * e[1] + ln_h * e[2] + e[4], 0.0
    ln_A = work.r_Q[column, j] / work.A[j]
    return ln_h, ln_h * e[2] + ln_A * e[3], ln_A


@kernel()
def linear_step(chemistry, network, state, work, theta, target_row, target_gradient, target_slope, target_value, dp):
    """Solve the linearised cascade for dx, dy, dm, d ln h, d ln F and the free quantities dp.

    Parameters
    ----------
    chemistry, network, state, work
        With the residuals (and the derivatives with respect to free quantities) filled in.
    target_row : (p,) integer array
        Stage that each target equation looks at.
    target_gradient : (p, 2, n) array
        Derivative of each target equation with respect to x and y of that stage.
    target_slope : (p, p) array
        Its direct derivative with respect to the free quantities.
    target_value : (p,) array
        Its value.
    dp : (p,) array
        Filled with the step of the free quantities.

    Returns
    -------
    int
        0, or 1 when a block or the border is singular.
    """
    N, n = state.x.shape
    k = network.link_from.shape[0]
    p = dp.shape[0]
    linked = k * n
    columns = 1 + linked + p
    e = np.zeros(5)
    e_next = np.zeros(5)
    H = work.H
    block = work.block
    right = work.right
    _stage_slopes(chemistry, state, work, 0, e)
    for j in range(N):
        # 1. y of this stage as a function of its x: dy = eta + H dx
        for i in range(n):
            E = chemistry.efficiency[j, i]
            for q in range(n):
                H[i, q] = E * (work.u[0, i] * work.v[0, q] + work.u[1, i] * work.v[1, q] + work.u[2, i] * work.v[2, q])
            H[i, i] += E * state.y_star[j, i] / state.x[j, i]
        work.eta[:] = 0.0
        work.source[:] = 0.0
        for column in range(1 + p):
            q = 0 if column == 0 else linked + column
            ln_h, ln_F, ln_A = _local_constants(work, j, column, e)
            for i in range(n):
                work.source[i, q] = work.R[column, j, i]
                work.eta[i, q] = work.r_y[column, j, i] + chemistry.efficiency[j, i] * (
                    work.u[0, i] * ln_h + work.u[1, i] * ln_F + work.u[2, i] * ln_A
                )
                if column == 0:
                    work.eta[i, q] -= chemistry.efficiency[j, i] * state.y_star[j, i] * work.g[j, i]
        carried = 1.0 / network.org_in[j] if network.org_in[j] > 0.0 else 0.0
        for q in range(k):
            if network.link_to[q] == j:
                for i in range(n):
                    work.source[i, 1 + q * n + i] += 1.0
                    if network.link_phase[q] == ORGANIC:
                        work.eta[i, 1 + q * n + i] += (1.0 - chemistry.efficiency[j, i]) * carried
        if j > 0:
            for i in range(n):
                kept = (1.0 - chemistry.efficiency[j, i]) * carried * network.org_from_previous[j]
                if kept != 0.0:
                    for q in range(n):
                        H[i, q] += kept * work.M[j - 1, i, q]
                    for q in range(columns):
                        work.eta[i, q] += kept * work.gamma[j - 1, i, q]
                for q in range(columns):
                    work.source[i, q] += network.org_from_previous[j] * work.gamma[j - 1, i, q]
                if network.aq_from_previous[j] != 0.0:
                    for q in range(columns):
                        work.source[i, q] += network.aq_from_previous[j] * work.alpha[j - 1, i, q]
        # 2. the block and its coupling to the next stage
        for i in range(n):
            for q in range(n):
                right[i, q] = 0.0
        if j + 1 < N:
            _stage_slopes(chemistry, state, work, j + 1, e_next)
            for i in range(n):
                right[i, i] = network.aq_from_next[j]
            if network.org_from_next[j] > 0.0:
                entrained = network.org_from_next[j]
                for i in range(n):
                    E = chemistry.efficiency[j + 1, i]
                    for q in range(n):
                        right[i, q] += (
                            entrained
                            * E
                            * (work.u[0, i] * work.v[0, q] + work.u[1, i] * work.v[1, q] + work.u[2, i] * work.v[2, q])
                        )
                    right[i, i] += entrained * E * state.y_star[j + 1, i] / state.x[j + 1, i]
                for column in range(1 + p):
                    q = 0 if column == 0 else linked + column
                    ln_h, ln_F, ln_A = _local_constants(work, j + 1, column, e_next)
                    for i in range(n):
                        work.source[i, q] += entrained * (
                            work.r_y[column, j + 1, i]
                            + chemistry.efficiency[j + 1, i]
                            * (work.u[0, i] * ln_h + work.u[1, i] * ln_F + work.u[2, i] * ln_A)
                        )
                        if column == 0:
                            equilibrium = state.y_star[j + 1, i] * work.g[j + 1, i]
                            work.source[i, q] -= entrained * chemistry.efficiency[j + 1, i] * equilibrium
                if network.org_in[j + 1] > 0.0:
                    for q in range(k):
                        if network.link_to[q] == j + 1 and network.link_phase[q] == ORGANIC:
                            for i in range(n):
                                work.source[i, 1 + q * n + i] += (
                                    entrained * (1.0 - chemistry.efficiency[j + 1, i]) / network.org_in[j + 1]
                                )
        for i in range(n):
            out = network.org_out[j]
            if j + 1 < N and network.org_from_next[j] > 0.0 and network.org_in[j + 1] > 0.0:
                out -= (
                    network.org_from_next[j]
                    * (1.0 - chemistry.efficiency[j + 1, i])
                    * network.org_from_previous[j + 1]
                    / network.org_in[j + 1]
                )
            held = theta * network.org_out[j]
            for q in range(n):
                block[i, q] = (out + held) * H[i, q]
            block[i, i] += (1.0 + theta) * network.aq_out[j]
            for q in range(columns):
                right[i, n + q] = work.source[i, q] - (out + held) * work.eta[i, q]
            if j > 0:
                for q in range(n):
                    block[i, q] -= network.org_from_previous[j] * work.M[j - 1, i, q]
                if network.aq_from_previous[j] != 0.0:
                    for q in range(n):
                        block[i, q] -= network.aq_from_previous[j] * work.P[j - 1, i, q]
        if solve_dense(block, right) != 0:
            return 1
        # 3. responses to the next stage
        for i in range(n):
            for q in range(n):
                work.P[j, i, q] = right[i, q]
            for q in range(columns):
                work.alpha[j, i, q] = right[i, n + q]
        for i in range(n):
            for q in range(n):
                work.M[j, i, q] = 0.0
            for q in range(columns):
                work.gamma[j, i, q] = work.eta[i, q]
            for r in range(n):
                factor = H[i, r]
                if factor != 0.0:
                    if j + 1 < N:
                        for q in range(n):
                            work.M[j, i, q] += factor * right[r, q]
                    for q in range(columns):
                        work.gamma[j, i, q] += factor * right[r, n + q]
        for q in range(5):
            e[q] = e_next[q]
    for j in range(N - 2, -1, -1):
        for i in range(n):
            for r in range(n):
                P = work.P[j, i, r]
                M = work.M[j, i, r]
                for q in range(columns):
                    work.alpha[j, i, q] += P * work.alpha[j + 1, r, q]
                    work.gamma[j, i, q] += M * work.alpha[j + 1, r, q]
    # 4. the border: links and targets
    size = linked + p
    border = np.zeros((size, size))
    answer = np.zeros((size, 1))
    for r in range(k):
        j = network.link_from[r]
        for i in range(n):
            row = r * n + i
            for q in range(size):
                response = work.alpha[j, i, 1 + q] if network.link_phase[r] == AQUEOUS else work.gamma[j, i, 1 + q]
                border[row, q] = -network.link_volume[r] * response
            border[row, row] += 1.0
            for q in range(p):
                border[row, linked + q] -= work.r_m[1 + q, r, i]
            response = work.alpha[j, i, 0] if network.link_phase[r] == AQUEOUS else work.gamma[j, i, 0]
            answer[row, 0] = work.r_m[0, r, i] + network.link_volume[r] * response
    for r in range(p):
        j = target_row[r]
        for q in range(size + 1):
            total = 0.0
            for i in range(n):
                total += target_gradient[r, 0, i] * work.alpha[j, i, q] + target_gradient[r, 1, i] * work.gamma[j, i, q]
            if q == 0:
                answer[linked + r, 0] = -target_value[r] - total
            else:
                border[linked + r, q - 1] = total
        for q in range(p):
            border[linked + r, linked + q] += target_slope[r, q]
    if size > 0 and solve_dense(border, answer) != 0:
        return 1
    for r in range(k):
        for i in range(n):
            work.dm[r, i] = answer[r * n + i, 0]
    for r in range(p):
        dp[r] = answer[linked + r, 0]
    for j in range(N):
        _stage_slopes(chemistry, state, work, j, e)
        ln_h, ln_F, ln_A = _local_constants(work, j, 0, e)
        for q in range(p):
            more_h, more_F, more_A = _local_constants(work, j, 1 + q, e)
            ln_h += dp[q] * more_h
            ln_F += dp[q] * more_F
            ln_A += dp[q] * more_A
        for i in range(n):
            step = work.alpha[j, i, 0]
            for q in range(size):
                step += work.alpha[j, i, 1 + q] * answer[q, 0]
            work.dx[j, i] = step
            ln_h += work.v[0, i] * step
            ln_F += work.v[1, i] * step
            ln_A += work.v[2, i] * step
        work.dlnh[j] = ln_h
        work.dlnF[j] = ln_F
        for i in range(n):
            relative = work.dx[j, i] / state.x[j, i] - work.g[j, i]
            relative += work.p_h[j, i] * ln_h + work.p_F[j, i] * ln_F + work.p_A[j, i] * ln_A
            work.dy_star[j, i] = state.y_star[j, i] * relative
    return 0
