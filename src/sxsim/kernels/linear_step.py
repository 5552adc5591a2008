"""One linearised step of the whole cascade: block elimination along the organic, border for links and free quantities.

Within a stage the charge balance gives the protons and the extractant balance the free extractant, both linearised and
eliminated, so that a stage keeps one unknown per component. Between stages the coupling is diagonal in the components.
"""

from __future__ import annotations

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import acid_slope
from sxsim.kernels.transport import solve_dense

__all__ = ["linear_step"]


@kernel()
def _stage_slopes(law, point, work, j, e):
    """Rank-one parts of dy_star = D dx + sum u (v dx) at stage j; returns the constants of the local right-hand sides."""
    n = point.c[at.X].shape[1]
    slope_h = acid_slope(point.s[at.H, j], point.s[at.SULFATE, j], law.medium[at.KA2]) * point.s[at.H, j]
    sum_h = 0.0
    sum_A = 0.0
    denominator = point.s[at.F, j]
    for i in range(n):
        bound = law.row[at.BOUND, i] * point.c[at.Y_STAR, j, i]
        sum_h += bound * work.law[at.SLOPE_H, j, i]
        sum_A += bound * work.law[at.SLOPE_A, j, i]
        denominator += bound * work.law[at.SLOPE_F, j, i]
    for i in range(n):
        work.rank[0, 0, i] = -law.row[at.PROTONS, i] / slope_h
        work.rank[0, 2, i] = (law.row[at.CHARGE, i] - law.row[at.PROTONS, i]) / work.stage[at.ANION, j]
        work.rank[0, 1, i] = (
            -(
                law.row[at.BOUND, i] * point.c[at.Y_STAR, j, i] / point.c[at.X, j, i]
                + sum_h * work.rank[0, 0, i]
                + sum_A * work.rank[0, 2, i]
            )
            / denominator
        )
        work.rank[1, 0, i] = point.c[at.Y_STAR, j, i] * work.law[at.SLOPE_H, j, i]
        work.rank[1, 1, i] = point.c[at.Y_STAR, j, i] * work.law[at.SLOPE_F, j, i]
        work.rank[1, 2, i] = point.c[at.Y_STAR, j, i] * work.law[at.SLOPE_A, j, i]
    e[0] = 1.0 / slope_h
    e[1] = 1.0 / denominator
    e[2] = -sum_h / denominator
    e[3] = -sum_A / denominator
    e[4] = 0.0
    for i in range(n):
        e[4] += law.row[at.BOUND, i] * point.c[at.Y_STAR, j, i] * work.law[at.G, j, i] / denominator


@kernel()
def _local_constants(work, j, column, e):
    """Right-hand sides of ln h, ln F and ln A at stage j: column 0 the residual, others a free quantity's derivative."""
    ln_h = work.r_Q[column, j] * e[0]
    if column == 0:
        return ln_h, work.stage[at.R_F, j] * e[1] + ln_h * e[2] + e[4], 0.0
    ln_A = work.r_Q[column, j] / work.stage[at.ANION, j]
    return ln_h, ln_h * e[2] + ln_A * e[3], ln_A


