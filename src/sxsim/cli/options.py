"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.guard import guarded
from sxsim.errors import Finding, InputError

if TYPE_CHECKING:
    from sxsim.definition import Cascade

__all__ = ["CascadeFile", "Changes", "Folder", "Json", "guarded", "load_changed"]

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
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Also write CSV, JSON, PNG and the report (HTML, Excel) into this folder."
    ),
]


def assignments(changes: list[str] | None) -> dict[str, Any]:
    """Read what ``--set`` asks for, values by their paths.

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
            path, value = parse_assignment(text)
        except InputError as error:
            findings += error.findings
        else:
            wanted[path] = value
    if findings:
        raise InputError(findings, "--set")
    return wanted


def load_changed(file: str, changes: list[str] | None) -> Cascade:
    """Load a cascade and apply what ``--set`` asks for.

    Raises
    ------
    InputError
        The file or an assignment is wrong; all findings of the one or the other together.
    """
    from sxsim.definition import load

    wanted = assignments(changes)
    cascade = load(file)
    if not wanted:
        return cascade
    try:
        return cascade.replace(wanted)
    except InputError as error:
        raise InputError(error.findings, f"{file} with --set {' --set '.join(changes or [])}") from None
