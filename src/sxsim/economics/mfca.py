"""Material flow cost accounting (ISO 14051): what of each dollar goes into product, and what into waste."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sxsim.economics.items import CostItem
from sxsim.economics.ledger import ledger
from sxsim.economics.organic import OrganicLoss
from sxsim.economics.plant import Plant
from sxsim.foundation.freezing import Record
from sxsim.processes import molar_mass_kg_kmol
from sxsim.processes.precipitation import PRECIPITANTS

__all__ = ["MassBalance", "Mfca", "QuantityCentre", "mass_balances", "mfca"]


@dataclass(frozen=True, slots=True, eq=False)
class MassBalance(Record):
    """Materials of one quantity centre, water left out [kg/h].

    Attributes
    ----------
    centre : str
        Its name.
    entering_kg_h, product_kg_h, loss_kg_h : mapping of str to float
        By material; products go on to the next centre or leave as sold.
    """

    centre: str
    entering_kg_h: Mapping[str, float]
    product_kg_h: Mapping[str, float]
    loss_kg_h: Mapping[str, float]

    @property
    def loss_share(self) -> float:
        """Share of the mass that leaves as loss, 0-1."""
        lost, kept = math.fsum(self.loss_kg_h.values()), math.fsum(self.product_kg_h.values())
        return lost / (lost + kept) if lost + kept > 0.0 else 0.0

    @property
    def closure(self) -> float:
        """Relative error of the mass balance [-]."""
        brought = math.fsum(self.entering_kg_h.values())
        left = math.fsum([*self.loss_kg_h.values(), *self.product_kg_h.values()])
        return abs(brought - left) / brought if brought > 0.0 else abs(left)


@dataclass(frozen=True, slots=True)
class QuantityCentre:
    """Costs of one quantity centre [USD/y].

    Attributes
    ----------
    mass : MassBalance
        Its materials.
    carried, material, energy, system, waste : float
        What comes from the centre before, and the four cost classes spent here.
    loss_share : float
        Share of the mass that is lost.
    product, loss : float
        Cost that goes on with the product, and cost of the losses.
    """

    mass: MassBalance
    carried: float
    material: float
    energy: float
    system: float
    waste: float
    loss_share: float
    product: float
    loss: float

    def to_dict(self) -> dict[str, Any]:
        """Return masses and money as plain data."""
        return {
            "centre": self.mass.centre,
            "entering_kg_h": dict(self.mass.entering_kg_h),
            "product_kg_h": dict(self.mass.product_kg_h),
            "loss_kg_h": dict(self.mass.loss_kg_h),
            "mass_closure": self.mass.closure,
            "loss_share": self.loss_share,
            "carried_usd_per_y": self.carried,
            "material_usd_per_y": self.material,
            "energy_usd_per_y": self.energy,
            "system_usd_per_y": self.system,
            "waste_usd_per_y": self.waste,
            "product_usd_per_y": self.product,
            "loss_usd_per_y": self.loss,
        }


@dataclass(frozen=True, slots=True)
class Mfca:
    """Material flow cost accounting of a plant.

    Attributes
    ----------
    centres : tuple of QuantityCentre
        In the order of the material.
    total_usd_per_y : float
        All cost [USD/y].
    """

    centres: tuple[QuantityCentre, ...]
    total_usd_per_y: float

    @property
    def loss_usd_per_y(self) -> float:
        """Cost of all losses [USD/y]."""
        return math.fsum(centre.loss for centre in self.centres)

    @property
    def product_usd_per_y(self) -> float:
        """Cost that leaves with what is sold [USD/y]."""
        handed_on = math.fsum(centre.carried for centre in self.centres)
        return math.fsum(centre.product for centre in self.centres) - handed_on

    @property
    def closure_usd_per_y(self) -> float:
        """Product cost plus loss cost less all cost [USD/y]."""
        return self.product_usd_per_y + self.loss_usd_per_y - self.total_usd_per_y

    def to_dict(self) -> dict[str, Any]:
        """Return shares, centres and closure as plain data."""
        total = self.total_usd_per_y
        classes = {
            name: math.fsum(getattr(centre, name) for centre in self.centres)
            for name in ("material", "energy", "system", "waste")
        }
        return {
            "total_usd_per_y": total,
            "product_usd_per_y": self.product_usd_per_y,
            "loss_usd_per_y": self.loss_usd_per_y,
            "product_share": self.product_usd_per_y / total if total > 0.0 else None,
            "loss_share": self.loss_usd_per_y / total if total > 0.0 else None,
            "closure_usd_per_y": self.closure_usd_per_y,
            "class_shares": {name: cost / total if total > 0.0 else None for name, cost in classes.items()},
            "centres": [centre.to_dict() for centre in self.centres],
        }


def mfca(plant: Plant, organic: OrganicLoss, items: Sequence[CostItem]) -> Mfca:
    """Account for the cost of product and losses.

    Parameters
    ----------
    plant : Plant
        Balance of the plant.
    organic : OrganicLoss
        What is made up.
    items : sequence of CostItem
        The whole bill; every line names its centre and class.

    Returns
    -------
    Mfca
        Product cost + loss cost = all cost.

    Notes
    -----
    In each centre carried, material, energy and system cost are split between product and loss by mass without water;
    waste management goes to the losses. Cost outside the plant, of damage done by what is discharged, is not counted.

    References
    ----------
    ISO 14051:2011, Environmental management - Material flow cost accounting - General framework.
    """
    spent = {
        (centre, kind): math.fsum(item.usd_per_y for item in items if (item.centre, item.mfca_class) == (centre, kind))
        for centre in ("separation", "precipitation", "calcination", "effluent")
        for kind in ("material", "energy", "system", "waste")
    }
    balances = mass_balances(plant, organic)
    centres: list[QuantityCentre] = []
    carried = 0.0
    for position, mass in enumerate(balances):
        material, energy, system, waste = (
            spent[mass.centre, kind] for kind in ("material", "energy", "system", "waste")
        )
        share = mass.loss_share
        divided = carried + material + energy + system
        product = (1.0 - share) * divided
        centres.append(
            QuantityCentre(mass, carried, material, energy, system, waste, share, product, share * divided + waste)
        )
        handed_on = _handed_on(mass, balances[position + 1]) if position + 1 < len(balances) else 0.0
        carried = handed_on * product
    waste_mass = MassBalance("effluent", {}, {}, {})
    waste = math.fsum(spent["effluent", kind] for kind in ("material", "energy", "system", "waste"))
    if waste > 0.0:
        centres.append(QuantityCentre(waste_mass, 0.0, 0.0, 0.0, 0.0, waste, 1.0, 0.0, waste))
    return Mfca(tuple(centres), math.fsum(item.usd_per_y for item in items))


def _handed_on(mass: MassBalance, following: MassBalance) -> float:
    """Share of a centre's product that the next one takes in; the rest leaves as sold."""
    total = math.fsum(mass.product_kg_h.values())
    taken = math.fsum(amount for name, amount in mass.product_kg_h.items() if name in following.entering_kg_h)
    return taken / total if total > 0.0 else 0.0


