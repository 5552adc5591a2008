"""One implicit stage of a step in time, as the steady cascade with other volumes.

A stage is a mixer whose phases are in equilibrium, followed for each phase by a row of well-mixed settler cells, none
for a lumped stage. An implicit stage of a method in time asks for the state whose contents are
``goal + g x rate``. Every settler cell gives its outlet as a share of its inlet plus a constant, so that the mixers
alone are left, and they balance like a steady cascade in which every vessel also "leaves" its own volume per ``g``.
With ``g`` infinite it is the steady cascade itself.

Contents are kmol in arrays (1 + 2 C, N, n + 2): the mixer, C aqueous cells, C organic cells; n components of both
phases, then conserved charge and sulfate of the aqueous.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import balances, local, murphree
from sxsim.kernels.equilibrium import total_acid
from sxsim.kernels.linear_step import linear_step
from sxsim.kernels.shapes import BOOL, CONTENTS, FLOAT, FLOW, INT, LAW, MATRIX, POINT, VOID, WORK
from sxsim.kernels.transport import aqueous_totals

__all__ = ["VESSELS", "Vessels", "rates", "solve_stage", "twin_feeds", "twin_volumes"]

FLOOR = 1e-30  # mol/L: below it a concentration is noise


class Vessels(NamedTuple):
    """Volumes that hold the phases [m3]; first index 0 aqueous, 1 organic.

    Attributes
    ----------
    mixer : (2, N) array
        Each phase in the mixers.
    cell : (2, N) array
        Each phase in one cell of its settler.
    """

    mixer: NDArray[np.float64]
    cell: NDArray[np.float64]


VESSELS = numba.typeof(Vessels(np.zeros((2, 1)), np.zeros((2, 1))))


@kernel(returns=VOID, takes=(FLOW, VESSELS, INT, FLOAT, MATRIX, FLOW), inner=True, counted=False)
def twin_volumes(flows, vessels, cells, g, share, twin):
    """Volumes of the steady cascade that stands for an implicit stage, and how much of each outlet passes its settler.

    The outlet of each stage and phase is ``share`` x (what leaves the mixer) + a constant.
    """
    volume = flows.volume
    N = volume.shape[1]
    for phase in range(2):
        through = at.AQ_OUT if phase == at.AQUEOUS else at.ORG_OUT
        for j in range(N):
            passed = g * volume[through, j]
            share[phase, j] = (passed / (vessels.cell[phase, j] + passed)) ** cells if cells > 0 else 1.0
    for j in range(N):
        twin.volume[at.AQ_OUT, j] = volume[at.AQ_OUT, j] + vessels.mixer[0, j] / g
        twin.volume[at.ORG_OUT, j] = volume[at.ORG_OUT, j] + vessels.mixer[1, j] / g
        twin.volume[at.ORG_IN, j] = volume[at.ORG_IN, j]
        twin.volume[at.AQ_NEXT, j] = 0.0
        twin.volume[at.ORG_NEXT, j] = 0.0
        twin.volume[at.ORG_PREVIOUS, j] = 0.0
        twin.volume[at.AQ_PREVIOUS, j] = 0.0
        if j + 1 < N:
            twin.volume[at.AQ_NEXT, j] = volume[at.AQ_NEXT, j] * share[0, j + 1]
            twin.volume[at.ORG_NEXT, j] = volume[at.ORG_NEXT, j] * share[1, j + 1]
        if j > 0:
            twin.volume[at.AQ_PREVIOUS, j] = volume[at.AQ_PREVIOUS, j] * share[0, j - 1]
            twin.volume[at.ORG_PREVIOUS, j] = volume[at.ORG_PREVIOUS, j] * share[1, j - 1]
    for q in range(flows.link.shape[1]):
        phase = 0 if flows.link[at.PHASE, q] == at.AQUEOUS else 1
        for row in range(3):
            twin.link[row, q] = flows.link[row, q]
        twin.link_volume[q] = flows.link_volume[q] * share[phase, flows.link[at.FROM, q]]


@kernel(returns=VOID, takes=(LAW, FLOW, VESSELS, CONTENTS, FLOAT, CONTENTS, FLOW), inner=True, counted=False)
def twin_feeds(law, flows, vessels, goal, g, constant, twin):
    """Feeds of that cascade: what the vessels hold without the part of this stage leaves them within ``g``."""
    N = goal.shape[1]
    n = goal.shape[2] - 2
    cells = (goal.shape[0] - 1) // 2
    volume = flows.volume
    by_g = 1.0 / g
    for phase in range(2 if cells > 0 else 0):
        through = at.AQ_OUT if phase == at.AQUEOUS else at.ORG_OUT
        for j in range(N):
            passed = g * volume[through, j]
            inverse = 1.0 / (vessels.cell[phase, j] + passed)
            for i in range(n + 2):
                total = 0.0
                for c in range(cells):
                    total = (passed * total + goal[1 + phase * cells + c, j, i]) * inverse
                constant[phase, j, i] = total
    for j in range(N):
        for i in range(n):
            twin.feed[at.ALL_FEEDS, j, i] = flows.feed[at.ALL_FEEDS, j, i] + goal[0, j, i] * by_g
            twin.feed[at.ORGANIC_FEEDS, j, i] = flows.feed[at.ORGANIC_FEEDS, j, i]
        charge = volume[at.FEED_Q, j] + goal[0, j, n] * by_g
        sulfate = volume[at.FEED_SULFATE, j] + goal[0, j, n + 1] * by_g
        if cells > 0 and j + 1 < N:
            aqueous = volume[at.AQ_NEXT, j]
            organic = volume[at.ORG_NEXT, j]
            charge += aqueous * constant[0, j + 1, n]
            sulfate += aqueous * constant[0, j + 1, n + 1]
            for i in range(n):
                twin.feed[at.ALL_FEEDS, j, i] += aqueous * constant[0, j + 1, i] + organic * constant[1, j + 1, i]
        if cells > 0 and j > 0:
            aqueous = volume[at.AQ_PREVIOUS, j]
            organic = volume[at.ORG_PREVIOUS, j]
            charge += aqueous * constant[0, j - 1, n]
            sulfate += aqueous * constant[0, j - 1, n + 1]
            for i in range(n):
                twin.feed[at.ALL_FEEDS, j, i] += aqueous * constant[0, j - 1, i] + organic * constant[1, j - 1, i]
                twin.feed[at.ORGANIC_FEEDS, j, i] += organic * constant[1, j - 1, i]
        twin.volume[at.FEED_Q, j] = charge
        twin.volume[at.FEED_SULFATE, j] = sulfate
    for q in range(3):
        twin.base[q] = flows.base[q]
    for q in range(flows.link.shape[1] if cells > 0 else 0):
        source = flows.link[at.FROM, q]
        target = flows.link[at.TO, q]
        phase = 0 if flows.link[at.PHASE, q] == at.AQUEOUS else 1
        carried = flows.link_volume[q]
        for i in range(n):
            twin.feed[at.ALL_FEEDS, target, i] += carried * constant[phase, source, i]
            if flows.link[at.PHASE, q] == at.ORGANIC:
                twin.feed[at.ORGANIC_FEEDS, target, i] += carried * constant[phase, source, i]
                twin.base[at.FED] += law.row[at.BOUND, i] * carried * constant[phase, source, i]
        if phase == 0:
            twin.volume[at.FEED_Q, target] += carried * constant[0, source, n]
            twin.volume[at.FEED_SULFATE, target] += carried * constant[0, source, n + 1]


@kernel(inner=True, counted=False)
def _moved(value, step):
    """A positive variable after a step: never less than a tenth of itself, never below the floor."""
    return max(value + step, 0.1 * value, FLOOR)


@kernel(returns=FLOAT, takes=(LAW, POINT, WORK), inner=True, counted=False)
def _move(law, point, work):
    """Take the step; returns the largest relative one of protons, free extractant and what counts in each aqueous."""
    n = law.row.shape[1]
    last = 0.0
    for j in range(point.s.shape[1]):
        last = max(last, abs(work.stage[at.DLN_H, j]), abs(work.stage[at.DLN_F, j]))
        h = _moved(point.s[at.H, j], point.s[at.H, j] * work.stage[at.DLN_H, j])
        point.s[at.F, j] = _moved(point.s[at.F, j], point.s[at.F, j] * work.stage[at.DLN_F, j])
        total = total_acid(h, point.s[at.SULFATE, j], law.medium[at.KA2])
        counts = 0.0
        for i in range(n):
            counts += point.c[at.X, j, i]
        counts *= 1e-8
        for i in range(n):
            before = point.c[at.X, j, i]
            x = _moved(before, work.law[at.DX, j, i])
            # contents that rounding made negative ask for less than the floor: what moves counts, not what was asked
            last = max(last, abs(x - before) / (before + counts))
            point.c[at.X, j, i] = x
            total += law.row[at.PROTONS, i] * x
        factor = point.s[at.Q, j] / total
        point.s[at.H, j] = h * factor
        for i in range(n):
            point.c[at.X, j, i] *= factor
    for q in range(point.m.shape[0]):
        for i in range(n):
            point.m[q, i] = _moved(point.m[q, i], work.dm[q, i])
    return last


@kernel(
    returns=INT,
    takes=(LAW, FLOW, VESSELS, CONTENTS, FLOAT, FLOW, POINT, WORK, MATRIX, CONTENTS, INT, FLOAT),
    inner=True,
)
def solve_stage(law, flows, vessels, goal, g, twin, point, work, share, constant, limit, tolerance):
    """Find the state whose contents are ``goal`` + ``g`` x rate.

    Parameters
    ----------
    law, flows, vessels
        The cascade.
    goal : (1 + 2 C, N, n + 2) array
        Contents without the part of this stage [kmol].
    g : float
        Time step times the diagonal of the method [h].
    twin : Flows
        Work space.
    point : Point
        Start, overwritten by the state of the mixers.
    work : Work
        Work space.
    share, constant : (2, N), (2, N, n + 2) arrays
        Work space.
    limit : int
        Most iterations.
    tolerance : float
        Relative step of Newton's method that is the last one.

    Returns
    -------
    int
        Iterations done, or -1 when there is no solution to be had from this start.

    Notes
    -----
    Newton's method squares the error, so after a last step of 1e-5 the state is right to about 1e-10.
    """
    n = law.row.shape[1]
    twin_volumes(flows, vessels, (goal.shape[0] - 1) // 2, g, share, twin)
    twin_feeds(law, flows, vessels, goal, g, constant, twin)
    if aqueous_totals(twin, point.s) != 0:
        return -1
    none = np.zeros(0)
    for j in range(point.s.shape[1]):
        if not point.s[at.Q, j] > 0.0:
            return -1
    for q in range(point.m.shape[0]):
        of = at.X if twin.link[at.PHASE, q] == at.AQUEOUS else at.Y
        for i in range(n):
            point.m[q, i] = twin.link_volume[q] * point.c[of, twin.link[at.FROM, q], i]
    for iteration in range(limit):
        local(law, point, work)
        murphree(law, twin, point)
        balances(law, twin, point, work, 0)
        if linear_step(law, twin, point, work, none) != 0:
            return -1
        last = _move(law, point, work)
        if not math.isfinite(last):
            return -1
        if last < tolerance:
            local(law, point, work)
            murphree(law, twin, point)
            return iteration + 1
    return -1


@kernel(
    returns=FLOAT,
    takes=(LAW, FLOW, VESSELS, CONTENTS, FLOAT, BOOL, MATRIX, MATRIX, MATRIX, CONTENTS, CONTENTS),
    inner=True,
    counted=False,
)
def rates(law, flows, vessels, goal, g, spills, x, y, s, out, rate):
    """Rates of all contents [kmol/h] and the outlets of all stages [mol/L], from the state of the mixers.

    What leaves one vessel enters another with the same number, so contents that change by these rates are conserved
    whatever the accuracy of the state. With ``g`` = 0 ``goal`` is the contents themselves. Where base ``spills`` the
    place of the charge in the organic of the first stage, which has none, tells how much of it [kmol/h]. Returns the
    base that would find no free extractant [kmol/h], which must be above 0 just where it spills.
    """
    N = goal.shape[1]
    n = goal.shape[2] - 2
    cells = (goal.shape[0] - 1) // 2
    volume = flows.volume
    link = flows.link
    for j in range(N):
        for i in range(n):
            out[0, j, i] = x[j, i]
            out[1, j, i] = y[j, i]
        out[0, j, n] = s[at.Q, j]
        out[0, j, n + 1] = s[at.SULFATE, j]
        out[1, j, n] = 0.0
        out[1, j, n + 1] = 0.0
        for i in range(n):
            leaving = volume[at.AQ_OUT, j] * x[j, i] + volume[at.ORG_OUT, j] * y[j, i]
            rate[0, j, i] = flows.feed[at.ALL_FEEDS, j, i] - leaving
        rate[0, j, n] = volume[at.FEED_Q, j] - volume[at.AQ_OUT, j] * s[at.Q, j]
        rate[0, j, n + 1] = volume[at.FEED_SULFATE, j] - volume[at.AQ_OUT, j] * s[at.SULFATE, j]
    for phase in range(2 if cells > 0 else 0):
        through = at.AQ_OUT if phase == 0 else at.ORG_OUT
        for j in range(N):
            flow = volume[through, j]
            passed = g * flow
            inverse = 1.0 / (vessels.cell[phase, j] + passed)
            for c in range(cells):
                row = 1 + phase * cells + c
                for i in range(n + 2):
                    value = out[phase, j, i]
                    following = (goal[row, j, i] + passed * value) * inverse
                    rate[row, j, i] = flow * (value - following)
                    out[phase, j, i] = following
    for j in range(N):
        if j + 1 < N:
            for i in range(n + 2):
                rate[0, j, i] += volume[at.AQ_NEXT, j] * out[0, j + 1, i] + volume[at.ORG_NEXT, j] * out[1, j + 1, i]
        if j > 0:
            for i in range(n + 2):
                rate[0, j, i] += volume[at.AQ_PREVIOUS, j] * out[0, j - 1, i]
                rate[0, j, i] += volume[at.ORG_PREVIOUS, j] * out[1, j - 1, i]
    left_over = flows.base[at.FED] - flows.base[at.CAPACITY]
    for q in range(link.shape[1]):
        phase = 0 if link[at.PHASE, q] == at.AQUEOUS else 1
        source = link[at.FROM, q]
        target = link[at.TO, q]
        for i in range(n + 2):
            rate[0, target, i] += flows.link_volume[q] * out[phase, source, i]
        if link[at.PHASE, q] == at.ORGANIC:
            for i in range(n):
                left_over += law.row[at.BOUND, i] * flows.link_volume[q] * out[1, source, i]
    if flows.base[at.INTO] < 0.0:
        return -1.0
    if spills:
        rate[0, 0, int(flows.base[at.INTO])] -= left_over
        out[1, 0, n] = left_over
    return left_over
