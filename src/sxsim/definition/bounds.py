"""The charge bound of a closed organic loop: how much base the liquors can carry away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.definition.system import SystemFile
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade

__all__ = ["charge_bound_kmol_h", "charge_findings"]


def charge_bound_kmol_h(cascade: Cascade) -> float | None:
    r"""Return the largest base flow at which a recycled organic has a steady state.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.

    Returns
    -------
    float or None
        Base [kmol/h]; None when flows are free or left to `design`, or when splits, organic draws or organic feeds
        make the bound less than clear.

    Notes
    -----
    The base leaves as salt, with the anions of the liquors that do not strip. Metals leave with the strip's anions as
    far as those reach, the rest beside the base:

    .. math:: B \le A_{other} + \sum_i z_i n_i - \max(0, \sum_i z_i n_i - A_{strip})

    with the free acid A of each group of liquors, and the charge of the metals fed, all in kmol/h. Derived from the
    balances of the ions over the closed loop.
    """
    organic, free = cascade.organic, set(cascade.solve.free if cascade.solve else ())
    unclear = (
        not organic.recycled
        or cascade.undecided
        or {"organic.flow_m3_h", "organic.saponified_fraction", "organic.base_kmol_h"} & free
        or any(path.startswith("stream.") for path in free)
        or any(stream.phase == "organic" for stream in cascade.stream.values())
        or any(draw.phase == "organic" for draw in cascade.draw)
        or any(cascade.products[split.from_].section in _stripping(cascade) for split in cascade.split)
    )
    if unclear:
        return None
    strips = {section.aqueous_in for section in cascade.section if section.name in _stripping(cascade)}
    acid_strip = acid_other = charge_strip = charge_other = 0.0
    for name, stream in cascade.stream.items():
        flow = float(stream.flow_m3_h)
        acid = flow * stream.free_acid_mol_L
        charge = flow * sum(ELEMENTS[symbol].charge * value for symbol, value in stream.concentration_mol_L.items())
        if name in strips or stream.section in _stripping(cascade):
            acid_strip, charge_strip = acid_strip + acid, charge_strip + charge
        else:
            acid_other, charge_other = acid_other + acid, charge_other + charge
    anions_strip = acid_strip + charge_strip
    return acid_other + charge_other - max(0.0, charge_strip + charge_other - anions_strip)


def charge_findings(cascade: Cascade, system: SystemFile) -> list[Finding]:
    """Return the finding of a recycled organic that takes in more base than the liquors can carry away.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    system : SystemFile
        Extraction system; sulfate is left out, its acid is not known from the pH alone.

    Returns
    -------
    list of Finding
        At most one.
    """
    bound = charge_bound_kmol_h(cascade) if system.medium != "sulfate" else None
    organic = cascade.organic
    if bound is None:
        return []
    if organic.base_kmol_h:
        key, base, most = "base_kmol_h", organic.base_kmol_h, bound
    else:
        capacity = float(organic.flow_m3_h) * organic.extractant_mol_L
        key, base = "saponified_fraction", capacity * (organic.saponified_fraction or 0.0)
        most = bound / capacity
    if base <= bound * (1.0 + 1e-12):
        return []
    offence = f"{base:.4g} kmol/h of base enter the closed loop, and the liquors carry away {bound:.4g} kmol/h at most"
    cure = f"lower organic.{key} to at most {max(most, 0.0):.4g}, lower organic.flow_m3_h, or scrub with more acid"
    return [Finding(f"organic.{key}", offence, f"at most {max(most, 0.0):.4g}", cure)]


def _stripping(cascade: Cascade) -> set[str]:
    """Return the sections whose liquor takes the stripped metals out."""
    names = {section.name for section in cascade.section}
    first = next((at for at, section in enumerate(cascade.section) if section.kind == "stripping"), None)
    if first is None:
        return set()
    return {section.name for section in cascade.section[first:] if section.aqueous_out not in names}
