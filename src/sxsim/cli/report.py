"""``sxsim report``: one page and one workbook about a cascade, to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sxsim.cli.options import CascadeFile, Changes, Json, guarded, load_changed
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.definition import Cascade
    from sxsim.report.html import Subject, TrainSubject
    from sxsim.report.html.subject import Reportable

__all__ = ["report"]


@guarded
def report(
    file: CascadeFile,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for report.html, .xlsx and .json.")],
    design: Annotated[
        bool, typer.Option("--design", help="Design the cascade first; everything else is about the design.")
    ] = False,
    startup: Annotated[
        bool, typer.Option("--startup", help="Also start it up, by the file's policy or `open`.")
    ] = False,
    cost: Annotated[bool, typer.Option("--cost", help="Also cost it, by the file's price set or china-2024.")] = False,
    changes: Changes = None,
    as_json: Json = False,
) -> None:
    """Write a report to hand on: a page that needs no network, a workbook with live totals, and the numbers as JSON.

    FILE is a cascade, or a train: that is always solved and costed from ore to oxides.
    """
    from sxsim.cli.consoles import say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import announce_compilation
    from sxsim.report.html import write_report

    train = _is_train(file)
    if train:
        _refuse_for_a_train(design, startup)
    with staged_folder(out) as stage:
        if train:
            announce_compilation()
            subject: Reportable = _train(file, changes)
        else:
            cascade = load_changed(file, changes)
            announce_compilation(startup, search=design or cascade.solve is not None)
            subject = _subject(cascade, design, startup, cost)
        text = json_text("report", subject.facts["input_hash"], subject.book)
        write_text(stage / "report.json", text + "\n")
        written = [*write_report(subject, stage), "report.json"]
    if as_json:
        typer.echo(text)
    else:
        for name in written:
            typer.echo(str(out / name))
    say(f"wrote {out}")


def _is_train(file: str) -> bool:
    """Whether a file, or a bundled name, is a train: it holds cascades, and is none itself."""
    from sxsim.errors import InputError
    from sxsim.plant.loading import TRAINS

    try:
        return "cascade" in TRAINS.tables(file)
    except InputError:
        return False


def _refuse_for_a_train(design: bool, startup: bool) -> None:
    """Refuse what is done with one cascade only.

    Raises
    ------
    InputError
        It was asked for.
    """
    from sxsim.errors import Finding, InputError

    asked = {"--design": design, "--startup": startup}
    cure = "leave it out, or report on one cascade of the train"
    findings = [
        Finding(name, "a train is solved and costed as it is", cure=cure, allowed="one cascade")
        for name, there in asked.items()
        if there
    ]
    if findings:
        raise InputError(findings)


def _train(file: str, changes: list[str] | None) -> TrainSubject:
    """Solve and cost a train."""
    from sxsim.cli.train import load_changed_train
    from sxsim.plant.costing import cost_train
    from sxsim.plant.solving import solve_train
    from sxsim.report.html import TrainSubject

    result = solve_train(load_changed_train(file, changes))
    bill = cost_train(result)
    told = {**result.to_dict(), **bill.to_dict(), "warnings": [*result.warnings, *bill.notes]}
    return TrainSubject(result, bill, told)


def _subject(cascade: Cascade, design: bool, startup: bool, cost: bool) -> Subject:
    """Run what is asked for; each run says on stderr that it begins."""
    from sxsim.cascade.solving import solve_quietly
    from sxsim.cli.consoles import say
    from sxsim.report.html import Subject

    plan = bill = run = None
    if design:
        from sxsim.sizing import design as find

        say("designing")
        plan = find(cascade)
    result = plan.result if plan is not None else solve_quietly(cascade)
    if cost:
        from sxsim.economics import cost as costing

        bill = costing(result)
    if startup:
        from sxsim.startup import start_up

        say("starting up")
        run = start_up(plan.cascade if plan is not None else cascade)
    return Subject(cascade, result, plan, bill, run)
