"""Tables of a solved cascade: streams, targets, what was found, sections, balances, stage profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sxsim.definition.target_tables import Solve
from sxsim.elements import ELEMENTS, RARE_EARTHS
from sxsim.report.grids.cells import Cell, Column, Grid, at, cell, text
from sxsim.report.tables import BINDS

__all__ = ["balance_grid", "found_grid", "profile_grids", "section_grid", "stream_grid", "target_grid"]

Book = Mapping[str, Any]

_BOUND = {"purity": "at least", "recovery": "at least"}


def stream_grid(book: Book, base: str) -> Grid:
    """Flow, acid and composition of each stream; the workbook adds what each carries and the sums in and out."""
    streams: Mapping[str, Any] = at(book, f"{base}/streams")
    components = list(dict.fromkeys(name for each in streams.values() for name in each["concentration_mol_L"]))
    rare = [name for name in components if name in RARE_EARTHS]
    fed = [name for name in components if name in ELEMENTS]
    columns = [Column("stream"), Column("kind"), Column("phase"), Column("flow", "m3/h")]
    columns += [Column("pH", "-"), Column("acid", "mol/L")]
    columns += [Column(name, "mol/L") for name in components]
    columns += [Column(f"{name} purity, oxide mass", "%") for name in rare]
    columns += [Column(f"{name} recovery", "%") for name in fed]
    rows = []
    for name, each in streams.items():
        row = [text(name), text(each["kind"]), text(each["phase"])]
        place = (base, "streams", name)
        row += [cell(book, *place, "flow_m3_h", kind="flow")]
        row += [cell(book, *place, "pH", kind="fixed"), cell(book, *place, "acid_mol_L")]
        row += [cell(book, *place, "concentration_mol_L", key) for key in components]
        row += [cell(book, *place, "purity", key, kind="percent") for key in rare]
        row += [cell(book, *place, "recovery", key, kind="percent") for key in fed]
        rows.append(tuple(row))
    note = "Purity is the share of an element in the rare earths of the stream. Products and inlets cross the border."
    return Grid("Streams", tuple(columns), tuple(rows), turned=True, note=note)


def target_grid(book: Book, base: str) -> Grid:
    """What was asked of each product, and what it got."""
    rows = []
    for index, target in enumerate(at(book, f"{base}/targets") or ()):
        kind: Any = "number" if target["figure"] == "concentration" else "percent"
        wanted = at(book, f"{base}/definition/target/{index}") or {}
        unit = "%" if kind == "percent" else "g/L" if _in_grams(wanted) else "mol/L"
        asked = "exactly" if wanted.get("equation") else _BOUND.get(target["figure"], "at most")
        figures = [cell(book, base, "targets", index, key, kind=kind) for key in ("asked", "value")]
        room = cell(book, base, "targets", index, "room", kind="percent")
        if room.is_number and abs(target["room"]) <= BINDS:
            room = text("binds")
        met = Cell(target["met"], f"{base}/targets/{index}/met", "verdict")
        words = [text(target[key]) for key in ("stream", "element", "figure")]
        rows.append((*words, text(unit), text(asked), *figures, room, met))
    heads = ("product", "element", "figure", "unit", "asked is", "asked", "got", "room, %", "met")
    note = "Room: share of the loss that a target allows that is left over; a target with none binds."
    return Grid("Targets", tuple(Column(head) for head in heads), tuple(rows), note=note if rows else "")


def _in_grams(target: Mapping[str, Any]) -> bool:
    """Whether a target weighs a group; of one element the moles are told."""
    return "concentration_max_g_L" in target and len(target.get("elements") or ()) > 1


def found_grid(book: Book, base: str) -> Grid:
    """The quantities that the solver was free to choose."""
    found = at(book, f"{base}/found") or {}
    solve = at(book, f"{base}/definition/solve")
    made, sense = Solve.model_validate(solve).objective if solve else ("", 0)
    best = "least" if sense > 0 else "most"
    rows = tuple(
        (text(path), cell(book, base, "found", path, kind="flow"), text(best if path == made else "")) for path in found
    )
    columns = (Column("quantity"), Column("value", "unit as in the name"), Column("made"))
    fixed = at(book, f"{base}/fixed") or ()
    return Grid("Found for these targets", columns, rows, note=f"fixed: {', '.join(fixed)}" if fixed else "")


def section_grid(book: Book, base: str) -> Grid:
    """Stages of each section and the rare earths that it carries."""
    rows = []
    count = 0
    for index, section in enumerate(at(book, f"{base}/definition/section")):
        name = section["name"]
        stages = cell(book, base, "definition", "section", index, "stages", kind="count")
        keys = ("S_per_mol_feed", "S_lowest_kmol_h", "S_highest_kmol_h", "W_per_mol_feed")
        loads = [cell(book, base, "loads", name, key) for key in keys]
        pH = [cell(book, base, "stages", "proton_mol_L", j, kind="pH") for j in (count, count + section["stages"] - 1)]
        load = cell(book, base, "stages", "loading_fraction", count, kind="percent")
        rows.append((text(name), text(section["kind"]), stages, *loads, *pH, load))
        count += section["stages"]
    columns = (
        Column("section"),
        Column("kind"),
        Column("stages", "-"),
        Column("S", "mol/mol fed"),
        Column("lowest S", "kmol/h"),
        Column("highest S", "kmol/h"),
        Column("W", "mol/mol fed"),
        Column("pH first stage", "-"),
        Column("pH last stage", "-"),
        Column("loading, first stage", "%"),
    )
    note = (
        "S: rare earths in the organic, W: in the water; both as means of the section. Stages count along the organic."
    )
    return Grid("Sections", columns, tuple(rows), note=note)


def balance_grid(book: Book, base: str) -> Grid:
    """How well the equations are solved."""
    rows = [(text("worst balance"), cell(book, base, "closure", kind="error"))]
    for name in at(book, f"{base}/closure_by_component"):
        rows.append((text(f"balance of {name}"), cell(book, base, "closure_by_component", name, kind="error")))
    rows.append((text("equilibrium, all stages"), cell(book, base, "equilibrium_residual", kind="error")))
    rows.append((text("charge relation, all stages"), cell(book, base, "charge_relation", kind="error")))
    rows.append((text("Newton steps"), cell(book, base, "iterations", kind="count")))
    return Grid("How well it is solved", (Column("figure"), Column("relative error", "-")), tuple(rows))


def profile_grids(book: Book, base: str) -> list[Grid]:
    """Both phases stage by stage."""
    stages = at(book, f"{base}/stages")
    components = at(book, f"{base}/components")
    grids = []
    for phase, own in (
        ("organic", (("loading_fraction", "loading", "%"), ("free_extractant_mol_L", "free extractant", "mol/L"))),
        ("aqueous", (("proton_mol_L", "pH", "-"), ("acid_mol_L", "total acid", "mol/L"))),
    ):
        columns = [Column("stage"), Column("section"), Column("stage of the section"), Column("flow", "m3/h")]
        columns += [Column(head, unit) for _, head, unit in own]
        columns += [Column(name, "mol/L") for name in components]
        rows = []
        for j, section in enumerate(stages["section"]):
            row = [text(j + 1), text(section), text(stages["local_stage"][j])]
            row.append(cell(book, base, "stages", f"{phase}_m3_h", j, kind="flow"))
            for key, _, unit in own:
                kind: Any = "pH" if unit == "-" else "percent" if unit == "%" else "number"
                row.append(cell(book, base, "stages", key, j, kind=kind))
            row += [cell(book, base, "stages", f"{phase}_mol_L", j, k) for k in range(len(components))]
            rows.append(tuple(row))
        title = f"The {phase} phase that leaves each stage"
        grids.append(Grid(title, tuple(columns), tuple(rows), folded=True))
    return grids
