"""``sxsim fit``: a system from laboratory points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sxsim.cli.options import guarded
from sxsim.errors import Finding, InputError
from sxsim.foundation.places import unwritable

__all__ = ["fit"]


@guarded
def fit(
    points: Annotated[Path, typer.Argument(metavar="POINTS", help="A CSV of shake-out points, one element a row.")],
    system: Annotated[
        str, typer.Option("--system", metavar="NAME", help="Start: a shipped system, or a system file of your own.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The system file (TOML) to write.")],
    free: Annotated[
        list[str] | None,
        typer.Option(
            "--free",
            metavar="NAME",
            help="What is fitted: levels, level.Nd, separation_factor.Nd/Pr, law.a; may be repeated. [default: levels]",
            show_default=False,
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw every residual: predicted minus measured log D.")
    ] = None,
) -> None:
    """Fit a system to shake-out points and write a system file that `organic.system` of a cascade can name."""
    from sxsim.chemistry.fitting import fit_file
    from sxsim.cli.consoles import report_console, say
    from sxsim.report.chemistry_tables import fit_report

    if out.suffix != ".toml":
        raise InputError(
            Finding(
                "--out",
                f"{out.name!r} is not a system file",
                "a name that ends in .toml",
                cure=f"write {out.stem}.toml",
            ),
            "fit",
        )
    try:
        result = fit_file(points, system, out, free or ("levels",))
    except OSError as error:
        raise unwritable("--out", out, error) from None
    console = report_console()
    for part in fit_report(result):
        console.print(part)
    say(f"wrote {out}")
    if plot is not None:
        from sxsim.cli.files import save_figure
        from sxsim.report.plots import residual_figure

        save_figure(residual_figure(result), plot, "--plot")
        say(f"wrote {plot}")
