"""Reading cited data files: a header of ``# key: value`` lines, then a plain CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.reading import csv_rows, read_text, shipped_tables

__all__ = ["FOLDERS", "DataFile", "Source", "data_files", "read_data_file", "source_records"]

FOLDERS = (
    "points",
    "separation_factors",
    "equilibrium_constants",
    "correlations",
    "stability_constants",
    "extractant_properties",
    "pitzer",
    "recalled",
)

LARGEST_BYTES = 20_000_000
"""Most bytes of a table."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One paper's file: where it is, its header, its rows as text.

    Attributes
    ----------
    place : str
        Folder and file name below ``data/distribution_coeffs``, or the path given.
    header : mapping of str to str
        title, source, place, method, validity, status and what the kind of file adds.
    columns : tuple of str
        Column names, each with its unit.
    rows : tuple of mapping of str to str
        One mapping a row.
    first_line : int
        Line number of the first row in the file.
    """

    place: str
    header: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    first_line: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where numbers were read; see ``data/distribution_coeffs/sources.toml``."""

    key: str
    authors: str
    journal: str
    year: int
    doi: str
    quality: str
    read_at: tuple[str, ...]
    title: str = ""
    via: str = ""
    note: str = ""

    @property
    def citation(self) -> str:
        """One line: authors, year, where, DOI."""
        parts = [self.authors, str(self.year) if self.year else "year not recorded", self.title, self.journal]
        parts.append(f"doi:{self.doi}" if self.doi else "")
        return ", ".join(part for part in parts if part)


def read_data_file(file: Traversable | Path, place: str) -> DataFile:
    """Read one file.

    Parameters
    ----------
    file : Traversable or Path
        The file.
    place : str
        What to call it in messages.

    Raises
    ------
    InputError
        The file is not UTF-8 text, a header line has no colon, the columns are not separated by commas or share a
        name, or rows have more or fewer fields than there are columns; all wrong rows together.
    """
    lines = read_text(file, place, "a CSV table", LARGEST_BYTES).splitlines()
    header: dict[str, str] = {}
    start = 0
    for line in lines:
        if not line.startswith("#"):
            break
        key, colon, value = line[1:].partition(":")
        if not colon:
            offence, cure = f"a header line without a colon: {line!r:.80}", "write a colon behind the key"
            raise InputError(Finding(f"line {start + 1}", offence, "a header line is `# key: value`", cure), place)
        header[key.strip()] = value.strip()
        start += 1
    table = csv_rows(lines[start:], place, start + 1)
    if not table or not any(table[0]):
        cure = "write the names of the columns, then a row for each point"
        raise InputError(Finding("file", "no table follows the header", "a CSV table", cure), place)
    columns = tuple(table[0])
    separator = next((mark for mark in (";", "\t", "|") if len(columns) == 1 and mark in columns[0]), "")
    if separator:
        cure = "save the table with commas, and decimal points in the numbers"
        raise InputError(Finding("file", f"the columns are separated by {separator!r}", "commas", cure), place)
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise InputError(
            [Finding(f"column {name}", "stands twice", "once", "drop or rename one") for name in twice], place
        )
    cure = "leave a field empty where nothing is known, and quote a text that holds a comma"
    wrong = [
        Finding(f"line {number}", f"{len(fields)} fields under {len(columns)} columns", f"{len(columns)} fields", cure)
        for number, fields in enumerate(table[1:], start + 2)
        if len(fields) != len(columns)
    ]
    if wrong:
        raise InputError(wrong, place)
    rows = tuple(dict(zip(columns, fields, strict=True)) for fields in table[1:])
    return DataFile(place, header, columns, rows, start + 2)


def data_files(*folders: str) -> Iterator[DataFile]:
    """Shipped data files, in the order of their names.

    Parameters
    ----------
    *folders : str
        Of `FOLDERS`; all when none is named.
    """
    for folder in folders or FOLDERS:
        directory = shipped("data", "distribution_coeffs", folder)
        for entry in sorted(directory.iterdir(), key=lambda item: item.name):
            if entry.name.endswith(".csv"):
                yield read_data_file(entry, f"{folder}/{entry.name}")


@lru_cache(maxsize=1)
def source_records() -> Mapping[str, Source]:
    """All sources by key."""
    records = {}
    for key, table in shipped_tables("data", "distribution_coeffs", "sources.toml").items():
        table["read_at"] = tuple(table["read_at"])
        records[key] = Source(key=key, **table)
    return records
