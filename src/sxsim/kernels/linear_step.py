"""One linearised step of the whole cascade: block elimination along the organic, border for links and free quantities.

Within a stage the charge balance gives the protons and the extractant balance the free extractant, both linearised and
eliminated, so that a stage keeps one unknown per component. Between stages the coupling is diagonal in the components.
Each function runs over all stages: a call per stage would cost more than the arithmetic of a small one.
"""

from __future__ import annotations

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.dense import add_rows, dot, factor_dense, solve_again
from sxsim.kernels.equilibrium import acid_slope
from sxsim.kernels.shapes import FLOW, GOALS, INT, INTS, LAW, MATRIX, POINT, VECTOR, WORK, WORKS4
from sxsim.kernels.three import eliminate_three

__all__ = ["factor_step", "linear_step", "lowest_link", "same_step", "take_step", "target_response"]


@kernel(returns=INT, takes=(LAW, POINT, WORK), inner=True, counted=False)
def _linearise(law, point, work):
    """Linearise the stages: d ln h = c0 r_Q + v0 dx, d ln F = c1 r_F + c2 d0 + c3 d ln A + v1 dx, d ln A = v2 dx.

    Here d0 is the part of d ln h that does not depend on dx. Fills work.rank with v and work.constant with c.
    """
    row = law.row
    y_star = point.c[at.Y_STAR]
    s = point.s
    D = work.law[at.D]
    slope_h = work.law[at.SLOPE_H]
    slope_F = work.law[at.SLOPE_F]
    slope_A = work.law[at.SLOPE_A]
    anions = work.stage[at.ANION]
    rank = work.rank
    constant = work.constant
    Ka2 = law.medium[at.KA2]
    N, n = y_star.shape
    for j in range(N):
        own = acid_slope(s[at.H, j], s[at.SULFATE, j], Ka2) * s[at.H, j]
        sum_h = 0.0
        sum_A = 0.0
        denominator = s[at.F, j]
        for i in range(n):
            bound = row[at.BOUND, i] * y_star[j, i]
            sum_h += bound * slope_h[j, i]
            sum_A += bound * slope_A[j, i]
            denominator += bound * slope_F[j, i]
        by_h = 1.0 / own
        by_F = 1.0 / denominator
        by_A = 1.0 / anions[j]
        for i in range(n):
            v_h = -row[at.PROTONS, i] * by_h
            v_A = (row[at.CHARGE, i] - row[at.PROTONS, i]) * by_A
            bound = row[at.BOUND, i] * D[j, i]
            rank[j, 0, i] = v_h
            rank[j, 1, i] = -(bound + sum_h * v_h + sum_A * v_A) * by_F
            rank[j, 2, i] = v_A
        constant[j, 0] = by_h
        constant[j, 1] = by_F
        constant[j, 2] = -sum_h * by_F
        constant[j, 3] = -sum_A * by_F
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT, WORK, INT), inner=True, counted=False)
def _respond(law, flows, point, work, p):
    """How y of each stage answers to its own x and to every column, the previous stage's y fixed: fills work.own."""
    efficiency = law.level[at.EFFICIENCY]
    y_star = point.c[at.Y_STAR]
    D = work.law[at.D]
    slope_h = work.law[at.SLOPE_H]
    slope_F = work.law[at.SLOPE_F]
    slope_A = work.law[at.SLOPE_A]
    r_F = work.stage[at.R_F]
    anions = work.stage[at.ANION]
    r_Q = work.r_Q
    relation = work.R[1]
    rank = work.rank
    constant = work.constant
    own = work.own
    link = flows.link
    N, n = y_star.shape
    k = link.shape[1]
    free = n + 1 + k * n
    for j in range(N):
        ln_h = constant[j, 0] * r_Q[0, j]
        ln_F = constant[j, 1] * r_F[j] + constant[j, 2] * ln_h
        for i in range(n):
            organic = efficiency[j, i] * y_star[j, i]
            by_h = organic * slope_h[j, i]
            by_F = organic * slope_F[j, i]
            by_A = organic * slope_A[j, i]
            for q in range(n):
                own[j, i, q] = by_h * rank[j, 0, q] + by_F * rank[j, 1, q]
            if by_A != 0.0:
                for q in range(n):
                    own[j, i, q] += by_A * rank[j, 2, q]
            own[j, i, i] += efficiency[j, i] * D[j, i]
            own[j, i, n] = by_h * ln_h + by_F * ln_F
            if efficiency[j, i] < 1.0:  # elsewhere nothing is ever added to them
                for q in range(n + 1, free):
                    own[j, i, q] = 0.0
            for q in range(p):
                near_h = constant[j, 0] * r_Q[1 + q, j]
                near_A = r_Q[1 + q, j] / anions[j]
                near_F = constant[j, 2] * near_h + constant[j, 3] * near_A
                own[j, i, free + q] = relation[1 + q, j, i] + by_h * near_h + by_F * near_F + by_A * near_A
    for q in range(k):
        if link[at.PHASE, q] == at.ORGANIC:
            j = link[at.TO, q]
            for i in range(n):
                own[j, i, n + 1 + q * n + i] += (1.0 - efficiency[j, i]) / flows.volume[at.ORG_IN, j]
    if base_left_over(law, flows, point) > 0.0:
        ion = int(flows.base[at.INTO])
        kept = (1.0 - efficiency[0, ion]) / flows.volume[at.ORG_IN, 0]
        for q in range(k if kept > 0.0 else 0):
            if link[at.PHASE, q] == at.ORGANIC:
                for i in range(n):
                    own[0, ion, n + 1 + q * n + i] -= kept * law.row[at.BOUND, i]
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT, WORK, INT), inner=True, counted=False)
def _eliminate(law, flows, point, work, p):
    """From the first stage to the last, x and y of each as functions of the next stage's x. Returns 0 or 1."""
    efficiency = law.level[at.EFFICIENCY]
    volume = flows.volume
    link = flows.link
    own = work.own
    right = work.right
    dots = work.dots
    rank = work.rank
    y_star = point.c[at.Y_STAR]
    D = work.law[at.D]
    slope_h = work.law[at.SLOPE_H]
    slope_F = work.law[at.SLOPE_F]
    slope_A = work.law[at.SLOPE_A]
    residual = work.R[0]
    by_x = work.response[0]
    by_y = work.response[1]
    N, n = efficiency.shape
    k = link.shape[1]
    width = n + 1 + k * n + p
    every = work.block.shape[0] == N
    left_over = base_left_over(law, flows, point)
    for j in range(N):
        org_previous = volume[at.ORG_PREVIOUS, j]
        aq_previous = volume[at.AQ_PREVIOUS, j]
        org_next = volume[at.ORG_NEXT, j]
        org_out = volume[at.ORG_OUT, j]
        block = work.block[j if every else 0]
        for i in range(n):
            if j > 0 and efficiency[j, i] < 1.0:
                kept = (1.0 - efficiency[j, i]) * org_previous / volume[at.ORG_IN, j]
                for q in range(width):
                    own[j, i, q] += kept * by_y[j - 1, i, q]
            out = org_out
            if org_next > 0.0:
                passed = (1.0 - efficiency[j + 1, i]) * volume[at.ORG_PREVIOUS, j + 1]
                out -= org_next * passed / volume[at.ORG_IN, j + 1]
            if j > 0:
                for q in range(width):
                    right[i, q] = org_previous * by_y[j - 1, i, q] - out * own[j, i, q]
                if aq_previous > 0.0:
                    for q in range(width):
                        right[i, q] += aq_previous * by_x[j - 1, i, q]
            else:
                for q in range(width):
                    right[i, q] = -out * own[j, i, q]
            for q in range(n):
                block[i, q] = -right[i, q]
                right[i, q] = 0.0
            block[i, i] += volume[at.AQ_OUT, j]
            if org_next > 0.0:
                for q in range(width):
                    right[i, q] += org_next * own[j + 1, i, q]
            right[i, i] += volume[at.AQ_NEXT, j]
            right[i, n] += residual[0, j, i]
            for q in range(p):
                right[i, n + 1 + k * n + q] += residual[1 + q, j, i]
        for q in range(k):
            if link[at.TO, q] == j:
                for i in range(n):
                    right[i, n + 1 + q * n + i] += 1.0
            if j == 0 and left_over > 0.0 and link[at.PHASE, q] == at.ORGANIC:
                for i in range(n):
                    right[int(flows.base[at.INTO]), n + 1 + q * n + i] -= law.row[at.BOUND, i]
        if factor_dense(block, right, work.swap[j]) != 0:
            return 1
        ideal = True
        for i in range(n):
            ideal = ideal and efficiency[j, i] == 1.0
            for q in range(width):
                by_x[j, i, q] = right[i, q]
                by_y[j, i, q] = own[j, i, q] if q >= n else 0.0
        if ideal:  # own x of each component, and all of them through h, F and A
            for r in range(3):
                for q in range(width):
                    dots[r, q] = 0.0
                add_rows(dots[r], rank[j, r], right, 0, n, 1.0)
            for i in range(n):
                by_h = y_star[j, i] * slope_h[j, i]
                by_F = y_star[j, i] * slope_F[j, i]
                by_A = y_star[j, i] * slope_A[j, i]
                ratio = D[j, i]
                for q in range(width):
                    through = by_h * dots[0, q] + by_F * dots[1, q] + by_A * dots[2, q]
                    by_y[j, i, q] += ratio * right[i, q] + through
        else:
            for i in range(n):
                add_rows(by_y[j, i], own[j, i], right, 0, n, 1.0)
    return 0


