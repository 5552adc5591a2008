"""The report of a synthesis for the terminal, and the best order as rows that other tools read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sxsim.report.layout import MISSING, number, percent, plain_table, status_text

if TYPE_CHECKING:
    from sxsim.plant.synthesis import DesignedSequence, Synthesis

__all__ = ["cut_rows", "synthesis_report"]


def synthesis_report(synthesis: Synthesis, designed: Sequence[DesignedSequence] = ()) -> Iterator[RenderableType]:
    """Ranking, cuts of the best order, separation factors, and what the designs say.

    Parameters
    ----------
    synthesis : Synthesis
        Ranked orders.
    designed : sequence of DesignedSequence
        Those that were designed rigorously.

    Yields
    ------
    renderable
        Tables and sentences.
    """
    task = synthesis.task
    products = ", ".join(f"{product.name} ({percent(product.purity)} %)" for product in task.products)
    yield Text(f"{len(task.products)} products of one feed in {task.system}: {products}", style="bold")
    solvent = {
        "inventory": "S of least inventory",
        "xu": "Xu's optimum of the key pair",
        "minimum": "least S (Underwood)",
    }
    said = f"{synthesis.possible:,} orders of cuts; ranked by {synthesis.objective}"
    said += f", each cut at {solvent[synthesis.yardstick]}"
    yield Text(said, style="dim")
    yield Text()
    yield _ranking(synthesis)
    yield _cuts(synthesis)
    yield _factors(synthesis)
    if designed:
        yield _designs(designed)
        yield from _unreached(designed)
    if len(task.products) < 3:
        return
    yield Text(
        f"Fully linked, the same products need at least {synthesis.S_linked:.3f} passes: "
        f"{synthesis.saving_linked:.0%} less than the least of these orders."
    )


def _right(table: Table, first: int) -> Table:
    for column in table.columns[first:]:
        column.justify = "right"
    return table


def _ranking(synthesis: Synthesis) -> Table:
    """Orders beside one another."""
    head = ("order", "passes\nsum of S", "sum of\nS_min", "stages", "inventory\nmol tau", "best saves\n%", "cuts")
    table = plain_table("Orders of cuts, the best first", *head)
    for column in table.columns[1:-1]:
        column.justify = "right"
    for sequence in (*synthesis.best, *synthesis.named):
        saving = f"{100.0 * synthesis.saving(sequence):.1f}" if sequence is not synthesis.best[0] else MISSING
        figures = (f"{sequence.passes:.3f}", f"{sequence.S_min:.3f}", _whole(sequence.stages))
        table.add_row(sequence.label, *figures, _whole(sequence.inventory), saving, sequence.order)
    return table


def _whole(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) else MISSING


def _cuts(synthesis: Synthesis) -> Table:
    """The cuts of the best order."""
    head = ("cut", "amount\nmol/mol", "beta", "S_min", "S", "S/S_min", "stages", "organic", "aqueous")
    table = plain_table("Cuts of the best order, per mol of the whole feed", *head)
    for column in table.columns[1:-2]:
        column.justify = "right"
    for cut in synthesis.best[0].cuts:
        figures = (number(cut.amount), number(cut.beta, 3), number(cut.S_min), number(cut.S))
        sides = ("+".join(cut.upper), "+".join(cut.lower))
        table.add_row(cut.name, *figures, f"{cut.S_over_S_min:.2f}", _whole(cut.stages), *sides)
    return table


def _factors(synthesis: Synthesis) -> Table:
    """Feed and separation factors, from the most extracted down."""
    task = synthesis.task
    table = _right(
        plain_table(
            "Feed and separation factors, the most extracted first",
            "element",
            "mol %",
            "over the next",
            "range",
            "status",
        ),
        1,
    )
    for place, (name, part) in enumerate(zip(task.elements, task.fractions, strict=True)):
        if place < len(task.factors):
            factor = task.factors[place]
            span = f"{factor.low:.3g} - {factor.high:.3g}"
            table.add_row(name, number(100.0 * part, 3), number(factor.value, 3), span, status_text(factor.status))
        else:
            table.add_row(name, number(100.0 * part, 3), MISSING, MISSING, MISSING)
    return table


def _designs(designed: Sequence[DesignedSequence]) -> Table:
    """Rigorous designs beside the estimates."""
    head = (
        "order",
        "passes\nestimated",
        "passes\nrigorous",
        "stages",
        "base\nmol/mol",
        "acid\nmol/mol",
        "usd/y at\n1 kmol/h",
        "usd/y\nbeside the first %",
    )
    table = _right(plain_table("Designed rigorously, pH an output", *head), 1)
    first = designed[0].annual_usd
    for each in designed:
        if not each.complete:
            table.add_row(each.sequence.label, f"{each.sequence.passes:.3f}", *[MISSING] * 6)
            continue
        beside = f"{100.0 * (each.annual_usd / first - 1.0):+.1f}" if designed[0].complete else MISSING
        figures = (f"{each.sequence.passes:.3f}", f"{each.passes:.3f}", str(each.stages))
        table.add_row(
            each.sequence.label, *figures, number(each.base), number(each.acid), f"{each.annual_usd:,.0f}", beside
        )
    return table


def _unreached(designed: Sequence[DesignedSequence]) -> Iterator[RenderableType]:
    """Cuts without a design, with the reason."""
    said = dict.fromkeys(f"{cut.cut.name}: {cut.why}" for each in designed for cut in each.cuts if cut.plan is None)
    for sentence in said:
        yield Padding(Text(f"- no design of {sentence}"), (0, 0, 0, 2))


def cut_rows(synthesis: Synthesis, designed: DesignedSequence | None = None) -> list[dict[str, Any]]:
    """The best order as rows, one a cut, with units in the names.

    Parameters
    ----------
    synthesis : Synthesis
        Ranked orders.
    designed : DesignedSequence, optional
        The best order designed: its stages and flows stand beside the estimates.
    """
    rows = []
    for place, cut in enumerate(synthesis.best[0].cuts):
        row: dict[str, Any] = {
            "cut": cut.name,
            "organic_side": "+".join(cut.upper),
            "aqueous_side": "+".join(cut.lower),
            "amount_mol_per_mol": cut.amount,
            "beta": cut.beta,
            "beta_status": cut.status,
            "purity_organic_side_mol": float(cut.wanted.purity_A),
            "purity_aqueous_side_mol": float(cut.wanted.purity_B),
            "S_min_mol_per_mol": cut.S_min,
            "S_mol_per_mol": cut.S,
            "stages": cut.stages if math.isfinite(cut.stages) else "",
        }
        plan = designed.cuts[place].plan if designed is not None else None
        if plan is not None:
            row |= {f"designed_stages_{name}": count for name, count in plan.stages.items()}
            row |= {f"designed_{name}_m3_h": flow for name, flow in plan.flows_m3_h.items()}
        rows.append(row)
    return rows
