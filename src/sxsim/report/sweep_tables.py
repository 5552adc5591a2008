"""Sweeps as tables in the terminal and as plain data."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sxsim.report.layout import number, plain_table

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from sxsim.studies.study import Study

__all__ = ["sweep_data", "sweep_report"]

REASONS = 5
"""How many kinds of failure are told."""


def sweep_report(study: Study, table: pa.Table) -> Iterator[Any]:
    """What came of a sweep: cases by status, the span of every output, and why cases failed.

    Parameters
    ----------
    study : Study
        What was asked.
    table : pyarrow.Table
        Its rows.

    Yields
    ------
    renderable
        For a rich console.
    """
    from rich.text import Text

    yield Text(f"{study.title}: {len(study)} cases of {study.action}", style="bold")
    statuses = Counter(table["status"].to_pylist())
    yield Text(", ".join(f"{count} {status}" for status, count in statuses.most_common()), style="dim")
    axes = plain_table("Axes", "path", "from", "to", "values")
    for path, values in study.cases.items():
        low, high = (str(values[0]), str(values[-1])) if _textual(values) else (f"{min(values):g}", f"{max(values):g}")
        axes.add_row(path, low, high, str(len(set(values))))
    yield axes
    head = ("path", "lowest", "median", "highest", "lowest in case", "highest in case")
    outputs = plain_table("Outputs", *head)
    for path in study.outputs:
        told = _span(table[path].to_pylist())
        cells = [number(told[key], 5) for key in ("lowest", "median", "highest")]
        outputs.add_row(path, *cells, *(str(told[key]) for key in ("lowest_case", "highest_case")))
    yield outputs
    failed = [(case, reason) for case, reason in enumerate(table["reason"].to_pylist()) if reason is not None]
    if failed:
        yield _failures(failed)


def _failures(failed: list[tuple[int, str]]) -> Table:
    """Kinds of failure, most frequent first; reasons that differ in their numbers only are one kind."""
    kinds: dict[str, list[tuple[int, str]]] = {}
    for case, reason in failed:
        kinds.setdefault(re.sub(r"[\d.e+-]*\d[\d.e+-]*", "#", reason), []).append((case, reason))
    ordered = sorted(kinds.values(), key=len, reverse=True)
    table = plain_table(f"Why {len(failed)} cases have no figures", "cases", "e.g.", "reason")
    for kind in ordered[:REASONS]:
        table.add_row(str(len(kind)), str(kind[0][0]), kind[0][1])
    if len(ordered) > REASONS:
        table.add_row("", "", f"and {len(ordered) - REASONS} other kinds, see the column `reason` of the table")
    return table


def sweep_data(study: Study, table: pa.Table) -> dict[str, Any]:
    """A sweep as plain data: counts, span of each output, and all columns."""
    return {
        "status": "complete",
        "title": study.title,
        "action": study.action,
        "cases": len(study),
        "statuses": dict(Counter(table["status"].to_pylist()).most_common()),
        "axes": list(study.paths),
        "outputs": {path: _span(table[path].to_pylist()) for path in study.outputs},
        "columns": table.to_pydict(),
    }


def _textual(values: list[Any]) -> bool:
    return any(isinstance(value, str) for value in values)


def _span(column: list[float | None]) -> dict[str, float | int | None]:
    """Lowest, median and highest of a column, and the cases of the ends."""
    known = [(value, case) for case, value in enumerate(column) if value is not None and math.isfinite(value)]
    if not known:
        return dict.fromkeys(("lowest", "median", "highest", "lowest_case", "highest_case"))
    ordered = sorted(known)
    middle = len(ordered) // 2
    median = ordered[middle][0] if len(ordered) % 2 else 0.5 * (ordered[middle - 1][0] + ordered[middle][0])
    (low, first), (high, last) = ordered[0], ordered[-1]
    return {"lowest": low, "median": median, "highest": high, "lowest_case": first, "highest_case": last}
