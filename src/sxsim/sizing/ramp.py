"""Entrainment brought in step by step: from ideal settlers to those of the file, each solution starting the next."""

from __future__ import annotations

from collections.abc import Iterable

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.errors import SxsimError
from sxsim.sizing.task import numbered

__all__ = ["entrains", "ramped"]

FIRST_STEP = 0.25
SHORTEST_STEP = 1.0 / 64.0


def entrains(cascade: Cascade) -> bool:
    """Whether any section carries one phase off with the other."""
    return any(part.entrainment_A_in_O > 0.0 or part.entrainment_O_in_A > 0.0 for part in cascade.section)


def ramped(cascade: Cascade, starts: Iterable[dict[str, float]]) -> Result | None:
    """Solve the targets without entrainment, then raise it to what the cascade states.

    Parameters
    ----------
    cascade : Cascade
        With targets as equations.
    starts : iterable of dict
        Values of the free quantities to start from.

    Returns
    -------
    Result or None
        None when no start works, or the targets are lost on the way.
    """
    result: Result | None = None
    for values in starts:
        try:
            result = steady_state(numbered(_scaled(cascade, 0.0), values), walk=False)
            break
        except SxsimError:
            continue
    done, step = 0.0, FIRST_STEP
    while result is not None and done < 1.0:
        ahead = min(done + step, 1.0)
        try:
            result = steady_state(numbered(_scaled(cascade, ahead), result.found), start=result, walk=False)
            done, step = ahead, 1.5 * step
        except SxsimError:
            step *= 0.5
            if step < SHORTEST_STEP:
                return None
    return result


def _scaled(cascade: Cascade, share: float) -> Cascade:
    """The same with a share of the entrainment."""
    sections = tuple(
        part.model_copy(
            update={
                "entrainment_A_in_O": share * part.entrainment_A_in_O,
                "entrainment_O_in_A": share * part.entrainment_O_in_A,
            }
        )
        for part in cascade.section
    )
    return cascade.model_copy(update={"section": sections})
