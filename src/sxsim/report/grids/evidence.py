"""What a report rests on: assumptions with their status, sources with their DOI, what a reader must know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sxsim.foundation.reading import shipped_tables
from sxsim.report.grids.cells import Cell, Column, Grid, at, cell, text

__all__ = [
    "Citation",
    "assumption_grids",
    "chemistry_grid",
    "citations",
    "economic_citations",
    "source_grid",
    "warnings_of",
]

Book = Mapping[str, Any]
Citation = tuple[str, str, str, str]
"""Key, one line, DOI, how it was read."""

_TOLD = re.compile(r"^(?P<what>.*) = (?P<value>\S+) \((?P<status>\w+).*\)$")
_QUALITY = {
    "A": "primary or official",
    "B": "peer-reviewed, or curated code that cites one",
    "C": "trade, company or news page",
    "D": "listing or unsourced page",
    "R": "recalled and not read",
}


def warnings_of(book: Book) -> list[str]:
    """Every warning and remark of the runs, each once."""
    said = (
        line
        for run in book.values()
        if isinstance(run, Mapping)
        for key in ("warnings", "remarks", "notes")
        for line in run.get(key) or ()
    )
    return list(dict.fromkeys(said))


def assumption_grids(book: Book, solved: str, costed: str) -> list[Grid]:
    """Chemistry, the organic as typed, and the numbers of the costing.

    Parameters
    ----------
    book : mapping
        JSON of the runs.
    solved, costed : str
        Pointers to the solved cascade and to the costing; empty when there is none.
    """
    grids = []
    if solved:
        grids += [_organic(book, f"{solved}/definition/organic"), chemistry_grid(at(book, f"{solved}/sources"))]
    if costed:
        grids.append(_basis(book, costed))
    return grids


def _organic(book: Book, base: str) -> Grid:
    rows = []
    for key, value in at(book, base).items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        told = cell(book, base, key) if is_number else Cell(value, f"{base}/{key}", "verdict")
        if not isinstance(value, Mapping):
            rows.append((text(key), told))
    return Grid("The organic as typed", (Column("key"), Column("value", "unit as in the key")), tuple(rows))


def chemistry_grid(sources: Sequence[Mapping[str, Any]]) -> Grid:
    """Numbers of the extraction system, each with all of its sources."""
    keys: dict[str, list[str]] = {}
    for source in sources:
        for number in source["numbers"]:
            keys.setdefault(number, []).append(source["key"])
    rows = []
    for number, named in keys.items():
        told = _TOLD.match(number)
        parts = told.group("what", "value", "status") if told else (number, "", "")
        rows.append((*(text(part) for part in parts), text(", ".join(named))))
    heads = ("number", "value", "status", "sources")
    return Grid("Chemistry", tuple(Column(head) for head in heads), tuple(rows))


def _basis(book: Book, base: str) -> Grid:
    rows = tuple(
        (
            text(name),
            cell(book, base, "basis", name, "value"),
            *(text(each[key]) for key in ("unit", "status", "source")),
        )
        for name, each in at(book, f"{base}/basis").items()
    )
    heads = ("number", "value", "unit", "status", "source")
    return Grid("Numbers of the costing that are no price", tuple(Column(head) for head in heads), rows)


def source_grid(cited: Sequence[Citation]) -> Grid:
    """Sources with DOI and how they were read."""
    rows = tuple((text(key), text(line), text(doi), text(read)) for key, line, doi, read in cited)
    heads = ("key", "citation", "doi", "read as")
    return Grid("Sources", tuple(Column(head) for head in heads), rows)


def citations(book: Book, solved: str, costed: str) -> list[Citation]:
    """Sources of the chemistry, then those of prices and of the numbers of a costing."""
    found: dict[str, Citation] = {}
    for each in (at(book, f"{solved}/sources") if solved else None) or ():
        found[each["key"]] = (each["key"], each["citation"], each["doi"], each["quality"])
    if costed:
        found |= {each[0]: each for each in economic_citations(_cost_keys(book, costed)) if each[0] not in found}
    return list(found.values())


def economic_citations(keys: Iterable[str]) -> list[Citation]:
    """Sources of prices and costs, of those keys that are known."""
    records = _economic_records()
    return [_economic(key, records[key]) for key in keys if key in records]


def _cost_keys(book: Book, base: str) -> Iterator[str]:
    """Keys that the bill and the basis name, sorted."""
    items = {item["source"] for item in at(book, f"{base}/items")}
    yield from sorted(items | {each["source"] for each in at(book, f"{base}/basis").values()})


@lru_cache(maxsize=1)
def _economic_records() -> Mapping[str, Any]:
    """Sources of prices and costs by key."""
    return shipped_tables("data", "economics", "sources.toml")


def _economic(key: str, record: Mapping[str, Any]) -> Citation:
    """One source of prices in one line."""
    doi = str(record.get("doi", ""))
    parts = [record.get("authors"), record.get("year"), record.get("title"), record.get("journal")]
    line = ", ".join(str(part) for part in [*parts, f"doi:{doi}" if doi else ""] if part)
    return key, line, doi, _QUALITY.get(str(record.get("quality")), "")
