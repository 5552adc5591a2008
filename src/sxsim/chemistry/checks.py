"""Checks over every shipped data file: complete header, known sources and elements, finite numbers, D = org/aq."""

from __future__ import annotations

import math
import re
from typing import get_args

from sxsim.chemistry.evidence import numbers_used
from sxsim.chemistry.points import point_findings
from sxsim.chemistry.tables import DataFile, data_files, source_records
from sxsim.definition.system import Status, SystemFile, load_system_file, system_names
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding

__all__ = ["check_data", "check_file", "check_system"]

HEADER = ("title", "source", "place", "method", "validity", "status")
NUMERIC = re.compile(
    r"^(value|low|high|log10_K|D|log10_D|pH_eq|beta0|beta1|Cphi|alpha1)$|_(mol_L|C|O_A|log10_D|slope)$"
)
"""Columns that hold numbers or nothing: the measured quantity and what ends in a unit."""


def check_data() -> list[Finding]:
    """Check every shipped file of points, factors, constants and systems.

    Returns
    -------
    list of Finding
        Empty when all is well.
    """
    findings: list[Finding] = []
    for file in data_files():
        findings += check_file(file)
    for name in system_names():
        findings += check_system(load_system_file(name))
    return findings


def check_file(file: DataFile) -> list[Finding]:
    """Check one file; see `check_data`."""
    findings = [
        Finding(file.place, f"header line {key} is missing", ", ".join(HEADER), f"add # {key}: ...")
        for key in HEADER
        if not file.header.get(key)
    ]
    if file.header.get("source") not in source_records():
        findings.append(
            Finding(file.place, f"unknown source {file.header.get('source')!r}", cure="add it to sources.toml")
        )
    for status in {file.header.get("status", ""), *(row["status"] for row in file.rows)}:
        if status not in get_args(Status):
            findings.append(Finding(file.place, f"unknown status {status!r}", ", ".join(get_args(Status))))
    for number, row in enumerate(file.rows, file.first_line):
        for column, text in row.items():
            if text and NUMERIC.search(column) and not _finite(text):
                findings.append(Finding(f"{file.place}, line {number}, {column}", f"{text!r} is not a finite number"))
        for symbol in (
            row.get("pair", "").split("/") if re.match(r"^[A-Z][a-z]?/[A-Z][a-z]?$", row.get("pair", "")) else ()
        ):
            if symbol not in ELEMENTS:
                findings.append(Finding(f"{file.place}, line {number}, pair", f"unknown element {symbol}"))
    if file.place.startswith("points/"):
        findings += [Finding(f"{file.place}, {f.place}", f.offence, f.allowed, f.cure) for f in point_findings(file)]
    return findings


def check_system(system: SystemFile) -> list[Finding]:
    """Check that a system speaks of known elements and cites known sources."""
    findings = [Finding(system.name, f"unknown element {s}") for s in system.elements if s not in ELEMENTS]
    ions: list[str | None] = [ion.ion for ion in system.counter_ion]
    for ion in ions or [None]:
        for name, number in numbers_used(system, system.elements, ion):
            findings += [
                Finding(f"{system.name}, {name}", f"unknown source {key!r}", cure="add it to sources.toml")
                for key in number.source
                if key not in source_records()
            ]
    return findings


def _finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
