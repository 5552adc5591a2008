"""``sxsim check``: is a file sound, whatever it defines: a cascade, a train, a linked extraction, a study, a system."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.guard import BAD_INPUT, show_error
from sxsim.cli.options import Changes, Json, assignments, guarded, load_changed
from sxsim.errors import Finding, InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["check"]

AnyFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A file (TOML) of a cascade, train, linked extraction, study or system, or the name of a bundled one.",
    ),
]


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file without findings defines.

    Attributes
    ----------
    kind : str
        What people call it.
    input_hash : str or None
        Digest of the definition, where it has one.
    warnings : tuple of str
        What is known without a solve of the results that will rest on it.
    summary : renderable
        For the terminal.
    """

    kind: str
    input_hash: str | None
    warnings: tuple[str, ...]
    summary: RenderableType


@guarded
def check(file: AnyFile, changes: Changes = None, as_json: Json = False) -> None:
    """Check a file and report every finding at once, without solving anything."""
    kind = ""
    try:
        kind = _kind(file)
        sound = _READERS[kind](file, changes)
    except InputError as error:
        if as_json:
            typer.echo(_told(kind, None, error))
        show_error(error)
        raise typer.Exit(BAD_INPUT) from None
    if as_json:
        typer.echo(_told(kind, sound, None))
    else:
        _report(file, sound)


def _kind(file: str) -> str:
    """What a file defines, by its tables or, where it is bundled, by its place; a cascade where nothing else fits."""
    from sxsim.definition.loading import CASCADES
    from sxsim.definition.system import system_names
    from sxsim.foundation.reading import is_file, read_text, toml_tables
    from sxsim.plant.linked.definition import LINKED
    from sxsim.plant.loading import TRAINS
    from sxsim.studies.study_file import STUDIES

    for kind, shelf in (("cascade", CASCADES), ("train", TRAINS), ("linked extraction", LINKED), ("study", STUDIES)):
        if shelf.shipped_name(file):
            return kind
    if not is_file(file):
        return "system" if file in system_names() else "cascade"
    data = toml_tables(read_text(file, file), file)
    if {"law", "level", "separation_factor"} & data.keys():
        return "system"
    if {"axis", "sampling", "action", "outputs"} & data.keys():
        return "study"
    if {"feed", "step"} & data.keys() or isinstance(data.get("cascade"), list):
        return "train"
    sections = data.get("section")
    parts = [part for part in sections if isinstance(part, dict)] if isinstance(sections, list) else []
    if "branch" in data or any({"organic_to", "aqueous_to"} & part.keys() for part in parts):
        return "linked extraction"
    return "cascade"


def _cascade(file: str, changes: list[str] | None) -> Sound:
    """Check a cascade."""
    from sxsim.cascade.foreseen import warnings_of
    from sxsim.report.tables import cascade_summary

    cascade = load_changed(file, changes)
    return Sound("cascade", cascade.input_hash, warnings_of(cascade), cascade_summary(cascade))


def _train(file: str, changes: list[str] | None) -> Sound:
    """Check a train with its cascades."""
    from sxsim.cli.train import load_changed_train

    train = load_changed_train(file, changes)
    names = ", ".join(each.name for each in train.cascade)
    return Sound("train", train.input_hash, (), f"{train.title}: {len(train.cascade)} cascades: {names}")


def _linked(file: str, changes: list[str] | None) -> Sound:
    """Check a linked extraction."""
    from sxsim.cascade.foreseen import warnings_of
    from sxsim.plant.linked import load_linked
    from sxsim.plant.linked.graph import stand_in

    wanted = assignments(changes)
    linked = load_linked(file)
    linked = linked.replace(wanted) if wanted else linked
    said = f"{linked.title}: {len(linked.section)} sections for {', '.join(linked.elements)}"
    return Sound("linked extraction", linked.input_hash, warnings_of(stand_in(linked)), said)


def _study(file: str, changes: list[str] | None) -> Sound:
    """Check a study: its cascade or train, its axes, and that some of its cases can be run."""
    from sxsim.studies.study_file import load_study

    study = load_study(file, assignments(changes))
    said = f"{study.title}: {len(study)} cases over {', '.join(study.paths)}"
    return Sound("study", study.cascade.input_hash, (), said)


def _system(file: str, changes: list[str] | None) -> Sound:
    """Check an extraction system."""
    from sxsim.chemistry.evidence import unverified
    from sxsim.definition.system import load_system_file
    from sxsim.elements import ELEMENTS

    if changes:
        offence = "a system is no definition whose values are set"
        raise InputError(
            Finding("--set", offence, "with a cascade, train, linked extraction or study", "edit the file")
        )
    system = load_system_file(file)
    unknown = [symbol for symbol in system.elements if symbol not in ELEMENTS]
    if unknown:
        known = ", ".join(ELEMENTS)
        raise InputError(
            [Finding("elements", f"unknown element {symbol!r}", known, cure="write its symbol") for symbol in unknown],
            file,
        )
    ion = system.counter_ion[0].ion if system.counter_ion else None
    warnings = tuple(f"unverified number: {text}" for text in unverified(system, system.elements, ion))
    return Sound("system", None, warnings, f"{system.title}: {', '.join(system.elements)} in {system.medium}")


_READERS = {"cascade": _cascade, "train": _train, "linked extraction": _linked, "study": _study, "system": _system}


def _told(kind: str, sound: Sound | None, error: InputError | None) -> str:
    """One JSON object: the findings, none when the file is sound, and the warnings."""
    from sxsim.cli.files import json_text

    findings: list[dict[str, Any]] = [asdict(finding) for finding in error.findings] if error else []
    body = {
        "status": "bad input" if findings else "ok",
        "kind": kind or None,
        "findings": findings,
        "warnings": list(sound.warnings) if sound else [],
    }
    return json_text("check", sound.input_hash if sound else None, body)


def _report(file: str, sound: Sound) -> None:
    """Say that nothing is wrong, what the file defines, and what to know of results that rest on it."""
    from sxsim.cli.consoles import report_console

    console = report_console()
    console.print(f"{file}: no findings", style="bold green", markup=False)
    console.print(sound.summary)
    if sound.warnings:
        console.print("What to know before it is solved", style="bold")
        for warning in sound.warnings:
            console.print(f"  - {warning}", markup=False)
