"""How a design answers: what 10 % off in each decision costs, and how tightly each flow has to be held."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.definition.equations import freeable_paths
from sxsim.definition.tables import Target
from sxsim.errors import SxsimError
from sxsim.foundation.freezing import Record
from sxsim.sizing.merit import merit_of
from sxsim.sizing.stripping import strip_with
from sxsim.sizing.task import numbered
from sxsim.sizing.trials import Trial, Trials

__all__ = ["Penalty", "Sensitivity", "penalties", "sensitivities"]

STEP = 1e-4
"""Relative step of the slopes [-]."""


@dataclass(frozen=True, slots=True)
class Penalty:
    """One decision moved by a tenth.

    Attributes
    ----------
    path : str
        The decision.
    change : float
        Relative change; whole stages make it differ from a tenth [-].
    value : float
        The decision then.
    cost_change : float or None
        Yearly cost over that of the design, less 1; None when there is no solution [-].
    consequence : str
        What gives way: flows retuned, or a target that is missed.
    """

    path: str
    change: float
    value: float
    cost_change: float | None
    consequence: str


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity(Record):
    """One thing that a plant has to hold.

    Attributes
    ----------
    path : str
        Flow, strength or saponification.
    value : float
        What it is held at.
    slope : mapping of str to float or None
        Change of each target's figure for 1 % more, by ``stream.element``, everything else held, from a change of
        0.01 % [-]; None where it could not be solved.
    tolerance : float or None
        Relative change at which the impurity of some product doubles, by the slopes [-].
    retuned : mapping of str to float
        Relative change of each free flow that brings the targets back after 1 % more; empty when none does [-].
    """

    path: str
    value: float
    slope: Mapping[str, float | None]
    tolerance: float | None
    retuned: Mapping[str, float]


def penalties(trials: Trials, trial: Trial) -> tuple[Penalty, ...]:
    """Move each decision of a design by a tenth either way.

    Parameters
    ----------
    trials : Trials
        Memory of the design.
    trial : Trial
        The design.

    Returns
    -------
    tuple of Penalty
        Stages: free flows retuned to the targets. Free flows: the others retuned to the targets, or, where that is out
        of reach, to the one that is met with the least retuning. Strip acid, strengths and saponification: free flows
        retuned.
    """
    assert trial.result is not None and trial.merit is not None  # noqa: PT018 one fact
    found: list[Penalty] = []
    for sign in (-1, 1):
        for at, name in enumerate(trials.task.sections):
            count = trial.stages[at] + sign * max(round(0.1 * trial.stages[at]), 1)
            if count < 1:
                continue
            other = trials.try_out((*trial.stages[:at], count, *trial.stages[at + 1 :]))
            change = count / trial.stages[at] - 1.0
            cost = None if other.merit is None else _over(other.merit.annual_usd, trial)
            why = "no flows meet the targets" if other.result is None else _flows(other.result.found)
            found.append(Penalty(f"section.{name}.stages", change, count, cost, why))
        found += _strip(trials, trial, sign)
        for path in _levers(trial.result.cascade):
            if path in trials.task.free:
                found.append(_held(trials, trial, path, 1.0 + 0.1 * sign))
            elif _decided(trials, path):
                found.append(_moved(trials, trial, path, 1.0 + 0.1 * sign))
    return tuple(sorted(found, key=lambda penalty: (penalty.path, penalty.change)))


def sensitivities(trials: Trials, trial: Trial) -> tuple[Sensitivity, ...]:
    """How each target's figure moves with each flow, strength and saponification, and how to retune.

    Parameters
    ----------
    trials : Trials
        Memory of the design.
    trial : Trial
        The design.

    Returns
    -------
    tuple of Sensitivity
        Most delicate first.
    """
    assert trial.result is not None
    cascade = numbered(trial.result.cascade, dict(trial.result.found))
    held = numbered(cascade, {}, ())
    rows = []
    for path in _levers(cascade):
        value = _value(cascade, path)
        if value == 0.0:
            continue
        more = _solved(numbered(held, {path: value * (1.0 + STEP)}), trial.result)
        less = _solved(numbered(held, {path: value * (1.0 - STEP)}), trial.result)
        slope: dict[str, float | None] = {}
        tightest: list[float] = []
        for at, target in enumerate(trial.result.targets):
            name = f"{target.stream}.{target.element}"
            up = more.targets[at].value if more is not None else None
            down = less.targets[at].value if less is not None else None
            if up is None or down is None or target.figure == "concentration" or target.value is None:
                slope[name] = None
                continue
            slope[name] = 0.01 * (up - down) / (2.0 * STEP)
            worst = min(up, down) - target.value
            if worst < 0.0:
                tightest.append(STEP * (1.0 - target.value) / -worst)
        rows.append(Sensitivity(path, value, slope, min(tightest, default=None), _retuned(trials, trial, path, value)))
    return tuple(sorted(rows, key=lambda row: math.inf if row.tolerance is None else row.tolerance))


def _retuned(trials: Trials, trial: Trial, path: str, value: float) -> dict[str, float]:
    """Relative change of the free flows after 1 % more of a quantity that is not free itself."""
    assert trial.result is not None
    if path in trials.task.free:
        return {}
    moved = _solved(numbered(trial.result.cascade, {path: 1.01 * value}), trial.result)
    return {} if moved is None else {name: moved.found[name] / now - 1.0 for name, now in trial.result.found.items()}


def _levers(cascade: Cascade) -> list[str]:
    """Flows, strengths and saponification that have a value."""
    return [path for path in freeable_paths(cascade) if not path.startswith("draw.") and _value(cascade, path) > 0.0]


def _value(cascade: Cascade, path: str) -> float:
    table, *rest = path.split(".")
    return float(getattr(cascade.organic if table == "organic" else cascade.stream[rest[0]], rest[-1]))


def _decided(trials: Trials, path: str) -> bool:
    """Whether a quantity is one of the design's: not the feed."""
    table, name, *_ = path.split(".")
    stream = trials.base.stream.get(name) if table == "stream" else None
    return stream is None or not any(stream.concentration_mol_L.values())


