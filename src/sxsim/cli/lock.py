"""``sxsim lock``: what it costs not to know."""

from __future__ import annotations

import csv
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sxsim.cli.options import CascadeFile, Changes, Folder, Json, guarded, load_changed
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.studies.lock import Lock

__all__ = ["lock"]


@guarded
def lock(
    file: CascadeFile,
    beta_error: Annotated[
        float | None,
        typer.Option(
            "--beta-error",
            help="Relative error of the newcomer's separation factor, e.g. 0.05. [default: from what is in print]",
        ),
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", metavar="NAME=VALUE", help="Replace an assumption of the study; may be repeated."),
    ] = None,
    newcomers: Annotated[int, typer.Option("--newcomers", help="Newcomers drawn at random.")] = 1000,
    seed: Annotated[
        int, typer.Option("--seed", help="Start of the random numbers; the same seed, the same result.")
    ] = 0,
    changes: Changes = None,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Let a naive, a textbook and an expert operator build one cut: stages, reagents, time and money not to know."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import announce_compilation
    from sxsim.report.lock_tables import lock_report
    from sxsim.studies.lock import technology_lock

    given = _given(assume)
    cascade = load_changed(file, changes)
    announce_compilation(startup=True)
    with staged_folder(out) if out else nullcontext() as stage:
        found = technology_lock(
            cascade,
            given=given,
            beta_error=beta_error,
            newcomers=newcomers,
            seed=seed,
            progress=lambda line: say(f"lock: {line}"),
        )
        text = json_text("lock", cascade.input_hash, found.to_dict())
        if stage:
            _write(found, text, stage)
    if as_json:
        typer.echo(text)
    else:
        console = report_console()
        for part in lock_report(found):
            console.print(part)
    if out:
        say(f"wrote {out}")


def _given(assume: list[str] | None) -> dict[str, float]:
    """Read assumptions.

    Raises
    ------
    InputError
        One is not NAME=VALUE with a number; all of them together.
    """
    from sxsim.errors import Finding, InputError

    given: dict[str, float] = {}
    findings = []
    for text in assume or []:
        name, sign, value = text.partition("=")
        try:
            given[name.strip()] = float(value)
        except ValueError:
            offence = f"{value!r} is no number" if sign else "has no value"
            findings.append(
                Finding(
                    f"--assume {name.strip()}",
                    offence,
                    "NAME=VALUE, such as trial_d=30",
                    cure="write --assume trial_d=30",
                )
            )
    if findings:
        raise InputError(findings)
    return given


def _write(found: Lock, text: str, folder: Path) -> None:
    """Write the table, the curves, everything as JSON, and the five plots."""
    from sxsim.cli.files import save_figure
    from sxsim.report.lock_plots import lock_figures

    write_text(folder / "lock.json", text + "\n")
    rows = [each.to_dict() for each in found.operators]
    flat = [name for name, value in rows[0].items() if not isinstance(value, dict | list)]
    _csv(
        folder / "operators.csv",
        ["", *(row["name"] for row in rows)],
        [[name, *(row[name] for row in rows)] for name in flat],
    )
    for name, curve in found.curves.items():
        points = curve.rows()
        _csv(folder / f"curve_{name}.csv", list(points[0]), [list(point.values()) for point in points])
    for name, figure in lock_figures(found).items():
        save_figure(figure, folder / f"{name}.png", "--out")


def _csv(path: Path, head: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
