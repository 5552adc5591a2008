"""Stripping on its own: as much acid and as many stages as a stated residual takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.definition.tables import Section
from sxsim.economics.objective import CostModel, SectionFlows
from sxsim.elements import ELEMENTS
from sxsim.errors import SxsimError, UnreachableTarget
from sxsim.sizing.cut import Cut
from sxsim.sizing.task import Task, numbered

__all__ = [
    "Loaded",
    "Strip",
    "expected_organic",
    "loaded_organic",
    "residual_allowed",
    "residual_of",
    "size_stripping",
    "strip_with",
]

USUAL_RESIDUAL = 1e-4
"""What a stripped organic keeps when its products ask for no less [mol/L]."""

IMPURITY_SHARE = 0.05
"""Share of the aqueous product's impurity that may come back with the stripped organic [-]."""

TOLERANCE = 0.1
"""The residual may be met this much too well [-]."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A stripping section.

    Attributes
    ----------
    stages : int
        Its stages.
    flow_m3_h : float
        Its acid [m3/h].
    residual_mol_L : float
        Rare earths left in the organic [mol/L].
    value : float
        The figure that was made least.
    """

    stages: int
    flow_m3_h: float
    residual_mol_L: float
    value: float


def residual_allowed(task: Task, cut: Cut, organic_m3_h: float) -> float:
    """Rare earths that the stripped organic may keep [mol/L].

    Notes
    -----
    What returns to stage 1 ends in the aqueous product. Unless ``design.residual_mol_L`` says otherwise it may bring
    a twentieth of the impurity that this product is allowed, and 1e-4 mol/L at most.
    """
    if task.settings.residual_mol_L is not None:
        return task.settings.residual_mol_L
    impurity = float(cut.wanted.outlet_B * (1.0 - cut.wanted.purity_B)) * cut.feed_kmol_h
    return min(USUAL_RESIDUAL, IMPURITY_SHARE * impurity / organic_m3_h)


