"""Block elimination with three components, two rare earths and the counter-ion: the blocks stay in registers.

Most cuts are of this size. The loops of the general elimination cost four times the arithmetic of so small a block.
"""

from __future__ import annotations

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.shapes import FLOW, INT, LAW, POINT, WORK

__all__ = ["eliminate_three"]


@kernel(returns=INT, takes=(LAW, FLOW, POINT, WORK, INT), inner=True, counted=False)
def eliminate_three(law, flows, point, work, p):
    """From the first stage to the last, x and y of each as functions of the next stage's x. Returns 0 or 1.

    The same as ``linear_step._eliminate``, with blocks that are inverted by their cofactors.
    """
    efficiency = law.level[at.EFFICIENCY]
    volume = flows.volume
    link = flows.link
    own = work.own
    right = work.right
    residual = work.R[0]
    by_x = work.response[0]
    by_y = work.response[1]
    N = efficiency.shape[0]
    k = link.shape[1]
    free = 4 + 3 * k
    width = free + p
    left_over = base_left_over(law, flows, point)
    for j in range(N):
        org_previous = volume[at.ORG_PREVIOUS, j]
        aq_previous = volume[at.AQ_PREVIOUS, j]
        aq_next = volume[at.AQ_NEXT, j]
        org_next = volume[at.ORG_NEXT, j]
        aq_out = volume[at.AQ_OUT, j]
        out_0 = volume[at.ORG_OUT, j]
        out_1 = out_0
        out_2 = out_0
        if org_next > 0.0:
            passed = org_next * volume[at.ORG_PREVIOUS, j + 1] / volume[at.ORG_IN, j + 1]
            out_0 -= (1.0 - efficiency[j + 1, 0]) * passed
            out_1 -= (1.0 - efficiency[j + 1, 1]) * passed
            out_2 -= (1.0 - efficiency[j + 1, 2]) * passed
        if j > 0:
            for i in range(3):
                if efficiency[j, i] < 1.0:
                    kept = (1.0 - efficiency[j, i]) * org_previous / volume[at.ORG_IN, j]
                    for q in range(width):
                        own[j, i, q] += kept * by_y[j - 1, i, q]
        y_00 = own[j, 0, 0]
        y_01 = own[j, 0, 1]
        y_02 = own[j, 0, 2]
        y_10 = own[j, 1, 0]
        y_11 = own[j, 1, 1]
        y_12 = own[j, 1, 2]
        y_20 = own[j, 2, 0]
        y_21 = own[j, 2, 1]
        y_22 = own[j, 2, 2]
        b_00 = out_0 * y_00 + aq_out
        b_01 = out_0 * y_01
        b_02 = out_0 * y_02
        b_10 = out_1 * y_10
        b_11 = out_1 * y_11 + aq_out
        b_12 = out_1 * y_12
        b_20 = out_2 * y_20
        b_21 = out_2 * y_21
        b_22 = out_2 * y_22 + aq_out
        for q in range(3, width):
            right[0, q] = -out_0 * own[j, 0, q]
            right[1, q] = -out_1 * own[j, 1, q]
            right[2, q] = -out_2 * own[j, 2, q]
        if j > 0:
            b_00 -= org_previous * by_y[j - 1, 0, 0]
            b_01 -= org_previous * by_y[j - 1, 0, 1]
            b_02 -= org_previous * by_y[j - 1, 0, 2]
            b_10 -= org_previous * by_y[j - 1, 1, 0]
            b_11 -= org_previous * by_y[j - 1, 1, 1]
            b_12 -= org_previous * by_y[j - 1, 1, 2]
            b_20 -= org_previous * by_y[j - 1, 2, 0]
            b_21 -= org_previous * by_y[j - 1, 2, 1]
            b_22 -= org_previous * by_y[j - 1, 2, 2]
            for q in range(3, width):
                right[0, q] += org_previous * by_y[j - 1, 0, q]
                right[1, q] += org_previous * by_y[j - 1, 1, q]
                right[2, q] += org_previous * by_y[j - 1, 2, q]
            if aq_previous > 0.0:
                b_00 -= aq_previous * by_x[j - 1, 0, 0]
                b_01 -= aq_previous * by_x[j - 1, 0, 1]
                b_02 -= aq_previous * by_x[j - 1, 0, 2]
                b_10 -= aq_previous * by_x[j - 1, 1, 0]
                b_11 -= aq_previous * by_x[j - 1, 1, 1]
                b_12 -= aq_previous * by_x[j - 1, 1, 2]
                b_20 -= aq_previous * by_x[j - 1, 2, 0]
                b_21 -= aq_previous * by_x[j - 1, 2, 1]
                b_22 -= aq_previous * by_x[j - 1, 2, 2]
                for i in range(3):
                    for q in range(3, width):
                        right[i, q] += aq_previous * by_x[j - 1, i, q]
        for i in range(3):
            right[i, 0] = 0.0
            right[i, 1] = 0.0
            right[i, 2] = 0.0
            right[i, i] = aq_next
            right[i, 3] += residual[0, j, i]
            for q in range(p):
                right[i, free + q] += residual[1 + q, j, i]
            if org_next > 0.0:
                for q in range(width):
                    right[i, q] += org_next * own[j + 1, i, q]
        for q in range(k):
            if link[at.TO, q] == j:
                for i in range(3):
                    right[i, 4 + 3 * q + i] += 1.0
            if j == 0 and left_over > 0.0 and link[at.PHASE, q] == at.ORGANIC:
                for i in range(3):
                    right[int(flows.base[at.INTO]), 4 + 3 * q + i] -= law.row[at.BOUND, i]
        a_00 = b_11 * b_22 - b_12 * b_21
        a_10 = b_12 * b_20 - b_10 * b_22
        a_20 = b_10 * b_21 - b_11 * b_20
        determinant = b_00 * a_00 + b_01 * a_10 + b_02 * a_20
        if not abs(determinant) > 0.0 or not abs(determinant) < 1e300:
            return 1
        inverse = 1.0 / determinant
        a_00 *= inverse
        a_10 *= inverse
        a_20 *= inverse
        a_01 = (b_02 * b_21 - b_01 * b_22) * inverse
        a_11 = (b_00 * b_22 - b_02 * b_20) * inverse
        a_21 = (b_01 * b_20 - b_00 * b_21) * inverse
        a_02 = (b_01 * b_12 - b_02 * b_11) * inverse
        a_12 = (b_02 * b_10 - b_00 * b_12) * inverse
        a_22 = (b_00 * b_11 - b_01 * b_10) * inverse
        for q in range(width):
            r_0 = right[0, q]
            r_1 = right[1, q]
            r_2 = right[2, q]
            x_0 = a_00 * r_0 + a_01 * r_1 + a_02 * r_2
            x_1 = a_10 * r_0 + a_11 * r_1 + a_12 * r_2
            x_2 = a_20 * r_0 + a_21 * r_1 + a_22 * r_2
            by_x[j, 0, q] = x_0
            by_x[j, 1, q] = x_1
            by_x[j, 2, q] = x_2
            by_y[j, 0, q] = y_00 * x_0 + y_01 * x_1 + y_02 * x_2
            by_y[j, 1, q] = y_10 * x_0 + y_11 * x_1 + y_12 * x_2
            by_y[j, 2, q] = y_20 * x_0 + y_21 * x_1 + y_22 * x_2
        for i in range(3):
            for q in range(3, width):
                by_y[j, i, q] += own[j, i, q]
    return 0
