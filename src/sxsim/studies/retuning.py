"""Retuning a design to other chemistry: the flows that its targets decide, strip acid where stripping falls short."""

from __future__ import annotations

from typing import NamedTuple

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError

__all__ = ["STRIP", "Retuned", "retuned", "with_strip"]

STRIP = (1.0, 1.1, 1.25, 1.5, 2.0)
"""Strip acid beside the design's, least first."""


class Retuned(NamedTuple):
    """A design retuned: its solution, and the factor on its strip acid [-]."""

    result: Result
    strip: float


def retuned(cascade: Cascade, least: float = STRIP[0]) -> Retuned | None:
    """Find the flows at which a design meets its targets, with the least strip acid of those tried that will do.

    Parameters
    ----------
    cascade : Cascade
        The design under the chemistry of a draw, its free quantities still free.
    least : float
        Factor on the strip acid below which it is known that nothing meets the targets: what the same draw takes with
        more stages [-].

    Returns
    -------
    Retuned or None
        What `solve` finds for that cascade, or for the same with more strip acid; None where nothing meets the targets.

    Notes
    -----
    Where the least does not do, the most is tried next: more strip acid never does worse, and a search that finds
    nothing takes longest.
    """
    tries = [factor for factor in STRIP if factor >= least] if _strips(cascade) else [least]
    if (first := _solved(cascade, tries[0])) is not None:
        return first
    best = _solved(cascade, tries[-1]) if len(tries) > 1 else None
    low, high = 0, len(tries) - 1  # too little, and enough
    while best is not None and high - low > 1:
        middle = (low + high) // 2
        found = _solved(cascade, tries[middle])
        low, high, best = (middle, high, best) if found is None else (low, middle, found)
    return best


def with_strip(cascade: Cascade, factor: float) -> Cascade:
    """A cascade with a factor on the strip acid, as far as that is not free anyway.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    factor : float
        On the flow of the strip acid [-].
    """
    if factor == 1.0:
        return cascade
    streams = dict(cascade.stream)
    for name in _strips(cascade):
        flow = streams[name].flow_m3_h
        assert isinstance(flow, float)
        streams[name] = streams[name].model_copy(update={"flow_m3_h": flow * factor})
    return cascade.model_copy(update={"stream": type(cascade.stream)(streams)})  # type: ignore[call-arg]


def _solved(cascade: Cascade, factor: float) -> Retuned | None:
    """Solution with a factor on the strip acid."""
    try:
        return Retuned(steady_state(with_strip(cascade, factor)), factor)
    except ConvergenceError:
        return None


def _strips(cascade: Cascade) -> list[str]:
    """Streams that feed stripping and whose flow the search does not choose."""
    named = [part.aqueous_in for part in cascade.section if part.kind == "stripping"]
    return [name for name in named if name in cascade.stream and f"stream.{name}.flow_m3_h" not in cascade.free]