def mass_balances(plant: Plant, organic: OrganicLoss) -> list[MassBalance]:
    """Weigh what enters and leaves each quantity centre, water left out.

    Parameters
    ----------
    plant : Plant
        Balance of the plant.
    organic : OrganicLoss
        What is made up.

    Returns
    -------
    list of MassBalance
        Separation; precipitation and calcination where there is a product to finish.
    """
    balances = [_separation(plant, organic)]
    if any(product.precipitation for product in plant.finished):
        balances += [_precipitation(plant), _calcination(plant)]
    return balances


def _weigh(amounts: Mapping[str, float]) -> float:
    """Mass of ions [kg/h from kmol/h]."""
    return math.fsum(amount * molar_mass_kg_kmol(name) for name, amount in amounts.items())


def _separation(plant: Plant, organic: OrganicLoss) -> MassBalance:
    """Cascade and saponification."""
    flows = plant.flows
    entering = {liquor.name: _weigh(liquor.amount_kmol_h) for liquor in flows.aqueous_in}
    entering[f"{flows.extractant}, make-up"] = organic.extractant_kg_h
    entering[f"{flows.diluent}, make-up"] = organic.diluent_kg_h
    if organic.given_share > 0.0:
        given = zip((flows.extractant, flows.diluent), organic.given_kg_h, strict=True)
        entering |= {f"{name} of organic feeds": kg for name, kg in given}
    if flows.organic_feed_kmol_h and any(flows.organic_feed_kmol_h.values()):
        entering["metals of organic feeds"] = _weigh(flows.organic_feed_kmol_h)
    if flows.base_kmol_h > 0.0:
        (ion,) = (entry for entry in ledger(flows) if entry.species == flows.counter_ion)
        from_base = ion.brought - math.fsum(liquor.amount_kmol_h.get(ion.species, 0.0) for liquor in flows.aqueous_in)
        entering[f"{flows.base} as {ion.species}"] = from_base * molar_mass_kg_kmol(ion.species)
    sold = {product.stream for product in plant.finished}
    product: dict[str, float] = {}
    loss: dict[str, float] = {}
    for name, water, bleed in (
        (flows.extractant, organic.extractant_water_kg_h, organic.extractant_bleed_kg_h),
        (flows.diluent, organic.diluent_water_kg_h, organic.diluent_bleed_kg_h),
    ):
        loss |= {f"{name}, carried off by water": water, f"{name}, bleed and crud": bleed}
    for off in organic.drawn:
        drawn = {f"{flows.extractant} in {off.stream}": off.extractant_kg_h}
        drawn |= {f"{flows.diluent} in {off.stream}": off.diluent_kg_h}
        (product if off.stream in sold else loss).update(drawn)
    for liquor in flows.products:
        (product if liquor.name in sold else loss)[liquor.name] = _weigh(liquor.amount_kmol_h)
    for out in flows.organic_out:
        name = f"{out.name} in organic drops" if out.entrained else out.name
        (product if out.name in sold and not out.entrained else loss)[name] = _weigh(out.amount_kmol_h)
    made = math.fsum(entry.made for entry in ledger(flows) if entry.species == "H") * molar_mass_kg_kmol("H")
    if made > 0.0:
        entering["protons of the extractant"] = made
    else:
        loss["protons made water by the base"] = -made
    return MassBalance("separation", entering, product, loss)


