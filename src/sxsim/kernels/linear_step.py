"""One linearised step of the whole cascade: block elimination along the organic, border for links and free quantities.

Within a stage the charge balance gives the protons and the extractant balance the free extractant, both linearised and
eliminated, so that a stage keeps one unknown per component. Between stages the coupling is diagonal in the components.
"""

from __future__ import annotations

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.equilibrium import acid_slope
from sxsim.kernels.transport import solve_dense

__all__ = ["linear_step"]

HERE = 0
NEXT = 1
BLOCK = 2


@kernel(inner=True)
def _slopes(law, point, work, j):
    """Linearise stage j: d ln h = c0 r_Q + v0 dx, d ln F = c1 r_F + c2 (c0 r_Q) + c3 d ln A + c4 + v1 dx, d ln A = v2 dx.

    Fills the rows v of work.rank and returns the constants c.
    """
    law_row = law.row
    point_c = point.c
    point_s = point.s
    work_law = work.law
    work_rank = work.rank
    n = law_row.shape[1]
    slope_h = acid_slope(point_s[at.H, j], point_s[at.SULFATE, j], law.medium[at.KA2]) * point_s[at.H, j]
    sum_h = 0.0
    sum_A = 0.0
    off_law = 0.0
    denominator = point_s[at.F, j]
    for i in range(n):
        bound = law_row[at.BOUND, i] * point_c[at.Y_STAR, j, i]
        sum_h += bound * work_law[at.SLOPE_H, j, i]
        sum_A += bound * work_law[at.SLOPE_A, j, i]
        denominator += bound * work_law[at.SLOPE_F, j, i]
        off_law += bound * work_law[at.G, j, i]
    for i in range(n):
        v_h = -law_row[at.PROTONS, i] / slope_h
        v_A = (law_row[at.CHARGE, i] - law_row[at.PROTONS, i]) / work.stage[at.ANION, j]
        bound = law_row[at.BOUND, i] * point_c[at.Y_STAR, j, i] / point_c[at.X, j, i]
        work_rank[0, i] = v_h
        work_rank[1, i] = -(bound + sum_h * v_h + sum_A * v_A) / denominator
        work_rank[2, i] = v_A
    return 1.0 / slope_h, 1.0 / denominator, -sum_h / denominator, -sum_A / denominator, off_law / denominator


@kernel(inner=True)
def _response(law, flows, point, work, j, into, p):
    """How y of stage j answers to its own x, to the free quantities and to the links, at y of the previous stage fixed.

    Fills work.square[into] with dy/dx and work.side[into] with the constants of every column.
    """
    law_level = law.level
    flows_link = flows.link
    point_c = point.c
    work_law = work.law
    work_stage = work.stage
    work_R = work.R
    work_r_Q = work.r_Q
    work_square = work.square
    work_rank = work.rank
    work_side = work.side
    n = law.row.shape[1]
    k = flows_link.shape[1]
    c0, c1, c2, c3, c4 = _slopes(law, point, work, j)
    for i in range(n):
        E = law_level[at.EFFICIENCY, j, i]
        organic = E * point_c[at.Y_STAR, j, i]
        by_h = organic * work_law[at.SLOPE_H, j, i]
        by_F = organic * work_law[at.SLOPE_F, j, i]
        by_A = organic * work_law[at.SLOPE_A, j, i]
        for q in range(n):
            work_square[into, i, q] = by_h * work_rank[0, q] + by_F * work_rank[1, q] + by_A * work_rank[2, q]
        work_square[into, i, i] += organic / point_c[at.X, j, i]
        ln_h = c0 * work_r_Q[0, j]
        ln_F = c1 * work_stage[at.R_F, j] + c2 * ln_h + c4
        own = by_h * ln_h + by_F * ln_F - organic * work_law[at.G, j, i]
        work_side[into, i, 0] = work_R[1, 0, j, i] + own
        for q in range(k * n):
            work_side[into, i, 1 + q] = 0.0
        for q in range(p):
            ln_h = c0 * work_r_Q[1 + q, j]
            ln_A = work_r_Q[1 + q, j] / work_stage[at.ANION, j]
            ln_F = c2 * ln_h + c3 * ln_A
            own = by_h * ln_h + by_F * ln_F + by_A * ln_A
            work_side[into, i, 1 + k * n + q] = work_R[1, 1 + q, j, i] + own
    for q in range(k):
        if flows_link[at.TO, q] == j and flows_link[at.PHASE, q] == at.ORGANIC:
            for i in range(n):
                missing = 1.0 - law_level[at.EFFICIENCY, j, i]
                work_side[into, i, 1 + q * n + i] += missing / flows.volume[at.ORG_IN, j]


