"""Uncertainty studies as tables in the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sxsim.report.layout import MISSING, number, plain_table, status_text

if TYPE_CHECKING:
    from rich.table import Table

    from sxsim.studies import Uncertainty

__all__ = ["uncertainty_report"]

SWINGS = 10


def uncertainty_report(found: Uncertainty) -> Iterator[Any]:
    """What was drawn, what came of it, the margin, the error laws, tornado and indices.

    Parameters
    ----------
    found : Uncertainty
        A study.

    Yields
    ------
    renderable
        For a rich console.
    """
    from rich.markup import escape
    from rich.text import Text

    yield Text(f"{found.cascade.title}: {found.samples} draws, seed {found.seed}", style="bold")
    yield _quantities(found)
    yield Text(
        f"Targets met with the flows as built by {100.0 * found.met_as_built:.0f} % of the draws, with retuned flows "
        f"by {100.0 * found.met_retuned:.0f} %"
    )
    yield _distributions(found)
    yield _margin(found)
    if found.laws:
        laws = plain_table("Stages lost per error of beta, d ln N/d ln beta", "held", "from draws", "theory", "stages")
        for law in found.laws:
            laws.add_row(law.held, f"{law.drawn:.3f}", f"{law.theory:.3f}", f"{law.stages:.1f}")
        yield laws
    yield _swings(found)
    if found.indices:
        shares = plain_table("Share in the variance of the cost (Sobol)", "", "by itself", "+-", "with others", "+-")
        for index in found.indices:
            figures = (index.first, index.first_error, index.total, index.total_error)
            shares.add_row(index.name, *(f"{figure:.3f}" for figure in figures))
        yield shares
    if found.warnings:
        yield Text("Warnings", style="bold yellow")
        for warning in found.warnings:
            yield f"  - {escape(warning)}"


def _quantities(found: Uncertainty) -> Table:
    """What was drawn."""
    table = plain_table("Drawn, besides prices and plant numbers", "", "low", "central", "high", "status", "source")
    for each in found.quantities:
        figures = (number(each.low), number(each.value), number(each.high))
        table.add_row(each.name, *figures, status_text(each.status), ", ".join(each.source) or MISSING)
    return table


def _distributions(found: Uncertainty) -> Table:
    """Quantiles."""
    distributions = found.distributions()
    head = list(next(iter(distributions.values())))
    table = plain_table("Distributions (-: no value)", "", *head)
    for name, quantiles in distributions.items():
        table.add_row(name, *(number(value) for value in quantiles.values()))
    return table


def _margin(found: Uncertainty) -> Table:
    """Added stages."""
    margin = found.margin
    title = "Stages added until 95 % of the plausible separation factors meet the targets, flows retuned"
    table = plain_table(title, "organic", "added stages", "met without any %", f"with {margin.added[-1]} more %")
    for room, needed, share in zip(margin.headrooms, margin.needed, margin.share, strict=True):
        held = "any flow" if math.isinf(room) else "as designed" if room == 0.0 else f"up to +{100.0 * room:g} %"
        told = str(needed) if needed is not None else f"more than {margin.added[-1]}"
        table.add_row(held, told, f"{100.0 * share[0]:.0f}", f"{100.0 * share[-1]:.0f}")
    return table


def _swings(found: Uncertainty) -> Table:
    """The widest swings of the cost."""
    title = f"Cost with one number at its low or high end, {found.draws.costed_with} stages added [usd/kg oxide]"
    table = plain_table(title, "", "low", "high", "usd/kg at low", "usd/kg at high", "status")
    for swing in found.swings[:SWINGS]:
        ends = (number(swing.low_usd_per_kg), number(swing.high_usd_per_kg))
        table.add_row(swing.name, number(swing.low), number(swing.high), *ends, status_text(swing.status))
    return table
