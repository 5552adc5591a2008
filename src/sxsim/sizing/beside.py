"""The closed forms beside the rigorous model, and why they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sxsim.cascade.result import Result
from sxsim.sizing.cut import Cut
from sxsim.sizing.start import TheoryPoint
from sxsim.theory.design import inventory_optimal_solvent
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.optimum import explain_pinch, extraction_ratios, xu_optimum
from sxsim.theory.reflux import total_reflux_stages
from sxsim.theory.stages import exact_stages, simple_stages

__all__ = ["Theory", "differences", "theory_of"]


@dataclass(frozen=True, slots=True)
class Theory:
    """What constant load and a constant separation factor say; amounts in mol per mol fed.

    Attributes
    ----------
    beta, feed_A, purity_A, purity_B : float
        The pair, by moles [-].
    S_min, W_min : float
        Least flows.
    S, S_over_S_min : float
        Of the cheapest point of the closed forms; NaN where the chemistry gives no flows.
    stages : tuple of float
        Extraction and scrubbing there, exact count over stage efficiency [-].
    organic_m3_h : float
        Organic there [m3/h].
    stages_at_S : tuple of float
        Exact counts at the S that the rigorous design has at its feed stage; infinite when that is below S_min.
    simple_stages_at_S : tuple of float
        The simple formula there; NaN where a section pinches.
    xu_S_over_S_min, inventory_S_over_S_min : float
        Xu's optimum and the least inventory [-].
    total_reflux_stages : float
        Fewest stages there can be [-].
    remark : str
        What to know about S being near its minimum; empty when it is not.
    """

    beta: float
    feed_A: float
    purity_A: float
    purity_B: float
    S_min: float
    W_min: float
    S: float
    S_over_S_min: float
    stages: tuple[float, float]
    organic_m3_h: float
    stages_at_S: tuple[float, float]
    simple_stages_at_S: tuple[float, float]
    xu_S_over_S_min: float
    inventory_S_over_S_min: float
    total_reflux_stages: float
    remark: str


def theory_of(cut: Cut, point: TheoryPoint | None, S: float) -> Theory:
    """Gather the closed forms for a cut.

    Parameters
    ----------
    cut : Cut
        The cut.
    point : TheoryPoint or None
        Cheapest point of the closed forms.
    S : float
        Rare earths in the organic at the feed stage of the rigorous design [mol per mol feed].
    """
    wanted, beta = cut.wanted, cut.beta
    own = float(minimum_flows(beta, wanted).S)
    ratio = S / float(cut.minimum.S)
    there = ratio * own
    exact = exact_stages(beta, wanted, there)
    with np.errstate(invalid="ignore", divide="ignore"):
        simple = simple_stages(beta, wanted, *extraction_ratios(there, there - wanted.outlet_A, wanted))
    return Theory(
        beta=beta,
        feed_A=float(wanted.feed_A),
        purity_A=float(wanted.purity_A),
        purity_B=float(wanted.purity_B),
        S_min=float(cut.minimum.S),
        W_min=float(cut.minimum.W),
        S=point.S if point is not None else math.nan,
        S_over_S_min=point.S_over_S_min if point is not None else math.nan,
        stages=(point.n, point.m) if point is not None else (math.nan, math.nan),
        organic_m3_h=point.organic_m3_h if point is not None else math.nan,
        stages_at_S=(float(exact.n), float(exact.m)),
        simple_stages_at_S=(float(simple.n), float(simple.m)),
        xu_S_over_S_min=float(xu_optimum(beta, wanted).S) / own,
        inventory_S_over_S_min=inventory_optimal_solvent(beta, wanted) / own,
        total_reflux_stages=float(total_reflux_stages(beta, wanted.purity_A, wanted.purity_B)),
        remark=explain_pinch(ratio),
    )


def differences(cut: Cut, theory: Theory, result: Result) -> tuple[str, ...]:
    """Why the rigorous model and the closed forms differ, a sentence each, the largest cause first."""
    said = []
    cascade = result.cascade
    for part in cascade.section:
        load = result.load[part.name]
        spread = load.S_highest_kmol_h / max(load.S_lowest_kmol_h, 1e-300) - 1.0
        if part.kind == "extraction" and spread > 0.02:
            low, high = load.S_lowest_kmol_h / cut.feed_kmol_h, load.S_highest_kmol_h / cut.feed_kmol_h
            said.append(
                f"the load of the organic is not constant: S runs from {low:.3f} to {high:.3f} along {part.name}, as "
                "unsaponified extractant and free acid take part; the theory holds it at one value"
            )
        if part.stage_efficiency < 1.0:
            said.append(
                f"{part.name} works at a stage efficiency of {part.stage_efficiency:g}; the theory's count is ideal"
            )
        if part.entrainment_A_in_O > 0.0 or part.entrainment_O_in_A > 0.0:
            said.append(f"entrainment in {part.name} carries impurity past the stages; the theory knows none")
    if len(cut.fractions) > 2:
        others = ", ".join(name for name in cut.fractions if name not in (cut.A, cut.B))
        said.append(f"{others} count with their side of the cut in the theory; S_min is Underwood's with all of them")
    if any(part.kind == "scrubbing" for part in cascade.section):
        said.append(
            "the last scrub stage turns pure acid into liquor: its organic carries less than S, which costs the "
            "rigorous model about one stage"
        )
    if not math.isfinite(sum(theory.stages_at_S)):
        said.append(
            "S at the feed stage lies below the theory's minimum: what the rest of the section carries makes up for it"
        )
    return tuple(said)
