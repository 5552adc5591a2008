"""The look of tables and numbers in the terminal."""

from __future__ import annotations

import math

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

__all__ = ["MISSING", "number", "percent", "plain_table", "status_text"]

MISSING = "-"
_STYLES = {"measured": "green", "reported": "green", "derived": "cyan", "unverified": "bold yellow"}


def plain_table(title: str, *columns: str) -> Table:
    """Make an empty table with a title on the left and no frame, so that it reads the same in a pipe."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="dim",
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def status_text(status: str) -> Text:
    """Write the status of a number in its colour: unverified ones stand out."""
    return Text(status, style=_STYLES.get(status, ""))


def number(value: float | None, digits: int = 4) -> str:
    """Write a number with some significant digits, or that there is none.

    Examples
    --------
    >>> number(0.0693147), number(18.0), number(1234.5), number(None)
    ('0.06931', '18.00', '1234', '-')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:#.{digits}g}".rstrip(".") if value else "0"


def percent(fraction: float | None) -> str:
    """Write a fraction in per cent with as many decimals as it takes to tell it from 100.

    Examples
    --------
    >>> percent(0.25), percent(0.99987), percent(0.00012), percent(None)
    ('25.00', '99.9870', '0.0120', '-')
    """
    if fraction is None or not math.isfinite(fraction):
        return MISSING
    if fraction < 0.1:
        return f"{100.0 * fraction:#.3g}"
    missing = 1.0 - fraction
    decimals = 2 if missing < 1e-8 else max(2, math.ceil(-math.log10(missing) - 1e-6))
    return f"{100.0 * fraction:.{decimals}f}"
