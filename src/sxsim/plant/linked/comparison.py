"""What linking saves: the least organic of a linked extraction beside that of cascades one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, UnreachableTarget
from sxsim.foundation.freezing import Record
from sxsim.plant.linked.definition import Linked
from sxsim.plant.linked.fully import alphas, fully_linked
from sxsim.plant.linked.result import LinkedResult
from sxsim.plant.linked.solving import solve_linked
from sxsim.plant.synthesis.rigorous import cut_cascade
from sxsim.plant.synthesis.synthesizing import synthesize
from sxsim.theory.multicomponent import minimum_conventional, minimum_linked

__all__ = ["Asked", "Conventional", "Saving", "conventional", "least_linked", "saving"]

Asked = Literal["purity", "recovery"]
"""What every product of either layout is asked for, and nothing else."""

ANY = 0.5
"""The least purity or recovery that a synthesis takes: no demand beside the other figure."""

_SOLVENTS = (1.25, 1.15, 1.1, 1.07, 1.04, 1.02)
"""S/S_min from which the flows of the side columns are laid out; the least solution is kept."""

STRIP_EXCESS = (1.02, 1.2, 1.6)
"""Acid of a strip over 3.6 mol/L of the rare earths that it takes, the first that does; only the base is compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Conventional(Record):
    """Separate cascades one after another.

    Attributes
    ----------
    order : str
        Names of the cuts, in the order of least base.
    cascades : tuple of Result
        Their solutions.
    failed : mapping of str to str
        Orders that do not reach the figures, and the cuts that keep them from it.
    """

    order: str
    cascades: tuple[Result, ...]
    failed: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Saving(Record):
    """Linked beside conventional, every product of both asked for the same one figure, with the same total of stages.

    Attributes
    ----------
    linked : LinkedResult
        The linked extraction.
    cascades : tuple of Result
        The conventional cascades, best order of cuts.
    order : str
        That order.
    failed : mapping of str to str
        Orders that do not reach the figures, and the cuts that keep them from it.
    asked : {"purity", "recovery"}
        What every product is asked for.
    stages : int
        Extraction and scrub stages of either.
    S_linked, S_conventional : float
        Base over three, per mole fed [mol/mol]: passes that are paid for.
    theory_linked, theory_conventional : float
        Minima at the same separation factors [mol/mol].
    """

    linked: LinkedResult
    cascades: tuple[Result, ...]
    order: str
    failed: Mapping[str, str]
    asked: Asked
    stages: int
    S_linked: float
    S_conventional: float
    theory_linked: float
    theory_conventional: float

    @property
    def measured(self) -> float:
        """Share of the base that linking saves, rigorously [-]."""
        return 1.0 - self.S_linked / self.S_conventional

    @property
    def theory(self) -> float:
        """Share that the minima promise [-]."""
        return 1.0 - self.theory_linked / self.theory_conventional


def least_linked(
    feed_fractions: Mapping[str, float], organic: Mapping[str, Any], stages: int, figure: float, asked: Asked = "purity"
) -> LinkedResult:
    """The linked extraction of least organic among those laid out at several S/S_min.

    Parameters
    ----------
    feed_fractions : mapping of str to float
        Element to mole fraction [-].
    organic : mapping
        Table `[organic]` without its flow.
    stages : int
        Of each section.
    figure : float
        What every product has to reach, 0-1.
    asked : {"purity", "recovery"}
        What that figure is: purity by moles, or recovery.

    Raises
    ------
    UnreachableTarget
        None of them reaches it.
    """
    best: LinkedResult | None = None
    for ratio in _SOLVENTS:
        linked = fully_linked(feed_fractions, organic=organic, stages=stages, S_over_S_min=ratio, purity=figure)
        try:
            found = solve_linked(linked)
            if asked == "recovery":
                found = _by_recovery(_for_recovery(linked, figure), [each for each in (best, found) if each])
        except ConvergenceError:
            if best is not None and asked == "purity":
                break
            continue
        if best is None or found.base_mol_per_mol < best.base_mol_per_mol:
            best = found
    if best is None:
        raise UnreachableTarget(f"no linked extraction of {stages} stages a section reaches {figure:.3%}; add stages")
    return best


def _by_recovery(linked: Linked, starts: list[LinkedResult]) -> LinkedResult:
    """The linked extraction with its recoveries met, from the first of some neighbours that leads there.

    The state of a layout with as much solvent, or that in which the products are pure, lies near.
    """
    for start in starts:
        try:
            return solve_linked(linked, start=start)
        except ConvergenceError:
            continue
    return solve_linked(linked)


def _for_recovery(linked: Linked, figure: float) -> Linked:
    """The linked extraction with its products asked for recovery instead of purity."""
    data = linked.to_data()
    data["target"] = [
        {"stream": target["stream"], "element": target["element"], "recovery_min": figure} for target in data["target"]
    ]
    return Linked.from_data(data)


