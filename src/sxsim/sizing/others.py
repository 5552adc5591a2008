"""Soap and washing sections: as few stages as a stated residual takes."""

from __future__ import annotations

import math

from sxsim.cascade.result import Result
from sxsim.elements import ELEMENTS
from sxsim.errors import UnreachableTarget
from sxsim.sizing.residual import residual_allowed
from sxsim.sizing.task import numbered
from sxsim.sizing.trials import Trial, Trials

__all__ = ["remaining", "size_others"]

MOST = 30


def remaining(result: Result, section: str) -> float:
    """What a soap or washing section leaves [mol/L].

    Parameters
    ----------
    result : Result
        A solved cascade.
    section : str
        Its name.

    Returns
    -------
    float
        Soap: rare earths in the brine that leaves. Washing behind the strip: rare earths in the organic that leaves
        the section. Washing before it: the counter-ion there.
    """
    part = result.cascade.section_named(section)
    here = [j for j, name in enumerate(result.stage.section) if name == section]
    rare = [row for row, name in enumerate(result.components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]
    if part.kind == "soap":
        return float(result.stage.aqueous_mol_L[here[0], rare].sum())
    names = [each.name for each in result.cascade.section]
    stripped = [each.kind for each in result.cascade.section[: names.index(section)]].count("stripping")
    watched = rare if stripped else [row for row in range(len(result.components)) if row not in rare]
    return float(result.stage.organic_mol_L[here[-1], watched].sum())


def size_others(trials: Trials, trial: Trial) -> Trial:
    """Give each soap and washing section the fewest stages that keep the residual; the trial solved with them.

    Raises
    ------
    UnreachableTarget
        A section does not reach the residual with `MOST` stages.
    """
    if not trials.task.others or trial.result is None:
        return trial
    residual = residual_allowed(trials.task, trials.cut, float(trial.result.stage.organic_m3_h[0]))
    for name in trials.task.others:
        stages = int(trials.base.section_named(name).stages)
        now = trial
        while now.result is not None and remaining(now.result, name) > residual and stages < MOST:
            stages += 1
            now = _with(trials, trial, name, stages)
        while stages > 1:
            fewer = _with(trials, trial, name, stages - 1)
            if fewer.result is None or remaining(fewer.result, name) > residual or not math.isfinite(fewer.value):
                break
            stages, now = stages - 1, fewer
        if now.result is None or remaining(now.result, name) > residual:
            left = "no solution" if now.result is None else f"{remaining(now.result, name):.3g} mol/L"
            raise UnreachableTarget(
                f"section {name} does not reach {residual:.3g} mol/L: nearest {left} with {stages} stages; raise "
                f"stream.{trials.base.section_named(name).aqueous_in}.flow_m3_h or design.residual_mol_L",
                now.result,
            )
        trial = _with(trials, now, name, stages)
    return trial


def _with(trials: Trials, trial: Trial, name: str, stages: int) -> Trial:
    """Search the same with other stages in one section, which the base keeps."""
    trials.rebase(numbered(trials.base, {f"section.{name}.stages": stages}))
    return trials.try_out(trial.stages)
