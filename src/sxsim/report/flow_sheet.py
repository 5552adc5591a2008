"""The flow sheet of a solved cascade: sections in organic order, what flows between them, what enters and leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from sxsim.elements import ELEMENTS
from sxsim.report.grids.cells import Cell, at, cell
from sxsim.report.svg import canvas, draw, figure_text, line, svg_text, words

__all__ = ["flow_sheet"]

Book = Mapping[str, Any]

ORGANIC, AQUEOUS, RETURNED = "#b45309", "#1d4ed8", "#0f766e"
BOX, GAP, MARGIN = 264.0, 76.0, 160.0
RETURN_Y, TOP, ORGANIC_Y, AQUEOUS_Y, BOTTOM, LABEL_Y, STEP = 34.0, 112.0, 140.0, 196.0, 222.0, 306.0, 17.0
SPLIT_Y, CROSS_Y = 264.0, 238.0
INSET = 58.0
SHARE_SHOWN = 1e-3
"""Elements below this share of a stream's metals are left out of its label [-]."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What every part of the drawing needs."""

    book: Book
    base: str
    drawing: Element
    sections: tuple[Mapping[str, Any], ...]

    def left(self, index: int) -> float:
        """Left edge of a section's box."""
        return MARGIN + index * (BOX + GAP)

    def at(self, *keys: str) -> Any:
        """What stands in the JSON."""
        return at(self.book, "/".join([self.base, *keys]))

    def stream(self, name: str, key: str, **more: Any) -> Cell:
        """A number of a stream."""
        return cell(self.book, self.base, "streams", name, key, **more)


def flow_sheet(book: Book, base: str) -> str:
    """Draw a solved cascade.

    Parameters
    ----------
    book : mapping
        JSON of the runs.
    base : str
        Pointer to the solved cascade in it.

    Returns
    -------
    str
        SVG. Every number in it names its place in the JSON by ``data-json``.
    """
    sections = tuple(at(book, f"{base}/definition/section"))
    width = 2.0 * MARGIN + len(sections) * BOX + (len(sections) - 1) * GAP
    drawing = canvas(width, LABEL_Y + 7.0 * STEP, f"Flow sheet: {at(book, f'{base}/title')}")
    sheet = _Sheet(book, base, drawing, sections)
    _organic(sheet)
    for index in range(len(sections)):
        _section(sheet, index)
        _inlet(sheet, index)
        _outlet(sheet, index)
    _splits(sheet)
    _placed(sheet)
    return svg_text(drawing)


def _section(sheet: _Sheet, index: int) -> None:
    """A box with the name, the stages and the loads of a section."""
    section, left = sheet.sections[index], sheet.left(index)
    draw(sheet.drawing, "rect", x=left, y=TOP, width=BOX, height=BOTTOM - TOP, rx=6.0, fill="#f8fafc", stroke="#475569")
    middle = left + 0.5 * BOX
    words(sheet.drawing, middle, TOP + 27.0, section["name"], size=15.0, bold=True, longest=24)
    stages = cell(sheet.book, sheet.base, "definition", "section", index, "stages", kind="count")
    figure_text(sheet.drawing, middle, TOP + 52.0, stages, after=" stages", size=17.0)
    for row, key in enumerate(("S_per_mol_feed", "W_per_mol_feed")):
        figure = cell(sheet.book, sheet.base, "loads", section["name"], key)
        named = f"{key[0]} = "
        place = TOP + 76.0 + 18.0 * row
        figure_text(sheet.drawing, middle, place, figure, named, " mol/mol fed", size=12.0, colour="#475569")


def _organic(sheet: _Sheet) -> None:
    """The organic through all sections, and its way back."""
    last = len(sheet.sections) - 1
    start, end = sheet.left(0), sheet.left(last) + BOX
    recycled = bool(sheet.at("definition", "organic", "recycled"))
    for index in range(last):
        line(sheet.drawing, [(sheet.left(index) + BOX, ORGANIC_Y), (sheet.left(index + 1), ORGANIC_Y)], ORGANIC)
    leaving = next(
        name
        for name in ("stripped_organic", "loaded_organic")
        if name in sheet.at("streams") and sheet.at("streams", name, "phase") == "organic"
    )
    if recycled:
        path = [(end, ORGANIC_Y), (end + 40.0, ORGANIC_Y), (end + 40.0, RETURN_Y), (start - 40.0, RETURN_Y)]
        line(sheet.drawing, [*path, (start - 40.0, ORGANIC_Y), (start, ORGANIC_Y)], ORGANIC)
        saponifier = sheet.at("definition", "organic", "saponifier")
        if saponifier:
            box = {"x": start - 84.0, "y": 56.0, "width": 88.0, "height": 26.0, "rx": 4.0}
            draw(sheet.drawing, "rect", fill="#fff7ed", stroke=ORGANIC, **box)
            words(sheet.drawing, start - 40.0, 74.0, f"+ {saponifier} base", size=12.0, colour=ORGANIC)
    else:
        line(sheet.drawing, [(start - 120.0, ORGANIC_Y), (start, ORGANIC_Y)], ORGANIC)
        line(sheet.drawing, [(end, ORGANIC_Y), (end + 120.0, ORGANIC_Y)], ORGANIC)
    _label(sheet, "organic_in", start - 88.0, ORGANIC_Y + 22.0, ORGANIC, flow=True)
    _label(sheet, leaving, end + 92.0, ORGANIC_Y + 22.0, ORGANIC, flow=not recycled)


def _inlet(sheet: _Sheet, index: int) -> None:
    """The liquor that enters the last stage of a section."""
    name = sheet.sections[index]["aqueous_in"]
    x = sheet.left(index) + BOX - INSET
    line(sheet.drawing, [(x, LABEL_Y - 20.0), (x, BOTTOM)], AQUEOUS)
    _label(sheet, name, x, LABEL_Y, AQUEOUS)


