"""Search over whole numbers of stages: steps that halve, and a memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product

__all__ = ["least", "neighbours"]

Stages = tuple[int, ...]


def neighbours(stages: Stages, step: int) -> Iterator[Stages]:
    """All places one step away in any sections, every direction.

    Examples
    --------
    >>> len(list(neighbours((20, 30), 1)))
    8
    """
    for signs in product((-1, 0, 1), repeat=len(stages)):
        if any(signs):
            yield tuple(n + sign * step for n, sign in zip(stages, signs, strict=True))


def least(value: Callable[[Stages], float], start: Stages, step: int = 4) -> Stages:
    """Whole numbers at which a nearly convex function is least.

    Parameters
    ----------
    value : callable
        Figure of merit; infinite where a choice is not allowed. It should remember what it has worked out.
    start : tuple of int
        Where it is finite.
    step : int
        First step.

    Returns
    -------
    tuple of int
        No place one stage away in any combination of sections is better.

    Notes
    -----
    Cost over stages is convex in each section but for rounding: more stages cost capital and save reflux, with
    diminishing return. The search goes to the best neighbour as long as there is a better one, then halves the step.

    Examples
    --------
    >>> least(lambda at: (at[0] - 17) ** 2 + (at[0] + at[1] - 50) ** 2, (30, 30))
    (17, 33)
    """
    best, figure = start, value(start)
    while True:
        candidates = [place for place in neighbours(best, step) if min(place) >= 1]
        candidate = min(candidates, key=value, default=best)
        if value(candidate) < figure - 1e-12 * abs(figure) and math.isfinite(value(candidate)):
            best, figure = candidate, value(candidate)
        elif step > 1:
            step //= 2
        else:
            return best
