"""The cascades of a train: from files and inline tables to definitions for the liquors that arrive."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.definition import Cascade
from sxsim.definition.system import SystemFile, load_system_file, with_neighbour
from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.paths import assign
from sxsim.foundation.reading import is_file, read_text, toml_tables
from sxsim.foundation.suggestions import did_you_mean
from sxsim.plant.flow import Flow

if TYPE_CHECKING:
    from sxsim.plant.definition import Train
    from sxsim.plant.tables import TrainCascade

__all__ = ["ORGANIC", "build", "organic_outlet", "outlets_of", "raw_data", "scaled", "streams_of", "system_of"]

ORGANIC = "organic"
"""What an inlet is called that is the organic of a cascade itself."""

NO_SOAP = 1e-9
"""Share of the extractant below which the counter-ion of an organic that arrives is left out."""
ACID_OF_ANION = {"Cl": ("HCl", 1.0), "NO3": ("HNO3", 1.0), "SO4": ("H2SO4", 2.0)}


def raw_data(train: Train, cascade: TrainCascade) -> dict[str, Any]:
    """Tables of one cascade with its changes, before anything arrives.

    Raises
    ------
    InputError
        The file is missing or not TOML, or a path of `set` leads nowhere.
    """
    place = f"cascade.{cascade.name}"
    if (cascade.file is None) == (cascade.definition is None):
        offence = "neither file nor definition" if cascade.file is None else "file and definition are both given"
        raise InputError(Finding(place, offence, "one of the two", "name a cascade file, or give its tables"))
    data = dict(cascade.definition) if cascade.definition is not None else _from_file(train, cascade)
    data = copy.deepcopy(data)
    data.setdefault("schema", 1)
    data.setdefault("title", f"{train.title}: {cascade.name}")
    for name in cascade.inlet:
        if name != ORGANIC:
            data.setdefault("stream", {}).setdefault(name, {})
    for path, value in cascade.set.items():
        try:
            data = assign(data, path, value)
        except InputError as error:
            raise InputError([_within(f"{place}.set", finding) for finding in error.findings]) from None
    data = with_neighbour(data, None if train.folder is None else Path(train.folder))
    if cascade.target:
        data["target"] = [each.model_dump(exclude_unset=True, exclude_none=True) for each in cascade.target]
    return scaled(data, cascade.scale)


def _within(place: str, finding: Finding) -> Finding:
    """The same finding, in the file of the train."""
    return Finding(f"{place}.{finding.place}", finding.offence, finding.allowed, finding.cure)


def _from_file(train: Train, cascade: TrainCascade) -> dict[str, Any]:
    """Read a cascade file beside the train, or a bundled one."""
    name, place = str(cascade.file), f"cascade.{cascade.name}.file"
    beside = [] if train.folder is None else [Path(train.folder) / name]
    bundled = [part for part in (name, f"{name}.toml", f"trains/{name}", f"trains/{name}.toml") if ".." not in part]
    places = [*beside, *(shipped("cascades", *part.removeprefix("cascades/").split("/")) for part in bundled)]
    file = next((each for each in places if is_file(each)), None)
    if file is None:
        from sxsim.definition.loading import bundled_names

        names = bundled_names()
        cure = did_you_mean(name, names) or "give the path from the folder of the train file"
        raise InputError(Finding(place, f"there is no file {name!r}", f"a file, {', '.join(names)}", cure))
    try:
        tables = toml_tables(read_text(file))
    except InputError as error:
        raise InputError([_inside(place, name, finding) for finding in error.findings]) from None
    return with_neighbour(tables, file.parent if isinstance(file, Path) else None)


def _inside(place: str, name: str, finding: Finding) -> Finding:
    """What is wrong in a file that a train names."""
    at = "" if finding.place == "file" else f"{finding.place} "
    return Finding(place, f"{name!r}: {at}{finding.offence}", finding.allowed, finding.cure)


def scaled(data: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Return the tables of a cascade with every flow times a factor [-]."""

    def times(table: Mapping[str, Any]) -> dict[str, Any]:
        flows = ("flow_m3_h", "base_kmol_h")
        return {
            key: float(value) * factor if key in flows and isinstance(value, int | float) else value
            for key, value in table.items()
        }

    changed = dict(data)
    if "organic" in data:
        changed["organic"] = times(data["organic"])
    if "stream" in data:
        changed["stream"] = {name: times(table) for name, table in data["stream"].items()}
    if "draw" in data:
        changed["draw"] = [times(table) for table in data["draw"]]
    return changed


