"""In against out for every ion, and the charge relation that ties base, acids, feed and raffinate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.economics.flows import CascadeFlows
from sxsim.economics.organic import OrganicLoss
from sxsim.elements import ELEMENTS
from sxsim.processes import CHARGES, Liquor, molar_mass_kg_kmol

__all__ = ["ChargeRelation", "Entry", "charge_relation", "ledger", "organic_entries", "total"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One species at the border of a cascade.

    Attributes
    ----------
    species : str
        Ion; protons are total acid.
    brought, made, left : float
        What enters, what reactions make (negative: use up), and what leaves [kmol/h].
    """

    species: str
    brought: float
    made: float
    left: float

    @property
    def closure(self) -> float:
        """Relative error of the balance; the error itself where nothing enters [-]."""
        gap = abs(self.brought + self.made - self.left)
        return gap / self.brought if self.brought > 0.0 else gap


@dataclass(frozen=True, slots=True)
class ChargeRelation:
    """Base = acid used up + rare earths extracted for good, in equivalents [kmol/h].

    Attributes
    ----------
    acid_in, acid_out : float
        Total acid of the aqueous streams.
    metals_in, metals_out : float
        Charge of the metals of the aqueous streams, the counter-ion not counted.
    base_with_organic : float
        Counter-ion that leaves with organic.
    base : float
        Base that the cascade takes in.
    """

    acid_in: float
    acid_out: float
    metals_in: float
    metals_out: float
    base_with_organic: float
    base: float

    @property
    def base_by_charge(self) -> float:
        """Base that acids and metals ask for [kmol/h]."""
        return self.acid_in - self.acid_out + self.metals_in - self.metals_out + self.base_with_organic

    @property
    def closure(self) -> float:
        """Error beside all charge that enters [-]."""
        return abs(self.base_by_charge - self.base) / (self.acid_in + self.metals_in + self.base)

    def to_dict(self) -> dict[str, Any]:
        """Return the terms, the base they ask for and the error as plain data."""
        return {
            "acid_in_kmol_h": self.acid_in,
            "acid_out_kmol_h": self.acid_out,
            "metals_in_keq_h": self.metals_in,
            "metals_out_keq_h": self.metals_out,
            "base_with_organic_kmol_h": self.base_with_organic,
            "base_by_charge_kmol_h": self.base_by_charge,
            "base_kmol_h": self.base,
            "closure": self.closure,
        }


def total(held: Iterable[Mapping[str, float]], species: str) -> float:
    """Sum of one species over several flows [kmol/h]."""
    return math.fsum(amounts.get(species, 0.0) for amounts in held)


def charge_relation(flows: CascadeFlows) -> ChargeRelation:
    """Relate the base to acids, feed and outlets.

    Parameters
    ----------
    flows : CascadeFlows
        What crosses the border.

    Returns
    -------
    ChargeRelation
        Its error is that of the solved balances.

    Notes
    -----
    Anions stay in the water, so the charge of its cations is conserved: ``sum(h + z x + M)`` of what enters equals that
    of what leaves. With a closed organic loop nothing stays in the organic and base = acid in - acid out.
    """

    def metals(liquors: Iterable[Liquor]) -> float:
        return math.fsum(
            CHARGES[name] * amount
            for liquor in liquors
            for name, amount in liquor.amount_kmol_h.items()
            if CHARGES[name] > 0 and name not in ("H", flows.counter_ion)
        )

    charge = CHARGES.get(flows.counter_ion, 1)
    return ChargeRelation(
        acid_in=total((liquor.amount_kmol_h for liquor in flows.aqueous_in), "H"),
        acid_out=total((liquor.amount_kmol_h for liquor in flows.products), "H"),
        metals_in=metals(flows.aqueous_in),
        metals_out=metals(flows.products),
        base_with_organic=charge * total((out.amount_kmol_h for out in flows.organic_out), flows.counter_ion),
        base=flows.base_kmol_h,
    )


def ledger(flows: CascadeFlows) -> tuple[Entry, ...]:
    """Balance every species of a cascade: metals, counter-ion, anion, acid.

    Parameters
    ----------
    flows : CascadeFlows
        What crosses the border.

    Returns
    -------
    tuple of Entry
        Metals in the order of the feeds, then ions. Acid is used up by base, and set free by metals that stay in the
        organic.
    """
    entering = [liquor.amount_kmol_h for liquor in flows.aqueous_in]
    leaving = [liquor.amount_kmol_h for liquor in flows.products]
    organic = [out.amount_kmol_h for out in flows.organic_out]
    names = dict.fromkeys(name for held in (*entering, flows.organic_feed_kmol_h, *leaving) for name in held)
    entries = []
    for name in names:
        brought = total(entering, name) + flows.organic_feed_kmol_h.get(name, 0.0)
        made = 0.0
        if name == flows.counter_ion:
            brought += flows.base_kmol_h / CHARGES[name]
        if name == "H":
            made = -flows.base_kmol_h + _protons_of_organic(flows, organic)
        left = total(leaving, name) + total(organic, name)
        entries.append(Entry(name, brought, made, left))
    return tuple(entries)


def organic_entries(flows: CascadeFlows, loss: OrganicLoss, kg_m3: tuple[float, float]) -> tuple[Entry, ...]:
    """Balance extractant and diluent: what streams bring and take, and what is bought for losses beside them.

    Parameters
    ----------
    flows : CascadeFlows
        What crosses the border.
    loss : OrganicLoss
        What is lost.
    kg_m3 : (float, float)
        Extractant and diluent in a cubic metre of organic [kg/m3].

    Returns
    -------
    tuple of Entry
        Extractant as monomer, diluent as kerosene [kmol/h]. Organic that is taken to come back does not count.

    Notes
    -----
    The volumes are those of the solved streams: organic that enters, less what returns, beside organic that leaves.
    """
    brought = flows.organic_brought_m3_h
    left = math.fsum(out.flow_m3_h for out in flows.organic_lost)
    entries = []
    for name, density, kind, beside in (
        (flows.extractant, kg_m3[0], flows.extractant, loss.extractant_bleed_kg_h + loss.extractant_water_kg_h),
        (flows.diluent, kg_m3[1], "kerosene", loss.diluent_bleed_kg_h + loss.diluent_water_kg_h),
    ):
        carried = loss.carried_m3_h * density if loss.modelled else 0.0  # stands among the streams
        per_kg = 1.0 / molar_mass_kg_kmol(kind)
        others = (beside - carried) * per_kg
        volume = density * per_kg
        entries.append(Entry(name, brought * volume + others, 0.0, left * volume + others))
    return tuple(entries)


def _protons_of_organic(flows: CascadeFlows, organic: list[Mapping[str, float]]) -> float:
    """Acid that metals and counter-ions set free by staying in the organic [kmol/h]."""
    stays = math.fsum(CHARGES[name] * amount for held in organic for name, amount in held.items() if name in CHARGES)
    came = math.fsum(ELEMENTS[name].charge * amount for name, amount in flows.organic_feed_kmol_h.items())
    return stays - came