@kernel(inner=True, counted=False)
def _answer(work, phase, j, i, q):
    """Response of x (phase 0) or y (phase 1) at stage j to column q, once x of the next stage is known."""
    n = work.block.shape[1]
    response = work.response[phase, j, i, n + q]
    if phase == 1 and j + 1 < work.stage.shape[1]:
        for r in range(n):
            response += work.response[1, j, i, r] * work.response[0, j + 1, r, n + q]
    return response


@kernel(returns=INT, takes=(FLOW, WORK, INT, INT), inner=True, counted=False)
def _solve_border(flows, work, n, p):
    """How what the links carry answers to the residual and to each free quantity: fills work.outer. Returns 0 or 1."""
    link = flows.link
    k = link.shape[1]
    border = work.border
    outer = work.outer
    r_m = work.r_m
    for r in range(k):
        phase = 0 if link[at.PHASE, r] == at.AQUEOUS else 1
        volume = flows.link_volume[r]
        for i in range(n):
            row = r * n + i
            outer[row, 0] = r_m[0, r, i] + volume * _answer(work, phase, link[at.FROM, r], i, 0)
            for q in range(k * n):
                response = volume * _answer(work, phase, link[at.FROM, r], i, 1 + q)
                border[row, q] = (1.0 if row == q else 0.0) - response
            for q in range(p):
                response = volume * _answer(work, phase, link[at.FROM, r], i, 1 + k * n + q)
                outer[row, 1 + q] = r_m[1 + q, r, i] + response
    return factor_dense(border, outer, work.border_swap)


