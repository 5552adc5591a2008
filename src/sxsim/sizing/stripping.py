"""The strip: stages and acid by the figure that is made least, with the flows of the whole cascade searched anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from sxsim.definition import Cascade
from sxsim.sizing.cut import Cut
from sxsim.sizing.residual import loaded_organic
from sxsim.sizing.search import least
from sxsim.sizing.task import Task, numbered
from sxsim.sizing.trials import Trial, Trials

__all__ = ["acid_taken", "first_strip", "improve_strip", "strip_with", "stronger_strips"]

FIRST_STAGES = 6
FIRST_EXCESS = 1.8
"""A strip that is strong enough for most: stages, and acid over what the metals take [-]."""

STRONGER = ((2, 2.5), (3, 15.0))
"""Stages and acid over those of the first strip, tried before targets are called out of reach [-]."""

MOST_TRIED = FIRST_EXCESS * STRONGER[-1][1]
"""The most acid of these over what the metals take [-]."""

WEAK = 0.05
"""Acid below which a strip works by dilution [mol/L]."""

HELD_BY_WATER = 0.5
"""Rare earths of a liquor that is stripped so [mol/L]."""

STRIDE = 0.16
"""Step in the logarithm of the acid flow [-]."""

GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
SECTIONS = 4
"""Golden sections of the last bracket: the flow is known to 3 %."""

MOST_ACID = 20.0
"""Factor beyond which more acid is not tried [-]."""

WORTH = 2e-3
"""Least relative gain for which a strip stage is built where only reagents count."""


def acid_taken(cut: Cut, strength_mol_L: float) -> float:
    """Acid that the metals of the organic side replace by themselves; of water what holds them [m3/h]."""
    metals = float(cut.wanted.outlet_A) * cut.feed_kmol_h
    return metals / HELD_BY_WATER if strength_mol_L < WEAK else 3.0 * metals / strength_mol_L


def first_strip(task: Task, cut: Cut, base: Cascade) -> Cascade:
    """The base cascade with a strip that is strong enough for most."""
    if task.stripping is None:
        return base
    section = base.section_named(task.stripping)
    numbers: dict[str, float | int] = {}
    if task.strip_stages_free:
        numbers[f"section.{section.name}.stages"] = max(min(FIRST_STAGES, task.settings.stages_max - 2), 1)
    if task.strip_path is not None:
        strength = base.stream[section.aqueous_in].free_acid_mol_L
        numbers[task.strip_path] = FIRST_EXCESS * acid_taken(cut, strength)
    return numbered(base, numbers)


def stronger_strips(trials: Trials) -> Iterator[Cascade]:
    """The base of some trials with more strip stages and acid, as far as those are decided."""
    task, base, flow = trials.task, trials.base, trials.strip_m3_h
    if task.stripping is None:
        return
    stages = int(base.section_named(task.stripping).stages)
    for times, more in STRONGER:
        numbers: dict[str, float | int] = {}
        if task.strip_stages_free:  # half of what is left stays with the cut
            most = stages + max(trials.room - 2 * len(task.sections), 0) // 2
            numbers[f"section.{task.stripping}.stages"] = min(stages * times, most)
        if task.strip_path is not None:
            numbers[task.strip_path] = flow * more
        yield numbered(base, numbers)


def strip_with(trials: Trials, trial: Trial, stages: int) -> Trial:
    """The best acid for a number of strip stages, the stages of the cut as they are; the base is left at it.

    Parameters
    ----------
    trials : Trials
        With a stripping section to be decided.
    trial : Trial
        Design to start from.
    stages : int
        Strip stages.

    Returns
    -------
    Trial
        Of infinite figure when no acid does.
    """
    path, name = trials.task.strip_path, trials.task.stripping
    assert name is not None
    base = numbered(trials.base, {f"section.{name}.stages": stages})
    if path is None:
        trials.rebase(base)
        return trials.try_out(trial.stages)
    flows: dict[float, Trial] = {}

    def at(u: float) -> float:
        if u not in flows:
            trials.rebase(numbered(base, {path: math.exp(u)}))
            flows[u] = trials.try_out(trial.stages)
        return flows[u].value

    most = math.inf
    if trials.task.settings.objective == "stages" and trial.result is not None:
        most = math.log(trials.task.settings.S_over_S_min_max * _taken_by(trials, trial))
    middle = min(math.log(trials.strip_m3_h), most)
    low, middle, high = _bracket(at, middle, most)
    for _ in range(SECTIONS):
        wide = middle - low if middle - low > high - middle else middle - high
        u = middle - (1.0 - GOLDEN) * wide
        if at(u) < at(middle):
            low, middle, high = (low, u, middle) if wide > 0.0 else (middle, u, high)
        else:
            low, high = (u, high) if wide > 0.0 else (low, u)
    best = min(flows, key=lambda u: flows[u].value)
    trials.rebase(numbered(base, {path: math.exp(best)}))
    return flows[best]


def improve_strip(trials: Trials, trial: Trial) -> Trial:
    """Choose stages and acid of the strip for the stages of the cut as they are; the base is left at the best."""
    task = trials.task
    if task.stripping is None:
        return trial
    start, now = trials.base, int(trials.base.section_named(task.stripping).stages)
    gain = WORTH if task.settings.objective == "reagent" else 0.0
    found: dict[int, tuple[Trial, Cascade]] = {}
    nearest = trial, start

    def at(places: tuple[int, ...]) -> float:
        nonlocal nearest
        stages = places[0]
        if stages not in found:
            trials.rebase(nearest[1])
            there = strip_with(trials, nearest[0], stages)
            found[stages] = there, trials.base
            if there.value < nearest[0].value:
                nearest = found[stages]
        return found[stages][0].value * (1.0 + gain * stages)

    best = least(at, (now,), 2)[0] if task.strip_stages_free else now
    at((best,))
    again, base = found[best]
    if not again.value < trial.value:
        trials.rebase(start)
        return trial
    trials.rebase(base)
    return again


def _bracket(at: Callable[[float], float], middle: float, most: float) -> tuple[float, float, float]:
    """Three flows, in logarithms, of which the middle one is the best."""
    most = min(most, middle + math.log(MOST_ACID))
    while not math.isfinite(at(middle)) and middle < most:
        middle = min(middle + 2.0 * STRIDE, most)
    if not math.isfinite(at(middle)):
        return middle, middle, middle
    low, high = middle - STRIDE, min(middle + STRIDE, most)
    if at(low) < at(middle):
        while at(low) < at(middle):
            low, middle, high = low - STRIDE, low, middle
    else:
        while high < most and at(high) < at(middle):
            low, middle, high = middle, high, min(high + STRIDE, most)
    return low, middle, high


def _taken_by(trials: Trials, trial: Trial) -> float:
    """Acid that the metals of the loaded organic replace by themselves [m3/h]."""
    assert trial.result is not None
    name = trials.task.stripping
    assert name is not None
    loaded = loaded_organic(trial.result)
    strength = trials.base.stream[trials.base.section_named(name).aqueous_in].free_acid_mol_L
    if strength <= 0.0:
        return math.inf
    return 3.0 * loaded.organic_m3_h * math.fsum(loaded.carries_mol_L.values()) / strength