@kernel()
def linear_step(law, flows, point, work, hold, goals, gradient, slope, value, dp):
    """Solve the linearised cascade for dx, dy, dm, d ln h, d ln F and the free quantities dp.

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
    volume = flows.volume
    N, n = point.c[at.X].shape
    k = flows.link.shape[1]
    p = dp.shape[0]
    linked = k * n
    columns = 1 + linked + p
    e = np.zeros(5)
    e_next = np.zeros(5)
    H = work.square[0]
    block = work.square[1]
    right = work.right
    _stage_slopes(law, point, work, 0, e)
    for j in range(N):
        # 1. y of this stage as a function of its x: dy = eta + H dx
        for i in range(n):
            E = law.level[at.EFFICIENCY, j, i]
            for q in range(n):
                H[i, q] = E * (
                    work.rank[1, 0, i] * work.rank[0, 0, q]
                    + work.rank[1, 1, i] * work.rank[0, 1, q]
                    + work.rank[1, 2, i] * work.rank[0, 2, q]
                )
            H[i, i] += E * point.c[at.Y_STAR, j, i] / point.c[at.X, j, i]
        for i in range(n):
            for q in range(columns):
                work.side[0, i, q] = 0.0
                work.side[1, i, q] = 0.0
        for column in range(1 + p):
            q = 0 if column == 0 else linked + column
            ln_h, ln_F, ln_A = _local_constants(work, j, column, e)
            for i in range(n):
                work.side[1, i, q] = work.R[0, column, j, i]
                work.side[0, i, q] = work.R[1, column, j, i] + law.level[at.EFFICIENCY, j, i] * (
                    work.rank[1, 0, i] * ln_h + work.rank[1, 1, i] * ln_F + work.rank[1, 2, i] * ln_A
                )
                if column == 0:
                    work.side[0, i, q] -= (
                        law.level[at.EFFICIENCY, j, i] * point.c[at.Y_STAR, j, i] * work.law[at.G, j, i]
                    )
        carried = 1.0 / volume[at.ORG_IN, j] if volume[at.ORG_IN, j] > 0.0 else 0.0
        for q in range(k):
            if flows.link[at.TO, q] == j:
                for i in range(n):
                    work.side[1, i, 1 + q * n + i] += 1.0
                    if flows.link[at.PHASE, q] == at.ORGANIC:
                        work.side[0, i, 1 + q * n + i] += (1.0 - law.level[at.EFFICIENCY, j, i]) * carried
        if j > 0:
            for i in range(n):
                kept = (1.0 - law.level[at.EFFICIENCY, j, i]) * carried * volume[at.ORG_PREVIOUS, j]
                if kept != 0.0:
                    for q in range(n):
                        H[i, q] += kept * work.P[1, j - 1, i, q]
                    for q in range(columns):
                        work.side[0, i, q] += kept * work.solution[1, j - 1, i, q]
                for q in range(columns):
                    work.side[1, i, q] += volume[at.ORG_PREVIOUS, j] * work.solution[1, j - 1, i, q]
                if volume[at.AQ_PREVIOUS, j] != 0.0:
                    for q in range(columns):
                        work.side[1, i, q] += volume[at.AQ_PREVIOUS, j] * work.solution[0, j - 1, i, q]
        # 2. the block and its coupling to the next stage
        for i in range(n):
            for q in range(n):
                right[i, q] = 0.0
        if j + 1 < N:
            _stage_slopes(law, point, work, j + 1, e_next)
            for i in range(n):
                right[i, i] = volume[at.AQ_NEXT, j]
            if volume[at.ORG_NEXT, j] > 0.0:
                entrained = volume[at.ORG_NEXT, j]
                for i in range(n):
                    E = law.level[at.EFFICIENCY, j + 1, i]
                    for q in range(n):
                        right[i, q] += (
                            entrained
                            * E
                            * (
                                work.rank[1, 0, i] * work.rank[0, 0, q]
                                + work.rank[1, 1, i] * work.rank[0, 1, q]
                                + work.rank[1, 2, i] * work.rank[0, 2, q]
                            )
                        )
                    right[i, i] += entrained * E * point.c[at.Y_STAR, j + 1, i] / point.c[at.X, j + 1, i]
                for column in range(1 + p):
                    q = 0 if column == 0 else linked + column
                    ln_h, ln_F, ln_A = _local_constants(work, j + 1, column, e_next)
                    for i in range(n):
                        work.side[1, i, q] += entrained * (
                            work.R[1, column, j + 1, i]
                            + law.level[at.EFFICIENCY, j + 1, i]
                            * (work.rank[1, 0, i] * ln_h + work.rank[1, 1, i] * ln_F + work.rank[1, 2, i] * ln_A)
                        )
                        if column == 0:
                            equilibrium = point.c[at.Y_STAR, j + 1, i] * work.law[at.G, j + 1, i]
                            work.side[1, i, q] -= entrained * law.level[at.EFFICIENCY, j + 1, i] * equilibrium
                if volume[at.ORG_IN, j + 1] > 0.0:
                    for q in range(k):
                        if flows.link[at.TO, q] == j + 1 and flows.link[at.PHASE, q] == at.ORGANIC:
                            for i in range(n):
                                work.side[1, i, 1 + q * n + i] += (
                                    entrained * (1.0 - law.level[at.EFFICIENCY, j + 1, i]) / volume[at.ORG_IN, j + 1]
                                )
        for i in range(n):
            out = volume[at.ORG_OUT, j]
            if j + 1 < N and volume[at.ORG_NEXT, j] > 0.0 and volume[at.ORG_IN, j + 1] > 0.0:
                out -= (
                    volume[at.ORG_NEXT, j]
                    * (1.0 - law.level[at.EFFICIENCY, j + 1, i])
                    * volume[at.ORG_PREVIOUS, j + 1]
                    / volume[at.ORG_IN, j + 1]
                )
            held = hold * volume[at.ORG_OUT, j]
            for q in range(n):
                block[i, q] = (out + held) * H[i, q]
            block[i, i] += (1.0 + hold) * volume[at.AQ_OUT, j]
            for q in range(columns):
                right[i, n + q] = work.side[1, i, q] - (out + held) * work.side[0, i, q]
            if j > 0:
                for q in range(n):
                    block[i, q] -= volume[at.ORG_PREVIOUS, j] * work.P[1, j - 1, i, q]
                if volume[at.AQ_PREVIOUS, j] != 0.0:
                    for q in range(n):
                        block[i, q] -= volume[at.AQ_PREVIOUS, j] * work.P[0, j - 1, i, q]
        if solve_dense(block, right) != 0:
            return 1
        # 3. responses to the next stage
        for i in range(n):
            for q in range(n):
                work.P[0, j, i, q] = right[i, q]
            for q in range(columns):
                work.solution[0, j, i, q] = right[i, n + q]
        for i in range(n):
            for q in range(n):
                work.P[1, j, i, q] = 0.0
            for q in range(columns):
                work.solution[1, j, i, q] = work.side[0, i, q]
            for r in range(n):
                factor = H[i, r]
                if factor != 0.0:
                    if j + 1 < N:
                        for q in range(n):
                            work.P[1, j, i, q] += factor * right[r, q]
                    for q in range(columns):
                        work.solution[1, j, i, q] += factor * right[r, n + q]
        for q in range(5):
            e[q] = e_next[q]
    for j in range(N - 2, -1, -1):
        for i in range(n):
            for r in range(n):
                P = work.P[0, j, i, r]
                M = work.P[1, j, i, r]
                for q in range(columns):
                    work.solution[0, j, i, q] += P * work.solution[0, j + 1, r, q]
                    work.solution[1, j, i, q] += M * work.solution[0, j + 1, r, q]
    # 4. the border: links and targets
    size = linked + p
    border = work.border[:, :size]
    answer = work.border[:, size:]
    for r in range(k):
        j = flows.link[at.FROM, r]
        for i in range(n):
            row = r * n + i
            for q in range(size):
                response = (
                    work.solution[0, j, i, 1 + q]
                    if flows.link[at.PHASE, r] == at.AQUEOUS
                    else work.solution[1, j, i, 1 + q]
                )
                border[row, q] = -flows.link_volume[r] * response
            border[row, row] += 1.0
            for q in range(p):
                border[row, linked + q] -= work.r_m[1 + q, r, i]
            response = work.solution[0, j, i, 0] if flows.link[at.PHASE, r] == at.AQUEOUS else work.solution[1, j, i, 0]
            answer[row, 0] = work.r_m[0, r, i] + flows.link_volume[r] * response
    for r in range(p):
        j = goals.which[at.TARGET_STAGE, r]
        for q in range(size + 1):
            total = 0.0
            for i in range(n):
                total += gradient[r, 0, i] * work.solution[0, j, i, q] + gradient[r, 1, i] * work.solution[1, j, i, q]
            if q == 0:
                answer[linked + r, 0] = -value[r] - total
            else:
                border[linked + r, q - 1] = total
        for q in range(p):
            border[linked + r, linked + q] += slope[r, q]
    if size > 0 and solve_dense(border, answer) != 0:
        return 1
    for r in range(k):
        for i in range(n):
            work.dm[r, i] = answer[r * n + i, 0]
    for r in range(p):
        dp[r] = answer[linked + r, 0]
    for j in range(N):
        _stage_slopes(law, point, work, j, e)
        ln_h, ln_F, ln_A = _local_constants(work, j, 0, e)
        for q in range(p):
            more_h, more_F, more_A = _local_constants(work, j, 1 + q, e)
            ln_h += dp[q] * more_h
            ln_F += dp[q] * more_F
            ln_A += dp[q] * more_A
        for i in range(n):
            step = work.solution[0, j, i, 0]
            for q in range(size):
                step += work.solution[0, j, i, 1 + q] * answer[q, 0]
            work.law[at.DX, j, i] = step
            ln_h += work.rank[0, 0, i] * step
            ln_F += work.rank[0, 1, i] * step
            ln_A += work.rank[0, 2, i] * step
        work.stage[at.DLN_H, j] = ln_h
        work.stage[at.DLN_F, j] = ln_F
        for i in range(n):
            relative = work.law[at.DX, j, i] / point.c[at.X, j, i] - work.law[at.G, j, i]
            relative += (
                work.law[at.SLOPE_H, j, i] * ln_h
                + work.law[at.SLOPE_F, j, i] * ln_F
                + work.law[at.SLOPE_A, j, i] * ln_A
            )
            work.law[at.DY_STAR, j, i] = point.c[at.Y_STAR, j, i] * relative
    return 0
