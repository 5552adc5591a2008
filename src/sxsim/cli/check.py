"""``sxsim check``: is a cascade file sound."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from sxsim.cli.guard import BAD_INPUT, show_error
from sxsim.cli.options import CascadeFile, Changes, Json, guarded, load_changed
from sxsim.errors import InputError

if TYPE_CHECKING:
    from sxsim.definition import Cascade

__all__ = ["check"]


@guarded
def check(file: CascadeFile, changes: Changes = None, as_json: Json = False) -> None:
    """Check a cascade file and report every finding at once, without solving anything."""
    try:
        cascade = load_changed(file, changes)
    except InputError as error:
        if as_json:
            typer.echo(_told(None, error))
        show_error(error)
        raise typer.Exit(BAD_INPUT) from None
    if as_json:
        typer.echo(_told(cascade, None))
    else:
        _report(file, cascade)


def _told(cascade: Cascade | None, error: InputError | None) -> str:
    """One JSON object: the findings, none when the cascade is sound."""
    from sxsim.cli.files import json_text

    findings: list[dict[str, Any]] = [asdict(finding) for finding in error.findings] if error else []
    status = "bad input" if findings else "ok"
    return json_text("check", cascade.input_hash if cascade else None, {"status": status, "findings": findings})


def _report(file: str, cascade: Cascade) -> None:
    """Say that nothing is wrong, and what the cascade is."""
    from sxsim.cli.consoles import report_console
    from sxsim.report.tables import cascade_summary

    console = report_console()
    console.print(f"{file}: no findings", style="bold green", markup=False)
    console.print(cascade_summary(cascade))
