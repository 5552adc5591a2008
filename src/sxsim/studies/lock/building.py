"""What an operator builds, and what has to be added once the plant tells what it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.errors import Finding, InputError
from sxsim.sizing.cut import Cut
from sxsim.sizing.guess import flows_from_load
from sxsim.sizing.task import numbered
from sxsim.studies.neighbours import follow
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.optimum import extraction_ratios, xu_optimum
from sxsim.theory.stages import exact_stages, simple_stages

__all__ = ["Blueprint", "Grown", "blueprint", "grow", "sections_of"]

CURED = 1.25
"""S/S_min to which textbooks' cure raises an optimum that pinches [-]."""

MOST_ADDED = 150
MORE_ORGANIC = 1.05
MOST_ORGANIC = 12
"""Stages added at most; where they do not help, factor on the organic, and how often."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Stages and organic that an operator works out with closed forms.

    Attributes
    ----------
    beta : float
        Separation factor that he believes in [-].
    S, S_over_S_min : float
        Load of the organic [mol per mol feed], over the minimum that he believes in [-].
    n, m : int
        Stages of extraction and of scrubbing.
    organic_m3_h : float
        Organic that carries the load [m3/h].
    """

    beta: float
    S: float
    S_over_S_min: float
    n: int
    m: int
    organic_m3_h: float


@dataclass(frozen=True, slots=True)
class Grown:
    """A built cascade brought to its targets.

    Attributes
    ----------
    result : Result
        Solved with the targets as equations.
    n, m : int
        Stages at last.
    organic_raised : float
        Factor on the organic that had to be installed because stages alone do not help; 1 for none [-].
    """

    result: Result
    n: int
    m: int
    organic_raised: float


def sections_of(cascade: Cascade) -> tuple[str, str]:
    """Names of the one extraction and the one scrubbing section.

    Raises
    ------
    InputError
        There is not one of each.
    """
    names = []
    for kind in ("extraction", "scrubbing"):
        found = [part.name for part in cascade.section if part.kind == kind]
        if len(found) != 1:
            offence = f"{len(found)} sections of kind {kind}"
            raise InputError(Finding("section", offence, "one", "the closed forms of the operators know no other"))
        names += found
    return names[0], names[1]


def blueprint(cascade: Cascade, cut: Cut, beta: float, ratio: float | None = None) -> Blueprint:
    """Design by the simple stage formula.

    Parameters
    ----------
    cascade : Cascade
        Strengths, saponification, stage efficiencies.
    cut : Cut
        The cut, as it is.
    beta : float
        Separation factor that is believed in [-].
    ratio : float, optional
        S over the minimum that is believed in; Xu's optimum when left out [-].

    Raises
    ------
    InputError
        The chemistry is no cation exchange with a scrub, so no load gives flows.

    Notes
    -----
    n = ln b/ln(beta E_M), m + 1 = ln a/ln(beta/E'_M). Where Xu's optimum lies at its own threshold the formula has no
    answer; S is raised to 1.25 S_min there.
    """
    least = float(minimum_flows(beta, cut.wanted).S)
    best = xu_optimum(beta, cut.wanted)
    S = ratio * least if ratio is not None else max(float(best.S), CURED * least if bool(best.pinched) else 0.0)
    E_M, E_M_scrub = extraction_ratios(S, S - float(cut.wanted.outlet_A), cut.wanted)
    count = simple_stages(beta, cut.wanted, E_M, E_M_scrub)
    parts = {part.kind: part for part in cascade.section}
    n = math.ceil(float(count.n) / parts["extraction"].stage_efficiency)
    m = math.ceil(float(count.m) / parts["scrubbing"].stage_efficiency)
    flows = flows_from_load(cascade, cut, S)
    if flows is None:
        raise InputError(
            Finding("organic", "no load gives flows here", "cation exchange, saponified, with an acid scrub")
        )
    return Blueprint(beta, S, S / least, max(n, 1), max(m, 1), flows.organic_m3_h)


def grow(base: Result, cascade: Cascade, cut: Cut, plan: Blueprint, headroom: float) -> Grown:
    """Add stages to a built cascade until its targets are met within the organic that was installed.

    Parameters
    ----------
    base : Result
        A solution of the cut with the targets as equations, to start from.
    cascade : Cascade
        The file's, under the true chemistry.
    cut : Cut
        The cut.
    plan : Blueprint
        What was built.
    headroom : float
        Organic that can be pumped beyond the plan, as a share [-].

    Returns
    -------
    Grown
        With the fewest stages that were found, one after the other where it lowers the organic most.

    Raises
    ------
    InputError
        Neither stages nor organic within reason help.
    """
    names = sections_of(cascade)
    limit = plan.organic_m3_h * (1.0 + headroom)
    raised = 1.0
    for _ in range(MOST_ORGANIC):
        found = _added(base, cascade, cut, plan, names, limit * raised, raised * (1.0 + headroom) * plan.S)
        if found is not None:
            return Grown(found[0], *found[1], raised)
        raised *= MORE_ORGANIC
    offence = f"{MOST_ADDED} more stages and {100 * (raised - 1):.0f} % more organic do not meet the targets"
    raise InputError(Finding("operator", offence, cure="a smaller error of the separation factor"))


def _added(
    base: Result,
    cascade: Cascade,
    cut: Cut,
    plan: Blueprint,
    names: tuple[str, str],
    limit_m3_h: float,
    S: float,
) -> tuple[Result, tuple[int, int]] | None:
    """Add stages until the organic comes down to a limit; None when it does not."""
    at = (plan.n, plan.m)
    known: dict[tuple[int, int], Result | None] = {}

    def solved(stages: tuple[int, int], start: Result) -> Result | None:
        if stages not in known:
            known[stages] = _solve(start, cascade, names, stages)
        return known[stages]

    count = exact_stages(cut.beta, cut.wanted, S)
    goal = (float(count.n), float(count.m))
    here = solved(at, base)
    for _ in range(MOST_ADDED):
        if here is not None and _organic(here) <= limit_m3_h:
            return here, at
        more = ((at[0] + 1, at[1]), (at[0], at[1] + 1))
        if here is None:
            # out of reach at any flow: add where theory says that most is missing
            short = goal[1] - at[1] > goal[0] - at[0] if math.isfinite(sum(goal)) else at[1] < at[0]
            at = more[int(short)]
            here = solved(at, base)
            continue
        trials = [(found, stages) for stages in more if (found := solved(stages, here)) is not None]
        if not trials:
            return None
        better, at = min(trials, key=lambda each: _organic(each[0]))
        if _organic(here) - _organic(better) < 1e-4 * _organic(here):
            return None  # an infinite cascade takes more than this
        here = better
    return None


def _solve(start: Result, cascade: Cascade, names: tuple[str, str], stages: tuple[int, int]) -> Result | None:
    """Solve with other stages and the targets as equations."""
    before = tuple(int(start.cascade.section_named(name).stages) for name in names)

    def between(share: float) -> Cascade:
        way = [round(a + share * (b - a)) for a, b in zip(before, stages, strict=True)]
        return _staged(cascade, names, way)

    found = follow(start, _staged(cascade, names, stages), between, 0.125)
    return found if isinstance(found, Result) else None


def _staged(cascade: Cascade, names: tuple[str, str], stages: tuple[int, ...] | list[int]) -> Cascade:
    """The cascade with other stages of extraction and scrubbing."""
    changed = {f"section.{name}.stages": count for name, count in zip(names, stages, strict=True)}
    return numbered(cascade, changed)


def _organic(result: Result) -> float:
    return float(result.stage.organic_m3_h[0])
