"""Where a design starts: what the closed forms say of stages, flows and cost over S/S_min."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sxsim.definition import Cascade
from sxsim.economics.objective import CostModel, SectionFlows
from sxsim.sizing.cut import Cut
from sxsim.sizing.guess import Flows, flows_from_load
from sxsim.sizing.merit import Merit
from sxsim.sizing.task import ORGANIC, Task, numbered
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.stages import exact_stages

__all__ = ["TheoryPoint", "best_point", "first_stages", "theory_curve", "with_numbers_for_all"]

RATIOS = np.concatenate((np.linspace(1.01, 1.3, 30), np.linspace(1.32, 2.0, 18), np.linspace(2.1, 4.0, 20)))
FIRST_OTHER_STAGES = 4
USUAL_RATIO = 1.3
"""S/S_min whose stages are tried first where the chemistry tells no flows [-]."""


@dataclass(frozen=True, slots=True)
class TheoryPoint:
    """A cascade of the constant-load theory at some S.

    Attributes
    ----------
    S_over_S_min, S, W : float
        Reflux [-], [mol per mol feed].
    n, m : float
        Exact stages of extraction and scrubbing, divided by the stage efficiency [-].
    organic_m3_h, scrub_m3_h : float
        Flows that carry them [m3/h].
    merit : Merit
        Figures of extraction and scrubbing alone.
    """

    S_over_S_min: float
    S: float
    W: float
    n: float
    m: float
    organic_m3_h: float
    scrub_m3_h: float
    merit: Merit


def theory_curve(cascade: Cascade, cut: Cut, model: CostModel | None) -> tuple[TheoryPoint, ...]:
    """Stages, flows and cost over S/S_min in closed form; empty where the chemistry gives no flows.

    Parameters
    ----------
    cascade : Cascade
        Strengths, saponification and efficiencies.
    cut : Cut
        The cut.
    model : CostModel or None
        Prices; without them the points have no cost.

    Returns
    -------
    tuple of TheoryPoint
        By rising S.
    """
    extraction = [part for part in cascade.section if part.kind == "extraction"]
    scrubbing = [part for part in cascade.section if part.kind == "scrubbing"]
    if len(extraction) != 1 or len(scrubbing) != 1:
        return ()
    least = float(cut.minimum.S)
    ends = [flows_from_load(cascade, cut, factor * least) for factor in (1.0, 2.0)]
    if ends[0] is None or ends[1] is None:
        return ()
    low, high = ends[0], ends[1]
    # the pair's own minimum, where other elements raise that of the cut: its stages are counted at the same S/S_min
    own = float(minimum_flows(cut.beta, cut.wanted).S)
    count = exact_stages(cut.beta, cut.wanted, RATIOS * own)
    stream = cascade.stream[scrubbing[0].aqueous_in]
    feed_m3_h = math.fsum(
        float(each.flow_m3_h)
        for each in cascade.stream.values()
        if any(each.concentration_mol_L.values()) and each.flow_m3_h != "design"
    )
    points = []
    for ratio, n, m in zip(RATIOS.tolist(), np.asarray(count.n).tolist(), np.asarray(count.m).tolist(), strict=True):
        if not math.isfinite(n + m):
            continue
        S = ratio * least
        flows = Flows(*(a + (ratio - 1.0) * (b - a) for a, b in zip(low, high, strict=True)))
        n, m = n / extraction[0].stage_efficiency, m / scrubbing[0].stage_efficiency
        merit = _merit(cascade, model, n, m, flows, feed_m3_h, stream.free_acid_mol_L)
        W = S - float(cut.wanted.outlet_A)
        points.append(TheoryPoint(ratio, S, W, n, m, flows.organic_m3_h, flows.scrub_m3_h, merit))
    return tuple(points)


def best_point(curve: tuple[TheoryPoint, ...], task: Task) -> TheoryPoint:
    """The point of least figure that keeps the limits; the one of fewest stages when none does."""
    limits = task.settings
    fixed = sum(
        int(p.stages) for p in task.cascade.section if isinstance(p.stages, int) and p.name not in task.sections
    )
    allowed = [
        point
        for point in curve
        if point.n + point.m + 2.0 + fixed <= limits.stages_max
        and (limits.objective != "stages" or point.S_over_S_min <= limits.S_over_S_min_max)
    ]
    return min(allowed, key=lambda point: point.merit.value(limits.objective), default=curve[-1])


def first_stages(task: Task, cut: Cut, point: TheoryPoint | None) -> tuple[int, ...]:
    """Stages of the decided sections to try first: of the cheapest point, else the theory's at an usual reflux.

    They only say where a search begins, which goes up and down from there.
    """
    if point is not None:
        n, m = point.n, point.m
    else:
        own = float(minimum_flows(cut.beta, cut.wanted).S)
        count = exact_stages(cut.beta, cut.wanted, USUAL_RATIO * own)
        n, m = float(count.n), float(count.m)
    found = []
    for part in task.cascade.section:
        if part.name in task.sections:
            stages = n if part.kind == "extraction" else m
            found.append(max(math.ceil(stages), 1) if math.isfinite(stages) else FIRST_OTHER_STAGES)
    return tuple(found)


def with_numbers_for_all(task: Task, cut: Cut, point: TheoryPoint | None) -> Cascade:
    """The cascade with a number wherever one is left to design; those of free flows are not looked at."""
    cascade = task.cascade
    numbers: dict[str, float | int] = {
        f"section.{part.name}.stages": FIRST_OTHER_STAGES for part in cascade.section if part.stages == "design"
    }
    for path in cascade.undecided:
        if path == ORGANIC:
            numbers[path] = point.organic_m3_h if point is not None else 3.0 * cut.feed_kmol_h
        elif path.startswith("stream."):
            numbers[path] = point.scrub_m3_h if point is not None else cut.feed_kmol_h
    return numbered(cascade, numbers, task.free)


def _merit(
    cascade: Cascade, model: CostModel | None, n: float, m: float, flows: Flows, feed_m3_h: float, strength: float
) -> Merit:
    V, scrub = flows.organic_m3_h, flows.scrub_m3_h
    acid = scrub * strength
    base = V * cascade.organic.extractant_mol_L * (cascade.organic.saponified_fraction or 0.0)
    sections = [SectionFlows(n, feed_m3_h + scrub, V), SectionFlows(m, scrub, V)]
    annual = math.nan if model is None else model.annual_usd(sections, acid, base, scrub)
    return Merit(annual, round(n + m), acid, base, V)
