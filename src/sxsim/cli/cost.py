"""``sxsim cost``: what a kilogram of oxide costs, in what, and what is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.options import CascadeFile, Changes, Folder, Json, guarded, load_changed
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from rich.table import Table

    from sxsim.cascade.result import Result
    from sxsim.economics import Cost

__all__ = ["cost"]

Prices = Annotated[
    str | None,
    typer.Option(
        "--prices",
        metavar="SET",
        help="china-2024, us-2024, europe-2025, or a TOML file; when left out the cascade's own, or china-2024.",
    ),
]


@guarded
def cost(
    file: CascadeFile,
    prices: Prices = None,
    changes: Changes = None,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Cost a cascade with the finishing of its products: capital, reagents, energy, labour, waste."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import solved
    from sxsim.economics.comparison import compare
    from sxsim.economics.costing import cost as costing
    from sxsim.economics.price_sets import DEFAULT_SET, price_set

    cascade = load_changed(file, changes)
    table = cascade.economics
    chosen = price_set(prices or (table.price_set if table is not None else DEFAULT_SET))
    with staged_folder(out) if out else nullcontext() as stage:
        result = solved(cascade)
        bill = costing(result, chosen)
        body = {**bill.to_dict(), "benchmarks": [row.to_dict() for row in compare(bill)]}
        text = json_text("cost", cascade.input_hash, body)
        if stage:
            _write(result, bill, text, stage)
    if as_json:
        typer.echo(text)
    else:
        console = report_console()
        for part in _report(bill):
            console.print(part)
    if out:
        say(f"wrote {out}")


def _write(result: Result, bill: Cost, text: str, folder: Path) -> None:
    """Write the bill as CSV, everything as JSON, the Sankey as a page that can be moved, and the report."""
    import csv

    from sxsim.economics.sankey import sankey
    from sxsim.report.html import Subject, write_report

    write_text(folder / "cost.json", text + "\n")
    rows = [item.to_dict(bill.oxide_kg_per_y) for item in bill.items]
    with (folder / "cost_items.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    write_text(folder / "mfca.html", sankey(bill.mfca).to_html(include_plotlyjs=True))
    write_report(Subject(result.cascade, result, bill=bill), folder)


def _report(bill: Cost) -> Iterator[Any]:
    """Tell the costing to people, in the order of its weight."""
    from rich.markup import escape
    from rich.text import Text

    from sxsim.report.layout import number

    yield Text(bill.title, style="bold")
    yield Text(
        f"prices {bill.price_set} ({bill.region}), {bill.oxide_kg_per_y / 1000.0:.0f} t oxide a year", style="dim"
    )
    yield Text()
    yield Text(f"{bill.usd_per_kg_oxide:.2f} usd/kg oxide", style="bold")
    yield _breakdown(bill)
    yield _items(bill)
    yield _products(bill)
    waste = bill.waste
    yield Text(
        f"Waste  {waste.m3_per_t:.1f} m3/t oxide, {waste.salt_kg_per_kg:.2f} kg salt/kg, "
        f"{waste.ammonium_N_kg_per_t:.0f} kg NH4-N/t, {waste.chloride_kg_per_t:.0f} kg Cl/t, "
        f"COD {waste.COD_kg_per_t:.1f} kg/t"
    )
    parts = ", ".join(f"{name} {volume:.1f}" for name, volume in waste.water_m3_per_t.items())
    yield Text(f"       of it {parts} m3/t", style="dim")
    for check in waste.checks:
        verdict = "within" if check.met else "above"
        yield Text(
            f"       {check.quantity} {number(check.value)} {check.unit} untreated: {verdict} {check.limit:g} "
            f"({check.applies}; GB 26451-2011, {check.status})",
            style="dim",
        )
    yield _loops(bill)
    yield _accounts(bill)
    yield _charge(bill)
    if bill.warnings:
        yield Text("Warnings", style="bold yellow")
        for warning in bill.warnings:
            yield f"  - {escape(warning)}"


def _breakdown(bill: Cost) -> Table:
    """Cost by category."""
    from sxsim.report.layout import plain_table

    table = plain_table("Breakdown", "", "usd/kg oxide", "%")
    for name, amount in bill.breakdown_usd_per_kg_oxide.items():
        table.add_row(name, f"{amount:.3f}", f"{100.0 * amount / bill.usd_per_kg_oxide:.1f}")
    return _right(table, 1, 2)


def _items(bill: Cost) -> Table:
    """The bill, line by line."""
    from sxsim.report.layout import number, plain_table, status_text

    table = plain_table("Bill", "", "per kg oxide", "unit", "usd/unit", "usd/kg oxide", "source", "status")
    for item in bill.items:
        amount = item.quantity_per_y / bill.oxide_kg_per_y
        table.add_row(
            item.name,
            number(amount),
            item.unit,
            number(item.price_usd_per_unit),
            f"{item.usd_per_y / bill.oxide_kg_per_y:.4f}",
            item.source,
            status_text(item.status),
        )
    return _right(table, 1, 3, 4)


def _products(bill: Cost) -> Table:
    """Cost of each product under each way of sharing joint cost."""
    from sxsim.report.layout import plain_table

    keys = [f"by {allocation.key}" for allocation in bill.allocations]
    table = plain_table("Cost by product, joint cost shared [usd/kg oxide]", "stream", "element", *keys)
    for row, product in enumerate(bill.plant.finished):
        costs = [f"{allocation.shares[row][3]:.2f}" for allocation in bill.allocations]
        table.add_row(product.stream, product.element, *costs)
    return _right(table, *range(2, 2 + len(keys)))


def _loops(bill: Cost) -> Table:
    """What closing each loop would change."""
    from sxsim.report.layout import plain_table

    title = "Closed loops, each on its own"
    table = plain_table(
        title, "recovers", "saves usd/kg", "spends usd/kg", "NH4-N kg/t", "acid kmol/t", "effluent m3/t"
    )
    for loop in bill.closed_loops:
        figures = (loop.ammonium_N_kg_per_t, loop.acid_kmol_per_t, loop.effluent_m3_per_t)
        money = (f"{loop.saved_usd_per_kg:.3f}", f"{loop.spent_usd_per_kg:.3f}")
        table.add_row(loop.name, *money, *(f"{figure:.1f}" for figure in figures))
    return _right(table, 1, 2, 3, 4, 5)


def _accounts(bill: Cost) -> Table:
    """Material flow cost accounting."""
    from sxsim.report.layout import plain_table

    accounts, kg = bill.mfca, bill.oxide_kg_per_y
    title = "Material flow cost accounting, ISO 14051 [usd/kg oxide]"
    table = plain_table(title, "centre", "carried", "material", "energy", "system", "waste", "to product", "to loss")
    for centre in accounts.centres:
        figures = (centre.carried, centre.material, centre.energy, centre.system, centre.waste)
        ends = (centre.product, centre.loss)
        table.add_row(centre.mass.centre, *(f"{figure / kg:.3f}" for figure in (*figures, *ends)))
    ends = (accounts.product_usd_per_y, accounts.loss_usd_per_y)
    table.add_row("all", "", "", "", "", "", *(f"{figure / kg:.3f}" for figure in ends))
    return _right(table, *range(1, 8))


def _charge(bill: Cost) -> Any:
    """Base and acid, fed beside used, and how well the charge relation closes."""
    from rich.text import Text

    used, charge = bill.consumption, bill.charge
    text = f"Charge  base {used.base_kmol_h:.4g} kmol/h"
    if used.base_over_yardstick is not None:
        text += f" = {used.base_over_yardstick:.2f} x 3 S_min"
    text += f"; acid fed {used.acid_fed_kmol_h:.4g}, used up {used.acid_consumed_kmol_h:.4g} kmol/h"
    return Text(f"{text}; relation closes to {charge.closure:.1e}, every balance to {bill.worst_closure:.1e}")


def _right(table: Table, *columns: int) -> Table:
    """Set some columns flush right."""
    for column in columns:
        table.columns[column].justify = "right"
    return table