def _solved(cascade: Cascade, start: Result) -> Result | None:
    try:
        return steady_state(cascade, start=start, check=False)
    except SxsimError:
        return None


def _flows(found: Mapping[str, float]) -> str:
    return ", ".join(f"{path} {value:.4g}" for path, value in found.items())


def _cost(trials: Trials, trial: Trial, result: Result) -> float | None:
    return _over(merit_of(result, trials.model).annual_usd, trial)


def _over(annual_usd: float, trial: Trial) -> float | None:
    """A yearly cost over that of the design, less 1; None where there are no prices."""
    assert trial.merit is not None
    ratio = annual_usd / trial.merit.annual_usd
    return ratio - 1.0 if math.isfinite(ratio) else None


def _held(trials: Trials, trial: Trial, path: str, factor: float) -> Penalty:
    """A free flow held off its place, the others retuned."""
    assert trial.result is not None
    found = trial.result.found
    others = tuple(free for free in trials.task.free if free != path)
    held = numbered(trial.result.cascade, {**found, path: factor * found[path]}, others)
    enforced = [target for target in held.target if target.enforced]
    result = _solved(held, trial.result)
    if result is None and others:
        nearest = math.inf
        for kept in enforced:
            other = _solved(_watching(held, kept), trial.result)
            if other is None:
                continue
            moved = sum(abs(math.log(max(other.found[free], 1e-12) / max(found[free], 1e-12))) for free in others)
            if moved < nearest:
                nearest, result = moved, other
    if result is None:
        return Penalty(path, factor - 1.0, factor * found[path], None, "no flows meet the targets that are left")
    told = [
        f"{target.element} in {target.stream} {target.value:.4%} instead of {target.asked:.4%}"
        for target in result.targets
        if target.value is not None and target.figure != "concentration" and not target.met
    ]
    said = "; ".join(told) or f"still met, with {_flows(result.found)}"
    return Penalty(path, factor - 1.0, factor * found[path], _cost(trials, trial, result), said)


def _watching(cascade: Cascade, kept: Target) -> Cascade:
    """The same with all targets but one only watched."""
    targets = tuple(
        target if target is kept else target.model_copy(update={"equation": False}) for target in cascade.target
    )
    return cascade.model_copy(update={"target": targets})


def _moved(trials: Trials, trial: Trial, path: str, factor: float) -> Penalty:
    """A quantity moved, the free flows retuned to the targets."""
    assert trial.result is not None
    value = factor * _value(trial.result.cascade, path)
    result = _solved(numbered(trial.result.cascade, {path: value}), trial.result)
    if result is None:
        return Penalty(path, factor - 1.0, value, None, "no flows meet the targets")
    return Penalty(path, factor - 1.0, value, _cost(trials, trial, result), _flows(result.found))


def _strip(trials: Trials, trial: Trial, sign: int) -> Sequence[Penalty]:
    """Stages of stripping moved, its acid found anew."""
    if trials.task.stripping is None or not trials.task.strip_stages_free:
        return ()
    base = trials.base
    now = int(base.section_named(trials.task.stripping).stages)
    count = now + sign * max(round(0.1 * now), 1)
    if count < 1:
        return ()
    there = strip_with(trials, trial, count)
    said = f"strip acid {trials.strip_m3_h:.4g} m3/h" if trials.task.strip_path is not None else "the acid as it is"
    trials.rebase(base)
    cost = _over(there.merit.annual_usd, trial) if there.merit is not None and there.reached else None
    return (
        Penalty(
            f"section.{trials.task.stripping}.stages",
            count / now - 1.0,
            count,
            cost,
            said if there.reached else "no acid meets the targets",
        ),
    )
