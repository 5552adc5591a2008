"""Tables of a design: sections, key figures, theory beside it, trade-off, penalties, sensitivities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sxsim.report.grids.cells import Cell, Column, Grid, Kind, at, cell, text

__all__ = ["design_grids"]

Book = Mapping[str, Any]
_FIGURES: tuple[tuple[str, str, str, Kind], ...] = (
    ("S", "S at the feed stage", "mol/mol fed", "number"),
    ("S_min", "S_min", "mol/mol fed", "number"),
    ("S_over_S_min", "S/S_min", "-", "number"),
    ("W", "W", "mol/mol fed", "number"),
    ("W_min", "W_min", "mol/mol fed", "number"),
    ("loading_fraction", "highest loading", "%", "percent"),
    ("saponified_fraction", "saponified", "%", "percent"),
    ("residual_mol_L", "left in the stripped organic", "mol/L", "number"),
    ("acid_kmol_h", "acid bought", "kmol/h", "number"),
    ("base_kmol_h", "base bought", "kmol/h", "number"),
    ("organic_m3", "organic inventory", "m3", "number"),
    ("rare_earths_kg_oxide", "rare earths held", "kg oxide", "money"),
    ("settlers_m2", "settlers", "m2", "number"),
    ("annual_usd", "cost of what is decided", "USD/y", "money"),
    ("solves", "rigorous solves of the search", "-", "count"),
)
_THEORY: tuple[tuple[str, str, str, Kind], ...] = (
    ("beta", "separation factor", "-", "number"),
    ("S_min", "S_min", "mol/mol fed", "number"),
    ("S_over_S_min", "S/S_min of least cost", "-", "number"),
    ("xu_S_over_S_min", "S/S_min of Xu's optimum", "-", "number"),
    ("inventory_S_over_S_min", "S/S_min of least inventory", "-", "number"),
    ("total_reflux_stages", "stages at total reflux", "-", "number"),
    ("organic_m3_h", "organic of least cost", "m3/h", "number"),
)
_FORMULAS = (
    ("stages", "exact count, least cost"),
    ("stages_at_S", "exact count, S of the design"),
    ("simple_stages_at_S", "simple formula, S of the design"),
)


def design_grids(book: Book, base: str) -> list[Grid]:
    """Every table of a design.

    Parameters
    ----------
    book : mapping
        JSON of the runs.
    base : str
        Pointer to the design in it.
    """
    grids = [_stages(book, base), _flows(book, base), _figures(book, base), _theory(book, base), _counts(book, base)]
    if at(book, f"{base}/curve"):
        grids.append(_curve(book, base))
    return [*grids, _penalties(book, base), _sensitivities(book, base)]


def _listed(book: Book, base: str, rows: tuple[tuple[str, str, str, Kind], ...], title: str) -> Grid:
    """Figures one below the other, each with its unit; undefined ones are left out."""
    made = []
    for key, words, unit, kind in rows:
        figure = cell(book, base, key, kind=kind)
        if figure.value is not None:
            made.append((text(words), figure, text(unit)))
    return Grid(title, (Column("figure"), Column("value"), Column("unit")), tuple(made))


def _stages(book: Book, base: str) -> Grid:
    rows = []
    for name in at(book, f"{base}/stages"):
        ends = [cell(book, base, "pH_ends", name, end, kind="fixed") for end in (0, 1)]
        rows.append((text(name), cell(book, base, "stages", name, kind="count"), *ends))
    total = (text("all"), Cell(sum(at(book, f"{base}/stages").values()), "", "count"), text(""), text(""))
    columns = (Column("section"), Column("stages", "-"), Column("pH first stage", "-"), Column("pH last stage", "-"))
    return Grid("Stages of the design", columns, tuple(rows), total)


def _flows(book: Book, base: str) -> Grid:
    rows = [
        (text(name), cell(book, base, "flows_m3_h", name, kind="flow"), cell(book, base, "acid_mol_L", name))
        for name in at(book, f"{base}/flows_m3_h")
    ]
    return Grid("Flows of the design", (Column("stream"), Column("flow", "m3/h"), Column("acid", "mol/L")), tuple(rows))


def _figures(book: Book, base: str) -> Grid:
    return _listed(book, base, _FIGURES, "Key figures")


def _theory(book: Book, base: str) -> Grid:
    return _listed(book, f"{base}/theory", _THEORY, "What the closed forms say")


def _counts(book: Book, base: str) -> Grid:
    rows = [
        (text(words), *(cell(book, base, "theory", key, at_) for at_ in (0, 1)))
        for key, words in _FORMULAS
        if at(book, f"{base}/theory/{key}")
    ]
    return Grid(
        "Stage counts of the theory",
        (Column("formula"), Column("extraction", "-"), Column("scrubbing", "-")),
        tuple(rows),
        note="The simple formula fails near S_min; see the remark of the theory.",
    )


def _curve(book: Book, base: str) -> Grid:
    keys: tuple[tuple[str, Kind], ...] = (
        ("total", "count"),
        ("organic_m3_h", "number"),
        ("S_over_S_min", "number"),
        ("acid_kmol_h", "number"),
        ("base_kmol_h", "number"),
        ("annual_usd", "money"),
    )
    rows = []
    for index, point in enumerate(at(book, f"{base}/curve")):
        stages = [cell(book, base, "curve", index, "stages", k, kind="count") for k in range(len(point["stages"]))]
        figures = [cell(book, base, "curve", index, key, kind=kind) for key, kind in keys]
        rows.append((*stages, *figures))
    parts = ("extraction", "scrubbing")[: len(rows[0]) - len(keys)]
    heads = [Column(part, "stages") for part in parts]
    heads += [Column("total", "stages"), Column("organic", "m3/h"), Column("S/S_min", "-"), Column("acid", "kmol/h")]
    heads += [Column("base", "kmol/h"), Column("cost of what is decided", "USD/y")]
    return Grid("Stages against organic and cost", tuple(heads), tuple(rows))


def _penalties(book: Book, base: str) -> Grid:
    keys: tuple[tuple[str, Kind], ...] = (("change", "change"), ("value", "number"), ("cost_change", "change"))
    rows = []
    for index, penalty in enumerate(at(book, f"{base}/penalties")):
        figures = [cell(book, base, "penalties", index, key, kind=kind) for key, kind in keys]
        rows.append((text(penalty["path"]), *figures, text(penalty["consequence"])))
    columns = (Column("decision"), Column("change", "%"), Column("then", "unit as in the name"), Column("cost", "%"))
    return Grid("A tenth off in each decision", (*columns, Column("what follows")), tuple(rows))


def _sensitivities(book: Book, base: str) -> Grid:
    found = at(book, f"{base}/sensitivities")
    targets = list(dict.fromkeys(name for row in found for name in row["slope"]))
    rows = []
    for index, row in enumerate(found):
        slopes = [cell(book, base, "sensitivities", index, "slope", name) for name in targets]
        within = cell(book, base, "sensitivities", index, "tolerance", kind="percent")
        rows.append(
            (text(row["path"]), cell(book, base, "sensitivities", index, "value", kind="flow"), *slopes, within)
        )
    columns = [Column("quantity"), Column("value", "unit as in the name")]
    columns += [Column(f"{name} per relative change", "1") for name in targets]
    columns.append(Column("impurity doubles within", "%"))
    note = "Slope: change of the purity (0-1) per relative change of the quantity, all else held."
    return Grid("What has to be held", tuple(columns), tuple(rows), note=note)
