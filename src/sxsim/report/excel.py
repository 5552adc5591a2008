"""The workbook of a report: the tables of the page at full precision, with totals that stay alive."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxsim.foundation.atomic import atomic_path
from sxsim.report.excel_balance import write_balance
from sxsim.report.grids.cells import Cell, Grid, text
from sxsim.report.grids.evidence import source_grid, warnings_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from sxsim.report.html.subject import Reportable

__all__ = ["write_workbook"]

FORMATS = {
    "flow": "0.0000",
    "percent": "0.00####%",
    "change": "+0.00##%;-0.00##%",
    "pH": "0.00",
    "fixed": "0.00",
    "count": "0",
    "money": "#,##0.00",
    "error": "0.0E+00",
}
WIDEST = 46


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a table stands on its sheet: row of its heads, its columns by name."""

    grid: Grid
    head: int

    def column(self, name: str) -> str:
        """Letter of the column with these words over it."""
        from openpyxl.utils import get_column_letter

        return str(get_column_letter(1 + [each.head for each in self.grid.columns].index(name)))

    def range(self, name: str) -> str:
        """All cells of a column, as an absolute range."""
        letter = self.column(name)
        return f"${letter}${self.head + 1}:${letter}${self.head + len(self.grid.rows)}"


def write_workbook(subject: Reportable, path: str | os.PathLike[str]) -> None:
    """Write the tables of a report as a workbook, whole or not at all.

    Parameters
    ----------
    subject : Reportable
        What the report is about.
    path : path-like
        File to write, ``.xlsx``.

    Notes
    -----
    A number stands as it stands in the JSON. Totals, cost lines (amount times price), the breakdown, pH and what each
    stream carries are formulas. What a user typed is written as text, never as a formula.
    """
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    for key, grids in subject.tables().items():
        sheet = book.create_sheet(key)
        row = 1
        if key == "assumptions":
            row = _lines(sheet, 1, [f"{name}: {value}" for name, value in subject.facts.items()])
            row = _lines(sheet, row, ["What to know of these numbers", *warnings_of(subject.book)])
        _sheet(sheet, row, grids)
        if key == "streams" and subject.elements:
            write_balance(sheet, next(grid for grid in grids if grid.title == "Streams"), subject)
    _sheet(book.create_sheet("sources"), 1, [source_grid(subject.citations())])
    book.properties.title = _plain(subject.title)
    book.properties.creator = "sxsim"
    with atomic_path(path) as temporary:
        book.save(temporary)


def _sheet(sheet: Worksheet, row: int, grids: Iterable[Grid]) -> None:
    """Write tables one below the other; formulas may look at any of them."""
    places = {}
    for grid in grids:
        places[grid.title] = _Place(grid, row + 1)
        row += len(grid.rows) + (1 if grid.total else 0) + (1 if grid.note else 0) + 3
    for place in places.values():
        _table(sheet, place, places)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    _widths(sheet)


def _table(sheet: Worksheet, place: _Place, places: dict[str, _Place]) -> None:
    """Title, heads with units, rows, total, note."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    grid, head = place.grid, place.head
    _say(sheet, head - 1, 1, grid.title).font = Font(bold=True, size=12)
    for index, column in enumerate(grid.columns, 1):
        cell = _say(sheet, head, index, f"{column.head} [{column.unit}]" if column.unit else column.head)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EDF3")
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    last = head + len(grid.rows)
    for row, cells in enumerate(grid.rows, head + 1):
        for index, (column, held) in enumerate(zip(grid.columns, cells, strict=True), 1):
            _value(sheet, row, index, held, _formula(column.formula, row, place, places) if held.is_number else "")
    for index, held in enumerate(grid.total, 1):
        letter = get_column_letter(index)
        _value(sheet, last + 1, index, held, f"=SUM({letter}{head + 1}:{letter}{last})" if held.is_number else "")
        sheet.cell(last + 1, index).font = Font(bold=True)
    if grid.note:
        _say(sheet, last + (2 if grid.total else 1), 1, grid.note).font = Font(italic=True, color="5B6472")


def _formula(pattern: str, row: int, place: _Place, places: dict[str, _Place]) -> str:
    """Fill in a formula: ``{head}`` is that cell of this row, ``{Title.head}`` that column of another table."""
    if not pattern:
        return ""

    def found(match: re.Match[str]) -> str:
        title, dot, name = match[1].rpartition(".")
        return places[title].range(name) if dot else f"{place.column(name)}{row}"

    return "=" + re.sub(r"\{([^}]*)\}", found, pattern)


def _value(sheet: Worksheet, row: int, column: int, held: Cell, formula: str = "") -> None:
    """Write one cell; a formula where there is one."""
    if not held.is_number:
        if isinstance(held.value, bool):
            sheet.cell(row, column, held.value)
        elif held.value:
            _say(sheet, row, column, str(held.value))
        return
    content: Any = formula or held.value
    if held.kind == "pH" and not formula:
        content = f"=-LOG10({held.value!r})"
    cell = sheet.cell(row, column, content)
    if held.kind in FORMATS:
        cell.number_format = FORMATS[held.kind]


def _say(sheet: Worksheet, row: int, column: int, said: str) -> Any:
    """Write words as words, whatever they begin with."""
    cell = sheet.cell(row, column, _plain(said))
    cell.data_type = "s"
    return cell


def _plain(said: str) -> str:
    """Text without the control characters that a workbook cannot hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub(" ", said))


def _lines(sheet: Worksheet, row: int, lines: list[str]) -> int:
    """Write sentences one below the other; returns the row after them and a gap."""
    for offset, said in enumerate(lines):
        _value(sheet, row + offset, 1, text(said))
    return row + len(lines) + 1


def _widths(sheet: Worksheet) -> None:
    """Make columns as wide as what stands in them, heads and titles apart."""
    from openpyxl.utils import get_column_letter

    for index, column in enumerate(sheet.iter_cols(), 1):
        lengths = [
            12 if cell.data_type in ("n", "f") else len(str(cell.value))
            for cell in column
            if cell.value is not None and not (index == 1 and len(str(cell.value)) > WIDEST)
        ]
        sheet.column_dimensions[get_column_letter(index)].width = min(max(lengths, default=8), WIDEST) + 2
