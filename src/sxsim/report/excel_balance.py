"""What the streams carry, as formulas beside the stream table of the workbook: in, out, and what is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sxsim.report.grids.cells import Grid, at

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from sxsim.report.html.subject import Reportable

__all__ = ["write_balance"]


def write_balance(sheet: Worksheet, grid: Grid, subject: Reportable) -> None:
    """Add a column of kmol/h for each element of the cascade, and its sums over inlets and products.

    Parameters
    ----------
    sheet : Worksheet
        Holds the stream table, the last one of the sheet.
    grid : Grid
        The stream table.
    subject : Reportable
        What the report is about.

    Notes
    -----
    Carried = flow x concentration + entrained flow x its concentration. Only inlets and products cross the border.
    """
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    head = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == grid.title) + 1
    first, last = head + 1, head + len(grid.rows)
    heads = [column.head for column in grid.columns]
    kind = get_column_letter(1 + heads.index("kind"))
    flow = get_column_letter(1 + heads.index("flow"))
    streams: Any = at(subject.book, f"{subject.solved}/streams")
    names = [str(row[0].value) for row in grid.rows]
    for offset, element in enumerate(subject.elements):
        column = len(heads) + 1 + offset
        letter, held = get_column_letter(column), get_column_letter(1 + heads.index(element))
        top = sheet.cell(head, column, f"{element} carried [kmol/h]")
        top.font, top.fill = Font(bold=True), PatternFill("solid", fgColor="E8EDF3")
        for row, name in enumerate(names, first):
            entrained = streams[name]["entrained_m3_h"] * streams[name]["entrained_mol_L"].get(element, 0.0)
            more = f"+{entrained!r}" if entrained else ""
            sheet.cell(row, column, f"={flow}{row}*{held}{row}{more}")
        area, kinds = f"{letter}{first}:{letter}{last}", f"${kind}${first}:${kind}${last}"
        for below, which in ((2, "inlet"), (3, "product")):
            sheet.cell(last + below, column, f'=SUMIF({kinds},"{which}",{area})')
        out, brought = f"{letter}{last + 3}", f"{letter}{last + 2}"
        sheet.cell(last + 4, column, f"=IF({brought}=0,0,({out}-{brought})/{brought})").number_format = "0.0E+00"
        sheet.column_dimensions[letter].width = 14
    for below, said in ((2, "all inlets"), (3, "all products"), (4, "out less in, relative [-]")):
        sheet.cell(last + below, 1, said).font = Font(bold=True)
