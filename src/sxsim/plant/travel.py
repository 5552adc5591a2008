"""What can travel where in a train before anything is solved: phases, anions, elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sxsim.cascade.streams import ANIONS
from sxsim.errors import Finding
from sxsim.plant.cascades import ORGANIC, organic_outlet, system_of
from sxsim.plant.flow import ANION_OF_ACID
from sxsim.plant.layout import Layout, Unit
from sxsim.processes import HYDROLYSED

if TYPE_CHECKING:
    from sxsim.plant.definition import Train

__all__ = ["arriving_elements", "exit_findings", "phases"]

PASSING = ("Ca",)
"""Impurities that no acid extractant is taken to hold: they pass with the water as salts do."""


def phases(train: Train, layout: Layout) -> dict[str, str]:
    """Phase of every stream.

    Parameters
    ----------
    train : Train
        Definition.
    layout : Layout
        Its graph.

    Returns
    -------
    dict of str to str
        ``aqueous`` or ``organic``; a split passes on what it takes.
    """
    found = dict.fromkeys(layout.made_by, "aqueous")
    for name, data in layout.tables.items():
        organic = [organic_outlet(data)] if not data.get("organic", {}).get("recycled", False) else []
        organic += [draw["name"] for draw in data.get("draw", []) if draw.get("phase") == "organic"]
        for outlet in organic:
            if f"{name}.{outlet}" in found:
                found[f"{name}.{outlet}"] = "organic"
    for _ in train.step:  # splits of splits
        for step in train.step:
            if step.kind == "split" and found.get(step.inlet[0]) == "organic":
                found[f"{step.name}.part"] = found[f"{step.name}.rest"] = "organic"
    return found


def arriving_elements(train: Train, layout: Layout) -> dict[str, set[str]]:
    """Elements that may be in every stream.

    Parameters
    ----------
    train : Train
        Definition.
    layout : Layout
        Its graph.

    Returns
    -------
    dict of str to set of str
        A cascade lets every element that enters it, and that it follows, out everywhere.
    """
    from sxsim.plant.feeding import shares

    held: dict[str, set[str]] = {stream: set() for stream in layout.made_by}
    for feed in train.feed:
        held[feed.name] = {name for name, share in shares(feed).items() if share > 0.0}
        held[feed.name] |= {name for name, share in feed.impurity_mol_per_mol.items() if share > 0.0}
    followed = {each.name: set(each.elements) for each in train.cascade}
    pure = {step.name for step in train.step if step.kind == "purify"}
    changed = True
    while changed:
        changed = False
        for unit in layout.units.values():
            if unit.kind == "feed":
                continue
            inside = set[str]().union(*(held[stream] for stream in unit.inlet.values()))
            if followed.get(unit.name):
                inside &= followed[unit.name]
            if unit.name in pure:
                inside -= set(HYDROLYSED)
            for stream in unit.outlet.values():
                if not inside <= held[stream]:
                    held[stream] |= inside
                    changed = True
    return held


def exit_findings(train: Train, layout: Layout) -> list[Finding]:
    """Elements that enter a cascade and cannot leave it, and liquors of the wrong acid.

    Parameters
    ----------
    train : Train
        Definition without other findings.
    layout : Layout
        Its graph.
    """
    held = arriving_elements(train, layout)
    anions = _anions(train, layout)
    findings = []
    for cascade in train.cascade:
        unit, data = layout.units[cascade.name], layout.tables[cascade.name]
        system = system_of(data)
        for inlet, stream in unit.inlet.items():
            place = f"cascade.{cascade.name}.inlet.{inlet}"
            entering = sorted(held[stream] - set(PASSING))
            lost = [name for name in entering if cascade.elements and name not in cascade.elements]
            if lost:
                offence = f"{', '.join(lost)} come with {stream!r} and have no exit: the cascade does not follow them"
                cure = f"add them to cascade.{cascade.name}.elements, or leave that key out"
                findings.append(Finding(place, offence, ", ".join(cascade.elements), cure))
            if system is None:
                continue
            strange = [name for name in entering if name not in system.elements and name not in lost]
            if strange:
                offence = (
                    f"{', '.join(strange)} come with {stream!r} and have no exit: {system.name} does not know them"
                )
                cure = "take them out before, or choose another system"
                if set(strange) <= set(HYDROLYSED):
                    cure = 'put a step of kind "purify" before it'
                findings.append(Finding(place, offence, ", ".join(system.elements), cure))
            wanted = ANIONS[system.medium]
            if inlet != ORGANIC and anions.get(stream, wanted) != wanted:
                offence = f"{stream!r} is a {anions[stream]} liquor, the cascade works in {system.medium}"
                cure = f'put a step of kind "reprecipitate" with acid = "{system.acids[0]}" before it'
                findings.append(Finding(place, offence, wanted, cure))
    return findings


def _anions(train: Train, layout: Layout) -> dict[str, str]:
    """Anion of every liquor whose maker decides it."""
    found = {feed.name: "Cl" for feed in train.feed}
    for name, data in layout.tables.items():
        system = system_of(data)
        if system is not None:
            found |= dict.fromkeys(layout.units[name].outlet.values(), ANIONS[system.medium])
    steps: Mapping[str, Unit] = {name: unit for name, unit in layout.units.items() if unit.kind == "step"}
    table = {step.name: step for step in train.step}
    for _ in steps:
        for name, unit in steps.items():
            first = next((found[stream] for stream in unit.inlet.values() if stream in found), None)
            made = ANION_OF_ACID[table[name].acid][0] if table[name].kind == "reprecipitate" else first
            for stream in unit.outlet.values():
                if made is not None:
                    found[stream] = made
    return found
