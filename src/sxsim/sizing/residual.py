"""Rare earths that an organic keeps behind its strip, and what it may keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from sxsim.cascade.result import Result
from sxsim.elements import ELEMENTS
from sxsim.sizing.cut import Cut
from sxsim.sizing.task import Task
from sxsim.sizing.wanted import side_of

__all__ = ["Loaded", "loaded_organic", "residual_allowed", "residual_limit", "residual_of"]

USUAL_RESIDUAL = 1e-4
"""What an organic that does not return, a brine or a washed organic keeps when nothing asks for less [mol/L]."""

IMPURITY_SHARE = 0.05
"""Share of the aqueous product's impurity that a brine or a washed organic may bring back [-]."""


class Loaded(NamedTuple):
    """Organic that reaches the stripping section: its flow [m3/h] and what it carries [mol/L]."""

    organic_m3_h: float
    carries_mol_L: Mapping[str, float]


def loaded_organic(result: Result) -> Loaded:
    """The organic that leaves the last stage before stripping."""
    stage, cascade = result.stage, result.cascade
    name = next(part.name for part in cascade.section if part.kind == "stripping")
    row = max(stage.section.index(name) - 1, 0)
    metals = [(index, each) for index, each in enumerate(result.components) if each in cascade.elements]
    carries = {each: float(stage.organic_mol_L[row, index]) for index, each in metals}
    return Loaded(float(stage.organic_m3_h[row]), carries)


def residual_of(result: Result) -> float:
    """Rare earths that the organic leaving the last stage keeps [mol/L]."""
    rare = [row for row, name in enumerate(result.components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]
    return float(result.stage.organic_mol_L[-1, rare].sum())


def residual_limit(task: Task) -> float | None:
    """Most rare earths that the stripped organic may keep [mol/L]; None leaves it to targets and cost.

    An organic that does not return takes away what the strip leaves. Where no target asks for that, nothing but this
    limit does.
    """
    if task.stripping is None:
        return None
    if task.settings.residual_mol_L is not None:
        return task.settings.residual_mol_L
    cascade = task.cascade
    asked = any(
        target.enforced and target.figure == "recovery" and side_of(cascade, target.stream) > 0
        for target in cascade.target
    )
    return None if cascade.organic.recycled or asked else USUAL_RESIDUAL


def residual_allowed(task: Task, cut: Cut, organic_m3_h: float) -> float:
    """Rare earths that a waste brine or a washed organic may keep [mol/L].

    Notes
    -----
    Unless ``design.residual_mol_L`` says otherwise, a twentieth of the impurity that the aqueous product is allowed,
    and 1e-4 mol/L at most.
    """
    if task.settings.residual_mol_L is not None:
        return task.settings.residual_mol_L
    impurity = float(cut.wanted.outlet_B * (1.0 - cut.wanted.purity_B)) * cut.feed_kmol_h
    share = IMPURITY_SHARE * impurity / organic_m3_h
    return min(USUAL_RESIDUAL, share) if math.isfinite(share) else USUAL_RESIDUAL
