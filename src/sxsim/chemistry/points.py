"""Measured distribution ratios, shipped or the user's own."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sxsim.chemistry.tables import DataFile, data_files, read_data_file
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.reading import is_file
from sxsim.foundation.suggestions import did_you_mean, nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Point", "contacts", "load_points", "point_findings", "points_frame", "read_points"]

NUMBERS = (
    "extractant_mol_L",
    "acid_initial_mol_L",
    "pH_eq",
    "rare_earth_feed_mol_L",
    "feed_mol_L",
    "aqueous_mol_L",
    "organic_mol_L",
    "elements_in_feed",
    "phase_ratio_O_A",
    "temperature_C",
    "D",
    "log10_D",
)
TEXTS = ("point", "contact", "element", "status", "quality", "note")
REQUIRED = ("element", "extractant_mol_L")
RATIO_TOLERANCE = 0.02
"""Relative: D and the two concentrations are each printed to about three digits, so their ratio carries 1-2 %."""


@dataclass(frozen=True, slots=True)
class Point:
    """One element in one contact; NaN where the paper does not say.

    Attributes
    ----------
    point, contact : str
        Name of the row and of the contact it belongs to; rows of one mixed feed share the contact.
    element, extractant, medium, source : str
        Symbol, file's extractant and medium, key of the source.
    extractant_mol_L, acid_initial_mol_L, pH_eq, rare_earth_feed_mol_L, feed_mol_L, aqueous_mol_L, organic_mol_L : float
        Formal extractant, acid before contact, equilibrium pH, all rare earths and this element before contact, this
        element after contact in water and organic [mol/L; pH -].
    elements_in_feed, phase_ratio_O_A, temperature_C, D, log10_D : float
        Elements in the contact [-], phase ratio [-], temperature [C], distribution ratio and its logarithm [-].
    status, quality, note : str
        As in the file.
    """

    point: str
    contact: str
    element: str
    extractant: str
    medium: str
    source: str
    extractant_mol_L: float
    acid_initial_mol_L: float
    pH_eq: float
    rare_earth_feed_mol_L: float
    feed_mol_L: float
    aqueous_mol_L: float
    organic_mol_L: float
    elements_in_feed: float
    phase_ratio_O_A: float
    temperature_C: float
    D: float
    log10_D: float
    status: str
    quality: str
    note: str


def load_points(
    extractant: str | Iterable[str] | None = None, medium: str | None = None, source: str | None = None
) -> tuple[Point, ...]:
    """Shipped points.

    Parameters
    ----------
    extractant : str or iterable of str, optional
        Names as in the files (``PC88A``, ``D2EHPA``, ``Cyanex 272``, ``TBP``, ``Naphthenic acid``), in any case and
        with or without blanks; pass ``system.extractants`` to get what a system speaks of.
    medium, source : str, optional
        Medium and source key.

    Returns
    -------
    tuple of Point
        In file order.

    Examples
    --------
    >>> len(load_points("PC88A", source="li1987"))
    112
    """
    names = None
    if extractant is not None:
        names = {_plain(name) for name in ([extractant] if isinstance(extractant, str) else extractant)}
    found: list[Point] = []
    for file in data_files("points"):
        if names is not None and _plain(file.header["extractant"]) not in names:
            continue
        if medium not in (None, file.header["medium"]) or source not in (None, file.header["source"]):
            continue
        found.extend(_points(file))
    return tuple(found)


def read_points(path: str | Path, extractant: str = "", medium: str = "") -> tuple[Point, ...]:
    """Read a user's own shake-out data and refuse what cannot be used.

    Parameters
    ----------
    path : str or Path
        A CSV with the columns of `Point` (``element`` and ``extractant_mol_L`` at least), with or without the
        ``# key: value`` header of the shipped files.
    extractant, medium : str
        Taken where the header does not say.

    Returns
    -------
    tuple of Point
        Rows in file order; D is computed from organic and aqueous where it is not given.

    Raises
    ------
    InputError
        All findings, each with the line of the file and the cure.
    """
    path = Path(path)
    if not is_file(path):
        raise InputError(
            Finding(str(path), "there is no such file", cure="check the path", allowed="a CSV table"), str(path)
        )
    file = read_data_file(path, path.name)
    findings = point_findings(file)
    if findings:
        raise InputError(findings, str(path))
    header = {"extractant": extractant, "medium": medium, "source": path.stem, **file.header}
    return _points(DataFile(file.place, header, file.columns, file.rows, file.first_line))


def point_findings(file: DataFile) -> list[Finding]:
    """What is wrong with a table of points: columns, elements, numbers, D against its phases.

    Parameters
    ----------
    file : DataFile
        As read.

    Returns
    -------
    list of Finding
        Empty when the table can be used.
    """
    known = (*TEXTS, *NUMBERS)
    findings = [
        Finding(
            f"column {name}", "unknown column", ", ".join(known), did_you_mean(name, known) or "delete or rename it"
        )
        for name in file.columns
        if name not in known
    ]
    meant = {name for column in file.columns if column not in known for name in nearest(column, known, limit=1)}
    findings += [
        Finding("header", f"column {name} is missing", ", ".join(known), f"add {name}")
        for name in REQUIRED
        if name not in file.columns and name not in meant
    ]
    if findings:
        return findings
    for number, row in enumerate(file.rows, file.first_line):
        findings += _row_findings(row, f"line {number}")
    return findings


def _row_findings(row: Mapping[str, str], place: str) -> list[Finding]:
    findings = []
    if row["element"] not in ELEMENTS:
        cure = did_you_mean(row["element"], ELEMENTS) or "write the symbol, e.g. Nd"
        findings.append(Finding(f"{place}, element", f"unknown element {row['element']!r}", ", ".join(ELEMENTS), cure))
    numbers: dict[str, float] = {}
    for name in NUMBERS:
        text = row.get(name, "")
        try:
            numbers[name] = float(text) if text else math.nan
        except ValueError:
            findings.append(
                Finding(
                    f"{place}, {name}",
                    f"{text!r} is not a number",
                    cure="use a decimal point, no unit",
                    allowed="a number",
                )
            )
            continue
        value = numbers[name]
        if math.isinf(value):
            findings.append(Finding(f"{place}, {name}", "infinite", "a finite number", "leave it empty if unknown"))
        elif value < 0.0 and name not in ("pH_eq", "log10_D", "temperature_C"):
            cure = "correct the sign, or write 0 if it is below detection" if name == "D" else "correct the sign"
            findings.append(Finding(f"{place}, {name}", f"{value:g} is negative", "0 or more", cure))
    if findings:
        return findings
    if not numbers["extractant_mol_L"] > 0.0:
        findings.append(Finding(f"{place}, extractant_mol_L", "missing or zero", "above 0", "give the formal molarity"))
    ratio, (organic, aqueous) = numbers["D"], (numbers["organic_mol_L"], numbers["aqueous_mol_L"])
    complete = math.isfinite(ratio + organic + aqueous) and aqueous > 0.0
    if complete and abs(ratio - organic / aqueous) > RATIO_TOLERANCE * max(ratio, organic / aqueous):
        offence = f"{ratio:g} is not organic/aqueous = {organic / aqueous:.4g}"
        findings.append(Finding(f"{place}, D", offence, f"within {RATIO_TOLERANCE:.0%}", "correct one of the three"))
    if math.isnan(ratio) and math.isnan(numbers["log10_D"]) and not complete and not (organic >= 0 and aqueous > 0):
        findings.append(
            Finding(
                f"{place}, D",
                "missing",
                cure="give D, log10_D, or organic and aqueous concentrations",
                allowed="a ratio, or both phases",
            )
        )
    return findings


def contacts(points: Iterable[Point]) -> dict[tuple[str, str], tuple[Point, ...]]:
    """Group points by source and contact, so that the rows of one mixed feed stay together."""
    groups: defaultdict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in points:
        groups[(point.source, point.contact)].append(point)
    return {key: tuple(group) for key, group in groups.items()}


def points_frame(points: Iterable[Point]) -> pd.DataFrame:
    """Points as a DataFrame, one row each."""
    import pandas as pd  # heavy: only the tables of the command line and of notebooks need it

    return pd.DataFrame([asdict(point) for point in points])


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _points(file: DataFile) -> tuple[Point, ...]:
    found = []
    for index, row in enumerate(file.rows):
        numbers = {name: float(row[name]) if row.get(name) else math.nan for name in NUMBERS}
        organic, aqueous = numbers["organic_mol_L"], numbers["aqueous_mol_L"]
        if math.isnan(numbers["D"]):
            numbers["D"] = organic / aqueous if organic >= 0.0 and aqueous > 0.0 else 10.0 ** numbers["log10_D"]
        if math.isnan(numbers["log10_D"]) and numbers["D"] > 0.0:
            numbers["log10_D"] = math.log10(numbers["D"])
        name = row.get("point") or f"{file.place}:{file.first_line + index}"
        found.append(
            Point(
                point=name,
                contact=row.get("contact") or name,
                element=row["element"],
                extractant=file.header.get("extractant", ""),
                medium=file.header.get("medium", ""),
                source=file.header.get("source", ""),
                status=row.get("status", "measured"),
                quality=row.get("quality", ""),
                note=row.get("note", ""),
                **numbers,
            )
        )
    return tuple(found)
