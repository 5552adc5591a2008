"""How times are taken: the best of repeats, the machine being shared."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

__all__ = ["best_time", "exponent"]


def best_time(work: Callable[[], object], repeats: int, least_s: float = 0.0) -> float:
    """Shortest wall time of one call [s], over at least so many calls and so many seconds."""
    times: list[float] = []
    while len(times) < repeats or sum(times) < least_s:
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def exponent(sizes: list[int], times: list[float]) -> float:
    """Slope of the logarithm of time over that of size, by least squares."""
    return float(np.polyfit([math.log(size) for size in sizes], [math.log(spent) for spent in times], 1)[0])