@kernel(inner=True)
def _eliminate(law, flows, point, work, hold, p):
    """Run from the first stage to the last: each stage's x and y as a function of the next stage's x. Returns 0 or 1."""
    law_level = law.level
    flows_link = flows.link
    work_R = work.R
    work_P = work.P
    work_solution = work.solution
    work_square = work.square
    work_side = work.side
    volume = flows.volume
    n = law.row.shape[1]
    N = point.s.shape[1]
    k = flows_link.shape[1]
    columns = 1 + k * n + p
    H = work_square[HERE]
    G = work_square[NEXT]
    block = work_square[BLOCK]
    eta = work_side[HERE]
    g = work_side[NEXT]
    right = work.right
    _response(law, flows, point, work, 0, HERE, p)
    for j in range(N):
        org_previous = volume[at.ORG_PREVIOUS, j]
        aq_previous = volume[at.AQ_PREVIOUS, j]
        org_next = volume[at.ORG_NEXT, j]
        if j + 1 < N:
            _response(law, flows, point, work, j + 1, NEXT, p)
        for i in range(n):
            if j > 0:
                kept = (1.0 - law_level[at.EFFICIENCY, j, i]) * org_previous
                if kept != 0.0:
                    kept /= volume[at.ORG_IN, j]
                    for q in range(n):
                        H[i, q] += kept * work_P[1, j - 1, i, q]
                    for q in range(columns):
                        eta[i, q] += kept * work_solution[1, j - 1, i, q]
            out = volume[at.ORG_OUT, j] * (1.0 + hold)
            if org_next > 0.0:
                passed = (1.0 - law_level[at.EFFICIENCY, j + 1, i]) * volume[at.ORG_PREVIOUS, j + 1]
                out -= org_next * passed / volume[at.ORG_IN, j + 1]
            for q in range(n):
                block[i, q] = out * H[i, q]
                right[i, q] = 0.0
            block[i, i] += volume[at.AQ_OUT, j] * (1.0 + hold)
            for q in range(columns):
                right[i, n + q] = -out * eta[i, q]
            right[i, n] += work_R[0, 0, j, i]
            for q in range(p):
                right[i, n + 1 + k * n + q] += work_R[0, 1 + q, j, i]
            for q in range(k):
                if flows_link[at.TO, q] == j:
                    right[i, n + 1 + q * n + i] += 1.0
            if j > 0:
                for q in range(n):
                    block[i, q] -= org_previous * work_P[1, j - 1, i, q]
                for q in range(columns):
                    right[i, n + q] += org_previous * work_solution[1, j - 1, i, q]
                if aq_previous != 0.0:
                    for q in range(n):
                        block[i, q] -= aq_previous * work_P[0, j - 1, i, q]
                    for q in range(columns):
                        right[i, n + q] += aq_previous * work_solution[0, j - 1, i, q]
            if j + 1 < N:
                right[i, i] = volume[at.AQ_NEXT, j]
                if org_next > 0.0:
                    for q in range(n):
                        right[i, q] += org_next * G[i, q]
                    for q in range(columns):
                        right[i, n + q] += org_next * g[i, q]
        if j == 0 and base_left_over(law, flows, point) > 0.0:
            for q in range(k):
                if flows.link[at.PHASE, q] == at.ORGANIC:
                    for i in range(n):
                        right[int(flows.base[at.INTO]), n + 1 + q * n + i] -= law.row[at.BOUND, i]
        if solve_dense(block, right) != 0:
            return 1
        for i in range(n):
            for q in range(n):
                work_P[0, j, i, q] = right[i, q]
                work_P[1, j, i, q] = 0.0
            for q in range(columns):
                work_solution[0, j, i, q] = right[i, n + q]
                work_solution[1, j, i, q] = eta[i, q]
            for r in range(n):
                factor = H[i, r]
                for q in range(n):
                    work_P[1, j, i, q] += factor * right[r, q]
                for q in range(columns):
                    work_solution[1, j, i, q] += factor * right[r, n + q]
        for i in range(n):
            for q in range(n):
                H[i, q] = G[i, q]
            for q in range(columns):
                eta[i, q] = g[i, q]
    return 0


@kernel(inner=True)
def _answer(work, phase, j, i, q):
    """Response of x (phase 0) or y (phase 1) at stage j to column q, once x of the next stage is known."""
    work_P = work.P
    work_solution = work.solution
    response = work_solution[phase, j, i, q]
    if phase == 1 and j + 1 < work.stage.shape[1]:
        for r in range(work_P.shape[2]):
            response += work_P[1, j, i, r] * work_solution[0, j + 1, r, q]
    return response


