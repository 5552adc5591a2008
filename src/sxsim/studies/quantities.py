"""What the data leave open about a cascade: levels, separation factors, stage efficiency, each with its range."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sxsim.cascade.evidence import saponifier
from sxsim.chemistry.evidence import numbers_used
from sxsim.chemistry.factors import sample
from sxsim.definition import Cascade
from sxsim.definition.system import load_system_file
from sxsim.errors import Finding, InputError
from sxsim.studies.systems import with_system

__all__ = ["EFFICIENCY", "Draw", "Quantity", "drawer", "drawn", "factors_of_cut", "quantities_of"]

EFFICIENCY = "stage efficiency"
USUAL_EFFICIENCY = (0.9, 1.0)
"""Range of the stage efficiency, as a factor on what the file says. Unverified: nothing measured was found, plants are
designed with ideal stages or a little less."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number with the range that the data leave.

    Attributes
    ----------
    name : str
        ``log10 K of Nd``, ``beta Nd/Pr`` or ``stage efficiency``.
    low, value, high : float
        Range and central value.
    status : str
        How far it can be trusted.
    source : tuple of str
        Keys of its sources.
    """

    name: str
    low: float
    value: float
    high: float
    status: str
    source: tuple[str, ...]


def quantities_of(cascade: Cascade, efficiency: tuple[float, float] | None = None) -> tuple[Quantity, ...]:
    """List the numbers of a cascade that have a range.

    Parameters
    ----------
    cascade : Cascade
        The definition.
    efficiency : (float, float), optional
        Lowest and highest factor on the stage efficiencies of the file; 0.9 to 1, unverified, when left out.

    Returns
    -------
    tuple of Quantity
        Levels and separation factors that its elements rest on, then the stage efficiency.

    Raises
    ------
    InputError
        The efficiency is no range above 0 and up to 1.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> [each.name for each in quantities_of(load("nd_pr_p507"))]
    ['log10 K of Nd', 'beta Nd/Pr', 'stage efficiency']
    """
    low, high = efficiency or USUAL_EFFICIENCY
    if not 0.0 < low <= high <= 1.0:
        raise InputError(
            Finding(
                "efficiency",
                f"runs from {low:g} to {high:g}",
                "above 0, up to 1, the lower first",
                cure="write 0.9:1, say",
            )
        )
    system = load_system_file(cascade.organic.system)
    used = {id(number) for _, number in numbers_used(system, cascade.elements, saponifier(cascade))}
    found = [
        Quantity(f"log10 K of {level.element}", n.low, n.value, n.high, n.status, n.source)
        for level in system.level
        if id(n := level.log10_K) in used
    ]
    found += [
        Quantity(f"beta {n.pair}", n.low, n.value, n.high, n.status, n.source)
        for n in system.separation_factor
        if id(n) in used
    ]
    status = ("unverified", ()) if efficiency is None else ("given", ())
    found.append(Quantity(EFFICIENCY, low, high, high, *status))
    return tuple(each for each in found if each.low < each.high)


def factors_of_cut(cascade: Cascade, A: str, B: str) -> tuple[Quantity, ...]:
    """The separation factors that part two elements; the others set the level of both.

    Parameters
    ----------
    cascade : Cascade
        The definition.
    A, B : str
        Elements on either side of the cut.

    Returns
    -------
    tuple of Quantity
        Those of the way from one to the other that have a range.
    """
    system = load_system_file(cascade.organic.system)
    tree = system.tree()
    between = {index for index, _ in {*tree[A]} ^ {*tree[B]}}
    pairs = {f"beta {system.separation_factor[index].pair}" for index in between}
    return tuple(each for each in quantities_of(cascade) if each.name in pairs)


Draw = Callable[[Cascade], Cascade]
"""From a cascade to the same under the values of a draw."""


def drawer(shares: Mapping[str, float], efficiency: tuple[float, float] | None = None) -> Draw:
    """Make a draw of places in the ranges; see `drawn`."""
    return lambda cascade: drawn(cascade, shares, efficiency)


class _Shares:
    """Stands in for a generator of random numbers: hands out given ones, in order."""

    def __init__(self, shares: Sequence[float]) -> None:
        self._left = iter(shares)

    def random(self) -> float:
        return next(self._left)


def drawn(cascade: Cascade, shares: Mapping[str, float], efficiency: tuple[float, float] | None = None) -> Cascade:
    """Give the quantities of a cascade other values from their ranges.

    Parameters
    ----------
    cascade : Cascade
        The definition.
    shares : mapping of str to float
        For each quantity its place in the range, 0 to 1; what is left out keeps its central value. For levels and
        separation factors 0.5 is the central value (see `sample`); the stage efficiency runs evenly from low to high,
        and 1 leaves it as typed.
    efficiency : (float, float), optional
        As in `quantities_of`.

    Returns
    -------
    Cascade
        For use in this process.
    """
    system = load_system_file(cascade.organic.system)
    names = [f"log10 K of {level.element}" for level in system.level]
    names += [f"beta {factor.pair}" for factor in system.separation_factor]
    other = sample(system, _Shares([shares.get(name, 0.5) for name in names]))  # type: ignore[arg-type]
    low, high = efficiency or USUAL_EFFICIENCY
    factor = low + shares.get(EFFICIENCY, 1.0) * (high - low)
    sections = tuple(
        part.model_copy(update={"stage_efficiency": part.stage_efficiency * factor}) for part in cascade.section
    )
    return with_system(cascade.model_copy(update={"section": sections}), other)
