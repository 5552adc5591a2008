"""From a system file to the arrays the kernels take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.definition.system import Number, SystemFile
from sxsim.errors import Finding, InputError

__all__ = ["LN10", "Parameters", "check_elements", "ladder", "log10_K", "parameters", "with_acid"]

LN10 = math.log(10.0)
NO_CONSTANT = -math.inf

ION_CHARGE = {"Na": 1.0, "NH4": 1.0, "Cl": -1.0, "NO3": -1.0}
"""Charge of the ions that liquors bring besides metals and the anion of the medium."""


class Parameters(NamedTuple):
    """Constants of the extraction law, one entry a component (the elements, then the counter-ion if there is one).

    Attributes
    ----------
    names : tuple of str
        Components in order.
    ln_K : ndarray, shape (n,)
        Natural logarithm of the extraction constant [mol/L units].
    a, b, c, d : ndarray, shape (n,)
        Exponents in ln D = ln K + a ln F - (b + d F) ln h + c ln[anion] - ln alpha [-, d in L/mol].
    s : ndarray, shape (n,)
        Free extractant (dimer or molecule, see `divisor`) bound per component extracted [mol/mol].
    z : ndarray, shape (n,)
        Protons released per component extracted [mol/mol].
    charge : ndarray, shape (n,)
        Charge of the aqueous ion [-].
    beta1, beta2 : ndarray, shape (n,)
        Cumulative aqueous complexing in alpha = 1 + beta1 [L] + beta2 [L]^2 [L/mol, L2/mol2]; L is the medium's anion.
    medium : str
        chloride, nitrate or sulfate.
    divisor : float
        Free-extractant total = extractant_mol_L / divisor: 2 for dimers, 1 otherwise [-].
    acid_ln_K, acid_a, acid_s : float
        Acid uptake y = K h [anion] F^a, binding s; -inf when the system takes none up.
    bisulfate_Ka2_mol_L : float
        Second dissociation of sulfuric acid [mol/L]; 0 outside sulfate.
    loading_s : float
        Extractant units per metal at full load [mol/mol].
    """

    names: tuple[str, ...]
    ln_K: NDArray[np.float64]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    c: NDArray[np.float64]
    d: NDArray[np.float64]
    s: NDArray[np.float64]
    z: NDArray[np.float64]
    charge: NDArray[np.float64]
    beta1: NDArray[np.float64]
    beta2: NDArray[np.float64]
    medium: str
    divisor: float
    acid_ln_K: float
    acid_a: float
    acid_s: float
    bisulfate_Ka2_mol_L: float
    loading_s: float


def check_elements(system: SystemFile, elements: Sequence[str]) -> None:
    """Refuse elements the system does not know.

    Raises
    ------
    InputError
        One finding for each unknown element.
    """
    unknown = [symbol for symbol in elements if symbol not in system.elements]
    if unknown:
        allowed = ", ".join(system.elements)
        cure = "leave the element out or choose a system that knows it"
        raise InputError(
            [Finding("elements", f"{symbol} is not known to {system.name}", allowed, cure) for symbol in unknown]
        )


def log10_K(system: SystemFile, symbol: str) -> float:
    """log10 of the extraction constant of one element: its level plus the ladder.

    Returns
    -------
    float
        log10 K [mol/L units].

    Notes
    -----
    log10 K = log10 K(level) + sum of +/- log10 beta along the path of separation factors.
    """
    value = system.root(symbol).log10_K.value
    for index, sign in system.tree()[symbol]:
        value += sign * math.log10(system.separation_factor[index].value)
    return value


def ladder(system: SystemFile, elements: Sequence[str]) -> dict[str, float]:
    """Logarithm of K of each element relative to the least extracted one, least extracted first.

    Parameters
    ----------
    system : SystemFile
        The system.
    elements : sequence of str
        Symbols known to the system.

    Returns
    -------
    dict of str to float
        Symbol to offset [-]; the order is the order of extraction when the exponents are the same.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> list(ladder(load_system_file("p507-chloride"), ["Nd", "Pr"]))
    ['Pr', 'Nd']
    """
    check_elements(system, elements)
    levels = {symbol: log10_K(system, symbol) * LN10 for symbol in elements}
    base = min(levels.values())
    return {symbol: value - base for symbol, value in sorted(levels.items(), key=lambda item: item[1])}


def _pick(own: Number | None, shared: Number | None, otherwise: float = 0.0) -> float:
    number = own if own is not None else shared
    return otherwise if number is None else number.value


def parameters(
    system: SystemFile,
    elements: Sequence[str],
    counter_ion: str | None = None,
    temperature_C: float = 25.0,
    passing: Sequence[str] = (),
) -> Parameters:
    """Arrays of the extraction law for some elements of a system.

    Parameters
    ----------
    system : SystemFile
        The system.
    elements : sequence of str
        Symbols, in the order the arrays shall have.
    counter_ion : {"NH4", "Na"}, optional
        The saponifier's cation; it becomes the last component.
    temperature_C : float
        Temperature of the cascade [C]. No shipped system has a temperature coefficient, so it changes nothing here;
        `validity_findings` says when it lies outside the data.
    passing : sequence of str
        Further ions that liquors bring, between the elements and the counter-ion; the extractant exchanges those of
        them that it has a constant for, the others stay in the water.

    Returns
    -------
    NamedTuple
        `Parameters`: constants, float64 and contiguous.

    Raises
    ------
    InputError
        An element or the counter-ion is not known to the system.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> law = parameters(load_system_file("p507-chloride"), ["Pr", "Nd"], "NH4")
    >>> round(float(law.ln_K[1] - law.ln_K[0]), 6)  # ln 1.5
    0.405465
    """
    del temperature_C
    check_elements(system, elements)
    ions = {entry.ion: entry for entry in system.counter_ion}
    if counter_ion is not None and counter_ion not in ions:
        allowed = ", ".join(ions) or "none: this extractant is not saponified"
        raise InputError(
            Finding(
                "organic.saponifier",
                f"{counter_ion} is not known to {system.name}",
                allowed,
                cure="take one of those, or a system that knows it",
            )
        )
    rows = []
    for symbol in elements:
        own, law = system.law_of(symbol), system.law
        rows.append(
            (
                log10_K(system, symbol) * LN10,
                _pick(own.a, law.a),
                _pick(own.b, law.b),
                _pick(None, law.c),
                _pick(own.d, law.d),
                law.extractant_per_metal if own.extractant_per_metal is None else own.extractant_per_metal,
                law.protons_released if own.protons_released is None else own.protons_released,
                float(own.charge),
                10.0 ** _pick(own.log10_beta1, law.log10_beta1, NO_CONSTANT),
                10.0 ** _pick(own.log10_beta2, law.log10_beta2, NO_CONSTANT),
            )
        )
    others = tuple(ion for ion in passing if ion != counter_ion)
    for ion in (*others, *((counter_ion,) if counter_ion is not None else ())):
        if ion in ions:
            rows.append((ions[ion].log10_K.value * LN10, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0))
        else:
            rows.append((NO_CONSTANT, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ION_CHARGE[ion], 0.0, 0.0))
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 10).T
    ln_K, a, b, c, d, s, z, charge, beta1, beta2 = (np.ascontiguousarray(column) for column in table)
    uptake, bisulfate = system.acid_uptake, system.bisulfate_Ka2_mol_L
    names = (*elements, *others, *((counter_ion,) if counter_ion is not None else ()))
    return Parameters(
        names=names,
        ln_K=ln_K,
        a=a,
        b=b,
        c=c,
        d=d,
        s=s,
        z=z,
        charge=charge,
        beta1=beta1,
        beta2=beta2,
        medium=system.medium,
        divisor=2.0 if system.stoichiometry == "dimer" else 1.0,
        acid_ln_K=NO_CONSTANT if uptake is None else uptake.log10_K.value * LN10,
        acid_a=0.0 if uptake is None else uptake.a,
        acid_s=0.0 if uptake is None else uptake.extractant_per_acid,
        bisulfate_Ka2_mol_L=0.0 if bisulfate is None else bisulfate.value,
        loading_s=system.loading_extractant_per_metal,
    )


def with_acid(law: Parameters, acid: str) -> Parameters:
    r"""The same constants with the acid that the extractant takes up as one more component, the last.

    Parameters
    ----------
    law : Parameters
        Constants of a system in which no metal releases protons or feels them.
    acid : str
        Name of the acid.

    Returns
    -------
    NamedTuple
        `Parameters`; the same ones when the extractant takes up no acid.

    Notes
    -----
    The uptake :math:`y = K h [A^-] F^a` is a distribution ratio :math:`D = K [A^-] F^a` of an aqueous concentration
    that is h itself, so the acid obeys the same law as every other component: charge 1, no proton released, exponent 1
    of the anion. Derived from the mass action of the uptake.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> law = with_acid(parameters(load_system_file("tbp-nitrate"), ["Nd"]), "HNO3")
    >>> law.names, law.c.tolist(), law.s.tolist()
    (('Nd', 'HNO3'), [3.0, 1.0], [3.0, 1.0])
    """
    if not math.isfinite(law.acid_ln_K):
        return law
    own = {"ln_K": law.acid_ln_K, "a": law.acid_a, "c": 1.0, "s": law.acid_s, "charge": 1.0}
    grown: dict[str, Any] = {
        name: np.append(value, own.get(name, 0.0))
        for name, value in law._asdict().items()
        if isinstance(value, np.ndarray)
    }
    return law._replace(names=(*law.names, acid), **grown)
