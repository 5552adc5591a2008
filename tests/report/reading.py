"""Reading a report back: the page as cells, addresses and pictures; the workbook by a spreadsheet program."""

from __future__ import annotations

import math
import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from sxsim.report.grids.cells import at

SCALE = {"percent": 100.0, "change": 100.0}


@dataclass
class Page(HTMLParser):
    """What stands in a page."""

    cells: list[tuple[str, str, str]] = field(default_factory=list)
    """Place in the JSON, kind and text of each number."""
    addresses: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self._cell: list[str] | None = None
        self._place = ("", "")

    @classmethod
    def of(cls, text):
        page = cls()
        page.feed(text)
        page.close()
        return page

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        self.addresses += [value for key, value in attrs if key in ("src", "href", "xlink:href", "action", "data")]
        if "id" in given:
            self.identifiers.append(given["id"])
        if "data-json" in given:
            self._place, self._cell = (given["data-json"], given["data-kind"]), []

    def handle_endtag(self, tag):
        if self._cell is not None and tag in ("td", "tspan"):
            self.cells.append((*self._place, "".join(self._cell).strip()))
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)
        else:
            self.words.append(data)


def agrees(book, pointer, kind, said):
    """Whether a number on the page is the number of the JSON, to half of the last digit that is shown."""
    value = at(book, pointer)
    if value is None:
        return said == "-"
    if said.startswith("<"):
        return 0.0 < value < float(said[1:])
    mantissa, _, power = said.replace(",", "").partition("e")
    last_digit = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    exact = -math.log10(value) if kind == "pH" else value * SCALE.get(kind, 1.0)
    return abs(float(said.replace(",", "")) - exact) <= 0.5001 * last_digit + 1e-12 * abs(exact)


def recalculated(paths: list[Path], folder: Path) -> list[Path]:
    """Workbooks after a spreadsheet program has opened them, worked out their formulas and saved them."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder)]
    run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, timeout=90, check=False)
    assert run.returncode == 0, run.stderr
    return [folder / path.name for path in paths]
