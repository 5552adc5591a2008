"""Separation factors with their range, and systems drawn at random from the ranges."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sxsim.chemistry.conditions import Conditions, factor_at, has_own_exponents, usual_conditions
from sxsim.chemistry.parameters import check_elements, log10_K
from sxsim.definition.system import Number, SystemFile

__all__ = ["Factor", "sample", "separation_factor"]

WORST_FIRST = ("unverified", "derived", "reported", "measured")


class Factor(NamedTuple):
    """Separation factor of a pair: central value, range, worst status on its path, source keys, and where it holds.

    `at` is empty where the two have the same exponents, so that the factor holds everywhere.
    """

    value: float
    low: float
    high: float
    status: str
    source: tuple[str, ...]
    at: str = ""


def separation_factor(system: SystemFile, first: str, second: str, at: Conditions | None = None) -> Factor:
    """Separation factor D(first)/D(second) of any two elements of a system.

    Parameters
    ----------
    system : SystemFile
        The system.
    first, second : str
        Symbols; `first` is the more extracted when beta exceeds 1.
    at : Conditions, optional
        Where, for elements with exponents of their own; the middle of the range of the data when left out.

    Returns
    -------
    Factor
        The product along the ladder; the range combines the ranges of the steps as independent (root of the sum of
        squares in the logarithm), so one step keeps its own range.

    Notes
    -----
    beta = K(first)/K(second) where the two have the same exponents. Where these differ (correlation systems) the ratio
    of D at the conditions, which the factor states.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> separation_factor(load_system_file("p507-chloride"), "Nd", "Pr")[:3]
    (1.5, 1.4, 1.55)
    """
    check_elements(system, (first, second))
    tree = system.tree()
    up, down = tree[first], tree[second]
    shared = 0
    if system.root(first) == system.root(second):
        while shared < min(len(up), len(down)) and up[shared] == down[shared]:
            shared += 1
    steps: list[tuple[Number, float, int]] = []
    for index, sign in up[shared:]:
        steps.append((system.separation_factor[index], 1.0, sign))
    for index, sign in down[shared:]:
        steps.append((system.separation_factor[index], 1.0, -sign))
    below = above = 0.0
    for number, _, sign in steps:
        minus, plus = math.log(number.value / number.low), math.log(number.high / number.value)
        below += (minus if sign > 0 else plus) ** 2
        above += (plus if sign > 0 else minus) ** 2
    numbers = [number for number, _, _ in steps]
    if system.root(first) != system.root(second):
        for symbol, sign in ((first, 1), (second, -1)):
            level = system.root(symbol).log10_K
            minus, plus = (level.value - level.low) * math.log(10.0), (level.high - level.value) * math.log(10.0)
            below += (minus if sign > 0 else plus) ** 2
            above += (plus if sign > 0 else minus) ** 2
            numbers.append(level)
    value, where = 10.0 ** (log10_K(system, first) - log10_K(system, second)), ""
    if has_own_exponents(system, (first, second)):
        conditions = at or usual_conditions(system)[1]
        value, where = factor_at(system, first, second, conditions), str(conditions)
    if not where and len(steps) == 1 and len(numbers) == 1 and steps[0][2] > 0:
        only = steps[0][0]
        return Factor(only.value, only.low, only.high, only.status, only.source)
    status = min((number.status for number in numbers), key=WORST_FIRST.index, default="derived")
    keys = tuple(dict.fromkeys(key for number in numbers for key in number.source))
    low, high = value * math.exp(-math.sqrt(below)), value * math.exp(math.sqrt(above))
    return Factor(value, low, high, status, keys, where)


def sample(system: SystemFile, rng: np.random.Generator) -> SystemFile:
    """Draw a system from the ranges of another.

    Parameters
    ----------
    system : SystemFile
        The system whose ranges are drawn from.
    rng : numpy.random.Generator
        Source of random numbers; one uniform number is taken for each level, then for each separation factor, in file
        order, so one seed shifts the same quantities in the same direction for every system of a study.

    Returns
    -------
    SystemFile
        The same system with other central values; ranges, sources and notes are kept.

    Notes
    -----
    With u uniform on (0, 1) and the central value as median, a level is v + (2u - 1)(high - v) for u > 1/2 and
    v + (2u - 1)(v - low) otherwise; a separation factor likewise in its logarithm. A value grows with its u.
    """
    levels = []
    for level in system.level:
        number = level.log10_K
        drawn = _draw(number.value, number.low, number.high, float(rng.random()))
        levels.append(level.model_copy(update={"log10_K": number.model_copy(update={"value": drawn})}))
    factors = []
    for factor in system.separation_factor:
        bounds = (math.log(factor.value), math.log(factor.low), math.log(factor.high))
        drawn = math.exp(_draw(*bounds, float(rng.random())))
        factors.append(factor.model_copy(update={"value": min(max(drawn, factor.low), factor.high)}))
    update: dict[str, Any] = {"level": tuple(levels), "separation_factor": tuple(factors)}
    return system.model_copy(update=update)


def _draw(value: float, low: float, high: float, u: float) -> float:
    side = 2.0 * u - 1.0
    return value + side * ((high - value) if side > 0.0 else (value - low))
