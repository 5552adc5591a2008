"""What a kilogram of oxide of a train costs, in what, and what is thrown away."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.economics.finance import cost_year
from sxsim.economics.mfca import Mfca
from sxsim.economics.organic import OrganicLoss
from sxsim.economics.plant import Finished, Plant
from sxsim.economics.reagents import reagents
from sxsim.economics.waste import Waste
from sxsim.foundation.cited import CitedNumber
from sxsim.foundation.freezing import Record
from sxsim.plant.lines import PARTS, Line
from sxsim.plant.sharing import Shares
from sxsim.processes import FrontEnd

__all__ = ["TrainCost"]


@dataclass(frozen=True, slots=True, eq=False)
class TrainCost(Record):
    """The cost of a train.

    Attributes
    ----------
    title, price_set, region : str
        Train, prices and where they hold.
    hours : float
        Hours a year [h/y].
    lines : tuple of Line
        The bill.
    finished : tuple of Finished
        Products by their names.
    plant : Plant
        Products and effluents together.
    waste : Waste
        Effluents before treatment.
    organic : OrganicLoss
        Organic made up in all loops, by cause.
    organic_m3, inventory_kg_oxide : float
        First fill of all loops [m3], and rare earths held in the stages [kg].
    mfca : Mfca
        Material flow cost accounting over all quantity centres.
    allocations : tuple of Shares
        Cost by product under each way of sharing.
    per_product : mapping of str to mapping of str to float
        Acid and base [kg/kg], waste [m3/t], stages and inventory [h] of each product, led along its path.
    front_ends : mapping of str to FrontEnd
        By feed, what lies before it: recovery, reagents, residues as reported.
    cascades : tuple of str
        Units that are cuts; the others join them.
    basis : mapping of str to CitedNumber
        Every number used that is no price, those of sizing left out.
    notes : tuple of str
        What a reader of the numbers must know.
    """

    title: str
    price_set: str
    region: str
    hours: float
    lines: tuple[Line, ...]
    finished: tuple[Finished, ...]
    plant: Plant
    waste: Waste
    organic: OrganicLoss
    organic_m3: float
    inventory_kg_oxide: float
    mfca: Mfca
    allocations: tuple[Shares, ...]
    per_product: Mapping[str, Mapping[str, float]]
    front_ends: Mapping[str, FrontEnd]
    cascades: tuple[str, ...]
    basis: Mapping[str, CitedNumber]
    notes: tuple[str, ...]

    @property
    def usd_per_y(self) -> float:
        """All cost a year [USD/y]."""
        return math.fsum(line.item.usd_per_y for line in self.lines)

    @property
    def oxide_kg_per_y(self) -> float:
        """All products a year, weighed as oxides [kg/y]."""
        return self.plant.oxide_kg_h * self.hours

    @property
    def usd_per_kg_oxide(self) -> float:
        """All cost per product [USD/kg oxide]."""
        return self.usd_per_y / self.oxide_kg_per_y

    @property
    def parts_usd_per_kg_oxide(self) -> dict[str, float]:
        """Cost by part, in the order of the material [USD/kg oxide]."""
        return {
            part: math.fsum(line.item.usd_per_y for line in self.lines if line.part == part) / self.oxide_kg_per_y
            for part in PARTS
        }

    @property
    def units_usd_per_kg_oxide(self) -> dict[str, float]:
        """Cost by feed, cascade and step [USD/kg oxide]."""
        return {name: usd / self.oxide_kg_per_y for name, usd in self.units_usd_per_y.items()}

    @property
    def units_usd_per_y(self) -> dict[str, float]:
        """Cost by feed, cascade and step [USD/y]: the bill of every cut, and what joins them."""
        names = dict.fromkeys(line.unit for line in self.lines)
        return {name: math.fsum(line.item.usd_per_y for line in self.lines if line.unit == name) for name in names}

    @property
    def mass_closure(self) -> float:
        """Worst relative error of the mass balances of the quantity centres [-]."""
        return max(centre.mass.closure for centre in self.mfca.centres if centre.mass.entering_kg_h)

    @property
    def reagents_kg_per_kg_oxide(self) -> dict[str, float]:
        """Pure reagents by item [kg/kg oxide]."""
        return reagents([line.item for line in self.lines], self.plant, self.hours)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; None for what is undefined."""
        kg = self.oxide_kg_per_y
        return {
            "prices": self.price_set,
            "region": self.region,
            "currency_year": cost_year(),
            "usd_per_kg_oxide": self.usd_per_kg_oxide,
            "parts_usd_per_kg_oxide": self.parts_usd_per_kg_oxide,
            "units_usd_per_kg_oxide": self.units_usd_per_kg_oxide,
            "usd_per_y": self.usd_per_y,
            "cuts_usd_per_y": {name: usd for name, usd in self.units_usd_per_y.items() if name in self.cascades},
            "joins_usd_per_y": {name: usd for name, usd in self.units_usd_per_y.items() if name not in self.cascades},
            "oxide_kg_per_y": kg,
            "operating_h_per_y": self.hours,
            "reagents_kg_per_kg_oxide": self.reagents_kg_per_kg_oxide,
            "waste_m3_per_t_oxide": self.waste.m3_per_t,
            "salt_kg_per_kg_oxide": self.waste.salt_kg_per_kg,
            "waste": self.waste.to_dict(),
            "organic_m3": self.organic_m3,
            "organic": self.organic.to_dict(),
            "organic_make_up_kg_per_t_oxide": {
                "extractant": 1000.0 * self.organic.extractant_kg_h / self.plant.oxide_kg_h,
                "diluent": 1000.0 * self.organic.diluent_kg_h / self.plant.oxide_kg_h,
            },
            "allocations": [each.to_dict() for each in self.allocations],
            "per_product": {name: dict(each) for name, each in self.per_product.items()},
            "front_ends": {name: _told(each) for name, each in self.front_ends.items()},
            "items": [{"spent_by": line.unit, "part": line.part, **line.item.to_dict(kg)} for line in self.lines],
            "mfca": self.mfca.to_dict(),
            "mass_closure": self.mass_closure,
            "basis": {
                name: {"value": each.value, "unit": each.unit, "status": each.status, "source": each.source}
                for name, each in self.basis.items()
            },
            "notes": list(self.notes),
        }


def _told(front: FrontEnd) -> dict[str, Any]:
    """A front end as plain data; residues in the unit of their route per tonne of concentrate."""
    numbers = front.route.numbers
    outside = numbers.get("external_usd_per_t")
    return {
        "route": front.route.name,
        "recovery": front.route.recovery.value,
        "recovery_status": front.route.recovery.status,
        "mined_oxide_kg_h": math.fsum(front.mined_oxide_kg_h.values()),
        "lost_oxide_kg_h": math.fsum(front.lost_oxide_kg_h.values()),
        "reagents_kg_h": dict(front.reagents_kg_h),
        "residues": {
            name: {"value": each.value, "unit": each.unit, "status": each.status}
            for name, each in front.route.per_t("residue").items()
        },
        "outside_the_accounts_usd_per_t": outside.value if outside is not None else None,
    }
