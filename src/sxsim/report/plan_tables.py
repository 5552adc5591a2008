"""The report of a design for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sxsim.report.layout import MISSING, number, percent, plain_table
from sxsim.report.tables import target_table

if TYPE_CHECKING:
    from sxsim.sizing.plan import Plan

__all__ = ["plan_report"]


def plan_report(plan: Plan) -> Iterator[RenderableType]:
    """Everything a reader of the terminal has to know of a design, in the order of its weight.

    Parameters
    ----------
    plan : Plan
        A design.

    Yields
    ------
    renderable
        Sections, liquors, key figures, targets, theory beside rigorous, trade-off, penalties, sensitivities, remarks.
    """
    yield Text(plan.cascade.title, style="bold")
    what = {"cost": "least cost", "stages": "fewest stages", "reagent": "least acid and base"}[plan.objective]
    yield Text(f"{what} at the cut {plan.cut.name}, found with {plan.solves} rigorous solves", style="dim")
    if plan.cut.conditions:
        held = f"order and separation factor ({plan.cut.beta:.4g}) are those at {plan.cut.conditions}, the feed's"
        yield Text(f"{held}; the stages have their own", style="dim")
    yield Text()
    yield _sections(plan)
    yield _liquors(plan)
    yield _figures(plan)
    yield target_table(plan.result)
    yield _theory(plan)
    yield from _sentences("Why the two differ", plan.differences)
    if plan.curve:
        yield _curve(plan)
    yield _penalties(plan)
    yield _sensitivities(plan)
    yield from _sentences("Remarks", plan.remarks)
    yield from _sentences("Warnings", plan.result.warnings)


def _right(table: Table, first: int = 1) -> Table:
    for column in table.columns[first:]:
        column.justify = "right"
    return table


def _sections(plan: Plan) -> Table:
    """Stages, loads and pH ends."""
    table = plain_table(
        "Sections", "section", "stages", "pH first-last", "load S\nmol/mol", "aqueous W\nmol/mol", "O/A"
    )
    _right(table)
    stage = plan.result.stage
    for name, count in plan.stages.items():
        first, last = plan.pH_ends[name]
        load = plan.result.load[name]
        at = stage.section.index(name)
        ratio = float(stage.organic_m3_h[at] / stage.aqueous_m3_h[at])
        ends = f"{first:.2f} - {last:.2f}"
        table.add_row(
            name, str(count), ends, number(load.S_per_mol_feed), number(load.W_per_mol_feed), number(ratio, 3)
        )
    table.add_row("all", str(sum(plan.stages.values())), "", "", "", "", style="bold")
    return table


def _liquors(plan: Plan) -> Table:
    """Flows and strengths."""
    table = _right(plain_table("Flows", "stream", "flow\nm3/h", "acid\nmol/L", "saponified\n-"))
    organic = plan.cascade.organic
    sap = organic.saponified_fraction
    table.add_row("organic", number(plan.flows_m3_h["organic"], 5), MISSING, MISSING if sap is None else f"{sap:.3f}")
    for name, stream in plan.cascade.stream.items():
        strength = MISSING if stream.acid_mol_L is None else number(stream.acid_mol_L)
        table.add_row(name, number(plan.flows_m3_h[name], 5), strength, MISSING)
    return table


def _figures(plan: Plan) -> Table:
    """Reflux, reagents, inventory, cost."""
    table = _right(plain_table("Key figures", "figure", "value", "unit"))
    equipment = plan.equipment
    rows: list[tuple[str, str, str]] = [
        ("S at the feed stage", number(plan.S), "mol/mol"),
        ("S_min", number(plan.S_min), "mol/mol"),
        ("S/S_min", f"{plan.S_over_S_min:.4f}", "-"),
        ("W", number(plan.W), "mol/mol"),
        ("highest loading", percent(plan.loading_fraction), "%"),
        ("acid bought", number(plan.merit.acid_kmol_h), "kmol/h"),
        ("base bought", number(plan.merit.base_kmol_h), "kmol/h"),
        ("organic inventory", number(equipment.organic_m3), "m3"),
        ("rare earths held", number(equipment.oxide_kg), "kg oxide"),
        ("settlers", number(equipment.settlers_m2), "m2"),
        ("cost of what is decided", f"{plan.merit.annual_usd:,.0f}", "USD/y"),
    ]
    if plan.residual_mol_L is not None:
        rows.insert(5, ("left in the stripped organic", number(plan.residual_mol_L, 2), "mol/L"))
    for row in rows:
        table.add_row(*row)
    table.columns[2].justify = "left"
    return table


def _theory(plan: Plan) -> Table:
    """Closed forms beside the rigorous model."""
    theory = plan.theory
    table = _right(plain_table("Theory beside rigorous", "", "extraction", "scrubbing", "S/S_min", "organic m3/h"))
    kinds = {part.kind: plan.stages[part.name] for part in plan.cascade.section}
    own = (str(kinds.get("extraction", MISSING)), str(kinds.get("scrubbing", MISSING)))
    table.add_row("rigorous design", *own, f"{plan.S_over_S_min:.3f}", number(plan.flows_m3_h["organic"]))
    best = tuple(number(value, 3) for value in theory.stages)
    table.add_row("theory, least cost", *best, number(theory.S_over_S_min), number(theory.organic_m3_h))
    exact = tuple(number(value, 3) for value in theory.stages_at_S)
    table.add_row("theory at the design's S", *exact, f"{plan.S_over_S_min:.3f}", MISSING)
    simple = tuple(number(value, 3) for value in theory.simple_stages_at_S)
    table.add_row("simple formula there", *simple, f"{plan.S_over_S_min:.3f}", MISSING)
    table.add_row("Xu's optimum", MISSING, MISSING, number(theory.xu_S_over_S_min), MISSING)
    table.add_row("least inventory", MISSING, MISSING, number(theory.inventory_S_over_S_min), MISSING)
    return table


def _curve(plan: Plan) -> Table:
    """Stages against organic and cost."""
    head = ("stages", "total", "organic\nm3/h", "S/S_min", "acid\nkmol/h", "cost\nUSD/y", "over the\ndesign %")
    table = _right(plain_table("Trade-off", *head))
    for point in plan.curve:
        over = 100.0 * (point.annual_usd / plan.merit.annual_usd - 1.0)
        style = "bold" if abs(over) < 1e-9 else ""
        table.add_row(
            " + ".join(map(str, point.stages)),
            str(point.total),
            number(point.organic_m3_h),
            f"{point.S_over_S_min:.3f}",
            number(point.acid_kmol_h),
            f"{point.annual_usd:,.0f}",
            f"{over:+.2f}",
            style=style,
        )
    return table


def _penalties(plan: Plan) -> Table:
    """What a tenth off in each decision costs."""
    table = plain_table("A tenth off in each decision", "decision", "change %", "cost %", "then")
    table.columns[1].justify = table.columns[2].justify = "right"
    for row in plan.penalties:
        cost = MISSING if row.cost_change is None else f"{100.0 * row.cost_change:+.2f}"
        table.add_row(row.path, f"{100.0 * row.change:+.0f}", cost, row.consequence)
    return table


def _sensitivities(plan: Plan) -> Table:
    """What has to be held how tightly."""
    names = [f"{target.stream}.{target.element}" for target in plan.result.targets]
    head = [f"{name}\npoints per +1 %" for name in names]
    table = plain_table("What has to be held", "quantity", *head, "impurity doubles\nwithin %", "retune after +1 %")
    for column in table.columns[1:-1]:
        column.justify = "right"
    for row in plan.sensitivities:
        slopes = [_points(row.slope.get(name)) for name in names]
        within = MISSING if row.tolerance is None else number(100.0 * row.tolerance, 2)
        retuned = ", ".join(f"{path.split('.')[-2]} {100.0 * value:+.2f} %" for path, value in row.retuned.items())
        table.add_row(row.path, *slopes, within, retuned or MISSING)
    return table


def _points(slope: float | None) -> str:
    return MISSING if slope is None else f"{100.0 * slope:+.3g}"


def _sentences(title: str, sentences: tuple[str, ...]) -> Iterator[RenderableType]:
    if sentences:
        yield Text(title, style="bold")
        for sentence in sentences:
            yield Padding(Text(f"- {sentence}"), (0, 0, 0, 2))
        yield Text()
