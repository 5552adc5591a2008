"""The report of a train for the terminal: products, cascades, balances, cost, accounts, a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sxsim.report.layout import number, percent, plain_table

if TYPE_CHECKING:
    from sxsim.plant.bill import TrainCost
    from sxsim.plant.comparison import Comparison
    from sxsim.plant.result import TrainResult

__all__ = ["comparison_report", "cost_report", "train_report"]

REMARKS = 12
"""Warnings shown; JSON holds them all."""


def train_report(result: TrainResult) -> Iterator[RenderableType]:
    """Products, cascades, recycles and balances of a solved train.

    Parameters
    ----------
    result : TrainResult
        Solved train.

    Yields
    ------
    renderable
        In the order of their weight.
    """
    yield Text(result.train.title, style="bold")
    loops = f", {len(result.recycles)} recycle(s) found in {result.rounds} rounds" if result.recycles else ""
    yield Text(
        f"{len(result.cascades)} cascades, {result.stages} stages, {result.feed_oxide_kg_h:.0f} kg oxide/h fed{loops}",
        style="dim",
    )
    yield _products(result)
    yield _cascades(result)
    yield Text(
        f"Passes of the whole feed {result.total_passes:.2f}; rare earths held "
        f"{result.inventory_kg_oxide:,.0f} kg oxide "
        f"({result.inventory_kg_oxide / result.feed_oxide_kg_h:.0f} h of feed)"
    )
    worst = max(result.closure_by_element, key=lambda name: result.closure_by_element[name])
    yield Text(
        f"Balances over the whole train close to {result.closure:.1e} (elements); worst of all {worst} "
        f"{result.closure_by_element[worst]:.1e}"
    )
    if result.retuned:
        yield Text("Changed for what arrives, so that every cut and product is met", style="bold")
        for each in result.retuned:
            yield f"  - {escape(str(each))}"
    if result.warnings:
        yield Text("Warnings", style="bold yellow")
        for warning in result.warnings[:REMARKS]:
            yield f"  - {escape(warning)}"
        if len(result.warnings) > REMARKS:
            yield Text(f"  and {len(result.warnings) - REMARKS} more (--json holds them all)", style="dim")


def _products(result: TrainResult) -> Table:
    """Products beside what they are to be."""
    table = plain_table("Products", "product", "stream", "of", "kg/h", "purity %", "asked", "recovery %", "")
    for each in result.products:
        asked = percent(each.purity_min) if each.purity_min is not None else ""
        verdict = Text("met", style="green") if each.met else Text("missed", style="bold red")
        table.add_row(
            each.name,
            each.stream,
            " ".join(each.elements),
            number(each.oxide_kg_h),
            percent(each.purity),
            asked,
            percent(each.recovery),
            verdict,
        )
    return _right(table, 3, 4, 5, 6)


def _cascades(result: TrainResult) -> Table:
    """What each cascade makes of the feed."""
    table = plain_table(
        "Cascades", "cascade", "stages", "of feed %", "S mol/mol", "passes", "base kmol/h", "acid kmol/h", "held kg"
    )
    for each in result.passes:
        table.add_row(
            each.cascade,
            str(each.stages),
            percent(each.share_of_feed),
            f"{each.S:.3f}",
            f"{each.passes:.3f}",
            number(each.base_kmol_h),
            number(each.acid_kmol_h),
            f"{each.inventory_kg_oxide:,.0f}",
        )
    table.add_section()
    base = sum(each.base_kmol_h for each in result.passes)
    acid = sum(each.acid_kmol_h for each in result.passes)
    held = f"{result.inventory_kg_oxide:,.0f}"
    table.add_row("all", str(result.stages), "", "", f"{result.total_passes:.3f}", number(base), number(acid), held)
    return _right(table, *range(1, 8))


def cost_report(bill: TrainCost) -> Iterator[RenderableType]:
    """The cost of a train by part, by unit and by product, and its material flow cost accounts.

    Parameters
    ----------
    bill : TrainCost
        Costed train.

    Yields
    ------
    renderable
        In the order of their weight.
    """
    yield Text()
    yield Text(f"{bill.usd_per_kg_oxide:.2f} usd/kg oxide", style="bold")
    yield Text(
        f"prices {bill.price_set} ({bill.region}), {bill.oxide_kg_per_y / 1000.0:,.0f} t oxide a year", style="dim"
    )
    parts = plain_table("From ore to oxides", "part", "usd/kg oxide", "%")
    for name, amount in bill.parts_usd_per_kg_oxide.items():
        parts.add_row(name, f"{amount:.3f}", f"{100.0 * amount / bill.usd_per_kg_oxide:.1f}")
    yield _right(parts, 1, 2)
    products = plain_table(
        "Cost by product [usd/kg oxide]", "product", *(f"by {each.key}" for each in bill.allocations)
    )
    for name in bill.allocations[0].usd_per_kg_oxide:
        products.add_row(name, *(f"{each.usd_per_kg_oxide[name]:.2f}" for each in bill.allocations))
    yield _right(products, *range(1, 1 + len(bill.allocations)))
    yield _along_paths(bill)
    reagents = ", ".join(f"{name} {number(kg, 3)}" for name, kg in bill.reagents_kg_per_kg_oxide.items())
    yield Text(f"Reagents  {reagents} kg/kg oxide")
    yield Text(
        f"Waste     {bill.waste.m3_per_t:.1f} m3/t oxide, {bill.waste.salt_kg_per_kg:.2f} kg salt/kg, "
        f"{bill.waste.ammonium_N_kg_per_t:.0f} kg NH4-N/t"
    )
    yield Text(
        f"Organic   {bill.organic_m3:,.0f} m3 in all loops; made up {1000.0 * _per_kg(bill, 'extractant_kg_h'):.1f} kg "
        f"extractant and {1000.0 * _per_kg(bill, 'diluent_kg_h'):.1f} kg diluent per t oxide"
    )
    for name, front in bill.front_ends.items():
        residues = ", ".join(
            f"{number(each.value, 3)} {each.unit.removesuffix(' per t oxide')} {what}"
            for what, each in front.route.per_t("residue").items()
        )
        outside = front.route.numbers.get("external_usd_per_t")
        yield Text(
            f"Front end {name} by {front.route.name}: recovers {percent(front.route.recovery.value)} %"
            + (f"; leaves per t oxide {residues}" if residues else "")
            + (f"; {outside.value / 1000.0:.1f} usd/kg of remediation stand outside the accounts" if outside else "")
        )
    yield _accounts(bill)
    for note in bill.notes:
        yield f"  - {escape(note)}"


def _along_paths(bill: TrainCost) -> Table:
    """Reagents, waste, stages and inventory of each product, led along its path."""
    heads = ("acid kg/kg", "base kg/kg", "waste m3/t", "stages", "held h")
    table = plain_table("Each product along its path", "product", *heads)
    for name, figures in bill.per_product.items():
        table.add_row(name, *(number(figure, 3) for figure in figures.values()))
    return _right(table, *range(1, 6))


def _per_kg(bill: TrainCost, key: str) -> float:
    """A make-up per product [kg/kg]."""
    return float(getattr(bill.organic, key)) / bill.plant.oxide_kg_h


def _accounts(bill: TrainCost) -> Table:
    """Material flow cost accounting over the quantity centres."""
    kg, accounts = bill.oxide_kg_per_y, bill.mfca
    title = "Material flow cost accounting, ISO 14051 [usd/kg oxide]"
    table = plain_table(title, "centre", "carried", "material", "energy", "system", "waste", "to product", "to loss")
    for centre in accounts.centres:
        figures = (centre.carried, centre.material, centre.energy, centre.system, centre.waste)
        table.add_row(centre.mass.centre, *(f"{figure / kg:.3f}" for figure in (*figures, centre.product, centre.loss)))
    table.add_section()
    ends = (accounts.product_usd_per_y, accounts.loss_usd_per_y)
    table.add_row("all", "", "", "", "", "", *(f"{figure / kg:.3f}" for figure in ends))
    return _right(table, *range(1, 8))


def comparison_report(both: Comparison) -> Iterator[RenderableType]:
    """A train beside a reference: costs by part, what each adds to the ratio, and a plain statement.

    Parameters
    ----------
    both : Comparison
        Two trains.

    Yields
    ------
    renderable
        Parts, factors, statement.
    """
    yield Text()
    yield Text(f"{both.cost.title}  against  {both.reference_cost.title}", style="bold")
    parts = plain_table(
        "Cost by part [usd/kg oxide]", "part", "this", "this at equal throughput", "reference", "adds to the ratio"
    )
    own, scaled, other = (
        each.parts_usd_per_kg_oxide for each in (both.cost, both.at_reference_scale, both.reference_cost)
    )
    for part in own:
        figures = (own[part], scaled[part], other[part])
        parts.add_row(part, *(f"{figure:.3f}" for figure in figures), f"{both.contributions[part]:+.3f}")
    parts.add_row("scale", "", "", "", f"{both.contributions['scale']:+.3f}")
    parts.add_section()
    totals = (each.usd_per_kg_oxide for each in (both.cost, both.at_reference_scale, both.reference_cost))
    parts.add_row("all", *(f"{total:.3f}" for total in totals), f"1 + ... = {both.ratio:.3f}")
    yield _right(parts, 1, 2, 3, 4)
    factors = plain_table("Factors", "", "this", "reference", "ratio")
    for name, (one, two) in both.factors.items():
        factors.add_row(escape(name), number(one), number(two), number(one / two, 3) if two else "")
    yield _right(factors, 1, 2, 3)
    for sentence in both.statement:
        yield f"  - {escape(sentence)}"


def _right(table: Table, *columns: int) -> Table:
    """Set some columns flush right."""
    for column in columns:
        table.columns[column].justify = "right"
    return table
