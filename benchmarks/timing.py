"""How times are taken: the best of repeats, the machine being shared."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

__all__ = ["best_time", "exponent", "in_turn"]


def best_time(work: Callable[[], object], repeats: int, least_s: float = 0.0) -> float:
    """Shortest wall time of one call [s], over at least so many calls and so many seconds."""
    times: list[float] = []
    while len(times) < repeats or sum(times) < least_s:
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def in_turn(one: Callable[[], object], other: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Run two pieces of work in turn: shortest wall time of each [s], and the median of their ratio pair by pair.

    A machine that others share changes its speed from one second to the next; the ratio of neighbours does not.
    """
    times = np.array([(best_time(one, 1), best_time(other, 1)) for _ in range(repeats)])
    return float(times[:, 0].min()), float(times[:, 1].min()), float(np.median(times[:, 0] / times[:, 1]))


def exponent(sizes: list[int], times: list[float]) -> float:
    """Slope of the logarithm of time over that of size, by least squares."""
    return float(np.polyfit([math.log(size) for size in sizes], [math.log(spent) for spent in times], 1)[0])