def _precipitation(plant: Plant) -> MassBalance:
    """All precipitations together."""
    entering: dict[str, float] = {}
    product: dict[str, float] = {}
    loss: dict[str, float] = {}
    liquors = {liquor.name: liquor for liquor in plant.flows.products}
    for made in plant.finished:
        cake = made.precipitation
        if cake is None:
            continue
        group = "oxalate" if cake.precipitant == "oxalic acid" else "CO3"
        entering[made.stream] = _weigh(liquors[made.stream].amount_kmol_h)
        ions = PRECIPITANTS[cake.precipitant].ions
        entering[f"{cake.precipitant}, {made.stream}"] = cake.precipitant_kmol_h * _weigh(ions)
        product[f"cake, {made.stream}"] = _weigh({**cake.cake_kmol_h, group: cake.carbon_groups_kmol_h})
        loss[cake.mother_liquor.name] = _weigh(cake.mother_liquor.amount_kmol_h)
        gas = cake.CO2_kmol_h * (molar_mass_kg_kmol("CO2") + molar_mass_kg_kmol("water"))
        loss[f"carbon dioxide and water, {made.stream}"] = gas
    return MassBalance("precipitation", entering, product, loss)


def _calcination(plant: Plant) -> MassBalance:
    """All calcinations together; oxygen comes from the air."""
    entering: dict[str, float] = {}
    product: dict[str, float] = {}
    loss: dict[str, float] = {}
    for made in plant.finished:
        cake, burnt = made.precipitation, made.calcination
        if cake is None or burnt is None:
            continue
        group = "oxalate" if cake.precipitant == "oxalic acid" else "CO3"
        solid = _weigh({**cake.cake_kmol_h, group: cake.carbon_groups_kmol_h})
        oxide = burnt.oxide_kg_h
        dust = _weigh(burnt.dust_kmol_h) * (oxide / _weigh(burnt.oxide_kmol_h))
        gas = burnt.CO2_kmol_h * molar_mass_kg_kmol("CO2")
        entering[f"cake, {made.stream}"] = solid
        entering[f"oxygen of the air, {made.stream}"] = oxide + dust + gas - solid
        product[f"oxide, {made.stream}"] = oxide
        loss[f"dust, {made.stream}"] = dust
        loss[f"carbon dioxide, {made.stream}"] = gas
    return MassBalance("calcination", entering, product, loss)
