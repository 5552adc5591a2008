"""The plan of a cascade: what `design` found, how good it is, and how it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.equipment import Equipment
from sxsim.foundation.freezing import Record
from sxsim.sizing.beside import Theory
from sxsim.sizing.curve import CurvePoint
from sxsim.sizing.cut import Cut
from sxsim.sizing.margin import Held
from sxsim.sizing.merit import Merit
from sxsim.sizing.response import Penalty, Sensitivity

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Record):
    """A designed cascade.

    Attributes
    ----------
    cascade : Cascade
        The design, every number typed; `sxsim.solve` takes it and finds its targets met.
    result : Result
        Its rigorous solution.
    objective : {"cost", "stages", "reagent"}
        What was made least.
    merit : Merit
        Yearly cost, stages and reagents.
    cut : Cut
        The pair that decides, what goes where, the purities that may be asked.
    stages : mapping of str to int
        By section.
    flows_m3_h : mapping of str to float
        Organic, then every liquor [m3/h].
    S, W : float
        Rare earths in the organic of the feed stage and in the first scrub stage [mol per mol feed].
    residual_mol_L : float or None
        Rare earths that the stripped organic keeps [mol/L]; None without stripping.
    theory : Theory
        The closed forms.
    differences : tuple of str
        Why they differ from the rigorous model.
    equipment : Equipment
        Mixer-settlers and what they hold.
    curve : tuple of CurvePoint
        Stages against organic and cost.
    penalties : tuple of Penalty
        What 10 % off in each decision costs.
    sensitivities : tuple of Sensitivity
        What has to be held how tightly.
    remarks : tuple of str
        What a reader of the plan must know.
    solves : int
        Searches for the flows of a choice of stages.
    worst_feed : Held or None
        The hardest feed within ``[design].feed_margin``, with the flows that meet the targets; None without a margin.
    """

    cascade: Cascade
    result: Result
    objective: str
    merit: Merit
    cut: Cut
    stages: Mapping[str, int]
    flows_m3_h: Mapping[str, float]
    S: float
    W: float
    residual_mol_L: float | None
    theory: Theory
    differences: tuple[str, ...]
    equipment: Equipment
    curve: tuple[CurvePoint, ...]
    penalties: tuple[Penalty, ...]
    sensitivities: tuple[Sensitivity, ...]
    remarks: tuple[str, ...]
    solves: int
    worst_feed: Held | None = None

    @property
    def S_min(self) -> float:
        """Least S of any number of stages, by the theory [mol per mol feed]."""
        return float(self.cut.minimum.S)

    @property
    def S_over_S_min(self) -> float:
        """Reflux over its minimum [-]."""
        return self.S / self.S_min

    @property
    def loading_fraction(self) -> float:
        """Highest loading of any stage [-]."""
        return float(self.result.stage.loading_fraction.max())

    @property
    def pH_ends(self) -> dict[str, tuple[float, float]]:
        """PH at the first and the last stage of each section, along the organic."""
        names, pH = self.result.stage.section, self.result.stage.pH
        ends = {}
        for name in dict.fromkeys(names):
            first, last = names.index(name), len(names) - 1 - names[::-1].index(name)
            ends[name] = (float(pH[first]), float(pH[last]))
        return ends

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; None for what is undefined."""
        equipment = self.equipment
        told: dict[str, Any] = {
            "status": self.result.status,
            "objective": self.objective,
            "stages": dict(self.stages),
            "flows_m3_h": dict(self.flows_m3_h),
            "S": self.S,
            "W": self.W,
            "S_min": self.S_min,
            "W_min": float(self.cut.minimum.W),
            "S_over_S_min": self.S_over_S_min,
            "annual_usd": self.merit.annual_usd,
            "acid_kmol_h": self.merit.acid_kmol_h,
            "base_kmol_h": self.merit.base_kmol_h,
            "acid_mol_L": {
                name: stream.acid_mol_L
                for name, stream in self.result.cascade.stream.items()
                if stream.acid_mol_L is not None
            },
            "saponified_fraction": self.cascade.organic.saponified_fraction,
            "loading_fraction": self.loading_fraction,
            "pH_ends": {name: list(ends) for name, ends in self.pH_ends.items()},
            "residual_mol_L": self.residual_mol_L,
            "organic_m3": equipment.organic_m3,
            "rare_earths_kg_oxide": equipment.oxide_kg,
            "settlers_m2": equipment.settlers_m2,
            "cut": {
                "name": self.cut.name,
                "beta": self.cut.beta,
                "conditions": self.cut.conditions or None,
                "organic_side": list(self.cut.organic_side),
                "aqueous_side": list(self.cut.aqueous_side),
                "best": dict(self.cut.best),
                "destinations": list(self.cut.destinations),
            },
            "theory": {**asdict(self.theory), "differences": list(self.differences)},
            "curve": [asdict(point) for point in self.curve],
            "penalties": [asdict(penalty) for penalty in self.penalties],
            "sensitivities": [
                {
                    "path": row.path,
                    "value": row.value,
                    "slope": dict(row.slope),
                    "tolerance": row.tolerance,
                    "retuned": dict(row.retuned),
                }
                for row in self.sensitivities
            ],
            "remarks": list(self.remarks),
            "warnings": list(self.result.warnings),
            "solves": self.solves,
            "worst_feed": None
            if self.worst_feed is None
            else {
                "case": self.worst_feed.case.name,
                "flows_m3_h": dict(self.worst_feed.flows_m3_h),
                "organic_ratio": self.worst_feed.organic_ratio,
            },
            "solve": self.result.to_dict(),
        }
        return {key: _plain(value) for key, value in told.items()}


def _plain(value: Any) -> Any:
    """NaN and infinity as None, tuples as lists, at any depth."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
