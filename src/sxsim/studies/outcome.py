"""The answer of an uncertainty study, as tables and plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.assemble import MET
from sxsim.definition import Cascade
from sxsim.definition.tables import Target
from sxsim.economics.tornado import Swing
from sxsim.foundation.freezing import Record
from sxsim.studies.error_law import ErrorLaw
from sxsim.studies.indices import Index
from sxsim.studies.margin import Margin
from sxsim.studies.monte_carlo import Draws
from sxsim.studies.quantities import Quantity

__all__ = ["Uncertainty"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty(Record):
    """What a Monte Carlo study of a designed cascade says.

    Attributes
    ----------
    cascade : Cascade
        The design.
    samples, seed : int
        Draws, and start of the random numbers.
    quantities : tuple of Quantity
        What was drawn.
    draws : Draws
        What came of each draw.
    stages : mapping of str to array
        Stages of extraction and scrubbing that each draw takes by the exact count of constant-load theory, over the
        stage efficiency: at total reflux, with the design's S held, with its S/S_min held; infinite where S is below
        its minimum.
    laws : tuple of ErrorLaw
        Slopes of these at the central separation factor.
    margin : Margin
        What added stages do for the plausible separation factors of the cut, by the rigorous model.
    swings : tuple of Swing
        Cost at either end of each range.
    indices : tuple of Index
        Shares in the variance of the cost.
    usd_per_kg_oxide : float
        Cost with every number at its central value, in the cascade with `draws.costed_with` added stages [USD/kg].
    warnings : tuple of str
        What a reader of the numbers must know.
    """

    cascade: Cascade
    samples: int
    seed: int
    quantities: tuple[Quantity, ...]
    draws: Draws
    stages: Mapping[str, NDArray[np.float64]]
    laws: tuple[ErrorLaw, ...]
    margin: Margin
    swings: tuple[Swing, ...]
    indices: tuple[Index, ...]
    usd_per_kg_oxide: float
    warnings: tuple[str, ...]

    @property
    def met_as_built(self) -> float:
        """Share of all draws that meet the targets when the flows of the design are kept [-]."""
        targets = {f"{target.stream}.{target.name}": target for target in self.cascade.target if target.enforced}
        met = [_met(target, self.draws.purity[name]) for name, target in targets.items()]
        return float(np.mean(np.all(met, axis=0)))

    @property
    def met_retuned(self) -> float:
        """Share of the draws that meet all targets once the flows are retuned, whatever these are [-]."""
        return float(np.mean(np.isfinite(self.draws.organic_m3_h)))

    @property
    def missing(self) -> dict[str, int]:
        """Draws without a value: of purity as built, of retuned flows, of cost [-]."""
        still = np.any([np.isnan(values) for values in self.draws.purity.values()], axis=0)
        return {
            "as_built": int(np.sum(still)),
            "retuned": int(np.isnan(self.draws.organic_m3_h).sum()),
            "costed": int(np.isnan(self.draws.usd_per_kg_oxide).sum()),
        }

    def distributions(self) -> dict[str, dict[str, float | None]]:
        """Quantiles of purities, stages, organic and cost, and how many draws have no value.

        A draw without a value counts as worst, so that it shows: it stands below the lowest purity, and above the most
        stages, organic and cost; a quantile that falls on one is None.
        """
        columns = {
            f"stages with {held} held" if held != "total reflux" else "stages at total reflux": values
            for held, values in self.stages.items()
        }
        columns["organic_m3_h retuned"] = self.draws.organic_m3_h
        columns["usd_per_kg_oxide"] = self.draws.usd_per_kg_oxide
        built = {f"{name} as built": _quantiles(values, -math.inf) for name, values in self.draws.purity.items()}
        return built | {name: _quantiles(values, math.inf) for name, values in columns.items()}

    def columns(self) -> dict[str, list[float]]:
        """Every draw: places in the ranges, beta, purities, stages, organic, cost."""
        told = {f"share of {each.name}": self.draws.share[:, at] for at, each in enumerate(self.quantities)}
        told |= {"beta": self.draws.beta}
        told |= {f"{name}_as_built": values for name, values in self.draws.purity.items()}
        told |= {f"stages_{held}": values for held, values in self.stages.items()}
        told |= {"organic_m3_h_retuned": self.draws.organic_m3_h}
        told |= {"usd_per_kg_oxide": self.draws.usd_per_kg_oxide}
        return {name: values.tolist() for name, values in told.items()}

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; None for what is undefined."""
        margin = self.margin
        told: dict[str, Any] = {
            "status": "complete",
            "samples": self.samples,
            "seed": self.seed,
            "quantities": [asdict(each) | {"source": list(each.source)} for each in self.quantities],
            "met_as_built": self.met_as_built,
            "met_retuned": self.met_retuned,
            "missing": self.missing,
            "distributions": self.distributions(),
            "laws": [asdict(law) for law in self.laws],
            "margin": {
                "added_stages": list(margin.added),
                "organic_headroom": list(margin.headrooms),
                "share": margin.share.tolist(),
                "stages_for_95_percent": list(margin.needed),
            },
            "usd_per_kg_oxide": self.usd_per_kg_oxide,
            "costed_with_added_stages": self.draws.costed_with,
            "swings": [asdict(swing) for swing in self.swings],
            "indices": [asdict(index) for index in self.indices],
            "warnings": list(self.warnings),
        }
        return {key: _plain(value) for key, value in told.items()}


def _quantiles(values: NDArray[np.float64], worst: float) -> dict[str, float | None]:
    """Quantiles by name, and ``missing``; draws without a value stand at the worst end, where a quantile is None."""
    ordered = np.sort(np.where(np.isfinite(values), values, worst))
    found = [float(ordered[round(share * (len(ordered) - 1))]) for share in QUANTILES]
    names = [f"{100.0 * share:g} %" for share in QUANTILES]
    told = {name: value if math.isfinite(value) else None for name, value in zip(names, found, strict=True)}
    return told | {"missing": float(np.sum(~np.isfinite(values)))}


def _met(target: Target, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a target is met by each value; a missing value meets nothing."""
    with np.errstate(invalid="ignore"):
        return values >= target.asked - MET if target.at_least else values <= target.asked * (1.0 + MET)


def _plain(value: Any) -> Any:
    """NaN and infinity as None, at any depth."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
