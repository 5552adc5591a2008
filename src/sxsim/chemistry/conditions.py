"""Orders and separation factors of elements with exponents of their own: told at stated conditions, or not at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sxsim.chemistry.parameters import LN10, parameters
from sxsim.definition.system import SystemFile

__all__ = ["Conditions", "factor_at", "has_own_exponents", "ladder_at", "usual_conditions"]


class Conditions(NamedTuple):
    """Where distribution ratios are compared.

    Attributes
    ----------
    pH : float
        Of the water at equilibrium.
    extractant_mol_L : float
        Extractant that is free, counted as monomer [mol/L].
    anion_mol_L : float
        Free anion of the medium [mol/L]; counts only where the law or the complexing of an element knows it.
    """

    pH: float
    extractant_mol_L: float
    anion_mol_L: float = 0.1

    def __str__(self) -> str:
        return f"pH {self.pH:g} and {self.extractant_mol_L:g} mol/L free extractant"


def has_own_exponents(system: SystemFile, elements: Sequence[str] | None = None) -> bool:
    """Whether the order of some elements depends on acid, extractant or anion.

    Parameters
    ----------
    system : SystemFile
        The system.
    elements : sequence of str, optional
        Symbols; all of the system when left out.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> has_own_exponents(load_system_file("d2ehpa-sulfate")), has_own_exponents(load_system_file("p507-chloride"))
    (True, False)
    """
    law = parameters(system, tuple(elements or system.elements))
    names = ("a", "b", "c", "d", "beta1", "beta2")
    return any(float(np.ptp(getattr(law, name))) > 0.0 for name in names)


def usual_conditions(system: SystemFile) -> tuple[Conditions, ...]:
    """Lowest, middle and highest pH of the range that the data cover, at the middle of its extractant.

    Parameters
    ----------
    system : SystemFile
        The system.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> [str(each) for each in usual_conditions(load_system_file("d2ehpa-sulfate"))][1]
    'pH 1.75 and 0.14 mol/L free extractant'
    """
    box = system.validity
    low, high = box.pH
    extractant = float(f"{math.sqrt(box.extractant_mol_L[0] * box.extractant_mol_L[1]):.2g}")
    return tuple(Conditions(round(pH, 2), extractant) for pH in (low, 0.5 * (low + high), high))


def ladder_at(system: SystemFile, elements: Sequence[str], at: Conditions) -> dict[str, float]:
    r"""Logarithm of D of a trace of each element relative to the least extracted one, least extracted first.

    Parameters
    ----------
    system : SystemFile
        The system.
    elements : sequence of str
        Symbols known to the system.
    at : Conditions
        Where.

    Returns
    -------
    dict of str to float
        Symbol to offset [-]; differences are ln beta.

    Notes
    -----
    .. math:: \ln D_i = \ln K_i + a_i \ln F - (b_i + d_i F) \ln h + c_i \ln A - \ln(1 + \beta_{1i} A + \beta_{2i} A^2)

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> order = ladder_at(load_system_file("d2ehpa-sulfate"), ["La", "Dy"], Conditions(1.5, 0.15))
    >>> list(order), round(order["Dy"], 1)
    (['La', 'Dy'], 4.0)
    """
    law = parameters(system, tuple(elements))
    F, ln_h, A = at.extractant_mol_L / law.divisor, -at.pH * LN10, at.anion_mol_L
    ln_D = law.ln_K + law.a * math.log(F) - (law.b + law.d * F) * ln_h + law.c * math.log(A)
    ln_D = ln_D - np.log1p(law.beta1 * A + law.beta2 * A * A)
    levels = dict(zip(elements, ln_D.tolist(), strict=True))
    base = min(levels.values())
    return {symbol: value - base for symbol, value in sorted(levels.items(), key=lambda item: item[1])}


def factor_at(system: SystemFile, first: str, second: str, at: Conditions) -> float:
    """Separation factor D(first)/D(second) of traces at stated conditions [-]."""
    levels = ladder_at(system, (first, second), at)
    return math.exp(levels[first] - levels[second])