@kernel(returns=INT, takes=(WORK, INT, INT, VECTOR), inner=True, counted=False)
def _collect(work, lowest, linked, dp):
    """Add up the columns: the step of x, ln h and ln F, from the last stage to the first."""
    by_x = work.response[0]
    dx = work.law[at.DX]
    dm = work.dm
    constant = work.constant
    rank = work.rank
    r_Q = work.r_Q
    stage = work.stage
    N, n = dx.shape
    k = dm.shape[0]
    p = dp.shape[0]
    for j in range(N - 1, -1, -1):
        ln_h = constant[j, 0] * r_Q[0, j]
        ln_F = constant[j, 1] * stage[at.R_F, j]
        ln_A = 0.0
        for q in range(p):
            ln_h += dp[q] * constant[j, 0] * r_Q[1 + q, j]
            ln_A += dp[q] * r_Q[1 + q, j] / stage[at.ANION, j]
        ln_F += constant[j, 2] * ln_h + constant[j, 3] * ln_A
        for i in range(n):
            step = by_x[j, i, n]
            for r in range(k):
                for q in range(n):
                    step += by_x[j, i, n + 1 + r * n + q] * dm[r, q]
            for q in range(p):
                step += by_x[j, i, n + 1 + linked + q] * dp[q]
            if j < lowest:
                for r in range(n):
                    step += by_x[j, i, r] * dx[j + 1, r]
            dx[j, i] = step
            ln_h += rank[j, 0, i] * step
            ln_F += rank[j, 1, i] * step
            ln_A += rank[j, 2, i] * step
        stage[at.DLN_H, j] = ln_h
        stage[at.DLN_F, j] = ln_F
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT, WORK, INT, INT), inner=True, counted=False)
def factor_step(law, flows, point, work, p, lowest):
    """Linearise the cascade and eliminate its stages, for the residual and for p free quantities.

    Parameters
    ----------
    law, flows, point, work
        With the residuals (and the derivatives with respect to free quantities) filled in.
    p : int
        Free quantities.
    lowest : int
        From this stage on the answers must be known before the step is taken; those that links leave are anyhow.

    Returns
    -------
    int
        0, or 1 when a block or the border is singular.
    """
    n = law.row.shape[1]
    N = point.s.shape[1]
    k = flows.link.shape[1]
    size = k * n + p
    _linearise(law, point, work)
    _respond(law, flows, point, work, p)
    failed = eliminate_three(law, flows, point, work, p) if n == 3 else _eliminate(law, flows, point, work, p)
    if failed != 0:
        return 1
    by_x = work.response[0]
    for j in range(N - 2, lowest - 1, -1):
        for i in range(n):
            for r in range(n):
                factor = by_x[j, i, r]
                for q in range(n, n + 1 + size):
                    by_x[j, i, q] += factor * by_x[j + 1, r, q]
    return _solve_border(flows, work, n, p) if k > 0 else 0


