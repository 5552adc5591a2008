"""``sxsim plot``: figures of a solved cascade."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sxsim.cli.options import CascadeFile, Changes, guarded, load_changed

__all__ = ["app", "profile"]

app = typer.Typer(help="Draw a solved cascade.", no_args_is_help=True)


class Phase(StrEnum):
    """Which phase a profile shows."""

    organic = "organic"
    aqueous = "aqueous"


@app.callback()
def _group() -> None:
    pass


@app.command("profile")
@guarded
def profile(
    file: CascadeFile,
    phase: Annotated[Phase, typer.Option("--phase", help="Which phase is shown.")] = Phase.organic,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="PNG, PDF or SVG. [default: NAME_profile.png]")
    ] = None,
    changes: Changes = None,
) -> None:
    """Solve a cascade and draw mole fractions and pH along its stages."""
    from sxsim.cli.consoles import say
    from sxsim.cli.files import save_figure
    from sxsim.cli.running import solved
    from sxsim.report.plots import profile_figure

    result = solved(load_changed(file, changes))
    target = out or Path(f"{Path(file).stem}_profile.png")
    save_figure(profile_figure(result, phase.value), target, "--out")
    say(f"wrote {target}")
