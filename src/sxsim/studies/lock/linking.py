"""What linked extraction would save were the cut one of a train, by theory."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sxsim.chemistry.parameters import ladder
from sxsim.definition.system import SystemFile
from sxsim.economics.feeds import feed, feed_names
from sxsim.theory.multicomponent import minimum_conventional, minimum_linked

__all__ = ["Linking", "linking"]


@dataclass(frozen=True, slots=True)
class Linking:
    """Least solvent of a pair and its neighbours, in separate and in linked cascades.

    Attributes
    ----------
    feed : str
        Shipped feed whose proportions are taken.
    elements : tuple of str
        The pair and the neighbour on either side, most extracted first.
    conventional, linked : float
        Least sum of S over the best order of separate cascades, and least S of the linked network [mol per mol feed].
    """

    feed: str
    elements: tuple[str, ...]
    conventional: float
    linked: float

    @property
    def saving(self) -> float:
        """Share of the solvent, and with it of base and acid, that linking saves [-]."""
        return 1.0 - self.linked / self.conventional


def linking(system: SystemFile, A: str, B: str) -> Linking | None:
    """Look up what linking saves.

    Parameters
    ----------
    system : SystemFile
        Separation factors.
    A, B : str
        The pair, A the more extracted.

    Returns
    -------
    Linking or None
        In the ore that is richest in the pair, of the shipped feeds that hold both and their next neighbours too; None
        where there is none.
    """
    everything = list(reversed(ladder(system, system.elements)))
    above, below = everything.index(A), everything.index(B)
    chosen = everything[max(above - 1, 0) : below + 2]
    best: tuple[float, str, dict[str, float]] | None = None
    for name in feed_names():
        if feed(name).kind == "scrap":
            continue
        fractions = feed(name).mole_fraction
        whole = all(fractions.get(element, 0.0) > 0.0 for element in chosen)
        if whole and (best is None or fractions[A] + fractions[B] > best[0]):
            best = fractions[A] + fractions[B], name, fractions
    if best is None or len(chosen) < 3:
        return None
    _, name, fractions = best
    level = ladder(system, chosen)
    total = math.fsum(fractions[element] for element in chosen)
    share = [fractions[element] / total for element in chosen]
    alpha = [math.exp(level[element]) for element in chosen]
    return Linking(name, tuple(chosen), minimum_conventional(alpha, share), float(minimum_linked(alpha, share)))