def _outlet(sheet: _Sheet, index: int) -> None:
    """The liquor that leaves the first stage of a section, to another section or as a product."""
    out = sheet.sections[index]["aqueous_out"]
    left = sheet.left(index)
    names = [section["name"] for section in sheet.sections]
    if out not in names:
        x = left + INSET
        line(sheet.drawing, [(x, BOTTOM), (x, LABEL_Y - 18.0)], AQUEOUS)
        _label(sheet, out, x, LABEL_Y, AQUEOUS)
    elif names.index(out) == index - 1:
        line(sheet.drawing, [(left, AQUEOUS_Y), (sheet.left(index - 1) + BOX, AQUEOUS_Y)], AQUEOUS)
    else:
        end = sheet.left(names.index(out)) + BOX - 16.0
        line(sheet.drawing, [(left + 20.0, BOTTOM), (left + 20.0, CROSS_Y), (end, CROSS_Y), (end, BOTTOM)], AQUEOUS)


def _splits(sheet: _Sheet) -> None:
    """What part of a product goes back, as a broken line."""
    inlets = {section["aqueous_in"]: index for index, section in enumerate(sheet.sections)}
    outlets = {section["aqueous_out"]: index for index, section in enumerate(sheet.sections)}
    for row, split in enumerate(sheet.at("definition", "split") or ()):
        name = f"{split['from']}_to_{split['to']}"
        if name not in sheet.at("streams") or split["from"] not in outlets:
            continue
        y = SPLIT_Y - 14.0 * row
        start = sheet.left(outlets[split["from"]]) + INSET
        end = sheet.left(inlets[split["to"]]) + BOX - INSET
        line(sheet.drawing, [(start, y), (end, y)], RETURNED)
        sheet.drawing[-2].set("stroke-dasharray", "6 4")
        middle = 0.5 * (start + end)
        share = cell(sheet.book, sheet.base, "definition", "split", row, "fraction", kind="percent")
        figure_text(sheet.drawing, middle, y - 6.0, share, after=" % returns", size=12.0, colour=RETURNED)


def _placed(sheet: _Sheet) -> None:
    """Further feeds and draws, at their stages, above the boxes."""
    names = [section["name"] for section in sheet.sections]
    places = [
        (name, stream["section"], stream["stage"], stream.get("phase", "aqueous"), True)
        for name, stream in sheet.at("definition", "stream").items()
        if stream.get("section")
    ]
    places += [
        (each["name"], each["section"], each["stage"], each["phase"], False)
        for each in sheet.at("definition", "draw") or ()
    ]
    for row, (name, section, stage, phase, enters) in enumerate(places):
        index = names.index(section)
        x = sheet.left(index) + BOX * (stage - 0.5) / sheet.sections[index]["stages"]
        high = TOP - 24.0 - 18.0 * (row % 2)
        ends = [(x, high), (x, TOP)] if enters else [(x, TOP), (x, high)]
        line(sheet.drawing, ends, ORGANIC if phase == "organic" else AQUEOUS)
        said = f"{name} (stage {stage}) "
        figure_text(sheet.drawing, x + 8.0, high + 4.0, sheet.stream(name, "flow_m3_h", kind="flow"), said, " m3/h",
                    size=12.0, anchor="start")  # fmt: skip


def _label(sheet: _Sheet, name: str, x: float, y: float, colour: str, flow: bool = True) -> None:
    """Name, flow and what is in a stream, one below the other."""
    if name not in sheet.at("streams"):
        words(sheet.drawing, x, y, name, bold=True, colour=colour, longest=20)
        return
    words(sheet.drawing, x, y, name, bold=True, colour=colour, longest=20)
    row = 1
    if flow:
        figure = sheet.stream(name, "flow_m3_h", kind="flow")
        figure_text(sheet.drawing, x, y + STEP, figure, after=" m3/h", size=12.0)
        row += 1
    for before, figure, after in _contents(sheet, name):
        figure_text(sheet.drawing, x, y + row * STEP, figure, before, after, size=12.0)
        row += 1


def _contents(sheet: _Sheet, name: str) -> Iterator[tuple[str, Cell, str]]:
    """Purity of what is most, the metals, the counter-ion of the organic, the acid; four lines at most."""
    held = sheet.at("streams", name, "concentration_mol_L") or {}
    place = (sheet.base, "streams", name)
    metals = {key: value for key, value in held.items() if key in ELEMENTS and value > 0.0}
    total = sum(metals.values())
    purity = sheet.at("streams", name, "purity") or {}
    lines: list[tuple[str, Cell, str]] = []
    if total > 1e-6:
        if purity and sheet.at("streams", name, "kind") == "product":
            best = max(purity, key=lambda key: purity[key])
            lines.append((f"{best} purity ", cell(sheet.book, *place, "purity", best, kind="percent"), " %"))
        most = sorted(metals, key=lambda key: -metals[key])[:3]
        lines += [
            (f"{key} ", cell(sheet.book, *place, "concentration_mol_L", key), " mol/L")
            for key in most
            if metals[key] > SHARE_SHOWN * total
        ]
    if sheet.at("streams", name, "phase") == "organic":
        ions = [key for key in ("NH4", "Na") if held.get(key, 0.0) > 1e-6]
        lines += [(f"{key} ", cell(sheet.book, *place, "concentration_mol_L", key), " mol/L") for key in ions]
    elif (sheet.at("streams", name, "acid_mol_L") or 0.0) > SHARE_SHOWN:
        lines.append(("acid ", cell(sheet.book, *place, "acid_mol_L"), " mol/L"))
    yield from lines[:5]
