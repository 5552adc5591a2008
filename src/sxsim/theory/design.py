"""From purities to a plan of the cascade in closed form, with everything the theory says about it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sxsim.theory._inputs import FeedPhase, check_phase, refuse, within
from sxsim.theory.minimum import MinimumFlows, minimum_flows
from sxsim.theory.optimum import Optimum, explain_pinch, extraction_ratios, xu_optimum
from sxsim.theory.reflux import total_reflux_stages
from sxsim.theory.specification import Split, split
from sxsim.theory.stages import (
    IntegerStages,
    StageCount,
    exact_stages,
    high_purity_stages,
    integer_stages,
    simple_stages,
)
from sxsim.theory.timescales import SlowMode, inventory, slow_mode

__all__ = ["Plan", "inventory_optimal_solvent", "plan"]

_GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)


class Plan(NamedTuple):
    """A two-element cascade as the theory sees it; amounts in mol per mol fed.

    Attributes
    ----------
    beta : float
        Separation factor [-].
    feed : str
        Phase that brings the feed.
    wanted : Split
        Purities, recoveries, purification factors, product amounts.
    minimum : MinimumFlows
        S_min and W_min at these purities.
    optimum : Optimum
        Xu's optimum, and how near the minimum it lies.
    S, W, S_over_S_min : float
        Flows of this plan.
    E_M, E_M_scrub : float
        Mixed extraction ratios of this plan [-].
    simple, high_purity, exact : StageCount
        Real stage numbers by the three formulas at these flows.
    smallest : IntegerStages
        Smallest whole cascade, by simulation.
    total_reflux_stages : float
        N_min.
    inventory_optimal_S : float
        S at which the rare earth held up is least.
    inventory : float
        Rare earth held by the smallest whole cascade, per stage residence time.
    slow_mode : SlowMode
        tau_1 of the smallest whole cascade [stage residence times].
    base, acid_scrub, acid_strip : float
        Stoichiometric base 3S, scrub acid 3W and strip acid 3f'_A [mol per mol feed].
    remark : str
        What to know about S being near its minimum; empty when it is not.
    """

    beta: float
    feed: FeedPhase
    wanted: Split
    minimum: MinimumFlows
    optimum: Optimum
    S: float
    W: float
    S_over_S_min: float
    E_M: float
    E_M_scrub: float
    simple: StageCount
    high_purity: StageCount
    exact: StageCount
    smallest: IntegerStages
    total_reflux_stages: float
    inventory_optimal_S: float
    inventory: float
    slow_mode: SlowMode
    base: float
    acid_scrub: float
    acid_strip: float
    remark: str


def _real_inventory(beta: float, wanted: Split, solvent: float, organic: bool) -> float:
    """Rare earth held by a cascade of the exact real stage numbers [mol per mol feed and residence time]."""
    phase: FeedPhase = "organic" if organic else "aqueous"
    count = exact_stages(beta, wanted, solvent, phase)
    scrub = solvent + wanted.outlet_B if organic else solvent - wanted.outlet_A
    fed_stages = count.m + 1.0 if organic else count.n  # stages whose one phase carries the feed as well
    return float((count.n + count.m - 1.0) * (solvent + scrub) + fed_stages)


def inventory_optimal_solvent(beta: float, wanted: Split, feed: FeedPhase = "aqueous") -> float:
    """Solvent flow at which the rare earth held up in the cascade is least [mol per mol feed].

    Parameters
    ----------
    beta : float
        Separation factor [-].
    wanted : Split
        The separation asked for (plain numbers).
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    float
        S, by golden section over S/S_min with the exact stage count; 1.2-1.65 times the minimum for an aqueous feed.

    Raises
    ------
    InputError
        When beta is not above 1.

    Examples
    --------
    >>> from sxsim.theory.specification import split
    >>> round(inventory_optimal_solvent(1.5, split(0.5, purity_A=0.999, purity_B=0.999)), 2)
    3.15
    """
    organic = check_phase(feed)
    least = float(minimum_flows(beta, wanted, feed).S)

    def held(log_excess: float) -> float:
        return _real_inventory(beta, wanted, least * (1.0 + math.exp(log_excess)), organic)

    low, high = math.log(1e-3), math.log(20.0)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = held(left), held(right)
    while high - low > 1e-7:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = held(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = held(right)
    return least * (1.0 + math.exp(0.5 * (low + high)))


def plan(
    beta: float,
    feed_A: float,
    purity_A: float,
    purity_B: float,
    *,
    feed: FeedPhase = "aqueous",
    S: float | None = None,
    S_over_S_min: float | None = None,
) -> Plan:
    """Plan a two-element cascade from purities: flows, stages, inventory, time scale (runs the compiled kernel).

    Parameters
    ----------
    beta, feed_A, purity_A, purity_B : float
        Separation factor, A fraction of the feed, purities of both products [-].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.
    S : float, optional
        Solvent [mol per mol feed].
    S_over_S_min : float, optional
        Or solvent over its minimum [-]. With neither, the inventory optimum is taken.

    Returns
    -------
    Plan
        Everything the closed forms say, and the smallest whole cascade found by simulation.

    Raises
    ------
    InputError
        When a figure is out of range, both S and its ratio are given, or S does not exceed its minimum.

    Examples
    --------
    >>> p = plan(2.0, 0.5, 0.999, 0.999, S_over_S_min=1.3)
    >>> p.smallest.n + p.smallest.m, round(float(p.exact.n + p.exact.m), 2)
    (35, 34.19)
    """
    if S is not None and S_over_S_min is not None:
        raise refuse("S", "is given beside S_over_S_min", "one of the two or neither", "leave one out")
    wanted = split(feed_A, purity_A=purity_A, purity_B=purity_B)
    organic = check_phase(feed)
    floor = minimum_flows(beta, wanted, feed)
    least = float(floor.S)
    cheapest = inventory_optimal_solvent(beta, wanted, feed)
    if S is not None:
        solvent = float(within("S", S, least, math.inf, f"above the minimum {least:.6g}", f"try {1.25 * least:.4g}"))
    elif S_over_S_min is not None:
        solvent = least * float(within("S_over_S_min", S_over_S_min, 1.0, math.inf, "above 1", "try 1.25"))
    else:
        solvent = cheapest
    scrub = float(solvent + wanted.outlet_B if organic else solvent - wanted.outlet_A)
    ratio, ratio_scrub = extraction_ratios(solvent, scrub, wanted, feed)
    smallest = integer_stages(beta, wanted, solvent, feed)
    held = inventory(smallest.n, smallest.m, solvent, scrub, feed)
    with np.errstate(invalid="ignore", divide="ignore"):
        simple = simple_stages(beta, wanted, ratio, ratio_scrub)
    return Plan(
        beta=float(beta),
        feed=feed,
        wanted=wanted,
        minimum=floor,
        optimum=xu_optimum(beta, wanted, feed),
        S=solvent,
        W=scrub,
        S_over_S_min=solvent / least,
        E_M=float(ratio),
        E_M_scrub=float(ratio_scrub),
        simple=simple,
        high_purity=high_purity_stages(beta, wanted, solvent, feed),
        exact=exact_stages(beta, wanted, solvent, feed),
        smallest=smallest,
        total_reflux_stages=float(total_reflux_stages(beta, purity_A, purity_B)),
        inventory_optimal_S=cheapest,
        inventory=held,
        slow_mode=slow_mode(held, wanted.outlet_A, smallest.purity_A, smallest.purity_B),
        base=3.0 * solvent,
        acid_scrub=3.0 * scrub,
        acid_strip=3.0 * float(wanted.outlet_A),
        remark=explain_pinch(solvent / least),
    )
