"""The frozen answer of a costing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.economics.allocation import Allocation
from sxsim.economics.finance import Project, cost_year, minimum_selling_price, net_present_value
from sxsim.economics.items import CATEGORIES, CostItem
from sxsim.economics.ledger import ChargeRelation, Entry
from sxsim.economics.loops import ClosedLoop
from sxsim.economics.mfca import Mfca
from sxsim.economics.organic import OrganicLoss
from sxsim.economics.plant import Plant
from sxsim.economics.waste import Waste
from sxsim.equipment import Equipment
from sxsim.foundation.cited import CitedNumber
from sxsim.foundation.freezing import Record

__all__ = ["Consumption", "Cost"]


@dataclass(frozen=True, slots=True)
class Consumption:
    """Acid and base, fed beside used.

    Attributes
    ----------
    acid_fed_kmol_h, acid_consumed_kmol_h : float
        Acid of scrub, strip and wash, and what of all acid is gone in the outlets [kmol/h].
    base_kmol_h : float
        Base [kmol/h].
    base_yardstick_kmol_h : float or None
        3 S_min, what practice at constant load needs for a sharp cut [kmol/h]; None when there is no cut to name.
    """

    acid_fed_kmol_h: float
    acid_consumed_kmol_h: float
    base_kmol_h: float
    base_yardstick_kmol_h: float | None

    @property
    def base_over_yardstick(self) -> float | None:
        """Base beside 3 S_min; it can be below one where unsaponified capacity works."""
        yardstick = self.base_yardstick_kmol_h
        return self.base_kmol_h / yardstick if yardstick else None


@dataclass(frozen=True, slots=True, eq=False)
class Cost(Record):
    """What a kilogram of separated oxide costs, in what, and what is thrown away.

    Attributes
    ----------
    title, price_set, region : str
        Cascade, prices and where they hold.
    plant : Plant
        Balance of the plant.
    equipment : Equipment
        Mixer-settlers.
    items : tuple of CostItem
        The bill.
    waste : Waste
        Effluents before treatment.
    organic : OrganicLoss
        Organic that leaves, by cause, and is bought again.
    ledger : tuple of Entry
        In against out of every species of the cascade, extractant and diluent among them.
    charge : ChargeRelation
        Base against acids and metals.
    consumption : Consumption
        Acid and base, fed beside used.
    mfca : Mfca
        Material flow cost accounting.
    closed_loops : tuple of ClosedLoop
        What recovering acid, ammonia or water would change.
    allocations : tuple of Allocation
        Cost by product under each way of sharing.
    project : Project
        Capital and operating cost as cash flows.
    reagents_kg_per_kg_oxide : mapping of str to float
        Pure reagents by item [kg/kg].
    reagents_by_element : mapping of str to mapping of str to float
        The same for each element's oxide: joint reagents shared by moles, precipitants with their own product [kg/kg].
    basis : mapping of str to CitedNumber
        Every number used that is no price.
    warnings : tuple of str
        What a reader of the numbers must know.

    Examples
    --------
    >>> import sxsim
    >>> bill = sxsim.cost(sxsim.solve(sxsim.load("single_contact")))
    >>> list(bill.breakdown_usd_per_kg_oxide)
    ['reagents', 'energy', 'labour', 'maintenance', 'waste', 'capital']
    """

    title: str
    price_set: str
    region: str
    plant: Plant
    equipment: Equipment
    items: tuple[CostItem, ...]
    waste: Waste
    organic: OrganicLoss
    ledger: tuple[Entry, ...]
    charge: ChargeRelation
    consumption: Consumption
    mfca: Mfca
    closed_loops: tuple[ClosedLoop, ...]
    allocations: tuple[Allocation, ...]
    project: Project
    reagents_kg_per_kg_oxide: Mapping[str, float]
    reagents_by_element: Mapping[str, Mapping[str, float]]
    basis: Mapping[str, CitedNumber]
    warnings: tuple[str, ...]

    @property
    def usd_per_y(self) -> float:
        """All cost a year [USD/y]."""
        return math.fsum(item.usd_per_y for item in self.items)

    @property
    def oxide_kg_per_y(self) -> float:
        """Product a year, as oxides [kg/y]."""
        return self.project.oxide_kg_per_y

    @property
    def usd_per_kg_oxide(self) -> float:
        """All cost per product [USD/kg oxide]."""
        return self.usd_per_y / self.oxide_kg_per_y

    @property
    def breakdown_usd_per_kg_oxide(self) -> dict[str, float]:
        """Cost by category, in a fixed order [USD/kg oxide]."""
        return {
            name: math.fsum(item.usd_per_y for item in self.items if item.category == name) / self.oxide_kg_per_y
            for name in CATEGORIES
            if any(item.category == name for item in self.items)
        }

    @property
    def minimum_selling_price_usd_per_kg(self) -> float:
        """Mean price at which the net present value is zero [USD/kg oxide]."""
        return minimum_selling_price(self.project)

    @property
    def worst_closure(self) -> float:
        """Worst relative error of the species, the charge relation and the masses [-]."""
        masses = [centre.mass.closure for centre in self.mfca.centres if centre.mass.entering_kg_h]
        return max([*(entry.closure for entry in self.ledger), self.charge.closure, *masses])

    def net_present_value_usd(self, price_usd_per_kg: float) -> float:
        """Net present value at a mean selling price [USD]."""
        return net_present_value(self.project, price_usd_per_kg)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, flat at the top; None for what is undefined."""
        kg = self.oxide_kg_per_y
        return {
            "title": self.title,
            "prices": self.price_set,
            "region": self.region,
            "currency_year": cost_year(),
            "usd_per_kg_oxide": self.usd_per_kg_oxide,
            "minimum_selling_price_usd_per_kg": self.minimum_selling_price_usd_per_kg,
            "breakdown_usd_per_kg_oxide": self.breakdown_usd_per_kg_oxide,
            "usd_per_y": self.usd_per_y,
            "oxide_kg_per_y": kg,
            "operating_h_per_y": self.basis["operating_h_per_y"].value,
            "capital_usd": self.project.fixed_usd,
            "working_capital_usd": self.project.working_usd,
            "operating_usd_per_y": self.project.operating_usd_per_y,
            "waste_m3_per_t_oxide": self.waste.m3_per_t,
            "salt_kg_per_kg_oxide": self.waste.salt_kg_per_kg,
            "reagents_kg_per_kg_oxide": dict(self.reagents_kg_per_kg_oxide),
            "reagents_by_element": {name: dict(each) for name, each in self.reagents_by_element.items()},
            "evaporation_kWh_per_t_oxide": self.waste.m3_per_t * self.basis["evaporation_kWh_m3"].value,
            "acid_fed_kmol_h": self.consumption.acid_fed_kmol_h,
            "acid_consumed_kmol_h": self.consumption.acid_consumed_kmol_h,
            "base_kmol_h": self.consumption.base_kmol_h,
            "base_over_3_S_min": self.consumption.base_over_yardstick,
            "products": [
                {"stream": each.stream, "element": each.element, "oxide_kg_h": each.oxide_kg_h}
                for each in self.plant.finished
            ],
            "items": [item.to_dict(kg) for item in self.items],
            "waste": self.waste.to_dict(),
            "organic": self.organic.to_dict(),
            "closed_loops": [loop.to_dict() for loop in self.closed_loops],
            "charge_relation": self.charge.to_dict(),
            "ledger_kmol_h": [
                {"species": e.species, "brought": e.brought, "made": e.made, "left": e.left, "closure": e.closure}
                for e in self.ledger
            ],
            "closure": self.worst_closure,
            "allocations": [allocation.to_dict() for allocation in self.allocations],
            "mfca": self.mfca.to_dict(),
            "equipment": self.equipment.to_dict(),
            "basis": {
                name: {"value": each.value, "unit": each.unit, "status": each.status, "source": each.source}
                for name, each in self.basis.items()
            },
            "warnings": list(self.warnings),
        }
