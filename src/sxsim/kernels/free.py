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
    ORGANIC_VOLUME,
    PURITY,
    RECOVERY,
    SAPONIFICATION,
    SPLIT,
)
from sxsim.kernels.packed import Goals, copied, copied_rows

__all__ = [
    "ACID",
    "BASE",
    "CONCENTRATION",
    "DRAW",
    "FEED_VOLUME",
    "ORGANIC_VOLUME",
    "PURITY",
    "RECOVERY",
    "SAPONIFICATION",
    "SPLIT",
    "Equations",
    "free_value",
    "pack_equations",
    "product_content",
    "set_free",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


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
        Stage (0-based) that the product leaves, and how: 0 aqueous line, 1 organic line, 2 and 3 a draw of each.
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


def pack_equations(equations: Equations, *lead: int) -> Goals:
    """Copy equations into the kernels' arrays; else as `flows.pack_plan`."""
    return Goals(
        which=copied_rows(lead, *equations[:6], kind=np.int64),
        value=copied(lead, equations.target_value),
        weight=copied(lead, equations.weight, 2),
    )
