"""Retuning a design to other chemistry: the flows that its targets decide, strip acid where stripping falls short."""

from __future__ import annotations

from collections.abc import Callable

from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.studies.neighbours import follow

__all__ = ["Retuner"]

STRIP = (1.0, 1.1, 1.25, 1.5, 2.0)
"""Strip acid beside the design's, least first."""

COARSE = 0.125
"""Shortest step of the walk from the central values to a draw."""


class Retuner:
    """Finds the flows at which a design meets its targets under other chemistry.

    Parameters
    ----------
    base : Result
        The design, solved, its targets as equations.
    """

    def __init__(self, base: Result) -> None:
        self.bases = [base]
        strips = [part.aqueous_in for part in base.cascade.section if part.kind == "stripping"]
        for factor in STRIP[1:] if strips else ():
            cascade = _with_strip(base.cascade, strips, factor)
            found = follow(self.bases[-1], cascade, lambda _way, of=cascade: of, 1.0)  # type: ignore[misc]
            if isinstance(found, Result):
                self.bases.append(found)

    def __call__(self, draw: Callable[[Cascade, float], Cascade]) -> Result | None:
        """Retune.

        Parameters
        ----------
        draw : callable
            From a cascade, and a share of the way from the central values to those of the draw, to a cascade.

        Returns
        -------
        Result or None
            With the least strip acid of those tried that will do; None where none does.
        """
        for base in self.bases:
            found = follow(base, draw(base.cascade, 1.0), lambda way, of=base.cascade: draw(of, way), COARSE)  # type: ignore[misc]
            if isinstance(found, Result):
                return found
        return None


def _with_strip(cascade: Cascade, strips: list[str], factor: float) -> Cascade:
    """A cascade with more strip acid."""
    streams = dict(cascade.stream)
    for name in strips:
        flow = streams[name].flow_m3_h
        assert isinstance(flow, float)
        streams[name] = streams[name].model_copy(update={"flow_m3_h": flow * factor})
    return cascade.model_copy(update={"stream": type(cascade.stream)(streams)})  # type: ignore[call-arg]
