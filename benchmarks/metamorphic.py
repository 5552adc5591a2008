"""Relations that every cascade keeps, over random ones: ``python -m benchmarks.metamorphic --cases 1000``.

A relation changes how a cascade is written or cut up and says what must become of its profiles: the flows times a
number, a section divided in two, an element in two halves, other names, another order, other units. No figure has to
be known for it, so any cascade will do: those of `benchmarks.cases`, as files.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import math
import sys
import time
import tomllib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import Case, draw
from sxsim.cascade.result import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.definition.lending import lend
from sxsim.definition.system import SystemFile
from sxsim.definition.writing import toml_text
from sxsim.elements import ELEMENTS, mol_L_to_g_L
from sxsim.errors import ConvergenceError, InputError
from sxsim.foundation.files import shipped

__all__ = ["RELATIONS", "Held", "held", "main", "random_cascade"]

ALIKE = 1e-9
"""Largest difference of a concentration, relative to the largest of its component in its phase."""
SYMBOLS = tuple(symbol for symbol, element in ELEMENTS.items() if element.is_rare_earth)
SCALE = 3.7
DRAWS = 50

Data = dict[str, Any]
Profiles = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _system(log10_K: Mapping[str, float], log10_K_ion: float) -> str:
    """Lend a cation exchanger with these constants; returns its name."""
    data = tomllib.loads(
        shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    )
    number = {"status": "derived", "source": data["level"][0]["log10_K"]["source"]}
    symbols = list(log10_K)
    ladder = [
        {"pair": f"{first}/{then}", "value": 10.0 ** (log10_K[first] - log10_K[then]), **number}
        for first, then in itertools.pairwise(symbols)
    ]
    ions = [{"ion": "NH4", "log10_K": {"value": log10_K_ion, **number}}]
    level = [{"element": symbols[0], "log10_K": {"value": log10_K[symbols[0]], **number}}]
    data |= {"name": "random", "elements": symbols, "level": level, "separation_factor": ladder, "counter_ion": ions}
    data.pop("element", None)
    return lend(SystemFile.model_validate_json(json.dumps(data)))


@dataclass(frozen=True)
class Posed:
    """A random cascade as the tables of a file.

    Attributes
    ----------
    data : dict
        Tables.
    log10_K : dict of str to float
        Extraction constants by element.
    log10_K_ion : float
        Exchange constant of the counter-ion.
    """

    data: Data
    log10_K: dict[str, float]
    log10_K_ion: float


def _posed(case: Case) -> Posed:
    """A random case as the tables of a file; sections have a second liquor of no flow, so that they can be cut."""
    symbols = SYMBOLS[: len(case.log10_K)]
    log10_K = dict(zip(symbols, case.log10_K, strict=True))
    of_all = {
        "stage_efficiency": case.efficiency,
        "entrainment_O_in_A": case.entrainment_O_in_A,
        "entrainment_A_in_O": case.entrainment_A_in_O,
    }
    parts = (("extraction", "feed", "raffinate"), ("scrubbing", "scrub", "extraction"), ("stripping", "acid", "strip"))
    assay = {symbol: case.feed_mol_L * share for symbol, share in zip(symbols, case.fraction, strict=True)}
    stream = {
        "feed": {"flow_m3_h": 1.0, "acid": "HCl", "acid_mol_L": case.feed_acid_mol_L, "assay_mol_L": assay},
        "scrub": {"flow_m3_h": case.scrub_m3_h, "acid": "HCl", "acid_mol_L": case.scrub_mol_L},
        "acid": {"flow_m3_h": case.strip_m3_h, "acid": "HCl", "acid_mol_L": case.strip_mol_L},
    }
    used = parts[: len(case.stages)]
    data = {
        "schema": 1,
        "title": "random",
        "elements": list(symbols),
        "organic": {
            "extractant": "P507",
            "extractant_mol_L": case.extractant_mol_L,
            "saponified_fraction": case.saponified_fraction,
            "saponifier": "NH4",
            "system": _system(log10_K, case.log10_K_counter_ion),
            "flow_m3_h": case.organic_m3_h,
            "recycled": case.recycled,
        },
        "section": [
            {"name": name, "kind": name, "stages": stages, "aqueous_in": enters, "aqueous_out": leaves, **of_all}
            for (name, enters, leaves), stages in zip(used, case.stages, strict=True)
        ],
        "stream": {enters: stream[enters] for _, enters, _ in used},
    }
    return Posed(data, log10_K, case.log10_K_counter_ion)


def _solved(data: Data) -> Result:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return solve_quietly(Cascade.from_data(copy.deepcopy(data)))


def random_cascade(seed: int, number: int) -> tuple[Posed, Result, int]:
    """Draw a cascade that has a steady state.

    Returns
    -------
    Posed, Result
        Its tables and their solution.
    int
        Draws before it that the checks refuse or that have no steady state.
    """
    for attempt in range(DRAWS):
        posed = _posed(draw(seed, number, attempt))
        try:
            return posed, _solved(posed.data), attempt
        except (InputError, ConvergenceError):
            continue
    raise RuntimeError(f"no cascade in {DRAWS} draws of {number}")


def _profiles(result: Result) -> Profiles:
    stage = result.stage
    return stage.organic_mol_L, stage.aqueous_mol_L, 10.0 ** -stage.pH[:, np.newaxis]


def _same(before: Profiles) -> Profiles:
    return before


def _flows_scaled(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """All flows times a number: concentrations stay."""
    data = copy.deepcopy(posed.data)
    data["organic"]["flow_m3_h"] *= SCALE
    for stream in data["stream"].values():
        stream["flow_m3_h"] *= SCALE
    return data, _same


def _section_cut(name: str) -> Callable[[Posed], tuple[Data, Callable[[Profiles], Profiles]]]:
    """A section of two or more stages as two: nothing changes."""

    def change(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
        data = copy.deepcopy(posed.data)
        at = next((n for n, part in enumerate(data["section"]) if part["name"] == name), -1)
        if at < 0 or data["section"][at]["stages"] < 2:
            return data, _same
        first = data["section"][at]
        count = (first["stages"] + 1) // 2
        then = {**first, "name": "cut", "stages": first["stages"] - count, "aqueous_out": name}
        data["section"][at] = {**first, "stages": count, "aqueous_in": "nothing"}
        data["section"].insert(at + 1, then)
        for part in data["section"][at + 2 :]:
            if part["aqueous_out"] == name:
                part["aqueous_out"] = "cut"
        data["stream"]["nothing"] = {"flow_m3_h": 0.0, "acid": "HCl", "acid_mol_L": 1.0}
        return data, _same

    change.__doc__ = _section_cut.__doc__
    return change


def _element_halved(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """An element as two of the same constant, half of it each: they share its profile."""
    data = copy.deepcopy(posed.data)
    spare = [symbol for symbol in SYMBOLS if symbol not in posed.log10_K]
    if not spare:
        return data, _same
    half, symbols = len(posed.log10_K) // 2, list(posed.log10_K)
    levels: dict[str, float] = {}
    for place, symbol in enumerate(symbols):
        levels[symbol] = posed.log10_K[symbol]
        if place == half:
            levels[spare[0]] = posed.log10_K[symbol]
    assay = data["stream"]["feed"]["assay_mol_L"]
    assay[symbols[half]] *= 0.5
    assay[spare[0]] = assay[symbols[half]]
    data["elements"] = list(levels)
    data["organic"]["system"] = _system(levels, posed.log10_K_ion)

    def doubled(before: Profiles) -> Profiles:
        organic, aqueous, h = before
        each = []
        for phase in (organic, aqueous):
            wide = np.insert(phase, half, phase[:, half], axis=1)
            wide[:, half : half + 2] *= 0.5
            each.append(wide)
        return each[0], each[1], h

    return data, doubled


def _reordered(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """Elements in another order: columns in another order."""
    data = copy.deepcopy(posed.data)
    count = len(data["elements"])
    data["elements"] = data["elements"][::-1]

    def turned(before: Profiles) -> Profiles:
        columns = [*range(count)[::-1], *range(count, before[0].shape[1])]
        return before[0][:, columns], before[1][:, columns], before[2]

    return data, turned


def _relabelled(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """Elements under other names, with the same constants and moles: nothing changes."""
    data = copy.deepcopy(posed.data)
    symbols = list(posed.log10_K)
    others = dict(zip(symbols, [*symbols[1:], symbols[0]], strict=True))
    data["elements"] = [others[symbol] for symbol in symbols]
    assay = data["stream"]["feed"]["assay_mol_L"]
    data["stream"]["feed"]["assay_mol_L"] = {others[symbol]: value for symbol, value in assay.items()}
    levels = {others[symbol]: value for symbol, value in posed.log10_K.items()}
    data["organic"]["system"] = _system(levels, posed.log10_K_ion)
    return data, _same


def _renamed(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """Sections, streams and products under other names: nothing changes."""
    data = copy.deepcopy(posed.data)
    data["stream"] = {f"s_{name}": stream for name, stream in data["stream"].items()}
    for part in data["section"]:
        part |= {
            "name": f"t_{part['name']}",
            "aqueous_in": f"s_{part['aqueous_in']}",
            "aqueous_out": f"t_{part['aqueous_out']}",
        }
    return data, _same


def _written(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """Tables and keys of the file in another order: nothing changes."""

    def turned(value: Any) -> Any:
        return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value

    data = turned(posed.data)
    data["section"] = [turned(part) for part in data["section"]]
    return tomllib.loads(toml_text(data)), _same


def _in_grams(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """The feed in g/L of oxide: nothing changes."""
    data = copy.deepcopy(posed.data)
    feed = data["stream"]["feed"]
    assay = feed.pop("assay_mol_L")
    feed |= {"basis": "oxide", "assay_g_L": {each: mol_L_to_g_L(held, each, "oxide") for each, held in assay.items()}}
    return data, _same


def _by_pH(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """The free acid of the feed as a pH: nothing changes."""
    data = copy.deepcopy(posed.data)
    feed = data["stream"]["feed"]
    feed.pop("acid")
    feed["pH"] = -math.log10(feed.pop("acid_mol_L"))
    return data, _same


def _by_base(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """The saponification as a flow of base: nothing changes."""
    data = copy.deepcopy(posed.data)
    organic = data["organic"]
    share = organic.pop("saponified_fraction")
    organic["base_kmol_h"] = share * organic["extractant_mol_L"] * organic["flow_m3_h"]
    return data, _same


def _stream_cut(posed: Posed) -> tuple[Data, Callable[[Profiles], Profiles]]:
    """The feed as two that enter at the same stage: nothing changes."""
    data = copy.deepcopy(posed.data)
    feed = data["stream"]["feed"]
    feed["flow_m3_h"] *= 0.5
    last = data["section"][0]
    data["stream"]["other"] = {**feed, "section": last["name"], "stage": last["stages"]}
    return data, _same


RELATIONS: dict[str, Callable[[Posed], tuple[Data, Callable[[Profiles], Profiles]]]] = {
    "flows times 3.7": _flows_scaled,
    "extraction in two": _section_cut("extraction"),
    "scrubbing in two": _section_cut("scrubbing"),
    "stripping in two": _section_cut("stripping"),
    "element in two halves": _element_halved,
    "elements in another order": _reordered,
    "elements under other names": _relabelled,
    "sections and streams under other names": _renamed,
    "file in another order": _written,
    "feed in g/L of oxide": _in_grams,
    "acid as pH": _by_pH,
    "saponification as base": _by_base,
    "feed as two": _stream_cut,
}


@dataclass(frozen=True)
class Held:
    """How well one relation held.

    Attributes
    ----------
    relation : str
        Its name.
    apart : float
        Largest difference, relative to the largest concentration of the component in the phase; infinite where the
        changed cascade was refused or not solved.
    said : str
        What was said then.
    """

    relation: str
    apart: float
    said: str = ""


def held(relation: str, posed: Posed, result: Result) -> Held:
    """Hold one relation against one cascade."""
    data, expected = RELATIONS[relation](posed)
    try:
        found = _profiles(_solved(data))
    except (InputError, ConvergenceError) as error:
        return Held(relation, math.inf, str(error)[:300])
    apart = 0.0
    for ours, wanted in zip(found, expected(_profiles(result)), strict=True):
        most = np.abs(wanted).max(axis=0)
        apart = max(apart, float((np.abs(ours - wanted) / np.where(most > 0.0, most, 1.0)).max()))
    return Held(relation, apart)


@lru_cache(maxsize=1)
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metamorphic", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def main() -> int:
    """Run from the command line; 0 when every relation held in every cascade."""
    asked = _parser().parse_args()
    worst = dict.fromkeys(RELATIONS, 0.0)
    broken = skipped = 0
    began = said = time.monotonic()
    for number in range(asked.first, asked.first + asked.cases):
        posed, result, before = random_cascade(asked.seed, number)
        skipped += before
        for relation in RELATIONS:
            found = held(relation, posed, result)
            worst[relation] = max(worst[relation], found.apart)
            if not found.apart <= ALIKE:
                broken += 1
                print(f"case {number}: {relation}: {found.apart:.2g} {found.said}", flush=True)
        if time.monotonic() - said > 60.0:
            said = time.monotonic()
            print(f"{number + 1 - asked.first} of {asked.cases} after {said - began:.0f} s", flush=True)
    for relation, apart in worst.items():
        print(f"  {relation:40s} {apart:.2g}")
    told = f"{asked.cases} cascades of seed {asked.seed}, {skipped} draws without a steady state or refused before them"
    print(f"{told}; {len(RELATIONS) * asked.cases} comparisons in {time.monotonic() - began:.0f} s, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
