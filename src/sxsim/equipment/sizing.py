"""All mixer-settlers of a solved cascade, and their totals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxsim.elements import ELEMENTS
from sxsim.equipment.options import EquipmentOptions, equipment_parameters
from sxsim.equipment.stage import MixerSettler, StageFlows, mixer_settler
from sxsim.foundation.cited import CitedNumber, ParameterSet
from sxsim.foundation.freezing import Record

if TYPE_CHECKING:
    from sxsim.cascade import Result

__all__ = ["Equipment", "size", "size_stages", "stages_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Equipment(Record):
    """Mixer-settlers of a cascade.

    Attributes
    ----------
    stages : tuple of MixerSettler
        In the order of the organic.
    organic_tanks_m3 : float
        Organic held outside the stages [m3].
    feed_kmol_h : float
        Rare earths fed [kmol/h].
    basis : mapping of str to CitedNumber
        Every rule of sizing that was used, with its status and source.
    """

    stages: tuple[MixerSettler, ...]
    organic_tanks_m3: float
    feed_kmol_h: float
    basis: Mapping[str, CitedNumber]

    @property
    def mixers_m3(self) -> float:
        """Volume of all mixers [m3]."""
        return math.fsum(unit.mixer_m3 for unit in self.stages)

    @property
    def settlers_m3(self) -> float:
        """Volume of all settlers [m3]."""
        return math.fsum(unit.settler_m3 for unit in self.stages)

    @property
    def settlers_m2(self) -> float:
        """Area of all settlers [m2]."""
        return math.fsum(unit.settler_m2 for unit in self.stages)

    @property
    def organic_m3(self) -> float:
        """Organic in stages and tanks: the first fill [m3]."""
        return math.fsum(unit.organic_m3 for unit in self.stages) + self.organic_tanks_m3

    @property
    def aqueous_m3(self) -> float:
        """Aqueous in the stages [m3]."""
        return math.fsum(unit.aqueous_m3 for unit in self.stages)

    @property
    def metal_kmol(self) -> dict[str, float]:
        """Metals held in the stages [kmol]."""
        names = dict.fromkeys(name for unit in self.stages for name in unit.metal_kmol)
        return {name: math.fsum(unit.metal_kmol.get(name, 0.0) for unit in self.stages) for name in names}

    @property
    def oxide_kg(self) -> float:
        """Rare earths held in the stages, weighed as oxides [kg]."""
        return math.fsum(amount * _oxide_kg_kmol(name) for name, amount in self.metal_kmol.items())

    @property
    def inventory_h(self) -> float:
        """Rare earths held, in hours of feed [h]; infinite when nothing is fed."""
        held = math.fsum(amount for name, amount in self.metal_kmol.items() if _oxide_kg_kmol(name) > 0.0)
        return held / self.feed_kmol_h if self.feed_kmol_h > 0.0 else math.inf

    @property
    def agitators_kW(self) -> float:
        """Power of all agitators [kW]."""
        return math.fsum(unit.agitator_kW for unit in self.stages)

    @property
    def footprint_m2(self) -> float:
        """Floor of all mixer-settlers [m2]."""
        return math.fsum(unit.footprint_m2 for unit in self.stages)

    def to_dict(self) -> dict[str, Any]:
        """Return totals, stages and the rules behind them as plain data."""
        return {
            "mixers_m3": self.mixers_m3,
            "settlers_m3": self.settlers_m3,
            "settlers_m2": self.settlers_m2,
            "organic_m3": self.organic_m3,
            "aqueous_m3": self.aqueous_m3,
            "rare_earths_kg_oxide": self.oxide_kg,
            "inventory_h": self.inventory_h if math.isfinite(self.inventory_h) else None,
            "agitators_kW": self.agitators_kW,
            "footprint_m2": self.footprint_m2,
            "stages": [
                {
                    "section": unit.section,
                    "stage": unit.stage,
                    "O_A_external": unit.O_A_external if math.isfinite(unit.O_A_external) else None,
                    "O_A_mixer": unit.O_A_mixer if math.isfinite(unit.O_A_mixer) else None,
                    "recycled_phase": unit.recycled_phase,
                    "recycle_m3_h": unit.recycle_m3_h,
                    "continuity": unit.continuity,
                    "mixer_m3": unit.mixer_m3,
                    "settler_m2": unit.settler_m2,
                    "organic_m3": unit.organic_m3,
                    "aqueous_m3": unit.aqueous_m3,
                }
                for unit in self.stages
            ],
            "basis": {
                name: {"value": number.value, "unit": number.unit, "status": number.status, "source": number.source}
                for name, number in self.basis.items()
            },
        }


def size(result: Result, options: EquipmentOptions | None = None) -> Equipment:
    """Size the mixer-settlers of a solved cascade.

    Parameters
    ----------
    result : Result
        Solved cascade.
    options : EquipmentOptions, optional
        Rules of sizing; what is left out comes from cited data.

    Returns
    -------
    Equipment
        Per stage and in total.

    Raises
    ------
    InputError
        An option is out of range.
    """
    fed = math.fsum(
        stream.amount_kmol_h(symbol)
        for stream in result.stream.values()
        if stream.kind == "inlet"
        for symbol in result.cascade.elements
        if _oxide_kg_kmol(symbol) > 0.0
    )
    return size_stages(stages_of(result), fed, options)


def size_stages(
    stages: Sequence[StageFlows], feed_kmol_h: float = 0.0, options: EquipmentOptions | None = None
) -> Equipment:
    """Size mixer-settlers from plain flows.

    Parameters
    ----------
    stages : sequence of StageFlows
        Flows and compositions, in the order of the organic.
    feed_kmol_h : float
        Rare earths fed [kmol/h], for the inventory in hours.
    options : EquipmentOptions, optional
        Rules of sizing.

    Returns
    -------
    Equipment
        Per stage and in total.

    Raises
    ------
    InputError
        An option or a flow is out of range.
    """
    rules: ParameterSet = equipment_parameters(options)
    units = tuple(mixer_settler(flows, rules) for flows in stages)
    organic_m3_h = stages[0].organic_m3_h if stages else 0.0
    return Equipment(units, organic_m3_h * rules["organic_tank_h"], feed_kmol_h, rules.cited)


def stages_of(result: Result) -> list[StageFlows]:
    """Return the flows and metals of every stage of a solved cascade."""
    stage = result.stage
    metals = [(row, name) for row, name in enumerate(result.components) if name in ELEMENTS]
    return [
        StageFlows(
            section=stage.section[j],
            stage=stage.local_stage[j],
            aqueous_m3_h=float(stage.aqueous_m3_h[j]),
            organic_m3_h=float(stage.organic_m3_h[j]),
            aqueous_mol_L={name: float(stage.aqueous_mol_L[j, row]) for row, name in metals},
            organic_mol_L={name: float(stage.organic_mol_L[j, row]) for row, name in metals},
        )
        for j in range(len(stage.section))
    ]


def _oxide_kg_kmol(symbol: str) -> float:
    """Oxide of a rare earth [kg/kmol]; 0 for what is none."""
    known = ELEMENTS.get(symbol)
    return known.equivalent_mass_g_mol("oxide") if known is not None and known.is_rare_earth else 0.0
