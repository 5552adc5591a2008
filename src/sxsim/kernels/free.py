"""Free quantities and targets, as their callers name them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels.flows import free_value, product_content, set_free
from sxsim.kernels.goals import (
    ACID,
    BASE,
    CONCENTRATION,
    DRAW,
    FEED_VOLUME,
    LOSS,
    ORGANIC_VOLUME,
    SAPONIFICATION,
    SHARE,
    SPLIT,
)
from sxsim.kernels.packed import Goals, copied, copied_rows

__all__ = [
    "ACID",
    "BASE",
    "CONCENTRATION",
    "DRAW",
    "FEED_VOLUME",
    "LOSS",
    "ORGANIC_VOLUME",
    "SAPONIFICATION",
    "SHARE",
    "SPLIT",
    "Equations",
    "free_value",
    "no_equations",
    "pack_equations",
    "product_content",
    "set_free",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Equations(NamedTuple):
    """p free quantities, the first of which is made least (or most), and t targets.

    Attributes
    ----------
    free_kind, free_index : (p,) integer arrays
        FEED_VOLUME of a feed, ORGANIC_VOLUME, SAPONIFICATION [mol/L on the entering organic], BASE [kmol/h], ACID of a
        feed [mol/L], SPLIT or DRAW of that index.
    target_kind : (t,) integer array
        SHARE: what of a product is foreign, over what is its own; LOSS: what of the feed goes elsewhere;
        CONCENTRATION.
    target_stage, target_phase : (t,) integer arrays
        Stage (0-based) that the product leaves, and how: 0 aqueous line, 1 organic line, 2 and 3 a draw of each.
    target_exact : (t,) integer array
        1 where the figure is to be hit, 0 where it is a bound.
    target_value : (t,) array
        What is allowed: a ratio of foreign to own, a share of what is fed, a concentration [mol/L].
    above, below : (t, n) arrays
        What each component counts, per mol: of a SHARE the foreign ones and the own ones, else those that are meant;
        the latter is read of a SHARE only.
    sense : float
        1 to make the first free quantity least, -1 to make it most.
    """

    free_kind: Integers
    free_index: Integers
    target_kind: Integers
    target_stage: Integers
    target_phase: Integers
    target_exact: Integers
    target_value: Floats
    above: Floats
    below: Floats
    sense: float


def no_equations(n: int) -> Equations:
    """Nothing free and no target: the flows as they stand, n components."""
    none, nothing = np.zeros(0, np.int64), np.zeros((0, n))
    return Equations(none, none, none, none, none, none, np.zeros(0), nothing, nothing, 1.0)


def pack_equations(equations: Equations, *lead: int) -> Goals:
    """Copy equations into the kernels' arrays; else as `flows.pack_plan`."""
    t, n = equations.above.shape[-2:]
    weight = np.empty((*lead, 2, t, n))
    weight[..., 0, :, :], weight[..., 1, :, :] = equations.above, equations.below
    return Goals(
        free=copied_rows(lead, *equations[:2], kind=np.int64),
        target=copied_rows(lead, *equations[2:6], kind=np.int64),
        value=np.log(copied(lead, equations.target_value)),
        weight=weight,
        sense=copied(lead, np.array([equations.sense])),
    )
