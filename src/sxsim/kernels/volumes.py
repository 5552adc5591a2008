"""Volumes: from feeds, draws, splits and entrainment to the flows between stages."""

from __future__ import annotations

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.shapes import FLOAT, FLOW, INT, LAYOUT, VECTOR

__all__ = ["fill_flows"]


@kernel(returns=INT, takes=(LAYOUT, VECTOR, VECTOR), inner=True)
def _volumes(layout, L, V):
    """Aqueous and organic volume leaving each stage in its own line [m3/h]; returns 0, or 1 when they do not settle."""
    layout_aq_to = layout.aq_to
    layout_entrained = layout.entrained
    layout_feed_place = layout.feed_place
    layout_feed_amount = layout.feed_amount
    layout_draw_place = layout.draw_place
    layout_draw_volume = layout.draw_volume
    layout_split_place = layout.split_place
    layout_split_fraction = layout.split_fraction
    N = L.shape[0]
    aqueous_feed = np.zeros(N)
    organic_feed = np.zeros(N)
    organic_feed[0] += layout.inlet[at.ORGANIC_VOLUME]
    for q in range(layout_feed_place.shape[1]):
        if layout_feed_place[1, q] == at.AQUEOUS:
            aqueous_feed[layout_feed_place[0, q]] += layout_feed_amount[at.VOLUME, q]
        else:
            organic_feed[layout_feed_place[0, q]] += layout_feed_amount[at.VOLUME, q]
    for q in range(layout_draw_place.shape[1]):
        if layout_draw_place[1, q] == at.AQUEOUS:
            aqueous_feed[layout_draw_place[0, q]] -= layout_draw_volume[q]
        else:
            organic_feed[layout_draw_place[0, q]] -= layout_draw_volume[q]
    incoming = np.zeros(N)
    for _ in range(400):
        change = 0.0
        largest = 0.0
        for j in range(N):
            incoming[j] = aqueous_feed[j]
        for q in range(layout_split_place.shape[1]):
            incoming[layout_split_place[1, q]] += layout_split_fraction[q] * L[layout_split_place[0, q]]
        for j in range(N):
            if layout_aq_to[j] >= 0 and layout_aq_to[j] > j:
                incoming[layout_aq_to[j]] += L[j]
        if layout.flag[at.RECYCLED] == 1:
            incoming[0] += layout_entrained[1, N - 1] * V[N - 1]
        for j in range(N - 1, -1, -1):
            total = incoming[j] - layout_entrained[1, j] * V[j]
            if j > 0:
                total += layout_entrained[1, j - 1] * V[j - 1]
            change = max(change, abs(total - L[j]))
            largest = max(largest, abs(total))
            L[j] = total
            if 0 <= layout_aq_to[j] < j:
                incoming[layout_aq_to[j]] += total
        for j in range(N):
            incoming[j] = organic_feed[j]
        for j in range(N):
            if layout_aq_to[j] >= 0:
                incoming[layout_aq_to[j]] += layout_entrained[0, j] * L[j]
        for q in range(layout_split_place.shape[1]):
            source = layout_split_place[0, q]
            incoming[layout_split_place[1, q]] += layout_split_fraction[q] * layout_entrained[0, source] * L[source]
        for j in range(N):
            total = incoming[j] - layout_entrained[0, j] * L[j]
            if j > 0:
                total += V[j - 1]
            change = max(change, abs(total - V[j]))
            largest = max(largest, abs(total))
            V[j] = total
        if change <= 4e-16 * largest:
            return 0
    return 0 if change <= 1e-13 * largest else 1


