"""Tables of a train: products, cascades, streams, balances, cost from ore to oxides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sxsim.elements import ELEMENTS
from sxsim.report.grids.cells import Cell, Column, Grid, Kind, at, cell, text

__all__ = ["train_cost_grids", "train_grids", "train_stream_grid"]

Book = Mapping[str, Any]
_FIGURES: tuple[tuple[str, str, str, Kind], ...] = (
    ("cascade_count", "cascades", "-", "count"),
    ("stage_count", "stages", "-", "count"),
    ("passes", "passes of the whole feed", "mol/mol fed", "number"),
    ("feed_oxide_kg_h", "rare earths fed", "kg oxide/h", "number"),
    ("inventory_kg_oxide", "rare earths held in the stages", "kg oxide", "money"),
    ("rounds", "rounds through the units", "-", "count"),
    ("closure", "worst balance, relative", "-", "error"),
)
_COST: tuple[tuple[str, str, str, Kind], ...] = (
    ("usd_per_kg_oxide", "cost from ore to oxides", "USD/kg oxide", "number"),
    ("oxide_kg_per_y", "products", "kg oxide/y", "money"),
    ("waste_m3_per_t_oxide", "waste water", "m3/t oxide", "number"),
    ("salt_kg_per_kg_oxide", "dissolved salt", "kg/kg oxide", "number"),
    ("organic_m3", "first fill of organic", "m3", "number"),
    ("mass_closure", "worst mass balance, relative", "-", "error"),
)


def train_grids(book: Book, base: str) -> list[Grid]:
    """Products, figures, cascades and balances of a train.

    Parameters
    ----------
    book : mapping
        JSON of the runs.
    base : str
        Pointer to the train in it.
    """
    return [
        _products(book, base),
        _listed(book, base, _FIGURES, "The train"),
        _cascades(book, base),
        _closure(book, base),
    ]


def _listed(book: Book, base: str, rows: tuple[tuple[str, str, str, Kind], ...], title: str) -> Grid:
    """Figures one below the other, each with its unit."""
    found = ((text(words), cell(book, base, key, kind=kind), text(unit)) for key, words, unit, kind in rows)
    kept = tuple(row for row in found if row[1].value is not None)
    return Grid(title, (Column("figure"), Column("value"), Column("unit")), kept)


def _products(book: Book, base: str) -> Grid:
    shares = at(book, f"{base}/allocations") or ()
    rows = []
    for index, product in enumerate(at(book, f"{base}/products")):
        here = (base, "products", index)
        keys = ("purity", "purity_min", "recovery", "recovery_min")
        figures = [cell(book, *here, key, kind="percent") for key in keys]
        costs = [
            cell(book, base, "allocations", k, "usd_per_kg_oxide", product["name"], kind="money")
            for k in range(len(shares))
        ]
        met = Cell(product["met"], f"{base}/products/{index}/met", "verdict")
        words = (text(product["name"]), text(product["stream"]))
        rows.append((*words, *figures, cell(book, *here, "oxide_kg_h"), met, *costs))
    columns = [Column("product"), Column("stream"), Column("purity", "%"), Column("asked purity", "%")]
    columns += [Column("recovery", "%"), Column("asked recovery", "%"), Column("made", "kg oxide/h"), Column("met")]
    columns += [Column(f"cost, shared by {share['key']}", "USD/kg oxide") for share in shares]
    return Grid("Products", tuple(columns), tuple(rows))


def _cascades(book: Book, base: str) -> Grid:
    keys: tuple[tuple[str, str, str, Kind], ...] = (
        ("stages", "stages", "-", "count"),
        ("share_of_feed", "enters, of the feed", "mol/mol fed", "number"),
        ("S", "S", "mol/mol entering", "number"),
        ("passes", "passes", "mol/mol fed", "number"),
        ("base_kmol_h", "base", "kmol/h", "number"),
        ("acid_kmol_h", "acid", "kmol/h", "number"),
        ("inventory_kg_oxide", "rare earths held", "kg oxide", "money"),
        ("organic_m3", "organic", "m3", "number"),
    )
    rows = tuple(
        (text(each["cascade"]), *(cell(book, base, "cascades", index, key, kind=kind) for key, _, _, kind in keys))
        for index, each in enumerate(at(book, f"{base}/cascades"))
    )
    totals = {"stages": "stage_count", "passes": "passes", "inventory_kg_oxide": "inventory_kg_oxide"}
    total = [cell(book, base, totals[key], kind=kind) if key in totals else text("") for key, _, _, kind in keys]
    columns = (Column("cascade"), *(Column(words, unit) for _, words, unit, _ in keys))
    note = "Passes: rare earths carried by the organic per mole fed to the train."
    return Grid("Cascades", columns, rows, (text("all"), *total), note=note)


def _closure(book: Book, base: str) -> Grid:
    rows = tuple(
        (text(name), cell(book, base, "closure_by_element", name, kind="error"))
        for name in at(book, f"{base}/closure_by_element")
    )
    return Grid("Balances over the whole train", (Column("of"), Column("relative error", "-")), rows)


def train_stream_grid(book: Book, base: str) -> Grid:
    """Flow, oxides, acid and composition of each stream."""
    streams: Mapping[str, Any] = at(book, f"{base}/streams")
    carried = list(dict.fromkeys(name for each in streams.values() for name in each["amount_kmol_h"]))
    metals = [name for name in carried if name in ELEMENTS]
    keys: tuple[tuple[str, Kind], ...] = (
        ("flow_m3_h", "flow"),
        ("oxide_kg_h", "number"),
        ("rare_earths_mol_L", "number"),
        ("free_acid_mol_L", "number"),
    )
    rows = tuple(
        (
            text(name),
            text(each["phase"]),
            *(cell(book, base, "streams", name, key, kind=kind) for key, kind in keys),
            *(cell(book, base, "streams", name, "amount_kmol_h", metal) for metal in metals),
        )
        for name, each in streams.items()
    )
    columns = [Column("stream"), Column("phase"), Column("flow", "m3/h"), Column("rare earths", "kg oxide/h")]
    columns += [Column("rare earths, concentration", "mol/L"), Column("free acid", "mol/L")]
    columns += [Column(metal, "kmol/h") for metal in metals]
    return Grid("Streams", tuple(columns), rows)


def train_cost_grids(book: Book, base: str) -> list[Grid]:
    """Cost of a train: figures, parts, units, the bill, reagents.

    Parameters
    ----------
    book : mapping
        JSON of the runs.
    base : str
        Pointer to the train in it.
    """
    return [
        _listed(book, base, _COST, "What it costs"),
        _summed(book, base, "parts_usd_per_kg_oxide", "Cost by part", "part"),
        _summed(book, base, "units_usd_per_kg_oxide", "Cost by unit", "unit of the train"),
        _reagents(book, base),
        _bill(book, base),
    ]


def _summed(book: Book, base: str, key: str, title: str, head: str) -> Grid:
    """Parts of the cost; in the workbook sums over the bill."""
    rows = tuple((text(name), cell(book, base, key, name)) for name in at(book, f"{base}/{key}"))
    formula = f"SUMIF({{Bill.{head}}},{{{head}}},{{Bill.cost}})"
    total = (text("all"), cell(book, base, "usd_per_kg_oxide"))
    return Grid(title, (Column(head), Column("cost", "USD/kg oxide", formula)), rows, total)


def _reagents(book: Book, base: str) -> Grid:
    rows = tuple(
        (text(name), cell(book, base, "reagents_kg_per_kg_oxide", name))
        for name in at(book, f"{base}/reagents_kg_per_kg_oxide")
    )
    return Grid("Reagents", (Column("reagent, pure"), Column("used", "kg/kg oxide")), rows)


def _bill(book: Book, base: str) -> Grid:
    rows = []
    for index, item in enumerate(at(book, f"{base}/items")):
        here = (base, "items", index)
        words = (text(item["spent_by"]), text(item["part"]), text(item["name"]))
        amount = (cell(book, *here, "quantity_per_kg_oxide"), text(item["unit"]))
        money = (cell(book, *here, "price_usd_per_unit"), cell(book, *here, "usd_per_kg_oxide"))
        rows.append((*words, *amount, *money, text(item["source"]), text(item["status"]), text(item["note"])))
    columns = (
        Column("unit of the train"),
        Column("part"),
        Column("item"),
        Column("amount", "unit/kg oxide"),
        Column("unit"),
        Column("price", "USD/unit"),
        Column("cost", "USD/kg oxide", formula="{amount}*{price}"),
        Column("source"),
        Column("status"),
        Column("note"),
    )
    blank = text("")
    total = (text("all"), *[blank] * 5, cell(book, base, "usd_per_kg_oxide"), blank, blank, blank)
    return Grid("Bill", columns, tuple(rows), total)
