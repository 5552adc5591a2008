"""``sxsim train``: a whole train, from ore to separate oxides, and two trains beside each other."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.options import Changes, Folder, Json, guarded
from sxsim.errors import InputError
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.plant.bill import TrainCost
    from sxsim.plant.comparison import Comparison
    from sxsim.plant.definition import Train
    from sxsim.plant.result import TrainResult

__all__ = ["load_changed_train", "train"]

TrainFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A train file (TOML), or the name of a bundled one such as bayan_obo.")
]
Prices = Annotated[
    str | None,
    typer.Option(
        "--prices",
        metavar="SET",
        help="china-2024, us-2024, europe-2025, or a TOML file; when left out the train's own, or china-2024.",
    ),
]
Against = Annotated[
    str | None,
    typer.Option("--against", metavar="FILE", help="Compare with another train: what makes a kilogram dearer."),
]


@guarded
def train(
    file: TrainFile,
    against: Against = None,
    prices: Prices = None,
    changes: Changes = None,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Solve a train of cascades as one system and cost it from ore to oxides."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.plant.comparison import compare_trains
    from sxsim.plant.costing import cost_train
    from sxsim.report.train_tables import comparison_report, cost_report, train_report

    chosen = load_changed_train(file, changes)
    other = load_changed_train(against, None) if against is not None else None
    both: Comparison | None = None
    with staged_folder(out) if out else nullcontext() as stage:
        result = _solved(chosen)
        if other is not None:
            reference = _solved(other)
            both = compare_trains(result, reference, prices)
            bill = both.cost
        else:
            bill = cost_train(result, prices)
        body: dict[str, Any] = {**result.to_dict(), **bill.to_dict()}
        body["warnings"] = [*result.warnings, *bill.notes]
        if both is not None:
            body["against"] = both.to_dict()
        text = json_text("train", chosen.input_hash, body)
        if stage:
            _write(result, bill, body, text, stage)
    if as_json:
        typer.echo(text)
    else:
        console = report_console()
        for part in (*train_report(result), *cost_report(bill)):
            console.print(part)
        for part in comparison_report(both) if both is not None else ():
            console.print(part)
    if out:
        say(f"wrote {out}")


def load_changed_train(file: str, changes: list[str] | None) -> Train:
    """Load a train and apply what ``--set`` asks for; all findings of one kind together.

    Raises
    ------
    InputError
        The file or an assignment is wrong.
    """
    from sxsim.cli.options import assignments
    from sxsim.plant.loading import load_train

    wanted = assignments(changes)
    loaded = load_train(file)
    if not wanted:
        return loaded
    try:
        return loaded.replace(wanted)
    except InputError as error:
        raise InputError(error.findings, f"{file} with --set {' --set '.join(changes or [])}") from None


def _solved(chosen: Train) -> TrainResult:
    """Solve a train; a line for each cascade on stderr when that is a terminal."""
    from sxsim.cli.consoles import errors_console, say
    from sxsim.cli.running import announce_compilation
    from sxsim.plant.solving import solve_train

    announce_compilation()
    return solve_train(chosen, progress=say if errors_console().is_terminal else None)


def _write(result: TrainResult, bill: TrainCost, body: dict[str, Any], text: str, folder: Path) -> None:
    """Write streams and bill as CSV, everything as JSON, the flow sheet, and the Sankey diagrams as pages."""
    import csv

    from sxsim.report.html import TrainSubject, write_report
    from sxsim.report.train_plots import flow_sheet, materials_sankey, money_sankey, rare_earth_sankey

    write_text(folder / "train.json", text + "\n")
    ions = list(dict.fromkeys(ion for flow in result.streams.values() for ion in flow.amount_kmol_h))
    with (folder / "train_streams.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        head = ["stream", "from", "to", "phase", "flow_m3_h", "oxide_kg_h", *(f"{ion}_kmol_h" for ion in ions)]
        writer.writerow(head)
        for name, flow in result.streams.items():
            ends = (result.layout.made_by[name], result.layout.taken_by[name][0][0])
            held = [flow.amount_kmol_h.get(ion, 0.0) for ion in ions]
            writer.writerow([name, *ends, flow.phase, flow.flow_m3_h, flow.oxide_kg_h, *held])
    rows = [{"spent_by": each.unit, "part": each.part, **each.item.to_dict(bill.oxide_kg_per_y)} for each in bill.lines]
    with (folder / "train_items.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    flow_sheet(result).savefig(folder / "flow_sheet.png", dpi=150)
    title = result.train.title
    for name, page in (
        ("rare_earths", rare_earth_sankey(result)),
        ("materials", materials_sankey(bill.mfca, title)),
        ("money", money_sankey(bill.mfca, title)),
    ):
        write_text(folder / f"sankey_{name}.html", page.to_html(include_plotlyjs=True))
    write_report(TrainSubject(result, bill, body), folder)
