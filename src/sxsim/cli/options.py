"""Arguments and options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.guard import guarded
from sxsim.errors import Finding, InputError

if TYPE_CHECKING:
    from sxsim.definition import Cascade

__all__ = ["CascadeFile", "Changes", "Folder", "Json", "Starts", "guarded", "load_changed", "starts_of"]

CascadeFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A cascade file (TOML), or the name of a bundled one such as nd_pr_p507.")
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a value before anything is done, e.g. section.scrubbing.stages=36; may be repeated.",
    ),
]
Starts = Annotated[
    list[str] | None,
    typer.Option(
        "--start",
        metavar="PATH=VALUE",
        help="Where the search for a free quantity begins; its answer does not depend on it. May be repeated.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Also write CSV, JSON, PNG and the report (HTML, Excel) into this folder."
    ),
]


def assignments(changes: list[str] | None, option: str = "--set") -> dict[str, Any]:
    """Read what ``--set`` (or another option) asks for, values by their paths.

    Raises
    ------
    InputError
        Some are no assignments; all findings together.
    """
    from sxsim.foundation.paths import parse_assignment

    wanted: dict[str, Any] = {}
    findings: list[Finding] = []
    for text in changes or []:
        try:
            text.encode("utf-8")
            path, value = parse_assignment(text)
        except UnicodeEncodeError:
            findings.append(
                Finding(option, f"{text!r} holds bytes that are no text", "text in UTF-8", cure="type it in UTF-8")
            )
        except InputError as error:
            findings += error.findings
        else:
            wanted[path] = value
    if findings:
        raise InputError(findings, option)
    return wanted


def load_changed(file: str, changes: list[str] | None) -> Cascade:
    """Load a cascade and apply what ``--set`` asks for; say on stderr what that fixed, froze, freed or put aside.

    Raises
    ------
    InputError
        The file or an assignment is wrong; all findings of the one or the other together.
    """
    from sxsim.cli.consoles import say
    from sxsim.definition import load

    wanted = assignments(changes)
    cascade = load(file)
    if not wanted:
        return cascade
    try:
        changed = cascade.replace(wanted)
    except InputError as error:
        raise InputError(error.findings, f"{file} with --set {' --set '.join(changes or [])}") from None
    for note in changed.notes:
        say(note)
    return changed


def starts_of(cascade: Cascade, starts: list[str] | None) -> dict[str, float]:
    """Where ``--start`` lets the search begin, values of free quantities by their paths.

    Raises
    ------
    InputError
        A path is not free, or a value is no number above 0; all findings together.
    """
    from sxsim.foundation.suggestions import did_you_mean

    wanted = assignments(starts, "--start")
    findings: list[Finding] = []
    for path, value in wanted.items():
        if path not in cascade.free:
            cure = did_you_mean(path, cascade.free) or "name it in [solve] free, or change a value with --set"
            allowed = ", ".join(cascade.free) or "none: every quantity of this cascade is typed"
            findings.append(Finding(path, "is not free, so no search begins there", allowed, cure))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < math.inf:
            findings.append(Finding(path, f"{value!r} is no start", "a number above 0", f"write {path}=1.5, say"))
    if findings:
        raise InputError(findings, "--start")
    return {path: float(value) for path, value in wanted.items()}