@kernel(returns=INT, takes=(LAYOUT, FLOW, FLOAT))
def fill_flows(layout, flows, extractant):
    """Fill a flows from a layout.

    Returns
    -------
    int
        0; 1 when the volumes do not settle; 2 + j when a phase does not flow out of stage j.
    """
    flows_feed = flows.feed
    layout_aq_to = layout.aq_to
    layout_entrained = layout.entrained
    layout_feed_place = layout.feed_place
    layout_feed_amount = layout.feed_amount
    layout_draw_place = layout.draw_place
    layout_draw_volume = layout.draw_volume
    layout_split_place = layout.split_place
    layout_organic = layout.organic
    layout_inlet = layout.inlet
    layout_flag = layout.flag
    N = layout_aq_to.shape[0]
    n = layout_organic.shape[0]
    volume = flows.volume
    L = np.zeros(N)
    V = np.zeros(N)
    if _volumes(layout, L, V) != 0:
        return 1
    for j in range(N):
        volume[at.FEED_Q, j] = 0.0
        volume[at.FEED_SULFATE, j] = 0.0
        volume[at.ORG_IN, j] = 0.0
        for i in range(n):
            flows_feed[at.ALL_FEEDS, j, i] = 0.0
            flows_feed[at.ORGANIC_FEEDS, j, i] = 0.0
        if not L[j] > 0.0 or not V[j] > 0.0:
            return 2 + j
        volume[at.AQ_OUT, j] = L[j] + layout_entrained[1, j] * V[j]
        volume[at.ORG_OUT, j] = V[j] + layout_entrained[0, j] * L[j]
        volume[at.AQ_NEXT, j] = 0.0
        volume[at.ORG_NEXT, j] = 0.0
        volume[at.ORG_PREVIOUS, j] = V[j - 1] if j > 0 else 0.0
        volume[at.AQ_PREVIOUS, j] = layout_entrained[1, j - 1] * V[j - 1] if j > 0 else 0.0
        volume[at.ORG_IN, j] += volume[at.ORG_PREVIOUS, j]
    for q in range(layout_draw_place.shape[1]):
        if layout_draw_place[1, q] == at.AQUEOUS:
            volume[at.AQ_OUT, layout_draw_place[0, q]] += layout_draw_volume[q]
        else:
            volume[at.ORG_OUT, layout_draw_place[0, q]] += layout_draw_volume[q]
    k = 0
    for j in range(N):
        target = layout_aq_to[j]
        if target < 0:
            continue
        if target == j - 1:
            volume[at.AQ_NEXT, target] = L[j]
            volume[at.ORG_NEXT, target] = layout_entrained[0, j] * L[j]
        else:
            k = _add_link(flows, k, j, target, at.AQUEOUS, L[j])
            if layout_entrained[0, j] > 0.0:
                k = _add_link(flows, k, j, target, at.ENTRAINED, layout_entrained[0, j] * L[j])
    for q in range(layout_split_place.shape[1]):
        source = layout_split_place[0, q]
        part = layout.split_fraction[q] * L[source]
        k = _add_link(flows, k, source, layout_split_place[1, q], at.AQUEOUS, part)
        if layout_entrained[0, source] > 0.0:
            k = _add_link(flows, k, source, layout_split_place[1, q], at.ENTRAINED, layout_entrained[0, source] * part)
    if layout_flag[at.RECYCLED] == 1:
        k = _add_link(flows, k, N - 1, 0, at.ORGANIC, V[N - 1])
        if layout_entrained[1, N - 1] > 0.0:
            k = _add_link(flows, k, N - 1, 0, at.AQUEOUS, layout_entrained[1, N - 1] * V[N - 1])
    volume[at.ORG_IN, 0] += layout_inlet[at.ORGANIC_VOLUME]
    for i in range(n):
        fresh = 0.0 if layout_flag[at.RECYCLED] == 1 else layout_inlet[at.ORGANIC_VOLUME] * layout_organic[i]
        if i == layout_flag[at.BASE_COMPONENT]:
            fresh += layout_inlet[at.ORGANIC_VOLUME] * layout_inlet[at.SAPONIFIED] + layout_inlet[at.BASE]
        flows_feed[at.ALL_FEEDS, 0, i] += fresh
        flows_feed[at.ORGANIC_FEEDS, 0, i] += fresh
    flows.base[at.FED] = layout_inlet[at.ORGANIC_VOLUME] * layout_inlet[at.SAPONIFIED] + layout_inlet[at.BASE]
    flows.base[at.INTO] = layout_flag[at.BASE_COMPONENT] if layout_flag[at.RECYCLED] == 1 else -1
    flows.base[at.CAPACITY] = layout_inlet[at.ORGANIC_VOLUME] * extractant
    for q in range(layout_feed_place.shape[1]):
        j = layout_feed_place[0, q]
        for i in range(n):
            amount = layout_feed_amount[at.VOLUME, q] * layout.feed_concentration[q, i]
            flows_feed[at.ALL_FEEDS, j, i] += amount
            if layout_feed_place[1, q] != at.AQUEOUS:
                flows_feed[at.ORGANIC_FEEDS, j, i] += amount
        if layout_feed_place[1, q] == at.AQUEOUS:
            if layout_flag[at.ACID_COMPONENT] >= 0:
                added = layout_feed_amount[at.VOLUME, q] * layout_feed_amount[at.ACID, q]
                flows_feed[at.ALL_FEEDS, j, layout_flag[at.ACID_COMPONENT]] += added
            volume[at.FEED_Q, j] += layout_feed_amount[at.VOLUME, q] * (
                layout_feed_amount[at.CHARGE_Q, q] + layout_inlet[at.ACID_PROTONS] * layout_feed_amount[at.ACID, q]
            )
            volume[at.FEED_SULFATE, j] += layout_feed_amount[at.VOLUME, q] * (
                layout_feed_amount[at.SULFATES, q] + layout_inlet[at.ACID_SULFATE] * layout_feed_amount[at.ACID, q]
            )
        else:
            volume[at.ORG_IN, j] += layout_feed_amount[at.VOLUME, q]
    return 0


@kernel(inner=True, counted=False)
def _add_link(flows, k, source, target, phase, volume):
    """Write link k; returns k + 1."""
    flows_link = flows.link
    flows_link[at.FROM, k] = source
    flows_link[at.TO, k] = target
    flows_link[at.PHASE, k] = phase
    flows.link_volume[k] = volume
    return k + 1
