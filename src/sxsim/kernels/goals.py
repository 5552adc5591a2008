"""Quantities that may be left free, and the target equations."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.shapes import FLOAT, FLOW, GOALS, INT, LAYOUT, POINT, TWO, VECTOR, WORKS

__all__ = ["free_value", "goal_values", "product_volumes", "set_free"]

FEED_VOLUME = 0
ORGANIC_VOLUME = 1
SAPONIFICATION = 2
BASE = 3
ACID = 4
SPLIT = 5
DRAW = 6

PURITY = 0
RECOVERY = 1
CONCENTRATION = 2


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


@kernel(returns=INT, takes=(GOALS, FLOW, LAYOUT, POINT, WORKS, VECTOR), inner=True, counted=False)
def goal_values(goals, flows, layout, point, gradient, value):
    """Values of the target equations, with gradients with respect to x and y of the product's stage. Returns 0."""
    point_c = point.c
    goals_which = goals.which
    goals_weight = goals.weight
    N, n = point_c.shape[1:]
    for r in range(value.shape[0]):
        j = goals_which[at.TARGET_STAGE, r]
        i = goals_which[at.TARGET_COMPONENT, r]
        kind = goals_which[at.TARGET_KIND, r]
        phase = goals_which[at.TARGET_PHASE, r]
        wanted = goals.value[r]
        aqueous, organic = product_volumes(layout, flows, phase, j)
        for q in range(n):
            gradient[r, 0, q] = 0.0
            gradient[r, 1, q] = 0.0
        own = aqueous * point_c[at.X, j, i] + organic * point_c[at.Y, j, i]
        if kind == PURITY:
            own *= goals_weight[r, i]
            other = 1e-300
            for q in range(n):
                if q != i:
                    amount = aqueous * point_c[at.X, j, q] + organic * point_c[at.Y, j, q]
                    other += goals_weight[r, q] * amount
            value[r] = math.log(other / own) - math.log((1.0 - wanted) / wanted)
            for q in range(n):
                slope = goals_weight[r, q] * (-1.0 / own if q == i else 1.0 / other)
                gradient[r, 0, q] = slope * aqueous
                gradient[r, 1, q] = slope * organic
        elif kind == RECOVERY:
            enters = 0.0
            for q in range(N):
                enters += flows.feed[at.ALL_FEEDS, q, i]
            unit = 1.0 / (max(1.0 - wanted, 1e-12) * enters)
            value[r] = (own - wanted * enters) * unit
            gradient[r, 0, i] = aqueous * unit
            gradient[r, 1, i] = organic * unit
        else:
            of = at.X if phase == 0 or phase == 2 else at.Y
            found = point_c[of, j, i]
            value[r] = math.log(found / wanted)
            gradient[r, of, i] = 1.0 / found
    return 0