@kernel(returns=INT, takes=(FLOW, INT), inner=True, counted=False)
def lowest_link(flows, lowest):
    """First stage that a link leaves, or the given one where that comes before."""
    for r in range(flows.link.shape[1]):
        lowest = min(lowest, flows.link[at.FROM, r])
    return lowest


@kernel(returns=INT, takes=(WORK, INT, VECTOR), inner=True, counted=False)
def take_step(work, lowest, dp):
    """The step of x, ln h, ln F and the links that goes with a step of the free quantities. Returns 0.

    After `factor_step`, with the same `lowest`.
    """
    k, n = work.dm.shape
    for r in range(k):
        for i in range(n):
            work.dm[r, i] = work.outer[r * n + i, 0]
            for q in range(dp.shape[0]):
                work.dm[r, i] += work.outer[r * n + i, 1 + q] * dp[q]
    return _collect(work, lowest, k * n, dp)


@kernel(returns=INT, takes=(LAW, FLOW, POINT, WORK, VECTOR), inner=True, counted=False)
def linear_step(law, flows, point, work, none):
    """Solve the linearised cascade for the step of x, ln h, ln F and the links.

    Parameters
    ----------
    law, flows, point, work
        With the residuals filled in.
    none : (0,) array
        The steps of no free quantities.

    Returns
    -------
    int
        0, or 1 when a block or the border is singular.
    """
    lowest = lowest_link(flows, point.s.shape[1] - 1)
    if factor_step(law, flows, point, work, 0, lowest) != 0:
        return 1
    return take_step(work, lowest, none)


