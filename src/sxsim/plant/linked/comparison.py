"""What linking saves: the least organic of a linked extraction beside that of cascades one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.cascade.result import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, UnreachableTarget
from sxsim.plant.linked.fully import alphas, fully_linked
from sxsim.plant.linked.result import LinkedResult
from sxsim.plant.linked.solving import solve_linked
from sxsim.plant.synthesis.rigorous import cut_cascade
from sxsim.plant.synthesis.synthesizing import synthesize
from sxsim.theory.multicomponent import minimum_conventional, minimum_linked

__all__ = ["Saving", "conventional", "least_linked", "saving"]

_SOLVENTS = (1.25, 1.15, 1.1, 1.07, 1.04, 1.02)
"""S/S_min from which the flows of the side columns are laid out; the least solution is kept."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Linked beside conventional at the same product purities and total of stages.

    Attributes
    ----------
    linked : LinkedResult
        The linked extraction.
    cascades : tuple of Result
        The conventional cascades, best order of cuts.
    order : str
        That order.
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
    feed_fractions: Mapping[str, float], organic: Mapping[str, Any], stages: int, purity: float
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
    purity : float
        By moles, of every product [-].

    Raises
    ------
    UnreachableTarget
        None of them reaches the purities.
    """
    best: LinkedResult | None = None
    for ratio in _SOLVENTS:
        linked = fully_linked(feed_fractions, organic=organic, stages=stages, S_over_S_min=ratio, purity=purity)
        try:
            found = solve_linked(linked)
        except ConvergenceError:
            if best is not None:
                break
            continue
        if best is None or found.base_mol_per_mol < best.base_mol_per_mol:
            best = found
    if best is None:
        raise UnreachableTarget(f"no linked extraction of {stages} stages a section reaches {purity:.3%}; add stages")
    return best


def conventional(
    feed_fractions: Mapping[str, float], organic: Mapping[str, Any], stages: int, purity: float, orders: int = 5
) -> tuple[str, tuple[Result, ...]]:
    """Separate cascades that make the same products, each product stripped, neutralised and fed on.

    Parameters
    ----------
    feed_fractions, organic, purity
        As of :func:`least_linked`.
    stages : int
        Of each extraction and each scrub section.
    orders : int
        How many orders of cuts are solved; the one of least base is kept.

    Returns
    -------
    order, cascades : str and tuple of Result
        Names of the cuts, and their solutions.

    Raises
    ------
    UnreachableTarget
        None of the orders reaches the purities.

    Notes
    -----
    Base that neutralises the free acid between cascades is not counted, in favour of the conventional train.
    """
    table = {key: value for key, value in organic.items() if key != "system"}
    found = synthesize(
        feed_fractions, organic["system"], purity=purity, recovery=purity, yardstick="minimum", count=orders
    )
    solved: dict[tuple[int, int, int], Result | None] = {}
    best: tuple[float, str, tuple[Result, ...]] | None = None
    for sequence in found.best:
        for cut in sequence.cuts:
            place = (cut.first, cut.cut, cut.last)
            if place not in solved:
                cascade = cut_cascade(found.task, cut, organic=table)
                solved[place] = _solved(cascade, stages, cut.S_min, cut.amount * float(cut.wanted.feed_A), organic)
        results = tuple(solved[cut.first, cut.cut, cut.last] for cut in sequence.cuts)
        if any(each is None for each in results):
            continue
        complete = tuple(each for each in results if each is not None)
        base = sum(_base(each) for each in complete)
        if best is None or base < best[0]:
            best = (base, sequence.order, complete)
    if best is None:
        raise UnreachableTarget(f"no order of cascades of {stages} + {stages} stages reaches {purity:.3%}; add stages")
    return best[1], best[2]


def _solved(cascade: Cascade, stages: int, S_min: float, upper: float, organic: Mapping[str, Any]) -> Result | None:
    """One cascade with its organic and scrub found from the targets; the cheaper of what several starts lead to."""
    load = organic["extractant_mol_L"] * organic["saponified_fraction"] / 3.0
    numbers: dict[str, Any] = {
        "section.extraction.stages": stages,
        "section.scrubbing.stages": stages,
        "section.stripping.stages": 8,
        "stream.strip_acid.flow_m3_h": 1.02 * 3.0 * upper / 3.6,
    }
    best: Result | None = None
    for ratio in (1.02, 1.1, 1.3):
        S = ratio * S_min
        flows = {"organic.flow_m3_h": S / load, "stream.scrub.flow_m3_h": 3.0 * (S - upper) / 2.94}
        data = cascade.replace(numbers | flows).to_data()
        free = ["organic.flow_m3_h", "stream.scrub.flow_m3_h"]
        try:
            result = solve_quietly(Cascade.from_data({**data, "solve": {"free": free}}))
        except ConvergenceError:
            continue
        if best is None or _base(result) < _base(best):
            best = result
    return best


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
    purity: float = 0.999,
    progress: Callable[[str], None] | None = None,
) -> Saving:
    """Measure what linking saves at the same purities and the same total of extraction and scrub stages.

    Parameters
    ----------
    feed_fractions : mapping of str to float
        Element to mole fraction of the feed [-]; three elements or more.
    organic : mapping
        Table `[organic]` without its flow.
    total_stages : int
        Shared evenly by the sections of either layout.
    purity : float
        By moles, of every product [-].
    progress : callable, optional
        Takes a line for each part.

    Raises
    ------
    InputError
        Fewer than three elements.
    UnreachableTarget
        So few stages do not reach the purities.
    """
    tell = progress or (lambda line: None)
    order, alpha = alphas(organic["system"], list(feed_fractions))
    total = sum(feed_fractions.values())
    fractions = [feed_fractions[name] / total for name in order]
    t = len(order)
    tell("linked")
    linked = least_linked(feed_fractions, organic, total_stages // (t * (t - 1)), purity)
    tell("conventional")
    cuts, cascades = conventional(feed_fractions, organic, total_stages // (2 * (t - 1)), purity)
    return Saving(
        linked=linked,
        cascades=cascades,
        order=cuts,
        stages=total_stages,
        S_linked=linked.base_mol_per_mol / 3.0,
        S_conventional=sum(_base(each) for each in cascades) / 3.0,
        theory_linked=minimum_linked(alpha, fractions),
        theory_conventional=minimum_conventional(alpha, fractions),
    )
