"""``sxsim sweep``: do one thing with many variants of a cascade."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.ending import exit_code_of
from sxsim.cli.options import Changes, Json, guarded, load_changed

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from sxsim.studies.study import Study
    from sxsim.studies.sweeping import Progress

__all__ = ["sweep"]

EVERY_S = 10.0
"""Where there is no terminal for a bar, a line is told this often [s]."""


@guarded
def sweep(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A study file, or a cascade file together with --axis.", show_default=False
        ),
    ],
    axes: Annotated[
        list[str] | None,
        typer.Option(
            "--axis",
            metavar="PATH=VALUES",
            help="LOW:HIGH:COUNT, LOW:HIGH:COUNT:log, VALUE,VALUE,... or, to be sampled, LOW:HIGH; may be repeated.",
        ),
    ] = None,
    action: Annotated[
        str | None,
        typer.Option("--action", help="solve, design, cost, startup or, of a train file, train. [default: solve]"),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", metavar="PATH", help="A figure of the command's JSON to record; may be repeated."),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="grid, rows, latin-hypercube or sobol: how cases are taken from the axes.")
    ] = "grid",
    samples: Annotated[
        int | None, typer.Option("--samples", help="Cases of a latin-hypercube or sobol sample.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Start of the random numbers.")] = 0,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes of this machine. [default: all cores when worth it]")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="Dask scheduler, e.g. tcp://10.0.0.1:8786.")
    ] = None,
    changes: Changes = None,
    as_json: Json = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Keep what is done in this folder; the same command carries on there."
        ),
    ] = None,
) -> None:
    """Sweep over any values of a cascade; one row a case, failed ones with their reason."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text
    from sxsim.cli.running import announce_compilation
    from sxsim.studies.sweeping import executor_for, run

    announce_compilation()
    study = _study(file, axes, action, outputs, (method, samples, seed), changes)
    executor = executor_for(study, workers, cluster)
    try:
        with _progress(study) as tell:
            table = run(study, out=out, executor=executor, progress=tell)
    except KeyboardInterrupt as interrupt:
        kept = f"the same command carries on in {out}" if out else "nothing was kept: name a folder by --out"
        say(f"interrupted; {kept}")
        raise typer.Exit(exit_code_of(interrupt)) from None
    if out:
        _write(study, table, out)
    if as_json:
        from sxsim.report.sweep_tables import sweep_data

        told = sweep_data(study, table) | {"fixed": list(study.fixed)}
        typer.echo(json_text("sweep", study.cascade.input_hash, told))
    else:
        from sxsim.report.sweep_tables import sweep_report

        console = report_console()
        for part in sweep_report(study, table):
            console.print(part)
        if study.fixed:
            console.print(f"fixed, so not free to meet the targets: {', '.join(study.fixed)}")
    if out:
        say(f"wrote {out}")


def _study(
    file: str,
    axes: list[str] | None,
    action: str | None,
    outputs: list[str] | None,
    sampled: tuple[str, int | None, int],
    changes: list[str] | None,
) -> Study:
    """Read a study file, or put a study together from the options.

    Raises
    ------
    InputError
        Something is wrong, or options are given that a study file decides.
    """
    from sxsim.errors import Finding, InputError
    from sxsim.foundation.paths import parse_assignment
    from sxsim.studies.axes import Axis, parse_axis
    from sxsim.studies.points import Sampling
    from sxsim.studies.study import changed_train, make_study
    from sxsim.studies.study_file import is_study, load_study

    if is_study(file):
        given = {"--axis": axes, "--action": action, "--output": outputs, "--samples": sampled[1]}
        given["--method"] = sampled[0] if sampled[0] != "grid" else None
        offence, cure = "is said by the study file", "change the file, or sweep its cascade"
        findings = [
            Finding(name, offence, cure=cure, allowed="in the study file") for name, value in given.items() if value
        ]
        if findings:
            raise InputError(findings, file)
        return load_study(file, dict(parse_assignment(text) for text in changes or []))
    if action == "train":
        from sxsim.plant import load_train

        train = load_train(file)
        wanted = dict(parse_assignment(text) for text in changes or [])
        cascade: Any = changed_train(train, wanted) if wanted else train
    else:
        cascade = load_changed(file, changes)
    parsed: list[Axis] = []
    findings = []
    for text in axes or []:
        try:
            parsed.append(parse_axis(text))
        except InputError as error:
            findings += error.findings
    if not axes:
        cure = "add --axis section.extraction.stages=20:40:21, or name a study file"
        findings.append(
            Finding(
                "--axis", "is missing: nothing varies", cure=cure, allowed="PATH=LOW:HIGH:COUNT or PATH=VALUE,VALUE,..."
            )
        )
    if findings:
        raise InputError(findings)
    sampling = Sampling(sampled[0], sampled[1], sampled[2])  # type: ignore[arg-type]  # Sampling says what is allowed
    return make_study(cascade, parsed, action=action or "solve", outputs=outputs, sampling=sampling)


@contextmanager
def _progress(study: Study) -> Iterator[Callable[[Progress], None]]:
    """Lend a bar on a terminal; elsewhere a line now and then."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    from sxsim.cli.consoles import errors_console, say

    console = errors_console()
    if console.is_terminal:
        with Bar(
            TextColumn(study.action),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            console=console,
        ) as bar:
            task = bar.add_task("", total=len(study), rate="")

            def draw(progress: Progress) -> None:
                _tell_dropped(progress)
                bar.update(task, completed=progress.done, rate=_rate(progress))

            yield draw
        return
    told = time.monotonic()

    def line(progress: Progress) -> None:
        nonlocal told
        _tell_dropped(progress)
        if progress.done == progress.kept and progress.kept:
            say(f"sweep: {progress.kept} of {progress.total} cases are there already")
        elif time.monotonic() - told > EVERY_S:
            told = time.monotonic()
            say(f"sweep: {progress.done} of {progress.total} cases, {_rate(progress)}")

    yield line


def _tell_dropped(progress: Progress) -> None:
    """Say before the first case that some are run again."""
    from sxsim.cli.consoles import say

    if progress.dropped and progress.done == progress.kept:
        count = "1 file" if progress.dropped == 1 else f"{progress.dropped} files"
        say(f"sweep: {count} of the folder cut short, lost, altered or of another study: those cases are run again")


def _rate(progress: Progress) -> str:
    """Rate and time left in words."""
    left = progress.left_s
    if left is None:
        return ""
    minutes, seconds = divmod(round(left), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
    rate = progress.rate_per_s
    return f"{rate:.0f} cases/s, {clock} left" if rate >= 10.0 else f"{rate:.2g} cases/s, {clock} left"


def _write(study: Study, table: pa.Table, folder: Path) -> None:
    """Draw what can be drawn beside the table."""
    from sxsim.cli.files import save_figure
    from sxsim.report.sweep_plots import sweep_figures

    for name, figure in sweep_figures(study, table).items():
        save_figure(figure, folder / f"{name}.png", "--out")
