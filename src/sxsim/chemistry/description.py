"""A system told in plain data, for tables, pages and reports."""

from __future__ import annotations

from typing import Any

from sxsim.chemistry.conditions import has_own_exponents, ladder_at, usual_conditions
from sxsim.chemistry.evidence import sources, unverified
from sxsim.chemistry.factors import separation_factor
from sxsim.chemistry.parameters import ladder, log10_K
from sxsim.chemistry.points import load_points
from sxsim.chemistry.tables import data_files
from sxsim.definition.system import Number, SystemFile, load_system_file, system_names

__all__ = ["compare", "data_overview", "describe"]


def describe(system: SystemFile) -> dict[str, Any]:
    """Tell a system in plain data.

    Parameters
    ----------
    system : SystemFile
        The system.

    Returns
    -------
    dict
        ``name``, ``title``, ``summary``, ``medium``, ``stoichiometry``, ``acids``, ``extractants``, ``elements``;
        ``diluents`` (name to null, or to the change of log10 D that is told and not applied); ``orders`` (one where it
        holds everywhere; else at stated conditions: pH, extractant_mol_L, and the elements, least extracted first, with
        ln D beside the least); ``log10_K`` by element; ``levels``, ``ladder`` (one row a separation factor: pair,
        value, low, high, status, source, note), ``exponents``, ``counter_ions``; ``validity``;
        ``points`` (count by source); ``sources`` (key, citation, doi, quality, numbers); ``unverified`` (sentences).
        Strings, numbers, lists and dicts only.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> describe(load_system_file("p507-chloride"))["ladder"][2]["pair"]
    'Nd/Pr'
    """
    ions = [ion.ion for ion in system.counter_ion]
    points: dict[str, int] = {}
    for point in load_points(system.extractants, system.medium):
        points[point.source] = points.get(point.source, 0) + 1
    law = {"a": system.law.a, "b": system.law.b, "c": system.law.c, "d": system.law.d}
    used = sources(system, system.elements, ions[0] if ions else None)
    return {
        "name": system.name,
        "title": system.title,
        "summary": system.summary,
        "medium": system.medium,
        "stoichiometry": system.stoichiometry,
        "saponifiable": system.saponifiable,
        "acids": list(system.acids),
        "extractants": list(system.extractants),
        "diluents": {
            each.name: None if each.log10_D_shift is None else _row(each.log10_D_shift) for each in system.diluent
        },
        "elements": list(system.elements),
        "orders": _orders(system),
        "log10_K": {symbol: round(log10_K(system, symbol), 6) for symbol in system.elements},
        "levels": [{"element": level.element, **_row(level.log10_K)} for level in system.level],
        "ladder": [{"pair": factor.pair, **_row(factor)} for factor in system.separation_factor],
        "exponents": {key: _row(number) for key, number in law.items() if number is not None},
        "counter_ions": {ion.ion: _row(ion.log10_K) for ion in system.counter_ion},
        "validity": system.validity.model_dump(mode="json"),
        "points": points,
        "sources": [
            {
                "key": use.source.key,
                "citation": use.source.citation,
                "doi": use.doi,
                "quality": use.source.quality,
                "numbers": list(use.numbers),
            }
            for use in used
        ],
        "unverified": unverified(system, system.elements, ions[0] if ions else None),
    }


def _orders(system: SystemFile) -> list[dict[str, Any]]:
    """The order of extraction; at stated conditions where it depends on them."""
    if not has_own_exponents(system):
        return [{"pH": None, "extractant_mol_L": None, "elements": ladder(system, system.elements)}]
    return [
        {
            "pH": at.pH,
            "extractant_mol_L": at.extractant_mol_L,
            "elements": ladder_at(system, system.elements, at),
        }
        for at in usual_conditions(system)
    ]


def data_overview() -> dict[str, list[dict[str, Any]]]:
    """List the shipped systems and files of points with counts, status and ranges.

    Returns
    -------
    dict
        ``systems`` (name, title, medium, elements, unverified count) and ``points`` (file, title, source, rows, status,
        validity).
    """
    systems = []
    for name in system_names():
        system = load_system_file(name)
        ions = [ion.ion for ion in system.counter_ion]
        systems.append(
            {
                "name": name,
                "title": system.title,
                "medium": system.medium,
                "elements": list(system.elements),
                "unverified": len(unverified(system, system.elements, ions[0] if ions else None)),
            }
        )
    files = [
        {
            "file": file.place,
            "title": file.header["title"],
            "source": file.header["source"],
            "rows": len(file.rows),
            "status": file.header["status"],
            "validity": file.header["validity"],
        }
        for file in data_files("points")
    ]
    return {"systems": systems, "points": files}


def compare(first: SystemFile, second: SystemFile, pair: str) -> list[dict[str, Any]]:
    """Separation factor of a pair in two systems, for ``sxsim data compare``.

    Parameters
    ----------
    first, second : SystemFile
        The systems.
    pair : str
        Written ``Nd/Pr``.

    Returns
    -------
    list of dict
        One row a system: system, pair, value, low, high, status, source.

    Raises
    ------
    InputError
        A system does not know an element of the pair.
    """
    above, _, below = pair.partition("/")
    rows = []
    for system in (first, second):
        factor = separation_factor(system, above, below)
        rows.append({"system": system.name, "pair": pair, **factor._asdict(), "source": list(factor.source)})
    return rows


def _row(number: Number) -> dict[str, Any]:
    return {
        "value": number.value,
        "low": number.low,
        "high": number.high,
        "status": number.status,
        "source": list(number.source),
        "note": number.note,
    }
