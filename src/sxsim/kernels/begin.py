"""Beginning a case from the solution of a neighbour."""

from __future__ import annotations

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.shapes import FLOW, INT, LAW, LAYOUT, POINT
from sxsim.kernels.volumes import fill_flows

__all__ = ["FITS", "begin"]

FITS = 0


@kernel(returns=INT, takes=(LAW, LAYOUT, POINT, FLOW, POINT))
def begin(law, layout, profile, flows, point):
    """Lay a neighbour's solution over a case as its start.

    Parameters
    ----------
    law, layout : Law, Layout
        The case.
    profile : Point
        Solution of the neighbour on the stages of the case. Of its stage variables h, the total acid (in place of Q)
        and sulfate are read; of its links nothing.
    flows, point : Flows, Point
        Filled.

    Returns
    -------
    int
        FITS; 1 when the volumes do not settle; 2 + j when a phase does not flow out of stage j.
    """
    flowing = fill_flows(layout, flows, 0.0)
    if flowing != 0:
        return flowing
    c = point.c
    s = point.s
    row = law.row
    uptake = layout.flag[at.ACID_COMPONENT] >= 0
    N, n = c.shape[1:]
    for j in range(N):
        s[at.SULFATE, j] = profile.s[at.SULFATE, j]
        s[at.H, j] = at.RESIDUAL_ACID if uptake else profile.s[at.H, j]
        s[at.Q, j] = at.RESIDUAL_ACID if uptake else profile.s[at.Q, j]
        s[at.F, j] = law.medium[at.EXTRACTANT]
        for i in range(n):
            for of in range(3):
                c[of, j, i] = profile.c[of, j, i]
            s[at.F, j] -= row[at.BOUND, i] * c[at.Y_STAR, j, i]
            if not uptake:
                s[at.Q, j] += row[at.PROTONS, i] * c[at.X, j, i]
    link = flows.link
    for q in range(link.shape[1]):
        of = at.X if link[at.PHASE, q] == at.AQUEOUS else at.Y
        for i in range(n):
            point.m[q, i] = flows.link_volume[q] * c[of, link[at.FROM, q], i]
    return FITS
