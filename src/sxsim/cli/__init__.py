"""The command line: one module for each command, no physics.

Nothing heavy is imported here: each command imports what it needs when it runs, so that ``sxsim --help`` answers at
once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from sxsim.cli import (
    check,
    cost,
    data,
    design,
    fit,
    linked,
    lock,
    plot,
    report,
    solve,
    sources,
    startup,
    sweep,
    synthesize,
    teaching_page,
    train,
    uncertainty,
)
from sxsim.cli.ending import run_to_the_end

__all__ = ["app", "main"]

app = typer.Typer(
    name="sxsim",
    help="Simulate the solvent-extraction separation of rare earths: counter-current cascades, stage by stage.",
    epilog="Exit code 0: done. 2: the input is wrong. 3: not converged, or a target cannot be reached.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    """Print the version and leave."""
    if asked:
        from sxsim import __version__

        typer.echo(f"sxsim {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command("check")(check.check)
app.command("solve")(solve.solve)
app.command("design")(design.design)
app.command("startup")(startup.startup)
app.command("sweep")(sweep.sweep)
app.command("uncertainty")(uncertainty.uncertainty)
app.command("lock")(lock.lock)
app.command("cost")(cost.cost)
app.command("train")(train.train)
app.command("synthesize")(synthesize.synthesize)
app.command("linked")(linked.linked)
app.command("report")(report.report)
app.command("app")(teaching_page.app)
app.command("data")(data.data)
app.command("fit")(fit.fit)
app.command("sources")(sources.sources)
app.add_typer(plot.app, name="plot")


def main() -> None:
    """Run the command line; the entry point ``sxsim``."""
    run_to_the_end(app)
