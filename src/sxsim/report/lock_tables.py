"""The technology lock as tables in the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sxsim.report.layout import MISSING, number, plain_table, status_text

if TYPE_CHECKING:
    from rich.table import Table

    from sxsim.studies.lock import Lock, Operator

__all__ = ["lock_report", "operator_rows"]

DAY_H = 24.0


def lock_report(lock: Lock) -> Iterator[Any]:
    """The operators, the argument, what it cannot show, and every assumption.

    Parameters
    ----------
    lock : Lock
        The study.

    Yields
    ------
    renderable
        For a rich console.
    """
    from rich.markup import escape
    from rich.text import Text

    yield Text(f"{lock.cascade.title}: three operators, one feed, one target", style="bold")
    yield Text(
        f"separation factor {'/'.join(lock.pair)} {lock.beta:.4g} ({lock.beta_status}), S_min {lock.S_min:.3f} mol/mol"
    )
    yield _operators(lock)
    for title, lines, style in (
        ("What the numbers say", lock.argument, "bold"),
        ("What they cannot show", lock.limits, "bold"),
        ("Warnings", lock.warnings, "bold yellow"),
    ):
        if lines:
            yield Text(title, style=style)
            for line in lines:
                yield f"  - {escape(line)}"
    yield _published(lock)
    yield _assumed(lock)


def operator_rows() -> tuple[tuple[str, Callable[[Operator], str]], ...]:
    """What is told of each operator: a label with its unit, and how it is written."""
    return (
        ("separation factor believed [-]", lambda each: number(each.beta)),
        ("stages built, extraction + scrubbing", lambda each: f"{sum(each.built)} ({each.built[0]} + {each.built[1]})"),
        ("stages added after the shortfall", lambda each: str(each.extra)),
        ("of these for the error of the factor", lambda each: str(each.extra_by_error)),
        ("organic built [m3/h]", lambda each: number(each.organic_built_m3_h)),
        ("organic raised [%]", lambda each: f"{100.0 * (each.organic_raised - 1.0):.0f}"),
        ("S/S_min at last [-]", lambda each: number(each.S_over_S_min)),
        ("reagents [kg/kg oxide]", lambda each: number(math.fsum(each.cost.reagents_kg_per_kg_oxide.values()))),
        ("waste water [m3/t oxide]", lambda each: number(each.cost.waste.m3_per_t)),
        ("salt thrown away [kg/kg oxide]", lambda each: number(each.cost.waste.salt_kg_per_kg)),
        ("rare earths held [t oxide]", lambda each: number(each.cost.equipment.oxide_kg / 1000.0)),
        ("organic held [m3]", lambda each: number(each.cost.equipment.organic_m3)),
        ("cost [usd/kg oxide]", lambda each: number(each.cost.usd_per_kg_oxide)),
        ("start-up", lambda each: each.opening.way),
        ("start-up alone, rigorous [d]", lambda each: _days(each.opening.lasting_h)),
        ("slow mode, eigenvalue [d]", lambda each: _days(each.opening.tau_1_h)),
        ("slow mode, theory [d]", lambda each: _days(each.opening.tau_1_theory_h)),
        ("first fill to specification [d]", lambda each: _least(each, number(each.loss.days))),
        ("spent until then [million usd]", lambda each: _least(each, number(each.loss.spent_usd / 1e6))),
        (
            "sales missed, feed not paid [million usd]",
            lambda each: _least(each, number(each.loss.sales_missed_usd / 1e6)),
        ),
        ("impurity over allowed, scrub off untrimmed [-]", lambda each: number(each.untrimmed)),
    )


def _operators(lock: Lock) -> Table:
    """The table of the three."""
    from rich.markup import escape

    table = plain_table("", "", *(each.name for each in lock.operators))
    for label, write in operator_rows():
        table.add_row(escape(label), *(write(each) for each in lock.operators))
    return table


def _published(lock: Lock) -> Table:
    """Separation factors in print."""
    title = f"Separation factors in print for {'/'.join(lock.pair)}; the newcomer takes {lock.belief.beta:.3g}"
    table = plain_table(title, "value", "source", "rows", "status")
    for each in lock.published:
        table.add_row(number(each.value), each.source, str(each.rows), status_text(each.status))
    return table


def _assumed(lock: Lock) -> Table:
    """Every assumption."""
    table = plain_table("Assumed; --assume NAME=VALUE", "", "value", "range", "unit", "status", "source")
    for each in lock.assumed.cited.values():
        span = f"{each.low:g} to {each.high:g}" if each.low < each.high else MISSING
        table.add_row(each.name, f"{each.value:g}", span, each.unit, status_text(each.status), each.source)
    return table


def _days(hours: float | None) -> str:
    """Hours as days; what was not reached within the run is said so."""
    return number(hours / DAY_H, 3) if hours is not None else "not reached"


def _least(each: Operator, text: str) -> str:
    """Mark a lower bound."""
    return f"at least {text}" if each.loss.at_least else text
