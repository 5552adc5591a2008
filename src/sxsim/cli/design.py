"""``sxsim design``: from targets to stages and flows."""

from __future__ import annotations

import time
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.guard import NOT_CONVERGED, show_error
from sxsim.cli.options import CascadeFile, Changes, Folder, Json, guarded, load_changed
from sxsim.errors import Finding, InputError, UnreachableTarget
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.definition import Cascade
    from sxsim.sizing import Plan

__all__ = ["design"]

QUIET_S = 2.0
"""Progress is told to whoever has waited this long [s]."""

EVERY_S = 0.5


class Objective(StrEnum):
    """What is made least."""

    cost = "cost"
    stages = "stages"
    reagent = "reagent"


@guarded
def design(
    file: CascadeFile,
    objective: Annotated[
        Objective | None, typer.Option("--objective", help="What is made least. [default: the file's, else cost]")
    ] = None,
    changes: Changes = None,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Design a cascade: the stages and flows that meet its targets at least cost."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import announce_compilation
    from sxsim.report.plan_tables import plan_report
    from sxsim.sizing import design as find

    cascade: Cascade | None = None
    announce_compilation()
    with staged_folder(out) if out else nullcontext() as stage:
        try:
            cascade = _loaded(file, changes)
            plan = find(cascade, objective=objective.value if objective else None, progress=_Progress())
        except UnreachableTarget as error:
            if as_json:
                digest = cascade.input_hash if cascade is not None else None
                typer.echo(json_text("design", digest, _refusal(error)))
            show_error(error)
            raise typer.Exit(NOT_CONVERGED) from None
        text = json_text("design", cascade.input_hash, plan.to_dict())
        if stage:
            _write(cascade, plan, text, stage)
    if as_json:
        typer.echo(text)
    else:
        console = report_console()
        for part in plan_report(plan):
            console.print(part)
    if out:
        say(f"wrote {out}")


def _loaded(file: str, changes: list[str] | None) -> Cascade:
    """Load a cascade; targets that its feed alone rules out are out of reach, not bad input."""
    try:
        return load_changed(file, changes)
    except InputError as error:
        if all(_out_of_reach(finding) for finding in error.findings):
            said = "; ".join(
                f"{f.place} {f.offence} (nearest reachable: {f.allowed}); {f.cure}" for f in error.findings
            )
            raise UnreachableTarget(said) from None
        raise


def _refusal(error: UnreachableTarget) -> dict[str, Any]:
    """What ``--json`` tells of targets out of reach."""
    proof = None if error.proof is None else {"kind": error.proof.kind, "figures": dict(error.proof.figures)}
    return {"status": "not reachable", "diagnosis": error.diagnosis, "best": error.best, "proof": proof}


def _out_of_reach(finding: Finding) -> bool:
    """Whether a finding is a purity or impurity that companions on its side of the cut make impossible."""
    return finding.place.endswith((".purity_min", ".impurity_max")) and "cannot be reached" in finding.offence


class _Progress:
    """Tells a line now and then, once the search has taken a while."""

    def __init__(self) -> None:
        self._told = time.monotonic() + QUIET_S - EVERY_S

    def __call__(self, line: str) -> None:
        from sxsim.cli.consoles import say

        now = time.monotonic()
        if now - self._told > EVERY_S:
            self._told = now
            say(f"design: {line}")


def _write(cascade: Cascade, plan: Plan, text: str, folder: Path) -> None:
    """Write all files of a design into a folder."""
    from sxsim.cli.files import save_figure
    from sxsim.report.html import Subject, write_report
    from sxsim.report.mccabe_thiele import mccabe_thiele
    from sxsim.report.plots import profile_figure
    from sxsim.report.tradeoff import tradeoff

    write_text(folder / "designed.toml", plan.cascade.to_toml())
    write_text(folder / "plan.json", text + "\n")
    plan.result.write_csv(folder)
    save_figure(profile_figure(plan.result), folder / "profile.png", "--out")
    drawn = {"mccabe_thiele.png": mccabe_thiele(plan)}
    if plan.curve:
        drawn["tradeoff.png"] = tradeoff(plan)
    for name, axes in drawn.items():
        figure = axes.get_figure(root=True)
        assert figure is not None
        save_figure(figure, folder / name, "--out")
    write_report(Subject(cascade, plan.result, plan), folder)
