"""Posing a separation: a cascade from what was reported, its least organic, and the fewest stages that do."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sxsim.cascade import solve
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.equations import compile_equations
from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, UnreachableTarget
from sxsim.kernels.flows import count_links, make_network
from sxsim.kernels.search import FOUND
from sxsim.kernels.solve import make_state, seek_case

MORE = 1.5
"""Organic, over that of the most stages, that the fewest stages may take: at their bare minimum flows have no limit."""

FREE = ["organic.flow_m3_h", "stream.scrub.flow_m3_h"]


class Row(NamedTuple):
    """What one variant came to; `figures` are the purities and recoveries, in words, and what else is told."""

    what: str
    stages: str
    organic_m3_h: float | None
    scrub_m3_h: float | None
    figures: str
    time_s: float


@dataclass(frozen=True)
class Separation:
    """One of the published separations.

    Attributes
    ----------
    number : int
        Its place in the list of published separations.
    title, source, reported : str
        What it is, who, and what they say.
    assumed : tuple of str
        What was not given.
    differs : tuple of str
        What keeps the two from being the same, whatever the figures say.
    rows : callable
        Poses it: an iterator of rows; with True only the first, in the smallest size.
    """

    number: int
    title: str
    source: str
    reported: str
    assumed: tuple[str, ...]
    differs: tuple[str, ...]
    rows: Callable[[bool], Iterator[Row]] = field(compare=False)


def cascade_of(
    system: str,
    extractant: str,
    extractant_mol_L: float,
    elements: Mapping[str, float],
    stages: tuple[int, ...],
    targets: Sequence[Mapping[str, Any]],
    *,
    basis: str | None = None,
    saponified: float | None = None,
    pH: float = 2.0,
    scrub_mol_L: float = 3.0,
    strip: tuple[float, float] = (0.62, 4.0),
    acid: str = "HCl",
    reflux: float = 0.0,
) -> Cascade:
    """Extraction, scrubbing and, with three numbers of stages, stripping of 1 m3/h of feed."""
    assay = {"basis": basis, "assay_g_L": dict(elements)} if basis else {"assay_mol_L": dict(elements)}
    data: dict[str, Any] = {
        "schema": 1,
        "title": "published",
        "elements": list(elements),
        "organic": {
            "extractant": extractant,
            "extractant_mol_L": extractant_mol_L,
            "system": system,
            "flow_m3_h": 1.0,
            "recycled": len(stages) == 3,
        },
        "section": [
            section_of("extraction", stages[0], "feed", "raffinate"),
            section_of("scrubbing", stages[1], "scrub", "extraction"),
        ],
        "stream": {
            "feed": {"flow_m3_h": 1.0, "pH": pH, **assay},
            "scrub": {"flow_m3_h": 1.0, "acid": acid, "acid_mol_L": scrub_mol_L},
        },
        "target": [dict(target) for target in targets],
        "solve": {"free": list(FREE)},
    }
    if saponified is not None:
        data["organic"] |= {"saponified_fraction": saponified, "saponifier": "NH4"}
    if len(stages) == 3:
        data["section"].append(section_of("stripping", stages[2], "strip_acid", "strip_liquor"))
        data["stream"]["strip_acid"] = {"flow_m3_h": strip[0], "acid": acid, "acid_mol_L": strip[1]}
    if reflux:
        data["split"] = [{"from": "strip_liquor", "to": "scrub", "fraction": reflux}]
    return Cascade.from_data(data)


def section_of(name: str, stages: int, aqueous_in: str, aqueous_out: str) -> dict[str, Any]:
    return {"name": name, "kind": name, "stages": stages, "aqueous_in": aqueous_in, "aqueous_out": aqueous_out}


def target_of(stream: str, elements: str, **figure: Any) -> dict[str, Any]:
    symbols = elements.split("+")
    about: dict[str, Any] = {"element": symbols[0]} if len(symbols) == 1 else {"elements": symbols}
    return {"stream": stream, **about, **figure}


def posed(cascade: Cascade) -> tuple[Result | None, str, float]:
    """The answer, or why there is none, and the time [s]."""
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found: Result | None = solve(cascade)
            why = ""
        except UnreachableTarget as refusal:
            found, why = None, f"not reachable: {refusal.proof}"
        except ConvergenceError as failure:
            found, why = None, f"no steady state: {failure.diagnosis}"
    return found, why, time.perf_counter() - began


def row_of(what: str, cascade: Cascade, more: Callable[[Result], str] | None = None, spent_s: float = 0.0) -> Row:
    """Solve one variant and tell it; `spent_s` was spent before on finding its stages."""
    found, why, time_s = posed(cascade)
    stages = " + ".join(str(section.stages) for section in cascade.section)
    if found is None:
        return Row(what, stages, None, None, why, spent_s + time_s)
    told = [said_of(target) for target in found.targets]
    told += [more(found)] if more else []
    return Row(
        what,
        stages,
        found.found["organic.flow_m3_h"],
        found.found.get("stream.scrub.flow_m3_h"),
        ", ".join(told),
        spent_s + time_s,
    )


def said_of(target: Any) -> str:
    place = "of" if target.stream == "strip_liquor" else f"in {target.stream.replace('_', ' ')} of"
    room = f" ({100 * target.asked:g} asked)" if target.room is not None and target.room > 1e-3 else ""
    return f"{target.figure} {place} {target.element} {100 * target.value:.4g} %{room}"


def least_organic(cascade: Cascade) -> float:
    """Least organic flow that meets the targets [m3/h], infinite where none does: the search alone."""
    problem = compile_cascade(cascade)
    N, n = problem.chemistry.ln_K.shape
    k = count_links(problem.plan)
    equations = compile_equations(problem)
    found = seek_case(problem.chemistry, problem.plan, equations, make_network(N, n, k), make_state(N, n, k), 0)
    return float(problem.plan.inlet[0]) if found.end == FOUND else math.inf


def with_stages(cascade: Cascade, extraction: int, scrubbing: int) -> Cascade:
    return cascade.replace({"section.extraction.stages": extraction, "section.scrubbing.stages": scrubbing})


def fewest_stages(cascade: Cascade, most: int) -> tuple[Cascade | None, float]:
    """Fewest stages of extraction and scrubbing together, and the time [s].

    Sections have up to `most` stages; with MORE times the organic that these need the targets are to be met. The total
    is bisected, and for each total the division is tried in steps of a tenth of it.
    """
    began = time.perf_counter()
    enough = MORE * least_organic(with_stages(cascade, most, most))

    def division(total: int) -> Cascade | None:
        step = max(total // 10, 1)
        for extraction in from_middle(max(1, total - most), min(most, total - 1), step):
            trial = with_stages(cascade, extraction, total - extraction)
            if least_organic(trial) <= enough:
                return trial
        return None

    low, high, best = 1, 2 * most, division(2 * most) if math.isfinite(enough) else None
    if best is None:
        return None, time.perf_counter() - began
    while high - low > 1:
        middle = (low + high) // 2
        trial = division(middle)
        if trial is None:
            low = middle
        else:
            high, best = middle, trial
    return best, time.perf_counter() - began


def from_middle(low: int, high: int, step: int) -> list[int]:
    """Numbers of a range in steps, those in the middle first."""
    middle = (low + high) // 2
    return sorted(range(low + (middle - low) % step, high + 1, step), key=lambda number: abs(number - middle))