def outlets_of(data: Mapping[str, Any]) -> list[str]:
    """Products of a cascade that leave it: aqueous outlets, an organic that does not return, draws."""
    sections = data.get("section", [])
    names = {part.get("name") for part in sections}
    found = [part.get("aqueous_out") for part in sections if part.get("aqueous_out") not in names]
    if not data.get("organic", {}).get("recycled", False) and sections:
        found.append(organic_outlet(data))
    return [str(name) for name in (*found, *(draw.get("name") for draw in data.get("draw", [])))]


def organic_outlet(data: Mapping[str, Any]) -> str:
    """What the organic that leaves the last stage is called."""
    stripped = any(part.get("kind") == "stripping" for part in data.get("section", []))
    return "stripped_organic" if stripped else "loaded_organic"


def streams_of(data: Mapping[str, Any]) -> list[str]:
    """What can enter a cascade from the train: its streams, and its organic when that does not return."""
    found = list(data.get("stream", {}))
    return found if data.get("organic", {}).get("recycled", False) else [*found, ORGANIC]


def system_of(data: Mapping[str, Any]) -> SystemFile | None:
    """Extraction system of a cascade; None when it names none that exists."""
    name = data.get("organic", {}).get("system")
    try:
        return load_system_file(name) if isinstance(name, str) else None
    except InputError:
        return None


def build(
    cascade: TrainCascade, data: Mapping[str, Any], arriving: Mapping[str, Flow], elements: Iterable[str]
) -> Cascade:
    """Write what arrives into a cascade.

    Parameters
    ----------
    cascade : TrainCascade
        Its entry in the train.
    data : mapping
        Its tables, of `raw_data`.
    arriving : mapping of str to Flow
        For each inlet what enters there.
    elements : iterable of str
        Elements to follow.

    Returns
    -------
    Cascade
        Checked.

    Raises
    ------
    InputError
        The cascade has findings; each says which cascade.

    Notes
    -----
    Salts that take no part in the extraction (ammonium, sodium) are left out; they pass with the water.
    """
    tables = dict(data)
    tables["elements"] = followed = list(elements)
    streams = {name: dict(table) for name, table in data.get("stream", {}).items()}
    for inlet, flow in arriving.items():
        held = {name: flow.amount_kmol_h.get(name, 0.0) / flow.flow_m3_h for name in followed} if flow.flow_m3_h else {}
        held = {name: value for name, value in held.items() if value > 0.0}
        if inlet == ORGANIC:
            tables["organic"] = _organic(data["organic"], flow, held)
            continue
        old = streams.get(inlet, {})
        kept = {key: old[key] for key in ("section", "stage", "phase") if key in old}
        streams[inlet] = {**kept, "flow_m3_h": flow.flow_m3_h, "assay_mol_L": held}
        if old.get("phase") != "organic":
            acid, protons = ACID_OF_ANION.get(flow.anion, ("HCl", 1.0))
            streams[inlet] |= {"acid": acid, "acid_mol_L": flow.free_acid_mol_L / protons}
    tables["stream"] = streams
    try:
        return Cascade.from_data(tables)
    except InputError as error:
        place = f"cascade.{cascade.name}"
        raise InputError([_within(place, finding) for finding in error.findings]) from None


def _organic(organic: Mapping[str, Any], flow: Flow, held: Mapping[str, float]) -> dict[str, Any]:
    """The organic as it comes from another cascade: its metals, and what it is saponified to.

    Where the cascade types a saponification, base makes up what the organic does not bring; else its counter-ion stays.
    """
    table = {**organic, "flow_m3_h": flow.flow_m3_h, "assay_mol_L": dict(held), "recycled": False}
    ion = flow.amount_kmol_h.get(str(organic.get("saponifier", "")), 0.0)
    extractant = flow.flow_m3_h * float(organic.get("extractant_mol_L", 0.0))
    if ion > NO_SOAP * extractant and not {"saponified_fraction", "base_kmol_h"} & set(organic):
        table["base_kmol_h"] = ion
    return table
