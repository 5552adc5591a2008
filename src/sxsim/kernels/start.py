"""Where the solver starts: a crude feasible state, and the constant-load picture that improves it.

The organic carries about as much as saponification allows, so the rare earths together behave like one component whose
level follows the composition; that small cascade is solved first, the composition follows from tridiagonal solves.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.newton import FLOOR
from sxsim.kernels.packed import Flows, Law, Point
from sxsim.kernels.transport import transport

__all__ = ["compose", "crude_guess", "lump", "members_of", "metal_shares", "spread"]


@kernel()
def metal_shares(law, flows):
    """Share of each component in the common load: exchanging metals by what enters of them, 0 for the others."""
    law_row = law.row
    flows_feed = flows.feed
    n = law_row.shape[1]
    share = np.zeros(n)
    total = 0.0
    for i in range(n):
        if law_row[at.PROTONS, i] > 1.5 and law_row[at.BOUND, i] > 1.5 and math.isfinite(law.level[at.LN_K, 0, i]):
            for j in range(flows_feed.shape[1]):
                share[i] += flows_feed[at.ALL_FEEDS, j, i]
            total += share[i]
    if total > 0.0:
        for i in range(n):
            share[i] /= total
    return share


@kernel(inner=True)
def _barren(layout, flows, share):
    """For each stage, how many stages up its section it stands if no metal enters there with the aqueous, else 0."""
    flows_feed = flows.feed
    flows_link = flows.link
    N, n = flows_feed.shape[1:]
    depth = np.zeros(N)
    first = 0
    for j in range(1, N + 1):
        if j == N or layout.aq_to[j] != j - 1:
            metal = 0.0
            for q in range(first, j):
                for i in range(n):
                    if share[i] > 0.0:
                        metal += flows_feed[at.ALL_FEEDS, q, i]
                for r in range(flows_link.shape[1]):
                    if flows_link[at.TO, r] == q and flows_link[at.PHASE, r] == at.AQUEOUS:
                        metal += 1.0
            if metal == 0.0 and first > 0:
                for q in range(first, j):
                    depth[q] = q - first + 1
            first = j
    return depth


@kernel(inner=True)
def _acid_at_load(ln_K, a, b, z, Q, F, y):
    """Protons that hold a load y at charge Q: root of ln K + a ln F - b ln h + ln((Q - h)/z) = ln y, by bisection."""
    low = 1e-12 * Q
    high = Q * (1.0 - 1e-12)
    h = 0.5 * Q
    for _ in range(60):
        h = math.sqrt(low * high) if low < 1e-3 * high else 0.5 * (low + high)
        if ln_K + a * math.log(F) - b * math.log(h) + math.log((Q - h) / z) > math.log(y):
            low = h
        else:
            high = h
    return h


@kernel()
def crude_guess(law, layout, flows, point):
    """A crude feasible point: feed composition everywhere, at the load that saponification pays for."""
    law_row = law.row
    law_medium = law.medium
    flows_feed = flows.feed
    point_c = point.c
    point_s = point.s
    layout_flag = layout.flag
    N, n = point_c.shape[1:]
    k = flows.link.shape[1]
    share = metal_shares(law, flows)
    depth = _barren(layout, flows, share)
    D = np.zeros(N)
    full = np.ones(N)
    column = np.zeros(N)
    unused = np.zeros(N)
    m = np.zeros(k)
    taken = np.zeros(N)
    for i in range(n):
        if share[i] == 0.0:
            transport(
                flows,
                D,
                full,
                np.ascontiguousarray(flows_feed[at.ALL_FEEDS, :, i]),
                np.ascontiguousarray(flows_feed[at.ORGANIC_FEEDS, :, i]),
                column,
                unused,
                m,
            )
            for j in range(N):
                point_c[at.X, j, i] = max(column[j], FLOOR)
                if law_row[at.PROTONS, i] > 0.0:
                    taken[j] += law_row[at.PROTONS, i] * point_c[at.X, j, i]
    a = 0.0
    b = 0.0
    z = 0.0
    s = 0.0
    for i in range(n):
        a += share[i] * law_row[at.A_FREE, i]
        b += share[i] * law_row[at.B_PROTON, i]
        z += share[i] * law_row[at.PROTONS, i]
        s += share[i] * law_row[at.BOUND, i]
    base = 0.0
    if layout_flag[at.BASE_COMPONENT] >= 0:
        for j in range(N):
            base += flows_feed[at.ALL_FEEDS, j, layout_flag[at.BASE_COMPONENT]] / layout.inlet[at.ORGANIC_VOLUME]
    for j in range(N):
        free = point_s[at.Q, j] - taken[j]
        if free < 0.1 * point_s[at.Q, j]:
            for i in range(n):
                if share[i] == 0.0 and law_row[at.PROTONS, i] > 0.0:
                    point_c[at.X, j, i] *= 0.9 * point_s[at.Q, j] / taken[j]
            free = 0.1 * point_s[at.Q, j]
        if z == 0.0:
            point_s[at.H, j] = free
            point_s[at.F, j] = 0.5 * law_medium[at.EXTRACTANT]
            continue
        load = max(min(base / z, 0.3 * law_medium[at.EXTRACTANT] / s), 0.02 * law_medium[at.EXTRACTANT] / s)
        load *= 0.5 ** depth[j]
        ln_K = 0.0
        for i in range(n):
            if share[i] > 0.0:
                ln_K += share[i] * law.level[at.LN_K, j, i]
        point_s[at.F, j] = law_medium[at.EXTRACTANT] - s * load
        point_s[at.H, j] = _acid_at_load(ln_K, a, b, z, free, point_s[at.F, j], load)
        for i in range(n):
            if share[i] > 0.0:
                point_c[at.X, j, i] = max(share[i] * (free - point_s[at.H, j]) / z, FLOOR)
    for q in range(k):
        for i in range(n):
            point.m[q, i] = 1e-6 * max(share[i], 1e-6)


@kernel()
def members_of(share):
    """Components of the small cascade: one metal that stands for all, then everything that is no metal."""
    count = 1
    for i in range(share.shape[0]):
        if share[i] == 0.0:
            count += 1
    members = np.full(count, -1, np.int64)
    place = 1
    for i in range(share.shape[0]):
        if share[i] == 0.0:
            members[place] = i
            place += 1
        elif members[0] < 0:
            members[0] = i
    return members


@kernel()
def lump(law, flows, point, share, members):
    """Law, flows and state in which the metals are one component of their mean level, followed by the others."""
    law_level = law.level
    law_row = law.row
    flows_feed = flows.feed
    point_c = point.c
    point_s = point.s
    N, n = law_level.shape[1:]
    k = flows.link.shape[1]
    count = members.shape[0]
    level = np.zeros((2, N, count))
    feed = np.zeros((2, N, count))
    row = np.zeros((law_row.shape[0], count))
    c = np.zeros((3, N, count))
    for q in range(count):
        for r in range(law_row.shape[0]):
            row[r, q] = law_row[r, members[q]]
        for j in range(N):
            level[at.EFFICIENCY, j, q] = law_level[at.EFFICIENCY, j, members[q]]
            if q > 0:
                level[at.LN_K, j, q] = law_level[at.LN_K, j, members[q]]
                feed[at.ALL_FEEDS, j, q] = flows_feed[at.ALL_FEEDS, j, members[q]]
                feed[at.ORGANIC_FEEDS, j, q] = flows_feed[at.ORGANIC_FEEDS, j, members[q]]
                c[at.X, j, q] = point_c[at.X, j, members[q]]
    for j in range(N):
        for i in range(n):
            if share[i] > 0.0:
                level[at.LN_K, j, 0] += share[i] * law_level[at.LN_K, j, i]
                feed[at.ALL_FEEDS, j, 0] += flows_feed[at.ALL_FEEDS, j, i]
                feed[at.ORGANIC_FEEDS, j, 0] += flows_feed[at.ORGANIC_FEEDS, j, i]
                c[at.X, j, 0] += point_c[at.X, j, i]
        for q in range(count):
            ratio = level[at.LN_K, j, q] + row[at.A_FREE, q] * math.log(point_s[at.F, j])
            ratio -= row[at.B_PROTON, q] * math.log(point_s[at.H, j])
            c[at.Y_STAR, j, q] = max(c[at.X, j, q] * math.exp(min(ratio, 100.0)), FLOOR)
    base = flows.base.copy()
    for q in range(1, count):
        if flows.base[at.INTO] == members[q]:
            base[at.INTO] = q
    small_law = Law(level, row, law.medium)
    small_flows = Flows(flows.volume, feed, flows.link, flows.link_volume, base)
    return small_law, small_flows, Point(c, point.s.copy(), np.full((k, count), 1e-6))


@kernel()
def compose(law, flows, share, small_law, small_point, x):
    """Composition of the metals from tridiagonal solves at the small cascade's distribution ratios.

    Fills x with mole fractions and moves the small cascade's level to the mean of that composition.
    """
    law_level = law.level
    flows_feed = flows.feed
    small_law_level = small_law.level
    small_point_c = small_point.c
    N, n = x.shape
    column = np.zeros(N)
    unused = np.zeros(N)
    D = np.zeros(N)
    m = np.zeros(flows.link.shape[1])
    for i in range(n):
        if share[i] > 0.0:
            for j in range(N):
                ratio = math.log(small_point_c[at.Y_STAR, j, 0] / small_point_c[at.X, j, 0])
                D[j] = math.exp(min(ratio - small_law_level[at.LN_K, j, 0] + law_level[at.LN_K, j, i], 100.0))
            transport(
                flows,
                D,
                np.ascontiguousarray(law_level[at.EFFICIENCY, :, i]),
                np.ascontiguousarray(flows_feed[at.ALL_FEEDS, :, i]),
                np.ascontiguousarray(flows_feed[at.ORGANIC_FEEDS, :, i]),
                column,
                unused,
                m,
            )
            for j in range(N):
                x[j, i] = max(column[j], FLOOR)
    for j in range(N):
        total = 0.0
        for i in range(n):
            if share[i] > 0.0:
                total += x[j, i]
        mean = 0.0
        for i in range(n):
            if share[i] > 0.0:
                x[j, i] /= total
                mean += x[j, i] * math.exp(law_level[at.LN_K, j, i] - small_law_level[at.LN_K, j, 0])
        small_law_level[at.LN_K, j, 0] += math.log(mean)


@kernel()
def spread(law, flows, share, members, small_law, small_point, x, point):
    """Write the small cascade's solution and the composition x into the state of the whole."""
    flows_link = flows.link
    point_c = point.c
    small_point_c = small_point.c
    N, n = x.shape
    for j in range(N):
        for q in range(4):
            point.s[q, j] = small_point.s[q, j]
        load = small_point_c[at.Y_STAR, j, 0] / small_point_c[at.X, j, 0]
        for i in range(n):
            if share[i] > 0.0:
                point_c[at.X, j, i] = max(x[j, i] * small_point_c[at.X, j, 0], FLOOR)
                ratio = math.exp(law.level[at.LN_K, j, i] - small_law.level[at.LN_K, j, 0])
                point_c[at.Y_STAR, j, i] = max(load * point_c[at.X, j, i] * ratio, FLOOR)
        for q in range(1, members.shape[0]):
            point_c[at.X, j, members[q]] = small_point_c[at.X, j, q]
            point_c[at.Y_STAR, j, members[q]] = small_point_c[at.Y_STAR, j, q]
    for q in range(flows_link.shape[1]):
        j = flows_link[at.FROM, q]
        of = at.X if flows_link[at.PHASE, q] == at.AQUEOUS else at.Y_STAR
        for i in range(n):
            point.m[q, i] = max(flows.link_volume[q] * point_c[of, j, i], FLOOR)
