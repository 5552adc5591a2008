"""The pairs a learner can choose, each with the chemistry that parts it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sxsim.chemistry.factors import Factor, separation_factor
from sxsim.definition.system import load_system_file

__all__ = ["PAIRS", "SYSTEM", "Pair", "factor_of"]

SYSTEM = "p507-chloride"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbours, and liquors that suit them.

    Attributes
    ----------
    A, B : str
        The more and the less extracted.
    saponified_fraction : float
        Of the organic that enters [-].
    strip_mol_L : float
        Strength of the strip acid [mol/L].
    strip_stages : int
        Stages of stripping.
    """

    A: str
    B: str
    saponified_fraction: float
    strip_mol_L: float
    strip_stages: int

    @property
    def name(self) -> str:
        """As people write it, e.g. ``Nd/Pr``."""
        return f"{self.A}/{self.B}"


PAIRS: dict[str, Pair] = {
    pair.name: pair
    for pair in (
        Pair("Nd", "Pr", 0.36, 4.0, 6),
        Pair("Dy", "Tb", 0.15, 6.0, 8),
        Pair("Pr", "Ce", 0.36, 4.0, 6),
        Pair("Ce", "La", 0.36, 4.0, 6),
        Pair("Gd", "Eu", 0.36, 5.0, 6),
    )
}
"""Saponification and strip acid of the first two are those of the bundled cascades; the others are composed alike."""


@lru_cache(maxsize=len(PAIRS))
def factor_of(name: str) -> Factor:
    """Separation factor of a pair in the data, with range, status and sources.

    Parameters
    ----------
    name : str
        Of `PAIRS`.

    Examples
    --------
    >>> factor_of("Nd/Pr").value
    1.5
    """
    pair = PAIRS[name]
    return separation_factor(load_system_file(SYSTEM), pair.A, pair.B)
