"""The organic phase as money: what a cubic metre holds, and how much of it is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.economics.flows import CascadeFlows
from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.processes.substances import FORMULAS, molar_mass_kg_kmol

__all__ = ["Drawn", "OrganicLoss", "organic_kg_m3", "organic_loss", "organic_said", "oxygen_demand_kg_kg"]


def organic_kg_m3(
    extractant: str, extractant_mol_L: float, diluent: str, parameters: Mapping[str, float]
) -> tuple[float, float]:
    """Extractant and diluent in a cubic metre of organic [kg/m3].

    Parameters
    ----------
    extractant, diluent : str
        Names; an unknown diluent counts as kerosene.
    extractant_mol_L : float
        Monomer [mol/L].
    parameters : mapping of str to float
        Densities.

    Raises
    ------
    InputError
        The density or formula of the extractant is not known, or there is more of it than fits.

    Notes
    -----
    Volumes add up: diluent = (1 - c M/rho) rho_diluent.
    """
    key = f"{extractant.replace(' ', '_')}_kg_m3"
    if key not in parameters or extractant not in FORMULAS:
        known = ", ".join(name for name in FORMULAS if f"{name.replace(' ', '_')}_kg_m3" in parameters)
        raise InputError(
            Finding(
                "organic.extractant",
                f"no density of {extractant} is known, so its losses cannot be costed",
                known,
                cure="take one of those, or leave the cost out",
            )
        )
    held = extractant_mol_L * molar_mass_kg_kmol(extractant)
    share = held / parameters[key]
    if share > 1.0:
        offence = f"{extractant_mol_L:g} mol/L is more than pure {extractant}"
        raise InputError(
            Finding(
                "organic.extractant_mol_L",
                offence,
                f"up to {extractant_mol_L / share:.2f} mol/L",
                cure="dilute it to that",
            )
        )
    density = parameters.get(f"{diluent}_kg_m3", parameters["kerosene_kg_m3"])
    return held, (1.0 - share) * density


def oxygen_demand_kg_kg(substance: str) -> float:
    """Oxygen that burns a substance to carbon dioxide, water and phosphoric acid [kg/kg].

    Examples
    --------
    >>> round(oxygen_demand_kg_kg("kerosene"), 2)
    3.48
    """
    atoms = FORMULAS[substance]
    carbon, hydrogen, oxygen, phosphorus = (atoms.get(atom, 0) for atom in ("C", "H", "O", "P"))
    oxygen_mol = carbon + 0.25 * (hydrogen - 3 * phosphorus) + 2 * phosphorus - 0.5 * oxygen
    return oxygen_mol * 31.998 / molar_mass_kg_kmol(substance)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Organic that leaves with one organic product and does not come back.

    Attributes
    ----------
    stream : str
        The product.
    flow_m3_h : float
        Organic [m3/h].
    extractant_kg_h, diluent_kg_h : float
        What it holds [kg/h].
    """

    stream: str
    flow_m3_h: float
    extractant_kg_h: float
    diluent_kg_h: float


@dataclass(frozen=True, slots=True, eq=False)
class OrganicLoss(Record):
    """Organic that is made up.

    Attributes
    ----------
    carried_m3_h : float
        Organic that water carries off as drops [m3/h].
    modelled : bool
        Whether the cascade itself modelled that entrainment.
    extractant_water_kg_h, diluent_water_kg_h : float
        Carried off and dissolved [kg/h].
    extractant_bleed_kg_h, diluent_bleed_kg_h : float
        Bled, spilt, lost in crud [kg/h].
    drawn : tuple of Drawn
        Drawn off, or thrown away, with organic products.
    given_share : float
        Share of what is drawn off that organic feeds with rare earths bring in, so that it is not bought again, 0-1.
    rare_earths_kmol_h : mapping of str to float
        Rare earths in the organic carried off [kmol/h].
    COD_kg_h : float
        Oxygen demand of what the water carries [kg/h].
    """

    carried_m3_h: float
    modelled: bool
    extractant_water_kg_h: float
    diluent_water_kg_h: float
    extractant_bleed_kg_h: float
    diluent_bleed_kg_h: float
    drawn: tuple[Drawn, ...]
    given_share: float
    rare_earths_kmol_h: Mapping[str, float]
    COD_kg_h: float

    @property
    def extractant_kg_h(self) -> float:
        """Make-up of extractant [kg/h]."""
        return self.extractant_water_kg_h + self.extractant_bleed_kg_h + self.extractant_drawn_kg_h - self.given_kg_h[0]

    @property
    def diluent_kg_h(self) -> float:
        """Make-up of diluent [kg/h]."""
        return self.diluent_water_kg_h + self.diluent_bleed_kg_h + self.diluent_drawn_kg_h - self.given_kg_h[1]

    @property
    def extractant_drawn_kg_h(self) -> float:
        """Extractant that is drawn off [kg/h]."""
        return math.fsum(each.extractant_kg_h for each in self.drawn)

    @property
    def diluent_drawn_kg_h(self) -> float:
        """Diluent that is drawn off [kg/h]."""
        return math.fsum(each.diluent_kg_h for each in self.drawn)

    @property
    def given_kg_h(self) -> tuple[float, float]:
        """Extractant and diluent that organic feeds bring in for what is drawn off [kg/h]."""
        return self.given_share * self.extractant_drawn_kg_h, self.given_share * self.diluent_drawn_kg_h

    def to_dict(self) -> dict[str, Any]:
        """Return what leaves and what is bought as plain data."""
        return {
            "extractant_bought_kg_h": self.extractant_kg_h,
            "diluent_bought_kg_h": self.diluent_kg_h,
            "carried_off_by_water": {
                "flow_m3_h": self.carried_m3_h,
                "modelled": self.modelled,
                "extractant_kg_h": self.extractant_water_kg_h,
                "diluent_kg_h": self.diluent_water_kg_h,
            },
            "bleed_and_crud": {"extractant_kg_h": self.extractant_bleed_kg_h, "diluent_kg_h": self.diluent_bleed_kg_h},
            "drawn_off": {
                each.stream: {
                    "flow_m3_h": each.flow_m3_h,
                    "extractant_kg_h": each.extractant_kg_h,
                    "diluent_kg_h": each.diluent_kg_h,
                }
                for each in self.drawn
            },
            "brought_by_feeds": {"extractant_kg_h": self.given_kg_h[0], "diluent_kg_h": self.given_kg_h[1]},
        }


