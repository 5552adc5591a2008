"""The charge bound of a closed organic loop: how much base the liquors can carry away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sxsim.definition.system import SystemFile
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade

__all__ = ["charge_bound_kmol_h", "charge_findings"]

MARGIN = 1.02
"""Factor beyond a bound: at the bound itself nothing is left to strip with."""


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
    organic, free = cascade.organic, set(cascade.free)
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
    charges = _charges(cascade)
    return charges.acid + charges.metals - max(0.0, charges.metals + charges.strip_metals - charges.strip)


class Charges(NamedTuple):
    """What the liquors bring [kmol/h].

    Attributes
    ----------
    acid, metals : float
        Free acid, and charge of the metals, of all liquors but the strips'.
    strip : float
        Anions of the strips' liquors.
    strip_metals : float
        Charge of the metals in those.
    """

    acid: float
    metals: float
    strip: float
    strip_metals: float


def _charges(cascade: Cascade) -> Charges:
    """Return what the liquors of a cascade with decided flows bring."""
    strips = _strip_feeds(cascade)
    acid_strip = acid_other = charge_strip = charge_other = 0.0
    for name, stream in cascade.stream.items():
        flow = float(stream.flow_m3_h)
        acid = flow * stream.free_acid_mol_L
        charge = flow * sum(ELEMENTS[symbol].charge * value for symbol, value in stream.concentration_mol_L.items())
        if name in strips:
            acid_strip, charge_strip = acid_strip + acid, charge_strip + charge
        else:
            acid_other, charge_other = acid_other + acid, charge_other + charge
    return Charges(acid_other, charge_other, acid_strip + charge_strip, charge_strip)


def _strip_feeds(cascade: Cascade) -> list[str]:
    """Return the streams that enter the stripping sections."""
    stripping = _stripping(cascade)
    enters = {section.aqueous_in for section in cascade.section if section.name in stripping}
    return [name for name, stream in cascade.stream.items() if name in enters or stream.section in stripping]


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
    charges = _charges(cascade)
    fed = charges.metals + charges.strip_metals
    weak = [name for name in _strip_feeds(cascade) if cascade.stream[name].free_acid_mol_L > 0.0]
    if charges.strip < fed and len(weak) == 1:
        # the strip is to blame: what it cannot carry goes round with the organic, in the place of the base
        strip = cascade.stream[weak[0]]
        flow, missing = float(strip.flow_m3_h), base - charges.acid - charges.strip
        enough = MARGIN * (flow + missing / strip.free_acid_mol_L)
        if base <= charges.acid + charges.metals:
            offence += (
                f"; the strip carries {charges.strip:.4g} of the {fed:.4g} kmol/h of charge that the metals bring"
            )
            path = f"stream.{weak[0]}.flow_m3_h"
            return [Finding(path, offence, f"at least {enough:.4g}", f"raise {path} to {enough:.4g} or more")]
    cure = f"lower organic.{key} to at most {max(most, 0.0):.4g}, lower organic.flow_m3_h, or scrub with more acid"
    return [Finding(f"organic.{key}", offence, f"at most {max(most, 0.0):.4g}", cure)]


def _stripping(cascade: Cascade) -> set[str]:
    """Return the sections whose liquor takes the stripped metals out."""
    names = {section.name for section in cascade.section}
    first = next((at for at, section in enumerate(cascade.section) if section.kind == "stripping"), None)
    if first is None:
        return set()
    return {section.name for section in cascade.section[first:] if section.aqueous_out not in names}
