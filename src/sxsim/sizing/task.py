"""What a design may change, what it makes least, and the limits it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sxsim.definition import Cascade
from sxsim.definition.tables import Design, Solve
from sxsim.definition.values import FrozenTable
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError

__all__ = ["Task", "numbered", "read_task"]

ORGANIC = "organic.flow_m3_h"


@dataclass(frozen=True, slots=True)
class Task:
    """A design to be made.

    Attributes
    ----------
    cascade : Cascade
        As given.
    settings : Design
        Objective and limits.
    sections : tuple of str
        Extraction and scrubbing sections whose stages are decided.
    free : tuple of str
        Flows (or strengths) that the targets decide.
    stripping : str or None
        The stripping section, when its stages or its acid are decided.
    strip_path : str or None
        Flow of the strip acid, when it is decided.
    strip_stages_free : bool
        Whether the stages of stripping are decided.
    others : tuple of str
        Soap and washing sections whose stages are decided.
    """

    cascade: Cascade
    settings: Design
    sections: tuple[str, ...]
    free: tuple[str, ...]
    stripping: str | None
    strip_path: str | None
    strip_stages_free: bool
    others: tuple[str, ...]


def read_task(cascade: Cascade, objective: str | None = None) -> Task:
    """Tell decisions from what is fixed.

    Parameters
    ----------
    cascade : Cascade
        Clean definition; ``[design]`` may be missing: then all stages and all flows but those that bring metals are
        decided.
    objective : {"cost", "stages", "reagent"}, optional
        Instead of what the file says.

    Returns
    -------
    Task
        What is to be done.

    Raises
    ------
    InputError
        There is nothing to meet or nothing to meet it with, or a flow that nothing decides is left to design.
    """
    settings = cascade.design or Design()
    if objective is not None:
        settings = Design.model_validate({**settings.model_dump(exclude_unset=True), "objective": objective})
    placed = [*(each.section for each in cascade.stream.values()), *(each.section for each in cascade.draw)]
    kept = {f"section.{name}.stages" for name in placed if name is not None}
    fixed = {*settings.fixed, *kept}
    findings = [
        Finding(path, 'is "design", and something enters or leaves at a stage of it', "a number", "type the stages")
        for path in cascade.undecided
        if path in kept
    ]
    findings += [
        Finding(path, 'is "design" and stands in design.fixed', "a number", "type it, or take it out of design.fixed")
        for path in cascade.undecided
        if path in settings.fixed and path not in kept
    ]
    if findings:
        raise InputError(findings)
    sections = tuple(
        part.name
        for part in cascade.section
        if part.kind in ("extraction", "scrubbing") and f"section.{part.name}.stages" not in fixed
    )
    strips = [part for part in cascade.section if part.kind == "stripping"]
    strip = strips[0] if len(strips) == 1 and not _returned(cascade, strips[0].aqueous_out) else None
    strip_path = f"stream.{strip.aqueous_in}.flow_m3_h" if strip is not None else None
    free = _free(cascade, fixed)
    if len(free) > 2 and strip_path not in fixed:
        free = tuple(path for path in free if path != strip_path)  # beside two others it is chosen by the figure
    if strip_path in fixed or strip_path in free:
        strip_path = None
    strip_free = strip is not None and f"section.{strip.name}.stages" not in fixed
    others = tuple(
        part.name
        for part in cascade.section
        if part.kind in ("soap", "washing") and f"section.{part.name}.stages" not in fixed
    )
    decided = {ORGANIC, strip_path, *free} | {f"section.{name}.stages" for name in (*sections, *others)}
    decided |= {f"section.{strip.name}.stages"} if strip is not None and strip_free else set()
    findings = [
        Finding(path, 'is "design", and no target or residual decides it', "a number", "type it")
        for path in cascade.undecided
        if path not in decided
    ]
    if findings:
        raise InputError(findings)
    return Task(
        cascade=cascade,
        settings=settings,
        sections=sections,
        free=free,
        stripping=strip.name if strip is not None and (strip_free or strip_path) else None,
        strip_path=strip_path,
        strip_stages_free=strip_free,
        others=others,
    )


def numbered(cascade: Cascade, values: Mapping[str, Any], free: Sequence[str] | None = None) -> Cascade:
    """Return a copy with other numbers and other free quantities, without reading everything anew.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    values : mapping of str to number
        Paths of stages, flows, strengths and saponification.
    free : sequence of str, optional
        Free quantities; those of the cascade when left out, none when empty.
    """
    update: dict[str, dict[str, dict[str, Any]]] = {"section": {}, "stream": {}, "organic": {"": {}}}
    for path, value in values.items():
        table, *rest = path.split(".")
        name, key = (rest[0], rest[1]) if len(rest) == 2 else ("", rest[0])
        update[table].setdefault(name, {})[key] = value
    changed: dict[str, Any] = {
        "organic": cascade.organic.model_copy(update=update["organic"][""]),
        "section": tuple(part.model_copy(update=update["section"].get(part.name, {})) for part in cascade.section),
        "stream": FrozenTable(
            {name: stream.model_copy(update=update["stream"].get(name, {})) for name, stream in cascade.stream.items()}
        ),
    }
    if free is not None:
        typed = cascade.solve
        kept = {"least": typed.least, "most": typed.most} if typed is not None else {}
        changed["solve"] = (
            Solve(free=tuple(free), **{key: at for key, at in kept.items() if at in free}) if free else None
        )
    return cascade.model_copy(update=changed)


def _returned(cascade: Cascade, product: str) -> bool:
    """Whether part of a product goes back."""
    return any(split.from_ == product and split.fraction > 0.0 for split in cascade.split)


def _free(cascade: Cascade, fixed: set[str]) -> tuple[str, ...]:
    """Quantities that the targets decide: those of ``[solve]``, else the organic and the scrubs."""
    if cascade.solve is not None:
        free = tuple(path for path in cascade.solve.free if path not in fixed)
    else:
        scrubs = [f"stream.{part.aqueous_in}.flow_m3_h" for part in cascade.section if part.kind == "scrubbing"]
        free = tuple(
            path for path in dict.fromkeys((ORGANIC, *scrubs)) if path not in fixed and _is_flow(cascade, path)
        )
    if not free or not any(target.enforced for target in cascade.target):
        asked = ", ".join(target.path for target in cascade.target if target.enforced) or "none"
        offence = f"{len(free)} quantities ({', '.join(free) or 'none'}) are left to the targets ({asked})"
        cure = "state targets; name what is given in design.fixed, or what is free in solve.free"
        raise InputError(Finding("target", offence, "targets, and a free quantity to meet them with", cure))
    return free


def _is_flow(cascade: Cascade, path: str) -> bool:
    """Whether a path is the organic, or a stream that brings no rare earths."""
    table, name, *_ = path.split(".")
    if table == "organic" or name not in cascade.stream:
        return table == "organic"
    held = cascade.stream[name].concentration_mol_L
    return not any(amount > 0.0 and ELEMENTS[each].is_rare_earth for each, amount in held.items())
