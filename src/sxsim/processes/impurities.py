"""Taking iron and aluminium out of a liquor as hydroxides before it is separated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.foundation.suggestions import one_of
from sxsim.processes.liquor import Liquor
from sxsim.processes.options import process_parameters

__all__ = ["BASE_IONS", "HYDROLYSED", "Purification", "remove_impurities"]

HYDROLYSED = ("Fe", "Al")
"""What a weak base takes out below the pH at which rare earths follow."""
FREE_ACID_mol_L = 10.0**-4.5
BASE_IONS = {"NH3": ("NH4", 1.0), "NaOH": ("Na", 1.0), "lime": ("Ca", 0.5), "magnesia": ("Mg", 0.5)}
"""Ion that each base leaves, and moles of it (and of the base) for one of hydroxide."""


@dataclass(frozen=True, slots=True, eq=False)
class Purification(Record):
    """What an impurity removal takes and gives.

    Attributes
    ----------
    base : str
        What was added.
    base_kmol_h : float
        Base, counted as hydroxide [kmol/h].
    cake_kmol_h : mapping of str to float
        Metals in the hydroxide cake, rare earths among them [kmol/h].
    liquor : Liquor
        What goes on.
    """

    base: str
    base_kmol_h: float
    cake_kmol_h: Mapping[str, float]
    liquor: Liquor


def remove_impurities(liquor: Liquor, base: str = "magnesia", parameters: ParameterSet | None = None) -> Purification:
    """Neutralise a liquor to pH 4.5 and filter off iron and aluminium.

    Parameters
    ----------
    liquor : Liquor
        Leach liquor; its iron counts as ferric.
    base : {"NH3", "NaOH", "lime", "magnesia"}
        What neutralises.
    parameters : ParameterSet, optional
        Rare earths lost with the cake; the cited default when left out.

    Returns
    -------
    Purification
        Closed for every ion and for charge.

    Raises
    ------
    InputError
        The base is not known.

    Notes
    -----
    M3+ + 3 OH- = M(OH)3 for all iron and aluminium and for the share of the rare earths that is lost, H+ + OH- = H2O
    for the free acid beyond pH 4.5. Nothing dissolves again.

    Examples
    --------
    >>> made = remove_impurities(Liquor("leach", 1.0, {"Nd": 1.0, "Fe": 0.1, "H": 0.2, "Cl": 3.5}), "NH3")
    >>> sorted(made.cake_kmol_h.items()), round(made.base_kmol_h, 4)
    ([('Fe', 0.1), ('Nd', 0.02)], 0.56)
    """
    if base not in BASE_IONS:
        cure = one_of(base, BASE_IONS)
        raise InputError(Finding("base", f"unknown base {base!r}", ", ".join(BASE_IONS), cure))
    rules = parameters if parameters is not None else process_parameters()
    lost = {name: rules["impurity_removal_loss"] * held for name, held in liquor.rare_earths_kmol_h.items()}
    cake = {name: liquor.amount_kmol_h[name] for name in HYDROLYSED if liquor.amount_kmol_h.get(name, 0.0) > 0.0}
    cake |= {name: held for name, held in lost.items() if held > 0.0}
    acid = liquor.amount_kmol_h.get("H", 0.0)
    left = min(acid, FREE_ACID_mol_L * liquor.flow_m3_h)
    added = 3.0 * math.fsum(cake.values()) + acid - left
    amounts = {name: held - cake.get(name, 0.0) for name, held in liquor.amount_kmol_h.items()}
    amounts = {name: held for name, held in amounts.items() if name not in HYDROLYSED}
    amounts["H"] = left
    ion, ions = BASE_IONS[base]
    amounts[ion] = amounts.get(ion, 0.0) + ions * added
    return Purification(base, added, cake, Liquor(liquor.name, liquor.flow_m3_h, amounts))
