"""How far the activity of hydrochloric acid moves a distribution ratio: a bound, not a part of the law."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from sxsim.chemistry.tables import data_files

__all__ = ["HCL_MOL_KG", "activity_coefficient_HCl", "shift_by_HCl"]

HCL_MOL_KG = 6.0
"""Molality up to which the parameters of the acid hold [mol/kg]."""

DEBYE_HUCKEL = 0.3915
"""Slope of the osmotic coefficient in water at 25 C [kg^0.5/mol^0.5]."""

B = 1.2
"""Pitzer's constant beside the square root of the ionic strength [kg^0.5/mol^0.5]."""


class _Salt(NamedTuple):
    beta0: float
    beta1: float
    Cphi: float


def activity_coefficient_HCl(molality_mol_kg: float) -> float:
    """Mean activity coefficient of hydrochloric acid in water at 25 C [-], up to 6 mol/kg.

    Parameters
    ----------
    molality_mol_kg : float
        Molality of the acid [mol/kg].

    References
    ----------
    Equations of Pitzer (1991); constants in `data/distribution_coeffs/pitzer`.

    Examples
    --------
    >>> round(activity_coefficient_HCl(4.0), 2)
    1.76
    """
    return math.exp(_ln_gamma(_salts()["HCl"], molality_mol_kg, 1))


def shift_by_HCl(element: str, from_mol_kg: float, to_mol_kg: float) -> float | None:
    r"""Change of log10 D of a trace of a rare earth between two strengths of hydrochloric acid, by activities alone.

    Parameters
    ----------
    element : str
        Symbol.
    from_mol_kg, to_mol_kg : float
        Molalities of the acid [mol/kg].

    Returns
    -------
    float or None
        Added to what ideal mass action says of log10 D at `to_mol_kg` when the constant was found at `from_mol_kg`;
        None for an element without Pitzer parameters.

    Notes
    -----
    Exchange of three protons makes D proportional to :math:`\gamma_{Ln}/\gamma_H^3`, whose single-ion parts cancel.
    Mixing terms of H+ with Ln3+ are left out, as are activities in the organic: this tells the size of the effect.

    Examples
    --------
    >>> round(shift_by_HCl("Dy", 0.8, 4.0), 2)
    -0.33
    """
    salt = _salts().get(f"{element}Cl3")
    if salt is None:
        return None
    acid = _salts()["HCl"]

    def ratio(m: float) -> float:
        return _ln_gamma(salt, m, 3) - 3.0 * _ln_gamma(acid, m, 1)

    return (ratio(to_mol_kg) - ratio(from_mol_kg)) / math.log(10.0)


def _ln_gamma(salt: _Salt, m: float, z: int) -> float:
    """Logarithm of the activity coefficient of a cation of charge z, a trace or the proton, in HCl of molality m."""
    root = math.sqrt(m)
    x = 2.0 * root
    g = 2.0 * (1.0 - (1.0 + x) * math.exp(-x)) / x**2
    slope = -2.0 * (1.0 - (1.0 + x + 0.5 * x * x) * math.exp(-x)) / x**2
    acid = _salts()["HCl"]
    F = -DEBYE_HUCKEL * (root / (1.0 + B * root) + 2.0 / B * math.log(1.0 + B * root)) + m * acid.beta1 * slope
    own = m * (2.0 * (salt.beta0 + salt.beta1 * g) + 2.0 * m * salt.Cphi / (2.0 * math.sqrt(z)))
    return z * z * F + own + z * m * m * acid.Cphi / 2.0


@lru_cache(maxsize=1)
def _salts() -> dict[str, _Salt]:
    """Pitzer parameters of the shipped chlorides."""
    return {
        row["salt"]: _Salt(float(row["beta0"]), float(row["beta1"]), float(row["Cphi"]))
        for file in data_files("pitzer")
        for row in file.rows
    }