def conventional(
    feed_fractions: Mapping[str, float],
    organic: Mapping[str, Any],
    stages: int,
    figure: float,
    asked: Asked = "purity",
    orders: int = 5,
) -> Conventional:
    """Separate cascades that make the same products, each product stripped, neutralised and fed on.

    Parameters
    ----------
    feed_fractions, organic, figure, asked
        As of :func:`least_linked`.
    stages : int
        Of each extraction and each scrub section.
    orders : int
        How many orders of cuts are solved; the one of least base is kept.

    Returns
    -------
    Conventional
        The order of least base, and the orders that fail.

    Raises
    ------
    UnreachableTarget
        None of the orders reaches the figures.

    Notes
    -----
    A product between two cuts gives each of them half of the impurity, or of the loss, that it may have. Base that
    neutralises the free acid between cascades is not counted, in favour of the conventional train.
    """
    table = {key: value for key, value in organic.items() if key != "system"}
    pair = (figure, ANY) if asked == "purity" else (ANY, figure)
    found = synthesize(
        feed_fractions, organic["system"], purity=pair[0], recovery=pair[1], yardstick="minimum", count=orders
    )
    solved: dict[tuple[int, int, int], Result | UnreachableTarget] = {}
    best: tuple[float, str, tuple[Result, ...]] | None = None
    failed: dict[str, str] = {}
    for sequence in found.best:
        places = [(cut.first, cut.cut, cut.last) for cut in sequence.cuts]
        for place, cut in zip(places, sequence.cuts, strict=True):
            if place not in solved:
                cascade = cut_cascade(found.task, cut, organic=table)
                solved[place] = _solved(cascade, stages, cut.amount * float(cut.wanted.feed_A))
        answers = [solved[place] for place in places]
        complete = tuple(each for each in answers if isinstance(each, Result))
        if len(complete) < len(answers):
            pairs = zip(sequence.cuts, answers, strict=True)
            why = [f"{cut.name}: {each.proof or each}" for cut, each in pairs if isinstance(each, UnreachableTarget)]
            failed[sequence.order] = "; ".join(why)
            continue
        base = sum(_base(each) for each in complete)
        if best is None or base < best[0]:
            best = (base, sequence.order, complete)
    if best is None:
        said = "; ".join(f"{order} ({why})" for order, why in failed.items())
        raise UnreachableTarget(
            f"no order of cascades of {stages} + {stages} stages reaches {figure:.3%}: {said}; add stages"
        )
    return Conventional(best[1], best[2], failed)


def _solved(cascade: Cascade, stages: int, upper: float) -> Result | UnreachableTarget:
    """One cascade with the least organic that meets its targets, or why there is none."""
    data = cascade.to_data()
    for part in data["section"]:
        part["stages"] = 8 if part["kind"] == "stripping" else stages
    data["organic"]["flow_m3_h"] = data["stream"]["scrub"]["flow_m3_h"] = 1.0  # free: what is typed decides nothing
    data["solve"] = {"free": ["organic.flow_m3_h", "stream.scrub.flow_m3_h"]}
    refused: UnreachableTarget | None = None
    for excess in STRIP_EXCESS:
        data["stream"]["strip_acid"]["flow_m3_h"] = excess * 3.0 * upper / 3.6
        try:
            return steady_state(Cascade.from_data(data))
        except UnreachableTarget as refusal:
            refused = refusal
    assert refused is not None  # at least one was tried
    return refused


def _base(result: Result) -> float:
    """Base that enters with the organic [kmol/h]."""
    organic = result.cascade.organic
    flow = result.found["organic.flow_m3_h"]
    return flow * organic.extractant_mol_L * float(organic.saponified_fraction or 0.0)


def saving(
    feed_fractions: Mapping[str, float],
    organic: Mapping[str, Any],
    *,
    total_stages: int = 240,
    figure: float = 0.999,
    asked: Asked = "purity",
    progress: Callable[[str], None] | None = None,
) -> Saving:
    """Measure what linking saves, both asked for the same figures, with the same total of extraction and scrub stages.

    Parameters
    ----------
    feed_fractions : mapping of str to float
        Element to mole fraction of the feed [-]; three elements or more.
    organic : mapping
        Table `[organic]` without its flow.
    total_stages : int
        Shared evenly by the sections of either layout.
    figure : float
        What every product has to reach, 0-1.
    asked : {"purity", "recovery"}
        What that is: purity by moles, or recovery. Either layout is asked for the one and not for the other.
    progress : callable, optional
        Takes a line for each part.

    Raises
    ------
    InputError
        Fewer than three elements.
    UnreachableTarget
        So few stages do not reach the figures.
    """
    tell = progress or (lambda line: None)
    order, alpha = alphas(organic["system"], list(feed_fractions))
    total = sum(feed_fractions.values())
    fractions = [feed_fractions[name] / total for name in order]
    t = len(order)
    tell("linked")
    linked = least_linked(feed_fractions, organic, total_stages // (t * (t - 1)), figure, asked)
    tell("conventional")
    apart = conventional(feed_fractions, organic, total_stages // (2 * (t - 1)), figure, asked)
    return Saving(
        linked=linked,
        cascades=apart.cascades,
        order=apart.order,
        failed=apart.failed,
        asked=asked,
        stages=total_stages,
        S_linked=linked.base_mol_per_mol / 3.0,
        S_conventional=sum(_base(each) for each in apart.cascades) / 3.0,
        theory_linked=minimum_linked(alpha, fractions),
        theory_conventional=minimum_conventional(alpha, fractions),
    )
