"""Changes that make unreachable targets reachable, each of them tried before it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget
from sxsim.foundation.freezing import Record

__all__ = ["Cure", "with_cures"]

MORE_STAGES = (1, 2, 4, 8, 16, 32)
MORE_ACID = (1.1, 1.25, 1.5, 2.0, 3.0)
MARGIN = 1.01
"""Factor beyond the best that can be had: what a lowered target asks."""


@dataclass(frozen=True, slots=True, eq=False)
class Cure(Record):
    """A change after which the targets are met.

    Attributes
    ----------
    changes : mapping of str to (float, float)
        Path to what it is and what it has to be.
    """

    changes: Mapping[str, tuple[float, float]]

    @property
    def settings(self) -> dict[str, float]:
        """Path to the value that helps."""
        return {path: to for path, (_, to) in self.changes.items()}

    def __str__(self) -> str:
        return " and ".join(f"{path} from {now:.6g} to {to:.6g}" for path, (now, to) in self.changes.items())


def with_cures(cascade: Cascade, refusal: UnreachableTarget) -> UnreachableTarget:
    """The refusal of a search with the cures that were found for it, the least change first.

    Parameters
    ----------
    cascade : Cascade
        Clean definition, whose targets are not reachable.
    refusal : UnreachableTarget
        What `solving.steady_state` said.

    Returns
    -------
    UnreachableTarget
        To be raised.
    """
    found = [cure for kind in (_stages, _strips, _targets) for cure in kind(cascade, refusal)]
    text = refusal.diagnosis
    if found:
        text += "; it was tried that these reach them: " + ", or ".join(str(cure) for cure in found)
    else:
        text += "; neither more stages nor more strip acid reached them where that was tried"
    return UnreachableTarget(text, refusal.result, proof=refusal.proof, best=refusal.best, cures=found)


def _reaches(cascade: Cascade, changes: Mapping[str, Any]) -> bool:
    """Whether the changed cascade meets its targets."""
    try:
        steady_state(cascade.replace(changes), check=False)
    except (ConvergenceError, InputError):
        return False
    return True


def _least(reaches: Callable[[int], bool], tries: Sequence[int]) -> int | None:
    """The least whole number that reaches, between the doubled ones; None where none of those does."""
    below = 0
    for count in tries:
        if reaches(count):
            while count - below > 1:
                middle = (below + count) // 2
                below, count = (below, middle) if reaches(middle) else (middle, count)
            return count
        below = count
    return None


def _stages(cascade: Cascade, refusal: UnreachableTarget) -> list[Cure]:
    """More stages of one section, or of both sides of the cut."""
    sides = [part for part in cascade.section if part.kind in ("extraction", "scrubbing")]
    now = {f"section.{part.name}.stages": int(part.stages) for part in sides}
    if not now:
        return []

    def more(paths: Sequence[str], count: int) -> dict[str, int]:
        return {path: now[path] + count for path in paths}

    every = list(now)
    both = _least(lambda count: _reaches(cascade, more(every, count)), MORE_STAGES)
    if both is None:
        return []
    cures = [(both * len(every), every, both)]
    for path in every if len(every) > 1 else ():
        tries = [count for count in MORE_STAGES if count <= 2 * both]
        alone = _least(lambda count, path=path: _reaches(cascade, more([path], count)), tries)  # type: ignore[misc]
        if alone is not None:
            cures.append((alone, [path], alone))
    _, paths, count = min(cures, key=lambda each: each[0])
    return [Cure({path: (now[path], to) for path, to in more(paths, count).items()})]


def _strips(cascade: Cascade, refusal: UnreachableTarget) -> list[Cure]:
    """More acid into a strip that leaves too much in the organic, or a stronger one where more does not help."""
    cures = []
    for part in cascade.section:
        if part.kind != "stripping" or part.aqueous_in not in cascade.stream:
            continue
        for key in ("flow_m3_h", "acid_mol_L"):
            path, value = f"stream.{part.aqueous_in}.{key}", getattr(cascade.stream[part.aqueous_in], key)
            if path in cascade.free or not isinstance(value, int | float) or not value > 0.0:
                continue
            helps = next((factor for factor in MORE_ACID if _reaches(cascade, {path: factor * value})), None)
            if helps is not None:
                cures.append(Cure({path: (float(value), helps * value)}))
                break
    return cures


def _targets(cascade: Cascade, refusal: UnreachableTarget) -> list[Cure]:
    """Targets that allow as much more loss as has to be allowed."""
    if refusal.best is None or refusal.best > 1e6:
        return []
    factor = MARGIN * refusal.best
    changes: dict[str, tuple[float, float]] = {}
    for target in cascade.target:
        if target.enforced:
            asked = float(getattr(target, target.key))
            changes[target.path] = asked, _relaxed(target.figure, asked, factor)
    if len(changes) < sum(target.enforced for target in cascade.target):
        return []
    cure = Cure(changes)
    if any(not 0.0 < to < 1.0 for path, to in cure.settings.items() if "concentration" not in path):
        return []
    return [cure] if _reaches(cascade, cure.settings) else []


def _relaxed(figure: str, asked: float, factor: float) -> float:
    """The figure with a loss that many times as large."""
    if figure == "recovery":
        return 1.0 - factor * (1.0 - asked)
    if figure == "purity":
        return asked / (asked + factor * (1.0 - asked))
    if figure == "impurity":
        return factor * asked / (1.0 - asked + factor * asked)
    return factor * asked
