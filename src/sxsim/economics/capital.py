"""Fixed capital from cost correlations, each with its size range and status."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sxsim.chemistry.tables import read_data_file
from sxsim.economics.finance import escalation
from sxsim.economics.options import CostOptions
from sxsim.economics.plant import Plant
from sxsim.equipment import Equipment, StageFlows, mixer_settler
from sxsim.equipment.options import equipment_parameters
from sxsim.errors import DataError
from sxsim.foundation.cited import GIVEN, ParameterSet
from sxsim.foundation.files import shipped
from sxsim.foundation.freezing import FrozenTable

__all__ = ["Correlation", "Purchase", "correlations", "purchases", "region_said"]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Cost of one unit against its size.

    Attributes
    ----------
    name : str
        Kind of equipment.
    reference_cost_usd, reference_size : float
        One known unit [USD of `cost_year`], [`size_unit`].
    size_unit : str
        What its size is counted in.
    exponent : float
        Of the size [-].
    size_min, size_max : float
        Range; outside it the cost is extrapolated and says so.
    cost_year : int
        Year of the dollars.
    status, quality, source, note : str
        How far it can be trusted, and where it was read.
    """

    name: str
    reference_cost_usd: float
    reference_size: float
    size_unit: str
    exponent: float
    size_min: float
    size_max: float
    cost_year: int
    status: str
    quality: str
    source: str
    note: str

    def cost_usd(self, size: float) -> float:
        """Cost of one unit of this size in today's dollars of the cost index [USD]."""
        return self.reference_cost_usd * (size / self.reference_size) ** self.exponent * escalation(self.cost_year)


@dataclass(frozen=True, slots=True)
class Purchase:
    """Equipment of one kind.

    Attributes
    ----------
    name : str
        What it is for.
    centre : str
        Quantity centre it belongs to.
    correlation : Correlation
        Where its cost comes from.
    sizes : tuple of float
        Size of each unit.
    cost_usd : float
        Erected cost of all units [USD].
    """

    name: str
    centre: str
    correlation: Correlation
    sizes: tuple[float, ...]
    cost_usd: float

    @property
    def extrapolated(self) -> bool:
        """Whether a unit lies outside the range of its correlation."""
        return any(not self.correlation.size_min <= each <= self.correlation.size_max for each in self.sizes)


@lru_cache(maxsize=1)
def correlations() -> Mapping[str, Correlation]:
    """Shipped cost correlations by name.

    Raises
    ------
    DataError
        A figure is no positive number.
    """
    file = read_data_file(shipped("data", "economics", "equipment_costs.csv"), "equipment_costs.csv")
    found = {}
    for row in file.rows:
        figures = {key: float(row[key]) for key in ("reference_cost_usd", "reference_size", "exponent")}
        if not all(value > 0.0 for value in figures.values()):
            raise DataError(f"equipment_costs.csv: {row['name']}: {figures}")
        found[row["name"]] = Correlation(
            name=row["name"],
            size_unit=row["size_unit"],
            size_min=float(row["size_min"]),
            size_max=float(row["size_max"]),
            cost_year=int(row["cost_year"]),
            status=row["status"],
            quality=row["quality"],
            source=row["source"],
            note=row["note"],
            **figures,
        )
    return FrozenTable(found)


def mixer_settler_correlation(kind: str, volume_m3: float) -> Correlation:
    """Return the correlation for a mixer-settler of one volume [m3]; of the erected ones the nearer in size."""
    table = correlations()
    if kind == "vendor":
        return table["vendor mixer-settlers"]
    both = (table["small erected mixer-settlers"], table["erected mixer-settlers"])
    return min(both, key=lambda each: abs(math.log(volume_m3 / each.reference_size)))


def purchases(
    plant: Plant, equipment: Equipment, options: CostOptions, parameters: ParameterSet, process: ParameterSet
) -> tuple[Purchase, ...]:
    """List the equipment of a plant and its cost.

    Parameters
    ----------
    plant : Plant
        Products and effluents.
    equipment : Equipment
        Mixer-settlers.
    options : CostOptions
        Which correlation for the mixer-settlers.
    parameters, process : ParameterSet
        Tank hours; residence times and filters.

    Returns
    -------
    tuple of Purchase
        Mixer-settlers by section, saponification, tanks, pumps, precipitation, filters, calciners.

    Raises
    ------
    InputError
        The rules of sizing are out of range.
    """
    flows, table = plant.flows, correlations()
    found: list[Purchase] = []
    sections = dict.fromkeys(unit.section for unit in equipment.stages)
    for section in sections:
        volumes = [unit.volume_m3 for unit in equipment.stages if unit.section == section]
        kind = mixer_settler_correlation(options.mixer_settlers, volumes[0])
        found.append(_bought(f"mixer-settlers, {section}", "separation", kind, volumes))
    if flows.base_kmol_h > 0.0:
        rules = equipment_parameters(options.equipment)
        wet = StageFlows("saponification", 1, flows.organic_m3_h / rules["mixer_O_A_max"], flows.organic_m3_h)
        volume = mixer_settler(wet, rules).volume_m3
        kind = (
            mixer_settler_correlation("vendor", volume)
            if options.mixer_settlers == "vendor"
            else table["saponification"]
        )
        found.append(_bought("saponification", "separation", kind, [volume]))
    streams = [each.flow_m3_h for each in (*flows.aqueous_in, *flows.products) if each.flow_m3_h > 0.0]
    if parameters["tank_h"] > 0.0:
        tanks = [flow * parameters["tank_h"] for flow in streams]
        found.append(_bought("tanks for aqueous streams", "separation", table["tanks"], tanks))
    if equipment.organic_tanks_m3 > 0.0:
        found.append(_bought("organic tank", "separation", table["tanks"], [equipment.organic_tanks_m3]))
    found.append(_bought("pumps", "separation", table["pumps"], [*streams, flows.organic_m3_h]))
    for product in plant.finished:
        if product.precipitation is None or product.calcination is None:
            continue
        liquor_m3_h = product.precipitation.mother_liquor.flow_m3_h + product.calcination.wash_m3_h
        tank = liquor_m3_h * process["precipitation_residence_h"]
        wet_kg_h = product.calcination.dry_cake_kg_h / (1.0 - process["cake_moisture"])
        press = wet_kg_h * process["filter_cycle_h"] / process["wet_cake_kg_m3"]
        found += [
            _bought(f"precipitation tank, {product.stream}", "precipitation", table["precipitation tanks"], [tank]),
            _bought(f"filter press, {product.stream}", "precipitation", table["filter press"], [press]),
            _bought(f"calciner, {product.stream}", "calcination", table["calciner"], [product.calcination.heat_kW]),
        ]
    return tuple(found)


def region_said(parameters: ParameterSet, region: str) -> str:
    """Whether the capital is that of the region of the prices."""
    level = parameters.cited["location_factor"]
    if level.status == GIVEN:
        return (
            f"plant costs are taken times {level.value:g} for the cost level of the place (location_factor), as typed"
        )
    return (
        f"plant costs do not differ by region: they are those of the US Gulf Coast times {level.value:g}, for {region} "
        "too, as no sourced factor was found; say your own with [economics] location_factor"
    )


def _bought(name: str, centre: str, correlation: Correlation, sizes: Sequence[float]) -> Purchase:
    """Units of one kind."""
    return Purchase(name, centre, correlation, tuple(sizes), math.fsum(correlation.cost_usd(each) for each in sizes))
