"""The answer of an uncertainty study, as tables and plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.definition import Cascade
from sxsim.economics.tornado import Swing
from sxsim.studies.error_law import ErrorLaw
from sxsim.studies.indices import Index
from sxsim.studies.margin import Margin
from sxsim.studies.monte_carlo import Draws
from sxsim.studies.quantities import Quantity

__all__ = ["Uncertainty"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
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
        """Share of the draws that meet all targets when the flows of the design are kept [-]."""
        asked = {f"{t.stream}.{t.element}": t.purity_min or t.recovery_min for t in self.cascade.target}
        met = [values >= (asked[name] or 0.0) - 1e-9 for name, values in self.draws.purity.items()]
        return float(np.mean(np.all(met, axis=0)))

    @property
    def met_retuned(self) -> float:
        """Share of the draws that meet all targets once the flows are retuned, whatever these are [-]."""
        return float(np.mean(np.isfinite(self.draws.organic_m3_h)))

    def distributions(self) -> dict[str, dict[str, float | None]]:
        """Quantiles of purities, stages, organic and cost; None where they have no finite value."""
        columns = {f"{name} as built": values for name, values in self.draws.purity.items()}
        columns |= {
            f"stages with {held} held" if held != "total reflux" else "stages at total reflux": values
            for held, values in self.stages.items()
        }
        columns["organic_m3_h retuned"] = self.draws.organic_m3_h
        columns["usd_per_kg_oxide"] = self.draws.usd_per_kg_oxide
        return {name: _quantiles(values) for name, values in columns.items()}

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


def _quantiles(values: NDArray[np.float64]) -> dict[str, float | None]:
    """Quantiles by name; draws without a value count as worst, so that they show: None where a quantile is one."""
    worst = np.sort(np.where(np.isnan(values), np.inf, values))
    found = [float(worst[min(round(share * (len(worst) - 1)), len(worst) - 1)]) for share in QUANTILES]
    names = [f"{100.0 * share:g} %" for share in QUANTILES]
    return {name: value if math.isfinite(value) else None for name, value in zip(names, found, strict=True)}


def _plain(value: Any) -> Any:
    """NaN and infinity as None, at any depth."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
