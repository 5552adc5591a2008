"""The answer of a start-up: when the products meet specification, what it cost, and the whole course."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.cascade.result import Result
from sxsim.foundation.freezing import Record
from sxsim.kernels.transient import Log
from sxsim.startup.course import Segment
from sxsim.startup.measures import ProductRecord
from sxsim.startup.tuning import Tuning

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["StartUp", "TimeScales"]

HOURS_A_DAY = 24.0


@dataclass(frozen=True, slots=True)
class TimeScales:
    """How fast the cascade can be.

    Attributes
    ----------
    stage_residence_h : float
        Rare earths held by a stage per those that pass it, mean of extraction and scrubbing [h].
    tau_1_h, tau_2_h : float or None
        Slowest relaxation times of the linearised model [h].
    tau_1_formula_h : float
        M/(I ln Sep), the estimate of the slowest [h].
    inventory_kmol : float
        Rare earths held at steady state [kmol].
    watch_section, watch_stage : str, int
        The stage where the profile is steepest, from 1 along the organic.
    """

    stage_residence_h: float
    tau_1_h: float | None
    tau_2_h: float | None
    tau_1_formula_h: float
    inventory_kmol: float
    watch_section: str
    watch_stage: int


@dataclass(frozen=True, slots=True, eq=False)
class StartUp(Record):
    """A start-up that was run.

    Attributes
    ----------
    steady : Result
        The steady state that it heads for.
    problem : Problem
        Compiled cascade.
    policy : str
        One of `POLICIES`.
    log : Log
        Every step.
    segments : tuple of Segment
        Flows of all times.
    products : tuple of ProductRecord
        One for each purity target.
    time_to_spec_h : float or None
        First time at which all products meet specification together [h]; None if they never do.
    lasting_spec_h : float or None
        Time from which they do until the end [h].
    opened_h : float or None
        When the products were first drawn as meant [h].
    spent : mapping of str to float
        Acid by stream and base [kmol] and rare earths fed [kg oxide] until specification, or until the end.
    closure : mapping of str to float
        In - out - change of hold-up of each component, beside what came in and was held [-].
    scales : TimeScales
        Time scales of the linearised model.
    tuning : Tuning or None
        Constants that the model chose for the controller; None where there is none, or its gain was given.
    counts : mapping of str to int
        Work of the integrator.
    distance : float
        Largest difference of an outlet from the steady state, beside the stage's rare earths [-].
    warnings : tuple of str
        What a reader of the numbers must know.
    state : mapping
        From which a run carries on, see `save_checkpoint`.
    """

    steady: Result
    problem: Problem
    policy: str
    log: Log
    segments: tuple[Segment, ...]
    products: tuple[ProductRecord, ...]
    time_to_spec_h: float | None
    lasting_spec_h: float | None
    opened_h: float | None
    spent: dict[str, float]
    closure: dict[str, float]
    scales: TimeScales
    tuning: Tuning | None
    counts: dict[str, int]
    distance: float
    warnings: tuple[str, ...]
    state: dict[str, Any]

    @property
    def time_h(self) -> NDArray[np.float64]:
        """Time after every step [h], the start first."""
        return self.log.time

    @property
    def off_spec_kg(self) -> float:
        """Rare earths that left below specification with all products [kg oxide]."""
        return float(sum(product.off_spec_kg for product in self.products))

    def dataset(self) -> xr.Dataset:
        """Time x stage x element x phase, with units as attributes."""
        from sxsim.startup.dataset import dataset

        return dataset(self)

    def write_netcdf(self, path: str | os.PathLike[str]) -> None:
        """Write the dataset as a netCDF 4 file, whole or not at all."""
        from sxsim.startup.dataset import write_netcdf

        write_netcdf(self, path)

    def write_zarr(self, path: str | os.PathLike[str]) -> None:
        """Write the dataset as a Zarr store, a folder; it takes the package zarr."""
        from sxsim.startup.dataset import write_zarr

        write_zarr(self, path)

    def save_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Write the state at the end, from which `start_up(resume=...)` carries on."""
        from sxsim.startup.checkpoint import save

        save(self, path)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; None for what is undefined."""
        scales = self.scales
        return {
            "status": "on specification" if self.time_to_spec_h is not None else "not on specification",
            "policy": self.policy,
            "days": float(self.log.time[-1]) / HOURS_A_DAY,
            "time_to_spec_h": self.time_to_spec_h,
            "lasting_spec_h": self.lasting_spec_h,
            "opened_h": self.opened_h,
            "off_spec_kg": self.off_spec_kg,
            "products": [
                {
                    "stream": each.stream,
                    "element": each.element,
                    "purity_min": each.asked,
                    "purity": each.final,
                    "reached_h": each.reached_h,
                    "lasting_h": each.lasting_h,
                    "off_spec_kg": each.off_spec_kg,
                    "on_spec_kg": each.on_spec_kg,
                }
                for each in self.products
            ],
            "spent_until_spec": dict(self.spent),
            "tau_1_h": scales.tau_1_h,
            "tau_2_h": scales.tau_2_h,
            "tau_1_formula_h": scales.tau_1_formula_h if np.isfinite(scales.tau_1_formula_h) else None,
            "stage_residence_h": scales.stage_residence_h,
            "inventory_kmol": scales.inventory_kmol,
            "watch": {"section": scales.watch_section, "stage": scales.watch_stage},
            "controller_tuning": self.tuning._asdict() if self.tuning is not None else None,
            "closure": max(self.closure.values()),
            "closure_by_component": dict(self.closure),
            "distance_from_steady_state": self.distance,
            **self.counts,
            "warnings": list(self.warnings),
            "sources": [reference.key for reference in self.steady.sources],
        }
