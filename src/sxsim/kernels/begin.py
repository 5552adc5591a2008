"""Beginning a case from the solution of a neighbour."""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.cases import case_of
from sxsim.kernels.goals import free_value, set_free
from sxsim.kernels.shapes import CASES, FLOW, GOALS, INT, INTS, LAW, LAYOUT, MATRIX, POINT, VECTOR
from sxsim.kernels.volumes import fill_flows

__all__ = ["FITS", "LEFT_ASIDE", "begin", "begin_many"]

FITS = 0
LEFT_ASIDE = 1


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, VECTOR, POINT, FLOW, POINT))
def begin(law, layout, goals, found, profile, flows, point):
    """Lay a neighbour's solution over a case as its start.

    Parameters
    ----------
    law, layout, goals : Law, Layout, Goals
        The case; free quantities of the layout are overwritten by those of the neighbour.
    found : (p,) array
        Values of the free quantities in the neighbour, as in the layout; NaN for those it does not know.
    profile : Point
        Solution of the neighbour on the stages of the case. Of its stage variables h, the total acid (in place of Q)
        and sulfate are read; of its links nothing.
    flows, point : Flows, Point
        Filled.

    Returns
    -------
    int
        FITS; LEFT_ASIDE when the phases do not flow as in the neighbour, the layout being as it was; 2 + j when a phase
        does not flow out of stage j as the case was typed.
    """
    which = goals.which
    p = goals.value.shape[0]
    flowing = fill_flows(layout, flows, 0.0)
    if flowing >= 2:
        return flowing
    typed = np.zeros(p)
    for q in range(p):
        typed[q] = free_value(layout, which[at.FREE_KIND, q], which[at.FREE_INDEX, q])
        if math.isfinite(found[q]):
            set_free(layout, which[at.FREE_KIND, q], which[at.FREE_INDEX, q], found[q])
    if p > 0:
        flowing = fill_flows(layout, flows, 0.0)
    if flowing != 0:
        for q in range(p):
            set_free(layout, which[at.FREE_KIND, q], which[at.FREE_INDEX, q], typed[q])
        return LEFT_ASIDE
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


@kernel(returns=INT, takes=(*CASES, MATRIX, POINT, INTS))
def begin_many(laws, layouts, goals, flows, points, found, profile, begun):
    """Lay one solution over many cases of its size: `begin` for each, its answer in `begun`. Returns how many fit."""
    fitting = 0
    for q in range(begun.size):
        law, layout, goal, flow, point = case_of(laws, layouts, goals, flows, points, q)
        begun[q] = begin(law, layout, goal, found[q], profile, flow, point)
        if begun[q] == FITS:
            fitting += 1
    return fitting
