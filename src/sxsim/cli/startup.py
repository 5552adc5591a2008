"""``sxsim startup``: fill a cascade, open it and see when its products meet specification."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.options import CascadeFile, Changes, Folder, Json, guarded, load_changed
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sxsim.definition import Cascade
    from sxsim.startup import StartUp

__all__ = ["startup"]


@guarded
def startup(
    file: CascadeFile,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy", help="open, organic-first, reflux, one-sided, matched-reflux or feedback. [default: the file's]"
        ),
    ] = None,
    days: Annotated[
        float | None, typer.Option("--days", help="Length of the run [d]. [default: the file's, or 30]")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Run every policy and compare the times.")] = False,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="FILE", help="Carry on from a checkpoint that --out wrote.")
    ] = None,
    animation: Annotated[
        bool,
        typer.Option(
            "--animation", help="With --out: also write the profile in motion, MP4 where ffmpeg is, else GIF."
        ),
    ] = False,
    zarr: Annotated[bool, typer.Option("--zarr", help="With --out: also write the course as a Zarr store.")] = False,
    changes: Changes = None,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Start a cascade up: time to specification, product lost and reagents spent under a policy."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import announce_compilation

    _refuse_idle(policy, compare, resume, {"--animation": animation, "--zarr": zarr}, out)
    cascade = load_changed(file, changes)
    announce_compilation(startup=True)
    with staged_folder(out) if out else nullcontext() as stage:
        if compare:
            body = _compared(cascade, days, as_json, stage)
            if stage:
                _write_comparison(cascade, body, stage)
        else:
            run = _run(cascade, policy, days, resume)
            body = run.to_dict()
            if stage:
                _write(run, stage, animation, zarr)
            if not as_json:
                from sxsim.report.startup_tables import startup_tables

                console = report_console()
                for part in startup_tables(run):
                    console.print(part)
        text = json_text("startup", cascade.input_hash, body)
        if stage:
            write_text(stage / "startup.json", text + "\n")
    if as_json:
        typer.echo(text)
    if out:
        say(f"wrote {out}")


def _refuse_idle(
    policy: str | None, compare: bool, resume: Path | None, written: dict[str, bool], out: Path | None
) -> None:
    """Refuse options that would do nothing.

    Raises
    ------
    InputError
        There are some.
    """
    from sxsim.errors import Finding, InputError

    findings = []
    if compare:
        given = {"--policy": policy is not None, "--resume": resume is not None, **written}
        offence = "belongs to one run, --compare makes one of every policy"
        findings += [
            Finding(name, offence, cure="leave one of the two out", allowed="one of the two")
            for name, there in given.items()
            if there
        ]
    elif out is None:
        offence = "there is no folder to write it into"
        findings += [
            Finding(name, offence, cure="name one by --out", allowed="beside --out")
            for name, there in written.items()
            if there
        ]
    if findings:
        raise InputError(findings)


def _run(cascade: Cascade, policy: str | None, days: float | None, resume: Path | None) -> StartUp:
    """One run with a progress bar on stderr, on a terminal only."""
    from sxsim.startup import start_up

    hours = 24.0 * (days or (cascade.startup.days if cascade.startup is not None else 30.0))
    with _bar(hours) as advance:
        return start_up(cascade, policy=policy, days=days, resume=resume, progress=advance)  # type: ignore[arg-type]


def _compared(cascade: Cascade, days: float | None, as_json: bool, stage: Path | None) -> dict[str, Any]:
    """Run every policy; print the table unless JSON is asked for, write table and figure where there is a folder."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.startup import compare

    runs: Mapping[Any, Any] = compare(cascade, days=days, progress=lambda policy: say(f"running {policy}"))
    if not as_json:
        from sxsim.report.startup_tables import comparison_table

        report_console().print(comparison_table(runs))
    if stage is not None:
        from sxsim.cli.files import save_figure
        from sxsim.report.startup_plots import comparison_figure
        from sxsim.report.startup_tables import comparison_frame

        comparison_frame(runs).to_csv(stage / "comparison.csv", index=False, lineterminator="\n")
        if any(not isinstance(run, str) for run in runs.values()):
            save_figure(comparison_figure(runs), stage / "comparison.png", "--out")
    told = {
        policy: {"status": "not carried out", "reason": run} if isinstance(run, str) else run.to_dict()
        for policy, run in runs.items()
    }
    return {"status": "compared", "policies": told}


def _write(run: StartUp, stage: Path, animation: bool, zarr: bool) -> None:
    """Write dataset, checkpoint, figures and the report."""
    from sxsim.cli.consoles import say
    from sxsim.cli.files import save_figure
    from sxsim.report.html import Subject, write_report
    from sxsim.report.startup_plots import animate_profile, mp4_can_be_written, startup_figure

    run.write_netcdf(stage / "startup.nc")
    if zarr:
        run.write_zarr(stage / "startup.zarr")
    run.save_checkpoint(stage / "checkpoint.npz")
    save_figure(startup_figure(run), stage / "startup.png", "--out")
    if animation:
        if not mp4_can_be_written():
            say("no ffmpeg was found for MP4: the animation is a GIF")
        animate_profile(run, stage / ("profile.mp4" if mp4_can_be_written() else "profile.gif"))
    write_report(Subject(run.steady.cascade, run.steady, run=run), stage)


def _write_comparison(cascade: Cascade, body: dict[str, Any], stage: Path) -> None:
    """Write the report of several policies on the steady state that they head for."""
    from sxsim.cascade.solving import solve_quietly
    from sxsim.report.html import Subject, write_report

    write_report(Subject(cascade, solve_quietly(cascade), policies=body), stage)


class _bar:  # noqa: N801
    """A progress bar over the hours of a run."""

    def __init__(self, hours: float) -> None:
        from rich.progress import Progress

        from sxsim.cli.consoles import errors_console

        console = errors_console()
        self._bar = Progress(console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("start-up", total=hours)

    def __enter__(self) -> Callable[[float], None]:
        self._bar.start()
        return lambda reached: self._bar.update(self._task, completed=reached)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
