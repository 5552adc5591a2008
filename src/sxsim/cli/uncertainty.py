"""``sxsim uncertainty``: what the data leave open, carried through a design."""

from __future__ import annotations

import csv
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sxsim.cli.options import CascadeFile, Changes, Folder, Json, guarded, load_changed
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.studies import Uncertainty

__all__ = ["uncertainty"]

EVERY_S = 10.0
"""A line of progress is told this often [s]."""


@guarded
def uncertainty(
    file: CascadeFile,
    samples: Annotated[int, typer.Option("--samples", help="Random draws.")] = 100,
    seed: Annotated[
        int, typer.Option("--seed", help="Start of the random numbers; the same seed, the same result.")
    ] = 0,
    efficiency: Annotated[
        str | None,
        typer.Option(
            "--efficiency", metavar="LOW:HIGH", help="Factor on the stage efficiencies. [default: 0.9:1, unverified]"
        ),
    ] = None,
    sobol: Annotated[
        int, typer.Option("--sobol", help="Base samples of the Sobol indices, a power of 2; 0 leaves them out.")
    ] = 64,
    changes: Changes = None,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Draw separation factors, levels, efficiency and prices: purity, stages needed, cost, and the safe margin."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import announce_compilation
    from sxsim.report.uncertainty_tables import uncertainty_report
    from sxsim.studies.propagation import uncertainty as study

    cascade = load_changed(file, changes)
    span = _span(efficiency)
    announce_compilation()
    with staged_folder(out) if out else nullcontext() as stage:
        found = study(cascade, samples=samples, seed=seed, efficiency=span, sobol_samples=sobol, progress=_Progress())
        text = json_text("uncertainty", cascade.input_hash, found.to_dict())
        if stage:
            _write(found, text, stage)
    if as_json:
        typer.echo(text)
    else:
        console = report_console()
        for part in uncertainty_report(found):
            console.print(part)
    if out:
        say(f"wrote {out}")


def _span(text: str | None) -> tuple[float, float] | None:
    """Read a range.

    Raises
    ------
    InputError
        It is none.
    """
    from sxsim.errors import Finding, InputError

    if text is None:
        return None
    low, colon, high = text.partition(":")
    try:
        return float(low), float(high if colon else low)
    except ValueError:
        raise InputError(
            Finding("--efficiency", f"{text} is no range", "LOW:HIGH, such as 0.9:1", cure="write --efficiency 0.9:1")
        ) from None


def _write(found: Uncertainty, text: str, folder: Path) -> None:
    """Write draws, everything as JSON, and the plots."""
    from sxsim.cli.files import save_figure
    from sxsim.report.uncertainty_plots import uncertainty_figures

    write_text(folder / "uncertainty.json", text + "\n")
    columns = found.columns()
    with (folder / "draws.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["draw", *columns])
        writer.writerows([number, *row] for number, row in enumerate(zip(*columns.values(), strict=True)))
    for name, figure in uncertainty_figures(found).items():
        save_figure(figure, folder / f"{name}.png", "--out")


class _Progress:
    """Tells a line now and then."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        from sxsim.cli.consoles import say

        now = time.monotonic()
        if now - self._told > EVERY_S:
            self._told = now
            say(f"uncertainty: {done} of {total} {what}")
