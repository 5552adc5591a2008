"""Cells, columns and tables of a report; numbers are fetched from the JSON of a run by pointer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sxsim.report.layout import MISSING, number, percent

__all__ = ["Cell", "Column", "Grid", "Kind", "at", "cell", "shown", "text"]

Kind = Literal["text", "number", "flow", "percent", "change", "pH", "fixed", "count", "money", "error", "verdict"]
"""How a value is written: as it is, with 4 or 5 digits, x 100, x 100 with its sign, -log10, with 2 decimals, whole, in
dollars, as a power of ten, as yes or no."""

NOTHING = 1e-12
"""What is smaller than this is not worth its digits on the page; the workbook holds it."""
_MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table.

    Attributes
    ----------
    value : float, str, bool or None
        As it stands in the JSON; None when it is undefined.
    pointer : str
        Where it stands there (RFC 6901); empty for words and for what only a formula of the workbook knows.
    kind : Kind
        How it is written for people.
    """

    value: float | str | bool | None
    pointer: str = ""
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        """Whether a number stands here, and not words or a verdict."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    head, unit : str
        Words over it, and the unit of the page ("" for words); per cent where the kind is `percent`.
    formula : str
        What the workbook computes instead of the number, other columns of the row by their heads in braces.
    """

    head: str
    unit: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table.

    Attributes
    ----------
    title : str
        Above it.
    columns : tuple of Column
        From left to right.
    rows : tuple of tuple of Cell
        As long as the columns.
    total : tuple of Cell
        Last row, summed by a formula in the workbook; empty when sums mean nothing.
    turned : bool
        Whether the page shows the rows as columns.
    folded : bool
        Whether the page hides it until it is asked for.
    note : str
        Below it.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    turned: bool = False
    folded: bool = False
    note: str = ""


def at(book: Any, pointer: str) -> Any:
    """Read what stands at a pointer; None where there is nothing.

    Parameters
    ----------
    book : mapping
        JSON of a run.
    pointer : str
        Keys and indices, each after a slash; ``~1`` is a slash and ``~0`` a tilde within a key (RFC 6901).

    Examples
    --------
    >>> at({"found": {"organic.flow_m3_h": 18.0}, "curve": [{"total": 41}]}, "/curve/0/total")
    41
    """
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(book, Mapping):
            book = book.get(key, _MISSING)
        elif isinstance(book, Sequence) and not isinstance(book, str) and key.isdigit() and int(key) < len(book):
            book = book[int(key)]
        else:
            return None
        if book is _MISSING:
            return None
    return book


def cell(book: Mapping[str, Any], base: str, *keys: str | int, kind: Kind = "number") -> Cell:
    """Fetch a number and remember where it stood.

    Parameters
    ----------
    book : mapping
        JSON of a run.
    base : str
        Pointer to begin with.
    *keys : str or int
        Keys and indices below it, as they are.
    kind : Kind
        How it is written.

    Examples
    --------
    >>> cell({"solve": {"closure": 1e-15}}, "/solve", "closure", kind="error").pointer
    '/solve/closure'
    """
    steps = [str(key).replace("~", "~0").replace("/", "~1") for key in keys]
    pointer = "/".join([base, *steps])
    return Cell(at(book, pointer), pointer, kind)


def text(words: Any) -> Cell:
    """Make a cell of words; nothing at all for None."""
    return Cell("" if words is None else str(words))


def shown(value: Cell) -> str:
    """Write a cell for people.

    Examples
    --------
    >>> shown(Cell(0.9991, kind="percent")), shown(Cell(18.003025, kind="flow")), shown(Cell(0.01, kind="pH"))
    ('99.9100', '18.003', '2.00')
    """
    held = value.value
    if held is None:
        return MISSING
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, str):
        return held
    if not math.isfinite(held):
        return MISSING
    match value.kind:
        case "flow":
            return number(held, 5)
        case "percent":
            return percent(held)
        case "change":
            return f"{100.0 * held:+.4g}"
        case "pH":
            return f"{-math.log10(held):.2f}" if held > 0.0 else MISSING
        case "fixed":
            return f"{held:.2f}"
        case "count":
            return f"{held:g}"
        case "money":
            return f"{held:,.0f}" if abs(held) >= 1000.0 else f"{held:,.2f}"
        case "error":
            return f"{held:.1e}"
        case _:
            return f"<{NOTHING:g}" if 0.0 < held < NOTHING else number(held)
