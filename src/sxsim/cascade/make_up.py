"""What an entering liquor is made of besides its metals: acid, hydroxide, sulfate, and ions that only pass along."""

from __future__ import annotations

import math

from sxsim.definition import Cascade
from sxsim.definition.system import SystemFile
from sxsim.definition.tables import ACID_MEDIUM, ACID_VALENCE, BASE_CATION, NEUTRAL_pH, Stream
from sxsim.foundation.remembering import remembered

__all__ = ["ANIONS", "acid_is_own", "aqueous_make_up", "bisulfate_Ka2_mol_L", "passing_ions", "passing_mol_L"]

ANIONS = {"chloride": "Cl", "nitrate": "NO3", "sulfate": "SO4"}
"""The anion of each medium; with sulfate the total of sulfate and bisulfate."""

BISULFATE_KA2_mol_L = 0.0105
"""Second dissociation of sulfuric acid at 25 C, as the sulfate system has it; for sulfate beside another medium."""


def acid_is_own(stream: Stream, medium: str) -> bool:
    """Whether the acid of a stream, if it has any, is that of a medium."""
    return stream.acid is None or ACID_MEDIUM[stream.acid] == medium


def bisulfate_Ka2_mol_L(cascade: Cascade, system: SystemFile) -> float:
    """Second dissociation constant of sulfuric acid [mol/L]; 0 where no sulfate enters, so that no bisulfate forms."""
    if system.bisulfate_Ka2_mol_L is not None:
        return system.bisulfate_Ka2_mol_L.value
    return BISULFATE_KA2_mol_L if any(stream.acid == "H2SO4" for stream in cascade.stream.values()) else 0.0


@remembered
def passing_ions(cascade: Cascade, system: SystemFile) -> tuple[str, ...]:
    """Ions that some liquors bring and that are followed as components of their own.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    system : SystemFile
        Its extraction system.

    Returns
    -------
    tuple of str
        Cations of free bases (``Na``, ``NH4``), which the extractant may exchange, then anions that are not those of
        the system's medium (``Cl``, ``NO3``), which pass along with the water.
    """
    cations: dict[str, None] = {}
    anions: dict[str, None] = {}
    for stream in cascade.stream.values():
        if stream.phase != "aqueous":
            continue
        if stream.alkali_mol_L > 0.0:
            cations[cation_of(cascade, stream)] = None
        if not acid_is_own(stream, system.medium) and stream.acid != "H2SO4":
            anions[ANIONS[ACID_MEDIUM[str(stream.acid)]]] = None
    return (*cations, *anions)


def cation_of(cascade: Cascade, stream: Stream) -> str:
    """Cation of an alkaline liquor: of the base it names, else of the base that saponifies the organic, else Na."""
    return BASE_CATION[stream.base] if stream.base is not None else cascade.organic.saponifier or "Na"


def passing_mol_L(cascade: Cascade, stream: Stream, charge: float, medium: str) -> dict[str, float]:
    """Concentration of the `passing_ions` in a liquor [mol/L].

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    stream : Stream
        The liquor.
    charge : float
        Charge of its metal ions [mol/L].
    medium : str
        Medium of the extraction system.

    Notes
    -----
    The metals of a liquor stand beside the anion of the acid that it names; a liquor that names none is of the medium.
    """
    held: dict[str, float] = {}
    if stream.alkali_mol_L > 0.0:
        held[cation_of(cascade, stream)] = stream.alkali_mol_L
    if not acid_is_own(stream, medium) and stream.acid != "H2SO4":
        held[ANIONS[ACID_MEDIUM[str(stream.acid)]]] = charge + stream.free_acid_mol_L + stream.alkali_mol_L
    return held


def aqueous_make_up(stream: Stream, charge: float, Ka2_mol_L: float, medium: str) -> tuple[float, float]:
    r"""Total acid and sulfate of an entering liquor, without the medium's own acid added to it.

    Parameters
    ----------
    stream : Stream
        The liquor; its `acid_mol_L` is left out where the acid is that of the medium.
    charge : float
        Charge of its metal ions [mol/L].
    Ka2_mol_L : float
        Second dissociation constant of sulfuric acid [mol/L]; 0 where no sulfate enters.
    medium : str
        Medium of the extraction system.

    Returns
    -------
    acid, sulfate : float
        Free protons and bisulfate, less free hydroxide, and total sulfate [mol/L].

    Notes
    -----
    Electroneutrality of a sulfate liquor, :math:`2 S - S h/(K_{a2} + h) = h + charge`, gives its sulfate S. A liquor
    whose file states neither pH nor acid is taken as neutral. Hydroxide takes protons one for one: it is negative
    acid, and its cation a component. Derived from the balances of the ions.

    Examples
    --------
    >>> aqueous_make_up(Stream(flow_m3_h=1.0, pH=2.0), 3.0, 0.0, "chloride")
    (0.01, 0.0)
    >>> aqueous_make_up(Stream(flow_m3_h=1.0, base="NaOH", base_mol_L=0.5), 0.0, 0.0, "chloride")[0]
    -0.4999999
    """
    own = acid_is_own(stream, medium)
    if stream.pH is not None:
        h = math.pow(10.0, -min(stream.pH, NEUTRAL_pH))
    else:
        h = math.pow(10.0, -NEUTRAL_pH) if not stream.acid_mol_L else 0.0
    acid, sulfate = h - stream.alkali_mol_L, 0.0
    if (medium if own else ACID_MEDIUM[str(stream.acid)]) == "sulfate":
        share = h / (Ka2_mol_L + h)
        sulfate = (h + charge) / (2.0 - share)
        acid += sulfate * share
    if not own:
        added = stream.acid_mol_L or 0.0
        acid += ACID_VALENCE[str(stream.acid)] * added
        sulfate += added if stream.acid == "H2SO4" else 0.0
    return acid, sulfate
