"""Tables of a costing: breakdown, bill, products, waste, closed loops, material flow cost accounting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sxsim.report.grids.cells import Column, Grid, Kind, at, cell, text

__all__ = ["centre_grid", "cost_grids", "effluent_grid", "limit_grid", "waste_grid", "water_grid"]

Book = Mapping[str, Any]
_FIGURES: tuple[tuple[str, str, str, Kind], ...] = (
    ("usd_per_kg_oxide", "cost of separation", "USD/kg oxide", "number"),
    ("minimum_selling_price_usd_per_kg", "minimum selling price", "USD/kg oxide", "number"),
    ("oxide_kg_per_y", "product", "kg oxide/y", "money"),
    ("capital_usd", "fixed capital", "USD", "money"),
    ("working_capital_usd", "working capital", "USD", "money"),
    ("operating_usd_per_y", "operating cost", "USD/y", "money"),
    ("waste_m3_per_t_oxide", "waste water", "m3/t oxide", "number"),
    ("salt_kg_per_kg_oxide", "dissolved salt", "kg/kg oxide", "number"),
    ("acid_fed_kmol_h", "acid fed", "kmol/h", "number"),
    ("acid_consumed_kmol_h", "acid used up", "kmol/h", "number"),
    ("base_kmol_h", "base", "kmol/h", "number"),
    ("base_over_3_S_min", "base beside 3 S_min", "-", "number"),
    ("closure", "worst balance, relative", "-", "error"),
)
_WASTE: tuple[tuple[str, str, str], ...] = (
    ("ammonium_N_kg_per_t", "ammonium nitrogen", "kg/t oxide"),
    ("ammonium_N_mg_L", "ammonium nitrogen, mixed effluent", "mg/L"),
    ("chloride_kg_per_t", "chloride", "kg/t oxide"),
    ("acid_kmol_per_t", "free acid", "kmol/t oxide"),
    ("oxalate_kg_per_t", "oxalate", "kg/t oxide"),
    ("COD_kg_per_t", "chemical oxygen demand", "kg/t oxide"),
    ("rare_earths_kg_oxide_per_t", "rare earths thrown away", "kg oxide/t oxide"),
)


def cost_grids(book: Book, base: str) -> list[Grid]:
    """Every table of a costing.

    Parameters
    ----------
    book : mapping
        JSON of the runs.
    base : str
        Pointer to the costing in it.
    """
    return [
        _figures(book, base),
        _breakdown(book, base),
        _items(book, base),
        _reagents(book, base),
        _products(book, base),
        waste_grid(book, base),
        effluent_grid(book, base),
        water_grid(book, base),
        limit_grid(book, base),
        _loops(book, base),
        centre_grid(book, base),
        _benchmarks(book, base),
    ]


def _figures(book: Book, base: str) -> Grid:
    rows = []
    for key, words, unit, kind in _FIGURES:
        figure = cell(book, base, key, kind=kind)
        if figure.value is not None:
            rows.append((text(words), figure, text(unit)))
    return Grid("What it costs", (Column("figure"), Column("value"), Column("unit")), tuple(rows))


def _breakdown(book: Book, base: str) -> Grid:
    rows = tuple(
        (text(name), cell(book, base, "breakdown_usd_per_kg_oxide", name))
        for name in at(book, f"{base}/breakdown_usd_per_kg_oxide")
    )
    total = (text("all"), cell(book, base, "usd_per_kg_oxide"))
    formula = "SUMIF({Bill.category},{category},{Bill.cost})"
    return Grid("Breakdown", (Column("category"), Column("cost", "USD/kg oxide", formula)), rows, total)


def _items(book: Book, base: str) -> Grid:
    """The bill; in the workbook amount times price, so that a price can be changed there."""
    rows = []
    for index, item in enumerate(at(book, f"{base}/items")):
        here = (base, "items", index)
        rows.append(
            (
                text(item["name"]),
                text(item["category"]),
                cell(book, *here, "quantity_per_kg_oxide"),
                text(item["unit"]),
                cell(book, *here, "price_usd_per_unit"),
                cell(book, *here, "usd_per_kg_oxide"),
                text(item["source"]),
                text(item["status"]),
                text(item["note"]),
            )
        )
    columns = (
        Column("item"),
        Column("category"),
        Column("amount", "unit/kg oxide"),
        Column("unit"),
        Column("price", "USD/unit"),
        Column("cost", "USD/kg oxide", formula="{amount}*{price}"),
        Column("source"),
        Column("status"),
        Column("note"),
    )
    blank = text("")
    total = (text("all"), blank, blank, blank, blank, cell(book, base, "usd_per_kg_oxide"), blank, blank, blank)
    return Grid("Bill", columns, tuple(rows), total)


def _reagents(book: Book, base: str) -> Grid:
    elements = at(book, f"{base}/reagents_by_element")
    rows = tuple(
        (
            text(name),
            cell(book, base, "reagents_kg_per_kg_oxide", name),
            *(cell(book, base, "reagents_by_element", element, name) for element in elements),
        )
        for name in at(book, f"{base}/reagents_kg_per_kg_oxide")
    )
    columns = [Column("reagent, pure"), Column("all products", "kg/kg oxide")]
    columns += [Column(f"{element} oxide", "kg/kg oxide") for element in elements]
    return Grid("Reagents", tuple(columns), rows)


def _products(book: Book, base: str) -> Grid:
    shares = at(book, f"{base}/allocations")
    rows = []
    for index, product in enumerate(at(book, f"{base}/products")):
        costs = [
            cell(book, base, "allocations", k, "products", index, "usd_per_kg_oxide", kind="money")
            for k in range(len(shares))
        ]
        made = cell(book, base, "products", index, "oxide_kg_h")
        rows.append((text(product["stream"]), text(product["element"]), made, *costs))
    columns = [Column("stream"), Column("element"), Column("made", "kg oxide/h")]
    columns += [Column(f"cost, shared by {share['key']}", "USD/kg oxide") for share in shares]
    return Grid("Cost by product", tuple(columns), tuple(rows))


def waste_grid(book: Book, base: str) -> Grid:
    """Loads of the waste water before treatment."""
    rows = tuple((text(words), cell(book, base, "waste", key), text(unit)) for key, words, unit in _WASTE)
    return Grid("Waste before treatment", (Column("load"), Column("amount"), Column("unit")), rows)


def effluent_grid(book: Book, base: str) -> Grid:
    """Volume of each effluent."""
    rows = tuple(
        (text(name), cell(book, base, "waste", "volume_m3_per_t", name))
        for name in at(book, f"{base}/waste/volume_m3_per_t")
    )
    total = (text("all"), cell(book, base, "waste_m3_per_t_oxide"))
    return Grid("Effluents", (Column("effluent"), Column("volume", "m3/t oxide")), rows, total)


def water_grid(book: Book, base: str) -> Grid:
    """The same volume by what brought it."""
    rows = tuple(
        (text(name), cell(book, base, "waste", "water_m3_per_t", name))
        for name in at(book, f"{base}/waste/water_m3_per_t")
    )
    total = (text("all"), cell(book, base, "waste_m3_per_t_oxide"))
    return Grid("Water of the effluents", (Column("brought by"), Column("volume", "m3/t oxide")), rows, total)


def limit_grid(book: Book, base: str) -> Grid:
    """What the Chinese standard allows, beside the untreated waste."""
    rows = []
    for index, limit in enumerate(at(book, f"{base}/waste/limits")):
        here = (base, "waste", "limits", index)
        figures = (cell(book, *here, "value"), cell(book, *here, "limit"), text(limit["unit"]))
        words = (cell(book, *here, "met", kind="verdict"), text(limit["applies"]), text(limit["status"]))
        rows.append((text(limit["quantity"]), *figures, *words))
    heads = ("quantity", "untreated", "limit", "unit", "within", "applies to", "status")
    return Grid("Limits of GB 26451-2011, untreated", tuple(Column(head) for head in heads), tuple(rows))


def _loops(book: Book, base: str) -> Grid:
    keys = (
        ("saved_usd_per_kg", "saves", "USD/kg oxide"),
        ("spent_usd_per_kg", "spends", "USD/kg oxide"),
        ("ammonium_N_kg_per_t", "ammonium nitrogen left", "kg/t oxide"),
        ("acid_kmol_per_t", "acid left", "kmol/t oxide"),
        ("effluent_m3_per_t", "effluent left", "m3/t oxide"),
    )
    rows = tuple(
        (
            text(loop["name"]),
            *(cell(book, base, "closed_loops", index, key) for key, _, _ in keys),
            text(loop["note"]),
        )
        for index, loop in enumerate(at(book, f"{base}/closed_loops"))
    )
    columns = (Column("recovers"), *(Column(words, unit) for _, words, unit in keys), Column("note"))
    return Grid("Closed loops, each on its own", columns, rows)


def centre_grid(book: Book, base: str) -> Grid:
    """Quantity centres of the material flow cost accounting."""
    keys = ("carried", "material", "energy", "system", "waste", "product", "loss")
    rows = tuple(
        (
            text(centre["centre"]),
            *(cell(book, base, "mfca", "centres", index, f"{key}_usd_per_y", kind="money") for key in keys),
        )
        for index, centre in enumerate(at(book, f"{base}/mfca/centres"))
    )
    columns = (Column("quantity centre"), *(Column(key, "USD/y") for key in keys))
    blank = text("")
    loss = cell(book, base, "mfca", "loss_usd_per_y", kind="money")
    total = (text("all"), *(blank for _ in keys[:-1]), loss)
    note = "Product cost of a centre goes on as carried to the next; what no centre carries on leaves as sold."
    return Grid("Material flow cost accounting, ISO 14051", columns, rows, total, note=note)


def _benchmarks(book: Book, base: str) -> Grid:
    """What others report, beside what was found; shown, never tuned to."""
    keys = ("found", "low", "central", "high", "ratio")
    rows = tuple(
        (
            text(row["item"]),
            text(row["unit"]),
            *(cell(book, base, "benchmarks", index, key) for key in keys),
            text(row["status"]),
            text(row["citation"]),
        )
        for index, row in enumerate(at(book, f"{base}/benchmarks") or ())
    )
    heads = ("item", "unit", *keys, "status", "reported by")
    note = "A whole plant does in several cuts what is costed here for one."
    return Grid("Beside reported figures of whole plants", tuple(Column(head) for head in heads), rows, note=note)
