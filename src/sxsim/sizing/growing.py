"""The first design that works, or the proof that there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sxsim.cascade.cures import with_cures
from sxsim.definition import Cascade
from sxsim.errors import UnreachableTarget
from sxsim.sizing.stripping import MOST_TRIED, stronger_strips
from sxsim.sizing.trials import Trial, Trials

__all__ = ["establish"]

Stages = tuple[int, ...]
SPLITS = (0.5, 0.25, 0.75)
"""Shares of all stages that the first section gets where the split of the theory does not do [-]."""

FLAT = 0.9
"""Factor on what is missed, for twice the stages, above which stages are not what is missing [-]."""

MOST_CURED = 80
"""Stages above which no changes are tried that would help: each costs as much as the search itself."""

BESIDE = (0.7, 0.5, 0.35, 1.5, 2.5)
"""Factors on stages that meet the targets and miss a limit [-]."""


def establish(trials: Trials, stages: Stages) -> Trial:
    """Find stages and flows that meet the targets: from the ones given up to the most that are allowed.

    Parameters
    ----------
    trials : Trials
        Memory to fill.
    stages : tuple of int
        Where to begin.

    Returns
    -------
    Trial
        With a finite figure.

    Raises
    ------
    UnreachableTarget
        No stages within the limits meet the targets. The most that are allowed were tried, with more strip acid and
        other splits as well; the error carries the proof of the nearest and how near it is.
    """
    if trials.room < max(len(stages), 0):
        raise UnreachableTarget(
            f"the sections that are fixed leave {max(trials.room, 0)} of the {trials.task.settings.stages_max} stages "
            "of design.stages_max; raise it"
        )
    tried: list[Trial] = []
    limited: list[Trial] = []
    bases: list[Cascade] = []
    base = trials.base
    strips = (base, *stronger_strips(trials))
    way = list(_upward(stages, trials.room))
    while way:
        place = way.pop(0)
        for strip in strips if not way else strips[:2]:  # the strip may be what stands in the way
            trials.rebase(strip)
            trial = trials.try_out(place if sum(place) <= trials.room else _scaled(place, trials.room))
            if trial.reached:
                return trial
            (tried if trial.too_few else limited).append(trial)
            if not trial.too_few:
                bases.append(strip)
        if len(limited) > 1:
            break
        if _flat(tried):
            trials.rebase(base)
            way = [_scaled(stages, trials.room)] if sum(place) < trials.room else []
    for strip, trial in zip(bases[:1], limited[:1], strict=True):
        trials.rebase(strip)
        if (found := _beside(trials, trial)) is not None:
            return found
        raise UnreachableTarget(
            f"no design keeps the limits: with {_named(trial.stages)} stages in "
            f"{' and '.join(trials.task.sections) or 'the sections that are fixed'} {trial.why}; loosen that limit",
            trial.result,
        )
    trials.rebase(base)
    raise _refused(trials, [trial for trial in tried if trial.refusal is not None])


def _flat(tried: list[Trial]) -> bool:
    """Whether twice the stages came no nearer: neither will ever more, and only the most are still to be tried."""
    nearest: dict[int, float] = {}
    for trial in tried:
        best = trial.refusal.best if trial.refusal is not None else None
        if best is not None:
            nearest[sum(trial.stages)] = min(best, nearest.get(sum(trial.stages), math.inf))
    counts = sorted(nearest)
    return len(counts) > 1 and nearest[counts[-1]] > FLAT * nearest[counts[-2]]


def _upward(stages: Stages, room: int) -> Iterator[Stages]:
    """The stages doubled again and again up to what is allowed, then other splits of that."""
    now = stages if sum(stages) <= room else _scaled(stages, room)
    while sum(now) < room and now:
        yield now
        now = tuple(2 * n for n in now)
    yield from _splits(stages, room)


def _splits(stages: Stages, room: int) -> Iterator[Stages]:
    """All stages that are allowed, as the theory splits them and otherwise."""
    yield _scaled(stages, room)
    if len(stages) == 2:
        for share in SPLITS:
            first = min(max(round(share * room), 1), room - 1)
            yield first, room - first


def _scaled(stages: Stages, total: int) -> Stages:
    """Stages in the same proportion with another total."""
    if not stages:
        return stages
    now = [max(int(n * total / sum(stages)), 1) for n in stages]
    while sum(now) > total:
        now[now.index(max(now))] -= 1
    now[now.index(max(now))] += total - sum(now)
    return tuple(now)


def _beside(trials: Trials, limited: Trial) -> Trial | None:
    """A design around one that meets the targets and misses a limit; None where that is missed as well."""
    for factor in BESIDE:
        place = tuple(max(round(factor * n), 1) for n in limited.stages)
        if (trial := trials.try_out(place)).reached:
            return trial
    return None


def _refused(trials: Trials, tried: list[Trial]) -> UnreachableTarget:
    """What is told when nothing within the limits does: the nearest, its proof, and what was tried and helps."""
    cut, most = trials.cut, trials.task.settings.stages_max
    name = f"the cut {cut.name} (separation factor {cut.beta:.4g})"
    if not tried:
        return UnreachableTarget(f"no stages can be tried at {name}")
    near = min(tried, key=lambda trial: trial.refusal.best or math.inf if trial.refusal is not None else math.inf)
    refusal = near.refusal
    assert refusal is not None
    text = f"no design within {most} stages (design.stages_max) at {name} meets the targets: {near.why}"
    if trials.task.strip_path is not None:
        text += f"; {trials.task.strip_path} up to {MOST_TRIED:g} times what the metals take was tried"
    if refusal.result is not None and near.result is None:
        got = ", ".join(
            f"{t.element} {t.value:.4%} {t.figure} in {t.stream}"
            for t in refusal.result.targets
            if t.value is not None and t.figure != "concentration"
        )
        text += f"; nearest reachable with {_named(near.stages)} stages: {got}"
    wet = [part for part in trials.base.section if part.entrainment_A_in_O > 0.0 or part.entrainment_O_in_A > 0.0]
    if wet:
        worst = max(max(part.entrainment_A_in_O, part.entrainment_O_in_A) for part in wet)
        text += f"; entrainment of up to {worst:.3g} in {', '.join(part.name for part in wet)} is part of it"
    told = UnreachableTarget(text, refusal.result, proof=refusal.proof, best=refusal.best)
    if near.result is not None or sum(near.stages) > MOST_CURED:
        return told
    return with_cures(trials.cascade(near.stages), told)


def _named(stages: Stages) -> str:
    return "+".join(map(str, stages))
