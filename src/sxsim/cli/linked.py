"""``sxsim linked``: solve a linked extraction."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.guard import guarded
from sxsim.cli.options import Changes, Folder, Json
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.plant.linked import Linked, LinkedResult

__all__ = ["linked"]


@guarded
def linked(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A file of a linked extraction (TOML), or a bundled one: nd_pr_ce.")
    ],
    changes: Changes = None,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Solve a linked extraction: cascades whose loaded organic and aqueous pass on unstripped."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import announce_compilation
    from sxsim.plant.linked import solve_linked
    from sxsim.report.linked_tables import linked_report

    with staged_folder(out) if out else nullcontext() as stage:
        definition = _loaded(file, changes or [])
        announce_compilation()
        result = solve_linked(definition)
        text = json_text("linked", definition.input_hash, result.to_dict())
        if stage:
            _write(result, text, stage)
    if as_json:
        typer.echo(text)
    else:
        console = report_console()
        for part in linked_report(result):
            console.print(part)
    if out:
        say(f"wrote {out}")


def _loaded(file: str, changes: list[str]) -> Linked:
    """Load a definition and apply what ``--set`` asks for."""
    from sxsim.foundation.paths import parse_assignment
    from sxsim.plant.linked import load_linked

    wanted: dict[str, Any] = dict(parse_assignment(text) for text in changes)
    definition = load_linked(file)
    return definition.replace(wanted) if wanted else definition


def _write(result: LinkedResult, text: str, folder: Path) -> None:
    """Write JSON, profiles, the solved definition and the picture of the profiles."""
    from sxsim.cli.files import save_figure
    from sxsim.report.synthesis_linked import linked_profile

    write_text(folder / "linked.json", text + "\n")
    write_text(folder / "solved.toml", result.solved.to_toml())
    for phase in ("organic", "aqueous"):
        result.profile(phase).to_csv(folder / f"profile_{phase}.csv", lineterminator="\n")
    save_figure(linked_profile(result), folder / "profile.png", "--out")
