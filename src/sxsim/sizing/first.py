"""The first design that works, or the word that there is none."""

from __future__ import annotations

import math

from sxsim.errors import UnreachableTarget
from sxsim.sizing.ramp import entrains, ramped
from sxsim.sizing.reach import out_of_reach
from sxsim.sizing.start import TheoryPoint
from sxsim.sizing.trials import Trial, Trials

__all__ = ["establish", "probe_below", "settle_branch", "starts"]

SCALES = ((1.0, 1.05), (1.0, 1.0), (1.3, 1.6), (1.15, 1.25))
"""Factors on the organic and scrub flows of the guess: starts on either side of it."""

BELOW = (0.8, 0.87)
"""Factors on flows that were found: from below, the branch with less organic is reached."""

GROWTH = (1.0, 1.2, 1.5, 2.0)
"""Factors on the stages when the first do not do."""


def establish(trials: Trials, stages: tuple[int, ...], point: TheoryPoint | None) -> Trial:
    """Find stages and flows that meet the targets, near the ones given.

    Parameters
    ----------
    trials : Trials
        Memory to fill.
    stages : tuple of int
        Where to begin.
    point : TheoryPoint or None
        Flows to begin with; the typed ones when None.

    Returns
    -------
    Trial
        With a finite figure.

    Raises
    ------
    UnreachableTarget
        No stages within the limits meet the targets.
    """
    fixed = sum(int(part.stages) for part in trials.base.section if part.name not in trials.task.sections)
    room = trials.task.settings.stages_max - fixed
    grown = []
    for factor in GROWTH:
        wider = tuple(math.ceil(n * factor) for n in stages)
        if sum(wider) > room:
            wider = tuple(max(int(n * room / sum(wider)), 1) for n in wider)
        if wider not in grown:
            grown.append(wider)
    solved: Trial | None = None
    for wider in grown:
        trial = settle_branch(trials, wider, point)
        if math.isfinite(trial.value):
            return trial
        if trial.result is not None and solved is None:
            solved = trial
    if solved is not None:
        raise UnreachableTarget(
            f"no design keeps the limits: with {'+'.join(map(str, solved.stages))} stages in "
            f"{' and '.join(trials.task.sections)} {solved.why}; loosen that limit",
            solved.result,
        )
    raise out_of_reach(trials, grown[-1], starts(trials, point))


def settle_branch(trials: Trials, stages: tuple[int, ...], point: TheoryPoint | None) -> Trial:
    """Solve some stages from several starts and keep the cheapest answer.

    Targets can be met by more than one pair of flows: beside the wanted one there is often a second with more organic
    and more acid, on which more stages help nothing. A start from below the flows found tells them apart.
    """
    best: Trial | None = None
    for values in starts(trials, point):
        trial = trials.try_out(stages, values)
        if best is None or (trial.result is not None and _better(trial, best)):
            best = trial
    assert best is not None
    if best.result is None and entrains(trials.base):
        ramp = ramped(trials.cascade(stages), starts(trials, point))
        best = trials.judge(stages, ramp) if ramp is not None else best
    if best.result is not None:
        best = probe_below(trials, best)
    trials.adopt(best)
    return best


def starts(trials: Trials, point: TheoryPoint | None) -> list[dict[str, float]]:
    """Values of the free quantities to start from: the guess and its surroundings, then the typed ones."""
    typed = {path: _typed(trials, path) for path in trials.task.free}
    found = []
    for organic, scrub in SCALES:
        values = dict(typed)
        for path in trials.task.free:
            if path == "organic.flow_m3_h":
                values[path] = organic * (point.organic_m3_h if point is not None else typed[path])
            elif path.endswith("flow_m3_h"):
                values[path] = scrub * (point.scrub_m3_h if point is not None else typed[path])
        found.append(values)
    return [*found, typed]


def probe_below(trials: Trials, trial: Trial) -> Trial:
    """Solve the same stages from less organic and scrub; the cheaper of the two answers."""
    if trial.result is None:
        return trial
    scales = {path: BELOW[0] if path == "organic.flow_m3_h" else BELOW[1] for path in trial.result.found}
    values = {
        path: value * scales[path] if path.endswith("flow_m3_h") else value
        for path, value in trial.result.found.items()
    }
    other = trials.try_out(trial.stages, values)
    return other if other.result is not None and _better(other, trial) else trial


def _better(trial: Trial, best: Trial) -> bool:
    if best.result is None or trial.merit is None or best.merit is None:
        return True
    return trial.merit.annual_usd < best.merit.annual_usd


def _typed(trials: Trials, path: str) -> float:
    table, *rest = path.split(".")
    holder = trials.base.organic if table == "organic" else trials.base.stream[rest[0]]
    return float(getattr(holder, rest[-1]))
