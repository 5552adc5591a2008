"""Tables of a start-up, and of several policies beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sxsim.report.grids.cells import Cell, Column, Grid, Kind, at, cell, text

__all__ = ["policies_grid", "startup_grids"]

Book = Mapping[str, Any]
_FIGURES: tuple[tuple[tuple[str, ...], str, str, Kind], ...] = (
    (("days",), "length of the run", "d", "number"),
    (("time_to_spec_h",), "all on specification after", "h", "number"),
    (("lasting_spec_h",), "and for good after", "h", "number"),
    (("opened_h",), "products drawn as meant after", "h", "number"),
    (("off_spec_kg",), "left below specification", "kg oxide", "money"),
    (("tau_1_h",), "slowest relaxation time", "h", "number"),
    (("tau_2_h",), "next relaxation time", "h", "number"),
    (("tau_1_formula_h",), "estimate of the slowest, M/(I ln Sep)", "h", "number"),
    (("stage_residence_h",), "residence time of a stage", "h", "number"),
    (("inventory_kmol",), "rare earths held at steady state", "kmol", "number"),
    (("watch", "stage"), "stage to watch, counted along the organic", "-", "count"),
    (("distance_from_steady_state",), "distance from the steady state at the end", "-", "number"),
    (("closure",), "worst balance, relative", "-", "error"),
    (("steps",), "time steps", "-", "count"),
)
_POLICIES: tuple[tuple[str, str, str, Kind], ...] = (
    ("opened_h", "opened after", "h", "number"),
    ("time_to_spec_h", "on specification after", "h", "number"),
    ("lasting_spec_h", "for good after", "h", "number"),
    ("off_spec_kg", "below specification", "kg oxide", "money"),
)


def startup_grids(book: Book, base: str) -> list[Grid]:
    """Every table of a start-up.

    Parameters
    ----------
    book : mapping
        JSON of the runs.
    base : str
        Pointer to the start-up in it.
    """
    rows = []
    for keys, words, unit, kind in _FIGURES:
        figure = cell(book, base, *keys, kind=kind)
        if figure.value is not None:
            rows.append((text(words), figure, text(unit)))
    figures = Grid("Times and amounts", (Column("figure"), Column("value"), Column("unit")), tuple(rows))
    return [figures, _products(book, base), _spent(book, base)]


def _products(book: Book, base: str) -> Grid:
    keys: tuple[tuple[str, str, str, Kind], ...] = (
        ("purity_min", "asked", "%", "percent"),
        ("purity", "at the end", "%", "percent"),
        ("reached_h", "reached after", "h", "number"),
        ("lasting_h", "for good after", "h", "number"),
        ("off_spec_kg", "below specification", "kg oxide", "money"),
        ("on_spec_kg", "on specification", "kg oxide", "money"),
    )
    rows = tuple(
        (
            text(product["stream"]),
            text(product["element"]),
            *(cell(book, base, "products", index, key, kind=kind) for key, _, _, kind in keys),
        )
        for index, product in enumerate(at(book, f"{base}/products"))
    )
    columns = (Column("product"), Column("element"), *(Column(words, unit) for _, words, unit, _ in keys))
    blank = text("")
    total: tuple[Cell, ...] = ()
    if rows:
        off = cell(book, base, "off_spec_kg", kind="money")
        total = (text("all"), blank, blank, blank, blank, blank, off, blank)
    return Grid("Products of the start-up", columns, rows, total)


def _spent(book: Book, base: str) -> Grid:
    rows = []
    for name in at(book, f"{base}/spent_until_spec"):
        what, _, unit = name.replace("_kg_oxide", "|kg oxide").replace("_kmol", "|kmol").partition("|")
        rows.append((text(what.replace("_", " ")), cell(book, base, "spent_until_spec", name), text(unit)))
    until = "specification" if at(book, f"{base}/time_to_spec_h") is not None else "the end"
    return Grid(f"Spent until {until}", (Column("what"), Column("amount"), Column("unit")), tuple(rows))


def policies_grid(book: Book, base: str) -> Grid:
    """Several policies beside each other."""
    rows = []
    for name, run in at(book, f"{base}/policies").items():
        figures = [cell(book, base, "policies", name, key, kind=kind) for key, _, _, kind in _POLICIES]
        said = run.get("reason") or run["status"]
        rows.append((text(name), *figures, text(said)))
    columns = (Column("policy"), *(Column(words, unit) for _, words, unit, _ in _POLICIES), Column("outcome"))
    return Grid("Policies", columns, tuple(rows))
