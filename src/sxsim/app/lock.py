"""Why separation know-how is a lock, step by step with the learner's own numbers; closed forms only."""

from __future__ import annotations

from dataclasses import dataclass

from sxsim.app.choices import Choice
from sxsim.errors import Finding, InputError
from sxsim.theory.design import Plan, plan
from sxsim.theory.reflux import beta_elasticity_fixed_solvent, stages_factor_total_reflux
from sxsim.theory.stages import binary_purities

__all__ = ["Doubt", "Step", "steps"]

HOURS_A_YEAR = 8766.0
FLOW_ERROR = 1e-3
"""Relative error of the scrub with which the last step is worked [-]."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a newcomer does not know, and how fast he can learn.

    Attributes
    ----------
    beta_error : float
        By how much the true separation factor is below the assumed one [-].
    stage_h : float
        Residence time of a stage [h].
    trials : int
        Trial runs until the plant is understood [-].
    """

    beta_error: float = 0.05
    stage_h: float = 0.5
    trials: int = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the argument.

    Attributes
    ----------
    title : str
        What it claims.
    said : str
        The sentence with the learner's numbers.
    figures : dict of str to float
        The numbers by name, for a test and for a table.
    """

    title: str
    said: str
    figures: dict[str, float]


def steps(choice: Choice, doubt: Doubt) -> tuple[Step, ...]:
    """Tell the argument.

    Parameters
    ----------
    choice : Choice
        The controls; whole stages are counted as needed, whatever it says of them.
    doubt : Doubt
        What is not known.

    Returns
    -------
    tuple of Step
        In their order.

    Raises
    ------
    InputError
        The doubt is out of range, or leaves nothing to separate.
    """
    findings = []
    if not 0.0 <= doubt.beta_error <= 0.5:
        findings.append(Finding("beta_error", f"{doubt.beta_error:g} is out of range", "0 to 0.5"))
    elif choice.beta * (1.0 - doubt.beta_error) <= 1.02:
        least = choice.beta * (1.0 - doubt.beta_error)
        findings.append(Finding("beta_error", f"leaves a separation factor of {least:.3g}", "above 1.02", "doubt less"))
    if not doubt.stage_h > 0.0:
        findings.append(Finding("stage_h", f"{doubt.stage_h:g} h is no residence time", "above 0"))
    if doubt.trials < 1:
        findings.append(Finding("trials", f"{doubt.trials} trials teach nothing", "1 or more"))
    if findings:
        raise InputError(findings)
    design = plan(choice.beta, choice.feed_A, choice.purity, choice.purity, S_over_S_min=choice.S_over_S_min)
    return (
        _many_stages(choice, design),
        _simple_formula(choice, design),
        _wrong_factor(choice, design, doubt),
        _slow(design, doubt),
        _sharp_edge(choice, design),
    )


def _many_stages(choice: Choice, design: Plan) -> Step:
    """One contact does next to nothing."""
    stages = design.smallest.n + design.smallest.m
    said = (
        f"One contact moves the ratio of the two by {choice.beta:g}. {choice.purity:.3%} of both takes at least "
        f"{design.total_reflux_stages:.0f} stages at total reflux, where nothing is made, and {stages} stages at "
        f"{choice.S_over_S_min:g} times the least solvent."
    )
    return Step("Neighbours part by little, so it takes many stages", said,
                {"fewest": design.total_reflux_stages, "stages": float(stages)})  # fmt: skip


def _simple_formula(choice: Choice, design: Plan) -> Step:
    """What stands in books is not enough."""
    n, m = max(1, round(float(design.simple.n))), max(1, round(float(design.simple.m)))
    title = "The formula that stands in books is not the know-how"
    if not float(design.simple.n + design.simple.m) < 1e4:
        said = "Here the simple stage formula has no answer: a section pinches. The exact count still has one."
        return Step(title, said, {})
    purity_A, purity_B = binary_purities(choice.beta, choice.feed_A, n, m, design.S, design.W)
    worse = min(purity_A, purity_B)
    said = (
        f"The simple formula says {n} + {m} stages, the exact count "
        f"{float(design.exact.n):.1f} + {float(design.exact.m):.1f}. Built to the simple formula the worse product "
        f"reaches {worse:.4%} instead of {choice.purity:.3%}."
    )
    return Step(title, said, {"simple": float(n + m), "purity": worse})


def _wrong_factor(choice: Choice, design: Plan, doubt: Doubt) -> Step:
    """A small error of beta is a large one of the plant."""
    at_reflux = float(stages_factor_total_reflux(choice.beta, -doubt.beta_error))
    slope = float(beta_elasticity_fixed_solvent(choice.beta, design.wanted, design.S))
    true = choice.beta * (1.0 - doubt.beta_error)
    built = design.smallest
    purity_A, purity_B = binary_purities(true, choice.feed_A, built.n, built.m, design.S, design.W)
    worse = min(purity_A, purity_B)
    said = (
        f"Say the true factor is {doubt.beta_error:.1%} lower, {true:.4g} instead of {choice.beta:g}. At total reflux "
        f"that costs {at_reflux - 1.0:.1%} more stages; with the solvent as planned the stages change "
        f"{abs(slope):.1f} times as fast as the factor. The plant built for {choice.beta:g} reaches {worse:.3%}. "
        "Single-element data from a laboratory give factors with errors of tens of per cent."
    )
    return Step("A small error in the factor is a large error in the plant", said,
                {"more_stages": at_reflux - 1.0, "slope": slope, "purity": worse})  # fmt: skip


def _slow(design: Plan, doubt: Doubt) -> Step:
    """One cannot learn by trying."""
    slow = float(design.slow_mode.tau_1) * doubt.stage_h
    years = slow / HOURS_A_YEAR
    said = (
        f"The slowest mode of this cascade takes {float(design.slow_mode.tau_1):,.0f} residence times: at "
        f"{doubt.stage_h:g} h a stage {years:.2g} years. {doubt.trials} trials that wait for a steady state take "
        f"{doubt.trials * years:.2g} years, and long before that nothing seems to change any more."
    )
    return Step("It cannot be learnt by trying, because a trial takes years", said,
                {"tau_1_h": slow, "years": doubt.trials * years})  # fmt: skip


def _sharp_edge(choice: Choice, design: Plan) -> Step:
    """It has to be held more tightly than a pump holds it."""
    built = design.smallest
    flows = design.S, design.W * (1.0 + FLOW_ERROR)
    purity_A, purity_B = binary_purities(choice.beta, choice.feed_A, built.n, built.m, *flows)
    worse = min(purity_A, purity_B)
    said = (
        f"A lasting error of {FLOW_ERROR:.1%} in the scrub alone takes the worse product from {choice.purity:.3%} to "
        f"{worse:.3%}. Pumps do not hold that: analysis and trimming do, at the stage where the profile is steepest, "
        f"and who has run one such plant knows where that is."
    )
    return Step("It stands on an edge", said, {"purity": worse})