@kernel(inner=True)
def _solve_border(flows, work, goals, gradient, slope, value, n):
    """Links and targets: what the links carry and the free quantities, into the last column of the border. Returns 0, 1."""
    flows_link = flows.link
    flows_link_volume = flows.link_volume
    work_r_m = work.r_m
    k = flows_link.shape[1]
    p = value.shape[0]
    size = k * n + p
    border = work.border
    for r in range(k):
        phase = 0 if flows_link[at.PHASE, r] == at.AQUEOUS else 1
        for i in range(n):
            row = r * n + i
            for q in range(size):
                response = _answer(work, phase, flows_link[at.FROM, r], i, 1 + q)
                border[row, q] = -flows_link_volume[r] * response
            border[row, row] += 1.0
            for q in range(p):
                border[row, k * n + q] -= work_r_m[1 + q, r, i]
            response = _answer(work, phase, flows_link[at.FROM, r], i, 0)
            border[row, size] = work_r_m[0, r, i] + flows_link_volume[r] * response
    for r in range(p):
        j = goals.which[at.TARGET_STAGE, r]
        row = k * n + r
        for q in range(size + 1):
            total = 0.0
            for i in range(n):
                total += gradient[r, 0, i] * _answer(work, 0, j, i, q)
                total += gradient[r, 1, i] * _answer(work, 1, j, i, q)
            border[row, q - 1 if q > 0 else size] = total if q > 0 else -value[r] - total
        for q in range(p):
            border[row, k * n + q] += slope[r, q]
    return solve_dense(border[:, :size], border[:, size:]) if size > 0 else 0


@kernel(inner=True)
def linear_step(law, flows, point, work, hold, goals, gradient, slope, value, dp):
    """Solve the linearised cascade for the step of x, y_star, ln h, ln F, the links and the free quantities.

    Parameters
    ----------
    law, flows, point, work
        With the residuals (and the derivatives with respect to free quantities) filled in.
    hold : float
        Hold-up in residence times per time step; 0 for Newton's step.
    goals : Goals
    gradient : (p, 2, n) array
        Derivative of each target equation with respect to x and y of its stage.
    slope : (p, p) array
        Its direct derivative with respect to the free quantities.
    value : (p,) array
        Its value.
    dp : (p,) array
        Filled with the step of the free quantities.

    Returns
    -------
    int
        0, or 1 when a block or the border is singular.
    """
    flows_link = flows.link
    point_c = point.c
    work_law = work.law
    work_stage = work.stage
    work_r_Q = work.r_Q
    work_P = work.P
    work_rank = work.rank
    work_border = work.border
    n = law.row.shape[1]
    N = point.s.shape[1]
    k = flows_link.shape[1]
    p = dp.shape[0]
    size = k * n + p
    if _eliminate(law, flows, point, work, hold, p) != 0:
        return 1
    lowest = N - 1
    for r in range(k):
        lowest = min(lowest, flows_link[at.FROM, r])
    for r in range(p):
        lowest = min(lowest, goals.which[at.TARGET_STAGE, r])
    solution = work.solution[0]
    for j in range(N - 2, lowest - 1, -1):
        for i in range(n):
            for r in range(n):
                factor = work_P[0, j, i, r]
                for q in range(1 + size):
                    solution[j, i, q] += factor * solution[j + 1, r, q]
    if _solve_border(flows, work, goals, gradient, slope, value, n) != 0:
        return 1
    for j in range(N - 1, -1, -1):
        c0, c1, c2, c3, c4 = _slopes(law, point, work, j)
        ln_h = c0 * work_r_Q[0, j]
        ln_F = c1 * work_stage[at.R_F, j] + c4
        ln_A = 0.0
        for q in range(p):
            free = work_border[k * n + q, size]
            ln_h += free * c0 * work_r_Q[1 + q, j]
            ln_A += free * work_r_Q[1 + q, j] / work_stage[at.ANION, j]
        ln_F += c2 * ln_h + c3 * ln_A
        for i in range(n):
            step = solution[j, i, 0]
            for q in range(size):
                step += solution[j, i, 1 + q] * work_border[q, size]
            if j < lowest:
                for r in range(n):
                    step += work_P[0, j, i, r] * work_law[at.DX, j + 1, r]
            work_law[at.DX, j, i] = step
            ln_h += work_rank[0, i] * step
            ln_F += work_rank[1, i] * step
            ln_A += work_rank[2, i] * step
        work_stage[at.DLN_H, j] = ln_h
        work_stage[at.DLN_F, j] = ln_F
        for i in range(n):
            relative = work_law[at.DX, j, i] / point_c[at.X, j, i] - work_law[at.G, j, i]
            relative += work_law[at.SLOPE_H, j, i] * ln_h
            relative += work_law[at.SLOPE_F, j, i] * ln_F
            relative += work_law[at.SLOPE_A, j, i] * ln_A
            work_law[at.DY_STAR, j, i] = point_c[at.Y_STAR, j, i] * relative
    for r in range(k):
        for i in range(n):
            work.dm[r, i] = work_border[r * n + i, size]
    for r in range(p):
        dp[r] = work_border[k * n + r, size]
    return 0
