"""Which numbers of a system a regression may move, and the system that results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.chemistry.parameters import LN10, Parameters, parameters
from sxsim.definition.system import Number, SystemFile
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import one_of

__all__ = ["Freedom", "free_names", "law_at", "moved", "start_values"]

LAW_NAMES = ("law.a", "law.b", "law.c", "law.d", "law.log10_beta1", "law.log10_beta2")
LEVELS = "levels"


class Freedom(NamedTuple):
    """Free numbers of a fit.

    Attributes
    ----------
    names : tuple of str
        ``level.Nd``, ``separation_factor.Nd/Pr``, ``law.a`` ...
    elements : tuple of str
        Elements of the arrays.
    base : Parameters
        Constants at the start.
    start : ndarray, shape (p,)
        Values at the start: log10 K, log10 beta, exponents.
    levels : ndarray, shape (n, p)
        Derivative of log10 K of each element by each free number.
    """

    names: tuple[str, ...]
    elements: tuple[str, ...]
    base: Parameters
    start: NDArray[np.float64]
    levels: NDArray[np.float64]


def free_names(system: SystemFile, measured: Iterable[str], asked: Sequence[str] = (LEVELS,)) -> tuple[str, ...]:
    """Expand what is asked for into the numbers that the measured elements determine.

    Parameters
    ----------
    system : SystemFile
        The system at the start.
    measured : iterable of str
        Elements that have points.
    asked : sequence of str
        ``levels`` for the levels and separation factors that the points determine (a separation factor that no
        measured element needs stays as it is), or names as in `Freedom`.

    Returns
    -------
    tuple of str
        Names, without repetition.

    Raises
    ------
    InputError
        A name is unknown.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> free_names(load_system_file("p507-chloride"), ["Nd", "Pr"], ["levels", "law.a"])
    ('level.Nd', 'separation_factor.Nd/Pr', 'law.a')
    """
    pairs = [f"separation_factor.{factor.pair}" for factor in system.separation_factor]
    known = [LEVELS, *(f"level.{level.element}" for level in system.level), *pairs, *LAW_NAMES]
    names: list[str] = []
    for name in asked:
        if name not in known:
            raise InputError(Finding("free", f"unknown number {name!r}", ", ".join(known), one_of(name, known)))
        names.extend(_determined(system, measured) if name == LEVELS else [name])
    return tuple(dict.fromkeys(names))


def _determined(system: SystemFile, measured: Iterable[str]) -> list[str]:
    """One number for each measured element: the level of its tree first, then the last step to each further one."""
    tree = system.tree()
    names: list[str] = []
    for symbol in sorted(set(measured) & set(tree), key=lambda item: (len(tree[item]), system.elements.index(item))):
        level = f"level.{system.root(symbol).element}"
        if level not in names:
            names.append(level)
        else:
            names.append(f"separation_factor.{system.separation_factor[tree[symbol][-1][0]].pair}")
    return names


def start_values(system: SystemFile, elements: Sequence[str], names: Sequence[str]) -> Freedom:
    """Arrays of a fit: constants at the start and how the free numbers move them."""
    base = parameters(system, elements)
    levels = np.zeros((len(elements), len(names)))
    start = np.zeros(len(names))
    tree = system.tree()
    for j, name in enumerate(names):
        kind, _, what = name.partition(".")
        if kind == "level":
            start[j] = next(level.log10_K.value for level in system.level if level.element == what)
            levels[:, j] = [system.root(symbol).element == what for symbol in elements]
        elif kind == "separation_factor":
            index = next(i for i, factor in enumerate(system.separation_factor) if factor.pair == what)
            start[j] = math.log10(system.separation_factor[index].value)
            levels[:, j] = [sum(sign for step, sign in tree[symbol] if step == index) for symbol in elements]
        else:
            number = getattr(system.law, what)
            start[j] = 0.0 if number is None else number.value
    return Freedom(tuple(names), tuple(elements), base, start, levels)


def law_at(freedom: Freedom, values: NDArray[np.float64]) -> Parameters:
    """Constants of the law at trial values of the free numbers."""
    change: dict[str, Any] = {"ln_K": freedom.base.ln_K + LN10 * (freedom.levels @ (values - freedom.start))}
    ones = np.ones(len(freedom.elements))
    for name, value in zip(freedom.names, values, strict=True):
        kind, _, what = name.partition(".")
        if kind == "law":
            logarithmic = what.startswith("log10_")
            change[what.removeprefix("log10_")] = (10.0**value if logarithmic else value) * ones
    return freedom.base._replace(**change)


def moved(
    system: SystemFile,
    names: Sequence[str],
    values: NDArray[np.float64],
    errors: NDArray[np.float64],
    source: tuple[str, ...],
    note: str,
) -> SystemFile:
    """Return the system with fitted numbers, two standard errors as their range, status ``derived``."""
    levels = {level.element: level for level in system.level}
    factors = {factor.pair: factor for factor in system.separation_factor}
    law = system.law
    for name, value, error in zip(names, values.tolist(), errors.tolist(), strict=True):
        kind, _, what = name.partition(".")
        span = {"value": value, "low": value - 2.0 * error, "high": value + 2.0 * error}
        told: dict[str, Any] = {"status": "derived", "source": source, "note": note}
        if kind == "level":
            levels[what] = levels[what].model_copy(update={"log10_K": Number(**{**_rounded(span), **told})})
        elif kind == "separation_factor":
            powers = {key: 10.0**number for key, number in span.items()}
            factors[what] = factors[what].model_copy(update={**_rounded(powers), **told})
        else:
            law = law.model_copy(update={what: Number(**{**_rounded(span), **told})})
    update: dict[str, Any] = {"level": tuple(levels.values()), "separation_factor": tuple(factors.values()), "law": law}
    return system.model_copy(update=update)


def _rounded(span: dict[str, float]) -> dict[str, Any]:
    return {key: round(value, 4) for key, value in span.items()}