def residual_of(result: Result) -> float:
    """Rare earths that the organic leaving the last stage keeps [mol/L]."""
    rare = [row for row, name in enumerate(result.components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]
    return float(result.stage.organic_mol_L[-1, rare].sum())


class Loaded(NamedTuple):
    """Organic that reaches the stripping section: its flow [m3/h] and what it carries [mol/L]."""

    organic_m3_h: float
    carries_mol_L: Mapping[str, float]


def loaded_organic(result: Result) -> Loaded:
    """The organic that leaves the last stage before stripping."""
    stage, cascade = result.stage, result.cascade
    name = next(part.name for part in cascade.section if part.kind == "stripping")
    row = stage.section.index(name) - 1
    metals = [(index, each) for index, each in enumerate(result.components) if each in cascade.elements]
    carries = {each: float(stage.organic_mol_L[row, index]) for index, each in metals}
    return Loaded(float(stage.organic_m3_h[row]), carries)


def expected_organic(cut: Cut, organic_m3_h: float) -> Loaded:
    """The same before anything is solved: the product of the organic side at complete recovery."""
    share = cut.feed_kmol_h / organic_m3_h
    return Loaded(organic_m3_h, {name: cut.fractions[name] * share for name in cut.organic_side})


def size_stripping(task: Task, whole: Cascade, loaded: Loaded, model: CostModel, asked: float) -> Strip:
    """Size the stripping section for a loaded organic.

    Parameters
    ----------
    task : Task
        With a stripping section to be decided.
    whole : Cascade
        With the section to start from.
    loaded : Loaded
        What is stripped.
    model : CostModel
        Prices.
    asked : float
        Most rare earths that the organic may keep [mol/L].

    Returns
    -------
    Strip
        The least figure at that residual.

    Raises
    ------
    UnreachableTarget
        Neither stages nor acid that may be used reach the residual; the message names the nearest.

    Notes
    -----
    The section is cut out and fed the loaded organic once through: what returns to stage 1 is the residual alone. For
    each number of stages the acid is found at which the residual is met; the number is walked to where the figure
    stops falling.
    """
    alone = _cut_out(whole, loaded)
    section = next(part for part in whole.section if part.kind == "stripping")
    first = int(section.stages)
    cache: dict[int, Strip] = {}

    def at(stages: int) -> Strip:
        if stages not in cache:
            cache[stages] = _with_stages(task, alone, section, stages, model, asked)
        return cache[stages]

    most = max(task.settings.stages_max - sum(int(p.stages) for p in whole.section) + first, first)
    most = min(most, first + 40)
    if task.strip_stages_free:
        while not math.isfinite(at(first).value) and first < most:
            first += 1
        best = first
        for step in (1, -1):
            while 2 <= best + step <= most and at(best + step).value < at(best).value * (1.0 - _worth(task)):
                best += step
    else:
        best = first
    if not math.isfinite(at(best).value):
        left = min(strip.residual_mol_L for strip in cache.values())
        raise UnreachableTarget(
            f"stripping to {asked:.3g} mol/L is not reached with what is fixed: nearest {left:.3g} "
            f"mol/L with {best} stages; raise stream.{section.aqueous_in}.flow_m3_h or its acid_mol_L, or allow more "
            "stages"
        )
    return at(best)


def strip_with(task: Task, whole: Cascade, loaded: Loaded, model: CostModel, asked: float, stages: int) -> Strip:
    """The same with a number of stages; the figure is infinite when the residual is not reached."""
    section = next(part for part in whole.section if part.kind == "stripping")
    return _with_stages(task, _cut_out(whole, loaded), section, stages, model, asked)


def _worth(task: Task) -> float:
    """Least relative gain for which another stage is built: where only reagent counts, stages are not for nothing."""
    return 0.002 if task.settings.objective == "reagent" else 0.0


def _cut_out(whole: Cascade, loaded: Loaded) -> Cascade:
    """The sections after the last scrub, fed once with the loaded organic."""
    at = next(index for index, part in enumerate(whole.section) if part.kind == "stripping")
    data = whole.to_data()
    names = {part.aqueous_in for part in whole.section[at:]}
    sections = [part for part in data["section"] if part["name"] in {each.name for each in whole.section[at:]}]
    organic = {key: value for key, value in data["organic"].items() if key not in _LOOP}
    organic |= {
        "flow_m3_h": loaded.organic_m3_h,
        "recycled": False,
        "assay_mol_L": {name: value for name, value in loaded.carries_mol_L.items() if value > 0.0},
    }
    return Cascade.from_data(
        {
            "schema": 1,
            "title": "stripping of the loaded organic",
            "elements": [name for name in whole.elements if loaded.carries_mol_L.get(name, 0.0) > 0.0],
            "organic": organic,
            "section": sections,
            "stream": {name: stream for name, stream in data["stream"].items() if name in names},
        }
    )


_LOOP = ("saponified_fraction", "saponifier", "base_kmol_h", "assay_mol_L")


def _with_stages(task: Task, alone: Cascade, section: Section, stages: int, model: CostModel, asked: float) -> Strip:
    """Acid for one number of stages, and the figure of it."""
    numbers: dict[str, float] = {f"section.{section.name}.stages": stages}
    if task.strip_path is None:
        flow = float(alone.stream[section.aqueous_in].flow_m3_h)
        result = _tried(numbered(alone, numbers, ()), None)
        residual = residual_of(result) if result is not None else math.inf
    else:
        flow, residual = _acid(alone, section, numbers, asked)
    if residual > asked * (1.0 + 1e-6):
        return Strip(stages, flow, residual, math.inf)
    strength = alone.stream[section.aqueous_in].free_acid_mol_L
    organic = float(alone.organic.flow_m3_h)
    loaded = 3.0 * organic * math.fsum(alone.organic.assay_mol_L.values())
    objective = task.settings.objective
    if objective == "stages":
        too_much = flow * strength > task.settings.S_over_S_min_max * loaded
        return Strip(stages, flow, residual, math.inf if too_much else float(stages))
    if objective == "reagent":
        return Strip(stages, flow, residual, flow * strength)
    left = max(flow * strength - loaded, 0.0)
    oxide = math.fsum(
        value * ELEMENTS[name].equivalent_mass_g_mol("oxide") / stages
        for name, value in alone.organic.assay_mol_L.items()
    )
    flows = [SectionFlows(stages, flow, organic)]
    return Strip(stages, flow, residual, model.annual_usd(flows, flow * strength, 0.0, flow, left, oxide))


def _tried(cascade: Cascade, start: Result | None) -> Result | None:
    try:
        return steady_state(cascade, start=start)
    except SxsimError:
        return None


def _acid(alone: Cascade, section: Section, numbers: dict[str, float], asked: float) -> tuple[float, float]:
    """Acid at which the residual is met, between the stoichiometric and 30 times it, and the residual then."""
    path = f"stream.{section.aqueous_in}.flow_m3_h"
    strength = alone.stream[section.aqueous_in].free_acid_mol_L
    organic = float(alone.organic.flow_m3_h)
    stoichiometric = 3.0 * organic * math.fsum(alone.organic.assay_mol_L.values()) / strength
    last: Result | None = None

    def left(factor: float) -> float:
        nonlocal last
        result = _tried(numbered(alone, {**numbers, path: factor * stoichiometric}, ()), last)
        last = result or last
        return residual_of(result) if result is not None else math.inf

    low, high, at_low, at_high = 1.0, 1.25, math.inf, left(1.25)
    while at_high > asked and high < 30.0:
        low, at_low, high = high, at_high, 1.5 * high
        at_high = left(high)
    while at_high < asked * (1.0 - TOLERANCE) and high - low > 1e-4 * high:
        if math.isfinite(at_low):  # straight line through the logarithms, kept off the ends
            share = math.log(at_low / asked) / math.log(at_low / at_high)
            middle = low + (high - low) * min(max(share, 0.05), 0.95)
        else:
            middle = 0.5 * (low + high)
        value = left(middle)
        if value > asked:
            low, at_low = middle, value
        else:
            high, at_high = middle, value
    return high * stoichiometric, at_high
