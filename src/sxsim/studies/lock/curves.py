"""Curves for a teacher, by closed forms: purity, error of the separation factor, reflux, time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sxsim.definition import Cascade
from sxsim.economics import CostModel
from sxsim.foundation.freezing import Record
from sxsim.sizing.cut import Cut, find_cut
from sxsim.sizing.start import theory_curve
from sxsim.startup import shaken_start_up
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.optimum import extraction_ratios, xu_optimum
from sxsim.theory.reflux import total_reflux_stages
from sxsim.theory.specification import Split, split
from sxsim.theory.stages import exact_stages, integer_stages, simple_stages
from sxsim.theory.timescales import inventory, slow_mode

__all__ = ["Curve", "by_error", "by_purity", "by_reflux", "by_time"]

PURITIES = (0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999)
ERRORS = tuple(round(0.02 * step, 2) for step in range(-10, 11))
REFLUXES = tuple(np.round(np.concatenate((np.linspace(1.02, 1.3, 15), np.linspace(1.35, 3.0, 34))), 4).tolist())
TIME_PURITIES = PURITIES[:7]
TIME_RATIO = 1.25
"""S/S_min at which the times are worked out; near the least inventory of both shipped cuts."""
REFLUX_TRIED = (50.0, 100.0, 200.0, 400.0, 800.0)
LONGEST = {"open": 150000.0, "feedback": 8000.0, "matched-reflux": 5000.0}


@dataclass(frozen=True, slots=True, eq=False)
class Curve(Record):
    """Some quantities over one.

    Attributes
    ----------
    name : str
        What it is about.
    over : str
        What stands on the x axis, with its unit.
    x : tuple of float
        Its values.
    series : mapping of str to tuple of float
        The others, with their units; infinite or NaN for what there is not.
    """

    name: str
    over: str
    x: tuple[float, ...]
    series: Mapping[str, tuple[float, ...]]

    def rows(self) -> list[dict[str, float | None]]:
        """One mapping a point; None for what there is not."""
        names = [self.over, *self.series]
        columns = [self.x, *self.series.values()]
        return [
            {name: value if math.isfinite(value) else None for name, value in zip(names, point, strict=True)}
            for point in zip(*columns, strict=True)
        ]


def by_purity(cascade: Cascade, cut: Cut, believed: float, ratio: float, oxide_kg_y: float) -> Curve:
    """Stages and cost over the purity asked of both products.

    Parameters
    ----------
    cascade : Cascade
        Prices, strengths and targets; the purity of every target is replaced.
    cut : Cut
        The cut as it stands.
    believed : float
        Separation factor of the newcomer [-].
    ratio : float
        His S over the minimum that he believes in [-].
    oxide_kg_y : float
        Product a year [kg/y].
    """
    model = CostModel.of(cascade)
    names = [each.path for each in cascade.target if each.purity_min]
    columns: dict[str, list[float]] = {
        "total_reflux_stages": [],
        "simple_stages_believed": [],
        "exact_stages_at_that_S": [],
        "simple_stages_xu": [],
        "exact_stages_xu": [],
        "exact_stages_cost_optimum": [],
        "S_over_S_min_cost_optimum": [],
        "cost_optimum_usd_per_kg": [],
        "cost_xu_usd_per_kg": [],
    }
    f_A = float(cut.wanted.feed_A)
    for purity in PURITIES:
        wanted = split(f_A, purity_A=purity, purity_B=purity)
        S = float(ratio * minimum_flows(believed, wanted).S)
        best = xu_optimum(cut.beta, wanted)
        S_xu = max(float(best.S), 1.25 * float(minimum_flows(cut.beta, wanted).S) if bool(best.pinched) else 0.0)
        asked = cascade.replace(dict.fromkeys(names, purity))
        points = theory_curve(asked, find_cut(asked), model)
        cheapest = min(points, key=lambda point: point.merit.annual_usd)
        nearest = min(points, key=lambda point: abs(point.S - S_xu))
        row = (
            float(total_reflux_stages(cut.beta, purity, purity)),
            _simple(believed, wanted, S),
            _exact(cut.beta, wanted, S),
            _simple(cut.beta, wanted, S_xu),
            _exact(cut.beta, wanted, S_xu),
            cheapest.n + cheapest.m,
            cheapest.S_over_S_min,
            cheapest.merit.annual_usd / oxide_kg_y,
            nearest.merit.annual_usd / oxide_kg_y,
        )
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    return _curve("purity", "purity", PURITIES, columns)


def by_error(pairs: Mapping[str, float], wanted: Split, ratio: float) -> Curve:
    """Stages that are missing when the true separation factor is (1 + error) times what was designed for.

    Parameters
    ----------
    pairs : mapping of str to float
        Separation factors designed for, by name [-].
    wanted : Split
        The same separation for all.
    ratio : float
        S/S_min of the design [-].
    """
    columns: dict[str, list[float]] = {}
    for name, beta in pairs.items():
        S = float(ratio * minimum_flows(beta, wanted).S)
        built = {"total reflux": float(total_reflux_stages(beta, wanted.purity_A, wanted.purity_B))}
        built["S held"] = _exact(beta, wanted, S)
        built["S/S_min held"] = built["S held"]
        for held, stages in built.items():
            column = columns.setdefault(f"{name}, {held}", [])
            for error in ERRORS:
                true = beta * (1.0 + error)
                if not true > 1.0:
                    column.append(math.inf)
                    continue
                if held == "total reflux":
                    needed = float(total_reflux_stages(true, wanted.purity_A, wanted.purity_B))
                else:
                    least = float(minimum_flows(true, wanted).S)
                    needed = _exact(true, wanted, S if held == "S held" else ratio * least)
                column.append(needed - stages)
    return _curve("beta_error", "beta_error", ERRORS, columns)


def by_reflux(cut: Cut) -> Curve:
    """Stages and stoichiometric base, 3 S, over S/S_min; scrub and strip together take as much acid."""
    least = float(cut.minimum.S)
    own = float(minimum_flows(cut.beta, cut.wanted).S)
    columns = {
        "stages": [_exact(cut.beta, cut.wanted, ratio * own) for ratio in REFLUXES],
        "base_mol_per_mol": [3.0 * ratio * least for ratio in REFLUXES],
    }
    return _curve("reflux", "S_over_S_min", REFLUXES, columns)


def by_time(cut: Cut, impurity_factor: float, stage_h: float) -> Curve:
    """Days to specification at constant load, under three policies, and the slow mode, over the purity accepted.

    Parameters
    ----------
    cut : Cut
        Separation factor and feed.
    impurity_factor : float
        The cascade is designed for impurities this much smaller than accepted [-].
    stage_h : float
        Residence time of a stage [h].

    Notes
    -----
    Shaken cascades of the constant-load theory with the smallest whole number of stages at S = 1.25 S_min; NaN where
    a policy is not on specification within 150,000, 8,000 (feedback) or 5,000 (matched) residence times.
    """
    f_A = float(cut.wanted.feed_A)
    days = stage_h / 24.0
    columns: dict[str, list[float]] = {f"{policy}_d": [] for policy in LONGEST}
    columns["slow_mode_d"] = []
    for purity in TIME_PURITIES:
        design = 1.0 - (1.0 - purity) / impurity_factor
        wanted = split(f_A, purity_A=design, purity_B=design)
        S = TIME_RATIO * float(minimum_flows(cut.beta, wanted).S)
        W = S - float(wanted.outlet_A)
        built = integer_stages(cut.beta, wanted, S)
        flows = (cut.beta, built.n, built.m, S, W, f_A, purity)
        for policy, longest in LONGEST.items():
            found: list[float] = []
            for reflux in REFLUX_TRIED if policy == "matched-reflux" else (0.0,):
                step = min(0.5, 0.98 * W / S) if reflux else 1.0  # no stage may pass on more than it holds
                run = shaken_start_up(*flows, policy=policy, reflux=reflux, longest=longest, step=step)  # type: ignore[arg-type]
                if run.time_both is not None:
                    found.append(run.time_both)
            columns[f"{policy}_d"].append(min(found, default=math.nan) * days)
        held = inventory(built.n, built.m, S, W)
        columns["slow_mode_d"].append(
            float(slow_mode(held, wanted.outlet_A, built.purity_A, built.purity_B).tau_1) * days
        )
    return _curve("time", "purity", TIME_PURITIES, columns)


def _simple(beta: float, wanted: Split, S: float) -> float:
    """Stages by the simple formula; infinite where a section pinches."""
    with np.errstate(invalid="ignore", divide="ignore"):
        count = simple_stages(beta, wanted, *extraction_ratios(S, S - float(wanted.outlet_A), wanted))
    stages = float(count.n + count.m)
    return stages if count.n > 0.0 and count.m > 0.0 else math.inf


def _exact(beta: float, wanted: Split, S: float) -> float:
    """Stages by the exact count; infinite at or below the minimum of S."""
    if S <= float(minimum_flows(beta, wanted).S) * (1.0 + 1e-9):
        return math.inf
    count = exact_stages(beta, wanted, S)
    return float(count.n + count.m)


def _curve(name: str, over: str, x: Sequence[float], columns: Mapping[str, Sequence[float]]) -> Curve:
    return Curve(name, over, tuple(float(each) for each in x), {key: tuple(each) for key, each in columns.items()})
