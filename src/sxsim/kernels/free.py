"""Quantities of a plan that may be left free, and the products that targets look at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels._jit import kernel

__all__ = ["Equations", "free_value", "product_content", "set_free"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

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


class Equations(NamedTuple):
    """Free quantities and as many targets, p of each.

    Attributes
    ----------
    free_kind, free_index : (p,) integer arrays
        FEED_VOLUME of a feed, ORGANIC_VOLUME, SAPONIFICATION [mol/L on the entering organic], BASE [kmol/h], ACID of a
        feed [mol/L], SPLIT or DRAW of that index.
    target_kind : (p,) integer array
        PURITY, RECOVERY or CONCENTRATION.
    target_stage, target_phase : (p,) integer arrays
        Stage (0-based) that the product leaves, and how: 0 aqueous line, 1 organic line, 2 aqueous draw, 3 organic draw.
    target_component : (p,) integer array
        The component meant.
    target_value : (p,) array
        Share 0-1, or concentration [mol/L].
    weight : (p, n) array
        What each component counts in a purity, per mol.
    """

    free_kind: Integers
    free_index: Integers
    target_kind: Integers
    target_stage: Integers
    target_phase: Integers
    target_component: Integers
    target_value: Floats
    weight: Floats


@kernel()
def free_value(plan, kind, index):
    """Present value of a free quantity."""
    if kind == FEED_VOLUME:
        return plan.feed_volume[index]
    if kind == ORGANIC_VOLUME:
        return plan.inlet[0]
    if kind == SAPONIFICATION:
        return plan.inlet[1]
    if kind == BASE:
        return plan.inlet[2]
    if kind == ACID:
        return plan.feed_acid[index]
    if kind == SPLIT:
        return plan.split_fraction[index]
    return plan.draw_volume[index]


@kernel()
def set_free(plan, kind, index, value):
    """Write a free quantity into the plan's arrays."""
    if kind == FEED_VOLUME:
        plan.feed_volume[index] = value
    elif kind == ORGANIC_VOLUME:
        plan.inlet[0] = value
    elif kind == SAPONIFICATION:
        plan.inlet[1] = value
    elif kind == BASE:
        plan.inlet[2] = value
    elif kind == ACID:
        plan.feed_acid[index] = value
    elif kind == SPLIT:
        plan.split_fraction[index] = value
    else:
        plan.draw_volume[index] = value


@kernel()
def product_content(plan, network, phase, j):
    """Volumes of aqueous and of organic in the product that leaves stage j [m3/h]; splits are taken off."""
    if phase >= 2:
        volume = 0.0
        for q in range(plan.draw_stage.shape[0]):
            if plan.draw_stage[q] == j and plan.draw_phase[q] == phase - 2:
                volume += plan.draw_volume[q]
        return (volume, 0.0) if phase == 2 else (0.0, volume)
    L = network.aq_out[j]
    V = network.org_out[j]
    for q in range(plan.draw_stage.shape[0]):
        if plan.draw_stage[q] == j:
            if plan.draw_phase[q] == 0:
                L -= plan.draw_volume[q]
            else:
                V -= plan.draw_volume[q]
    # aq_out = L + e_aq V and org_out = V + e_org L, solved for the two lines
    e_aq = plan.entrained_aq[j]
    e_org = plan.entrained_org[j]
    line_aq = (L - e_aq * V) / (1.0 - e_aq * e_org)
    line_org = V - e_org * line_aq
    if phase == 1:
        return e_aq * line_org, line_org
    kept = 1.0
    for q in range(plan.split_from.shape[0]):
        if plan.split_from[q] == j:
            kept -= plan.split_fraction[q]
    return kept * line_aq, kept * e_org * line_aq
