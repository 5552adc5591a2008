"""Targets out of reach: how near the limits let one come."""

from __future__ import annotations

from collections.abc import Iterable

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.definition.tables import Target
from sxsim.errors import SxsimError, UnreachableTarget
from sxsim.sizing.ramp import entrains, ramped
from sxsim.sizing.trials import Trials

__all__ = ["out_of_reach", "relaxed"]

FIRST_FACTOR = 1.5
LARGEST_FACTOR = 1e5
HALVINGS = 6


def relaxed(cascade: Cascade, factor: float) -> Cascade:
    """The same with every impurity, loss and residual that the targets allow a factor larger.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> [target.purity_min for target in relaxed(load("nd_pr_p507"), 2.0).target]
    [0.998, 0.98]
    """

    def eased(target: Target) -> Target:
        update = {}
        for key in ("purity_min", "recovery_min"):
            value = getattr(target, key)
            if value is not None:  # odds, so that no share falls to 0; at small impurity the same as the impurity
                update[key] = (
                    1.0 - factor * (1.0 - value)
                    if factor * (1.0 - value) < 0.5
                    else value / (value + factor * (1.0 - value))
                )
        if target.concentration_max_mol_L is not None:
            update["concentration_max_mol_L"] = factor * target.concentration_max_mol_L
        return target.model_copy(update=update)

    return cascade.model_copy(update={"target": tuple(eased(target) for target in cascade.target)})


def out_of_reach(trials: Trials, stages: tuple[int, ...], starts: Iterable[dict[str, float]]) -> UnreachableTarget:
    """Find the nearest figures that some stages reach, and say what stands in the way.

    Parameters
    ----------
    trials : Trials
        Of a design that found nothing.
    stages : tuple of int
        The most stages that were tried.
    starts : iterable of dict
        Values of the free quantities to start from.

    Returns
    -------
    UnreachableTarget
        To be raised; its result is the nearest solution, or None.

    Notes
    -----
    The impurities that the targets allow are widened by one factor until a solution is found, then halved back.
    """
    cascade = trials.cascade(stages)
    asked = ", ".join(_said(target) for target in cascade.target if target.equation)
    text = f"{asked} cannot be reached at the cut {trials.cut.name} (separation factor {trials.cut.beta:.4g})"
    nearest = _nearest(trials, stages, list(starts))
    if nearest is not None:
        got = ", ".join(f"{t.element} {t.value:.4%} {t.figure} in {t.stream}" for t in nearest.targets if t.value)
        text += f"; nearest reachable with {'+'.join(map(str, stages))} stages: {got}"
    wet = [part for part in cascade.section if part.entrainment_A_in_O > 0.0 or part.entrainment_O_in_A > 0.0]
    if wet:
        worst = max(max(part.entrainment_A_in_O, part.entrainment_O_in_A) for part in wet)
        cure = f"entrainment of up to {worst:.3g} in {', '.join(part.name for part in wet)} caps it: lower it"
    else:
        cure = f"lower the targets, or allow more stages (design.stages_max is {trials.task.settings.stages_max})"
    return UnreachableTarget(f"{text}; {cure}", nearest)


def _nearest(trials: Trials, stages: tuple[int, ...], starts: list[dict[str, float]]) -> Result | None:
    """Solution with the smallest widening."""
    low, high, best = 1.0, FIRST_FACTOR, None
    while best is None and high < LARGEST_FACTOR:
        best = _solved(trials, stages, starts, high)
        low, high = (low, high) if best is not None else (high, high * FIRST_FACTOR * 2.0)
    if best is None:
        return None
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        found = _solved(trials, stages, [dict(best.found), *starts[:1]], middle)
        if found is None:
            low = middle
        else:
            high, best = middle, found
    return best


def _solved(trials: Trials, stages: tuple[int, ...], starts: list[dict[str, float]], factor: float) -> Result | None:
    for values in starts:
        try:
            return steady_state(relaxed(trials.cascade(stages, values), factor), walk=False)
        except SxsimError:
            continue
    cascade = relaxed(trials.cascade(stages), factor)
    return ramped(cascade, starts) if entrains(cascade) else None


def _said(target: Target) -> str:
    for figure in ("purity_min", "recovery_min"):
        if (value := getattr(target, figure)) is not None:
            return f"{target.element} {value:.6%} {figure[:-4]} in {target.stream}"
    return f"{target.element} {target.concentration_max_mol_L:g} mol/L in {target.stream}"