@kernel(returns=INT, takes=(WORK, FLOW, GOALS, INTS, WORKS4, VECTOR, MATRIX, VECTOR, MATRIX), inner=True, counted=False)
def target_response(work, flows, goals, place, gradient, value, slope, ahead, response):
    """What the targets will be after the step, and how they answer to the free quantities, all else following.

    Parameters
    ----------
    work, flows, goals
        After `factor_step`.
    place : (o,) integer array
        Stages that something leaves.
    gradient : (t, o, 2, n) array
        Derivative of each target with respect to x and y of those stages.
    value, slope : (t,) and (t, p) arrays
        Targets at the state, and their direct derivatives by the free quantities.
    ahead, response : (t,) and (t, p) arrays
        Filled. Returns 0.
    """
    k, n = work.dm.shape
    t, p = slope.shape
    linked = k * n
    for r in range(t):
        ahead[r] = value[r]
        for q in range(p):
            response[r, q] = slope[r, q]
        for o in range(place.shape[0]):
            j = place[o]
            for phase in range(2):
                for i in range(n):
                    weight = gradient[r, o, phase, i]
                    if weight == 0.0:
                        continue
                    total = _answer(work, phase, j, i, 0)
                    for s in range(linked):
                        total += _answer(work, phase, j, i, 1 + s) * work.outer[s, 0]
                    ahead[r] += weight * total
                    for q in range(p):
                        total = _answer(work, phase, j, i, 1 + linked + q)
                        for s in range(linked):
                            total += _answer(work, phase, j, i, 1 + s) * work.outer[s, 1 + q]
                        response[r, q] += weight * total
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT, WORK), inner=True)
def same_step(law, flows, point, work):
    """The step that the linearisation of the last `linear_step` gives for the residuals as they are now.

    One column instead of all, and the blocks are factors already: for many components a sixth of the work. Without
    free quantities; the blocks have to be kept, which those of three components never are. Returns 0.
    """
    efficiency = law.level[at.EFFICIENCY]
    volume = flows.volume
    link = flows.link
    own = work.own
    y_star = point.c[at.Y_STAR]
    slope_h = work.law[at.SLOPE_H]
    slope_F = work.law[at.SLOPE_F]
    constant = work.constant
    residual = work.R[0, 0]
    by_x = work.response[0]
    by_y = work.response[1]
    N, n = efficiency.shape
    k = link.shape[1]
    right = np.zeros(n)
    for j in range(N):
        ln_h = constant[j, 0] * work.r_Q[0, j]
        ln_F = constant[j, 1] * work.stage[at.R_F, j] + constant[j, 2] * ln_h
        for i in range(n):
            organic = efficiency[j, i] * y_star[j, i]
            own[j, i, n] = organic * (slope_h[j, i] * ln_h + slope_F[j, i] * ln_F)
    for j in range(N):
        org_previous = volume[at.ORG_PREVIOUS, j]
        org_next = volume[at.ORG_NEXT, j]
        for i in range(n):
            out = volume[at.ORG_OUT, j]
            held = residual[j, i]
            if org_next > 0.0:
                passed = (1.0 - efficiency[j + 1, i]) * volume[at.ORG_PREVIOUS, j + 1]
                out -= org_next * passed / volume[at.ORG_IN, j + 1]
                held += org_next * own[j + 1, i, n]
            if j > 0:
                if efficiency[j, i] < 1.0:
                    own[j, i, n] += (1.0 - efficiency[j, i]) * org_previous / volume[at.ORG_IN, j] * by_y[j - 1, i, n]
                held += org_previous * by_y[j - 1, i, n] + volume[at.AQ_PREVIOUS, j] * by_x[j - 1, i, n]
            right[i] = held - out * own[j, i, n]
        solve_again(work.block[j], work.swap[j], right)
        slopes = own[j]
        for i in range(n):
            by_x[j, i, n] = right[i]
            by_y[j, i, n] = own[j, i, n] + dot(slopes, i, right, 0, n)
    lowest = N - 1
    for r in range(k):
        lowest = min(lowest, link[at.FROM, r])
    for j in range(N - 2, lowest - 1, -1):
        for i in range(n):
            right[i] = by_x[j + 1, i, n]
        passes = by_x[j]
        for i in range(n):
            passes[i, n] += dot(passes, i, right, 0, n)
    taken = np.ones(n + 1 + k * n)  # step of the next stage's x, 1 for what is constant, and the links
    if k > 0:
        carried = taken[n + 1 :]
        for r in range(k):
            phase = 0 if link[at.PHASE, r] == at.AQUEOUS else 1
            for i in range(n):
                answer = _answer(work, phase, link[at.FROM, r], i, 0)
                carried[r * n + i] = work.r_m[0, r, i] + flows.link_volume[r] * answer
        solve_again(work.border, work.border_swap, carried)
        for r in range(k):
            for i in range(n):
                work.dm[r, i] = carried[r * n + i]
    dx = work.law[at.DX]
    for j in range(N - 1, -1, -1):
        ln_h = constant[j, 0] * work.r_Q[0, j]
        ln_F = constant[j, 1] * work.stage[at.R_F, j] + constant[j, 2] * ln_h
        passes = by_x[j]
        for i in range(n):
            taken[i] = dx[j + 1, i] if j < lowest else 0.0
        for i in range(n):
            dx[j, i] = dot(passes, i, taken, 0, taken.shape[0])
            ln_h += work.rank[j, 0, i] * dx[j, i]
            ln_F += work.rank[j, 1, i] * dx[j, i]
        work.stage[at.DLN_H, j] = ln_h
        work.stage[at.DLN_F, j] = ln_F
    return 0