def organic_loss(
    flows: CascadeFlows, inventory_m3: float, parameters: ParameterSet, operating_h_per_y: float
) -> OrganicLoss:
    """Count the organic that a cascade loses.

    Parameters
    ----------
    flows : CascadeFlows
        What crosses the border; where it states entrainment, that is what is carried off.
    inventory_m3 : float
        Organic in stages and tanks [m3].
    parameters : ParameterSet
        Densities, solubilities, default entrainment, bleed.
    operating_h_per_y : float
        Hours a year [h/y].

    Returns
    -------
    OrganicLoss
        Make-up by cause. What organic feeds with rare earths bring counts up to what is drawn off; the rest passes on.

    Raises
    ------
    InputError
        See `organic_kg_m3`.
    """
    extractant, diluent = organic_kg_m3(flows.extractant, flows.extractant_mol_L, flows.diluent, parameters)
    aqueous = math.fsum(liquor.flow_m3_h for liquor in flows.products)
    entrained = [out for out in flows.organic_out if out.entrained]
    modelled = bool(entrained)
    if modelled:
        carried = math.fsum(out.flow_m3_h for out in entrained)
    else:
        carried = aqueous * parameters["organic_entrained_mg_L"] / 1000.0 / (extractant + diluent)
    dissolved_extractant = aqueous * parameters["extractant_solubility_mg_L"] / 1000.0
    dissolved_diluent = aqueous * parameters["diluent_solubility_mg_L"] / 1000.0
    in_water = carried * extractant + dissolved_extractant
    diluent_in_water = carried * diluent + dissolved_diluent
    bleed_m3_h = inventory_m3 * parameters["organic_bleed_per_y"] / operating_h_per_y
    drawn = tuple(
        Drawn(out.name, out.flow_m3_h, out.flow_m3_h * extractant, out.flow_m3_h * diluent)
        for out in flows.organic_lost
        if not out.entrained
    )
    off = math.fsum(each.flow_m3_h for each in drawn)
    held: dict[str, float] = {}
    for out in entrained:
        for name, amount in out.amount_kmol_h.items():
            held[name] = held.get(name, 0.0) + amount
    burnt = in_water * oxygen_demand_kg_kg(flows.extractant) + diluent_in_water * oxygen_demand_kg_kg("kerosene")
    return OrganicLoss(
        carried_m3_h=carried,
        modelled=modelled,
        extractant_water_kg_h=in_water,
        diluent_water_kg_h=diluent_in_water,
        extractant_bleed_kg_h=bleed_m3_h * extractant,
        diluent_bleed_kg_h=bleed_m3_h * diluent,
        drawn=drawn,
        given_share=min(flows.organic_given_m3_h / off, 1.0) if off > 0.0 else 0.0,
        rare_earths_kmol_h=held,
        COD_kg_h=burnt,
    )


def organic_said(flows: CascadeFlows, loss: OrganicLoss) -> list[str]:
    """What a reader must know of organic that leaves: whether it comes back, and what is not costed."""
    said = []
    if any(out.returns for out in flows.organic_out):
        said.append("the organic does not return: it is taken to be stripped elsewhere; only its losses are bought")
    for each in loss.drawn:
        again = "is bought again" if loss.given_share == 0.0 else f"is bought again for {1.0 - loss.given_share:.0%}"
        said.append(
            f"{each.flow_m3_h:.4g} m3/h of organic leave for good with {each.stream}: what they hold {again} "
            f"({each.extractant_kg_h:.4g} kg/h {flows.extractant}, {each.diluent_kg_h:.4g} kg/h {flows.diluent}); "
            "what becomes of them is not costed"
        )
    return said
