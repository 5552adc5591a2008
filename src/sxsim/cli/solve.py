"""``sxsim solve``: the steady state of a cascade."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sxsim.cli.guard import NOT_CONVERGED, show_error
from sxsim.cli.options import CascadeFile, Changes, Folder, Json, Starts, guarded, load_changed, starts_of
from sxsim.errors import ConvergenceError
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.cascade.result import Result

__all__ = ["solve"]


@guarded
def solve(
    file: CascadeFile, changes: Changes = None, starts: Starts = None, as_json: Json = False, out: Folder = None
) -> None:
    """Solve a cascade: find the least flows that meet its targets, or simulate the flows as typed."""
    from sxsim.cascade.storage import failure_to_dict
    from sxsim.cli.consoles import say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import solved

    cascade = load_changed(file, changes)
    start = starts_of(cascade, starts)
    with staged_folder(out) if out else nullcontext() as stage:
        try:
            result = solved(cascade, start or None)
        except ConvergenceError as error:
            if as_json:
                typer.echo(json_text("solve", cascade.input_hash, failure_to_dict(error)))
            show_error(error)
            raise typer.Exit(NOT_CONVERGED) from None
        text = json_text("solve", cascade.input_hash, result.to_dict())
        if stage:
            _write(result, text, stage)
    if as_json:
        typer.echo(text)
    else:
        _report(result)
    if out:
        say(f"wrote {out}")


def _write(result: Result, text: str, folder: Path) -> None:
    """Write all files of a run into a folder."""
    from sxsim.cli.files import save_figure
    from sxsim.report.html import Subject, write_report
    from sxsim.report.plots import profile_figure

    result.write_csv(folder)
    write_text(folder / "result.json", text + "\n")
    save_figure(profile_figure(result, "organic"), folder / "profile.png", "--out")
    write_report(Subject(result.cascade, result), folder)


def _report(result: Result) -> None:
    """Print the report for people."""
    from sxsim.cli.consoles import report_console
    from sxsim.report.tables import solve_report

    console = report_console()
    for part in solve_report(result):
        console.print(part)
