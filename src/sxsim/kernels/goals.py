"""Quantities that may be left free, and how far the targets are missed."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.shapes import FLOAT, FLOW, GOALS, INT, INTS, LAYOUT, MATRIX, POINT, TWO, VECTOR, WORKS4

__all__ = ["BALANCE", "free_value", "goal_values", "leaving_volumes", "product_volumes", "set_free"]

FEED_VOLUME = 0
ORGANIC_VOLUME = 1
SAPONIFICATION = 2
BASE = 3
ACID = 4
SPLIT = 5
DRAW = 6

SHARE = 0
LOSS = 1
CONCENTRATION = 2
BALANCE = 3  # of a search, not of its user: what leaves up to a stage over what leaves behind it and with the organic

DROPS = 1e-9
"""Share of what leaves a stage below which nothing leaves the cascade there: the rounding of a difference."""

LEAST = 1e-300


@kernel(returns=FLOAT, takes=(LAYOUT, INT, INT), counted=False)
def free_value(layout, kind, index):
    """Present value of a free quantity."""
    layout_feed_amount = layout.feed_amount
    layout_inlet = layout.inlet
    if kind == FEED_VOLUME:
        return layout_feed_amount[at.VOLUME, index]
    if kind == ORGANIC_VOLUME:
        return layout_inlet[at.ORGANIC_VOLUME]
    if kind == SAPONIFICATION:
        return layout_inlet[at.SAPONIFIED]
    if kind == BASE:
        return layout_inlet[at.BASE]
    if kind == ACID:
        return layout_feed_amount[at.ACID, index]
    if kind == SPLIT:
        return layout.split_fraction[index]
    return layout.draw_volume[index]


@kernel(returns=INT, takes=(LAYOUT, INT, INT, FLOAT), counted=False)
def set_free(layout, kind, index, value):
    """Write a free quantity into the layout. Returns 0."""
    layout_feed_amount = layout.feed_amount
    layout_inlet = layout.inlet
    if kind == FEED_VOLUME:
        layout_feed_amount[at.VOLUME, index] = value
    elif kind == ORGANIC_VOLUME:
        layout_inlet[at.ORGANIC_VOLUME] = value
    elif kind == SAPONIFICATION:
        layout_inlet[at.SAPONIFIED] = value
    elif kind == BASE:
        layout_inlet[at.BASE] = value
    elif kind == ACID:
        layout_feed_amount[at.ACID, index] = value
    elif kind == SPLIT:
        layout.split_fraction[index] = value
    else:
        layout.draw_volume[index] = value
    return 0


@kernel(returns=TWO, takes=(LAYOUT, FLOW, INT, INT), counted=False)
def product_volumes(layout, flows, phase, j):
    """Volumes of aqueous and of organic in the product that leaves stage j [m3/h]; splits are taken off.

    Phase 0 is the aqueous line, 1 the organic line, 2 and 3 the aqueous and the organic drawn there.
    """
    flows_volume = flows.volume
    layout_entrained = layout.entrained
    layout_draw_place = layout.draw_place
    layout_draw_volume = layout.draw_volume
    layout_split_place = layout.split_place
    drawn = 0.0
    L = flows_volume[at.AQ_OUT, j]
    V = flows_volume[at.ORG_OUT, j]
    for q in range(layout_draw_place.shape[1]):
        if layout_draw_place[0, q] == j:
            if layout_draw_place[1, q] == phase - 2:
                drawn += layout_draw_volume[q]
            if layout_draw_place[1, q] == at.AQUEOUS:
                L -= layout_draw_volume[q]
            else:
                V -= layout_draw_volume[q]
    if phase == 2:
        return drawn, 0.0
    if phase == 3:
        return 0.0, drawn
    # AQ_OUT = L + e_aq V and ORG_OUT = V + e_org L, solved for the two lines
    e_org = layout_entrained[0, j]
    e_aq = layout_entrained[1, j]
    line_aq = (L - e_aq * V) / (1.0 - e_aq * e_org)
    line_org = V - e_org * line_aq
    if phase == 1:
        return e_aq * line_org, line_org
    kept = 1.0
    for q in range(layout_split_place.shape[1]):
        if layout_split_place[0, q] == j:
            kept -= layout.split_fraction[q]
    return kept * line_aq, kept * e_org * line_aq


@kernel(returns=INT, takes=(FLOW, MATRIX), inner=True, counted=False)
def leaving_volumes(flows, leaving):
    """Volume of each phase, (2, N), that leaves the cascade from each stage in whatever line [m3/h]. Returns 0."""
    volume = flows.volume
    link = flows.link
    N = leaving.shape[1]
    for j in range(N):
        leaving[0, j] = volume[at.AQ_OUT, j]
        leaving[1, j] = volume[at.ORG_OUT, j]
        if j > 0:
            leaving[0, j] -= volume[at.AQ_NEXT, j - 1]
            leaving[1, j] -= volume[at.ORG_NEXT, j - 1]
        if j + 1 < N:
            leaving[0, j] -= volume[at.AQ_PREVIOUS, j + 1]
            leaving[1, j] -= volume[at.ORG_PREVIOUS, j + 1]
    for q in range(link.shape[1]):
        leaving[min(link[at.PHASE, q], 1), link[at.FROM, q]] -= flows.link_volume[q]
    for j in range(N):
        for phase in range(2):
            if not leaving[phase, j] > DROPS * volume[at.AQ_OUT + phase, j]:
                leaving[phase, j] = 0.0
    return 0


@kernel(returns=INT, takes=(GOALS, FLOW, LAYOUT, POINT, INTS, MATRIX, WORKS4, VECTOR), inner=True, counted=False)
def goal_values(goals, flows, layout, point, place, leaving, gradient, value):
    """How far each target is missed, and how that answers to x and y of the stages that something leaves.

    A target is told as ln(loss / allowed loss), which is at most 0 where it is met. What of an element fails to
    reach a product is counted where it leaves, so that a loss of 1e-12 keeps its digits.

    Parameters
    ----------
    goals, flows, layout, point
        Filled.
    place : (o,) integer array
        Stages that something leaves.
    leaving : (2, N) array
        What leaves them, as `leaving_volumes` has it.
    gradient, value : (t, o, 2, n) and (t,) arrays
        Filled. Returns 0.
    """
    x = point.c[at.X]
    y = point.c[at.Y]
    target = goals.target
    weight = goals.weight
    N, n = x.shape
    for r in range(value.shape[0]):
        kind = target[at.TARGET_KIND, r]
        own = target[at.TARGET_STAGE, r]
        phase = target[at.TARGET_PHASE, r]
        aqueous, organic = product_volumes(layout, flows, phase, own)
        lost = LEAST
        may = LEAST
        for o in range(place.shape[0]):
            j = place[o]
            for i in range(n):
                gradient[r, o, 0, i] = 0.0
                gradient[r, o, 1, i] = 0.0
            if kind == LOSS:
                L = leaving[0, j]
                V = leaving[1, j]
                if j == own:
                    L -= aqueous
                    V -= organic
                    if not abs(L) > DROPS * aqueous:
                        L = 0.0
                    if not abs(V) > DROPS * organic:
                        V = 0.0
                for i in range(n):
                    w = weight[at.ABOVE, r, i]
                    lost += w * (L * x[j, i] + V * y[j, i])
                    gradient[r, o, 0, i] = w * L
                    gradient[r, o, 1, i] = w * V
        if kind == BALANCE:
            for o in range(place.shape[0]):
                j = place[o]
                for phase in range(2):
                    for i in range(n):
                        amount = weight[at.ABOVE, r, i] * leaving[phase, j] * point.c[phase, j, i]
                        if j <= own and (phase == 0 or j < own):
                            lost += amount
                        else:
                            may += amount
            value[r] = math.log(lost / may) - goals.value[r]
            for o in range(place.shape[0]):
                j = place[o]
                for phase in range(2):
                    for i in range(n):
                        slope = 1.0 / lost if j <= own and (phase == 0 or j < own) else -1.0 / may
                        gradient[r, o, phase, i] = slope * weight[at.ABOVE, r, i] * leaving[phase, j]
            continue
        if kind == LOSS:
            for j in range(N):
                for i in range(n):
                    may += weight[at.ABOVE, r, i] * flows.feed[at.ALL_FEEDS, j, i]
            lost = max(lost, LEAST)
            value[r] = math.log(lost / may) - goals.value[r]
            for o in range(place.shape[0]):
                for i in range(n):
                    gradient[r, o, 0, i] /= lost
                    gradient[r, o, 1, i] /= lost
            continue
        at_own = 0
        for o in range(place.shape[0]):
            if place[o] == own:
                at_own = o
        if kind == CONCENTRATION:
            aqueous = 1.0 if phase == 0 or phase == 2 else 0.0
            organic = 1.0 - aqueous
            may = 1.0
        for i in range(n):
            amount = aqueous * x[own, i] + organic * y[own, i]
            lost += weight[at.ABOVE, r, i] * amount
            if kind == SHARE:
                may += weight[at.BELOW, r, i] * amount
        value[r] = math.log(lost / may) - goals.value[r]
        for i in range(n):
            slope = weight[at.ABOVE, r, i] / lost
            if kind == SHARE:
                slope -= weight[at.BELOW, r, i] / may
            gradient[r, at_own, 0, i] = slope * aqueous
            gradient[r, at_own, 1, i] = slope * organic
    return 0
