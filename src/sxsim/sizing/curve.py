"""The trade-off between stages, organic and cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sxsim.sizing.trials import Trial, Trials

__all__ = ["CurvePoint", "trade_off"]

SHARES = (0.7, 0.8, 0.88, 0.94, 1.0, 1.06, 1.14, 1.25, 1.4, 1.6, 1.9)
"""Totals of the curve over that of the design [-]."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The best split of one total of stages.

    Attributes
    ----------
    stages : tuple of int
        Of the sections that are decided.
    total : int
        All of them.
    organic_m3_h : float
        Organic flow [m3/h].
    S_over_S_min : float
        Reflux [-].
    annual_usd : float
        Yearly cost of what the design decides; NaN where there are no prices [USD/y].
    acid_kmol_h, base_kmol_h : float
        Reagents bought [kmol/h].
    """

    stages: tuple[int, ...]
    total: int
    organic_m3_h: float
    S_over_S_min: float
    annual_usd: float
    acid_kmol_h: float
    base_kmol_h: float


def trade_off(trials: Trials, trial: Trial) -> tuple[CurvePoint, ...]:
    """Stages against organic and cost: totals around a design, each with its best split.

    Parameters
    ----------
    trials : Trials
        Memory of the design; what it already holds joins the curve.
    trial : Trial
        The design.

    Returns
    -------
    tuple of CurvePoint
        By rising total. Fewer stages than the first are too few for the targets. More stages with no less organic
        are left out.
    """
    total = sum(trial.stages)
    for side in (SHARES[:5][::-1], SHARES[4:]):
        split = trial.stages
        for share in side:
            split = _best_split(trials, split, round(share * total))
            if not trials.try_out(split).reached:
                break
    best: dict[int, Trial] = {}
    for known in trials.known.values():
        count = sum(known.stages)
        if known.reached and (count not in best or _figure(known) < _figure(best[count])):
            best[count] = known
    points: list[CurvePoint] = []
    for count in sorted(best):
        point = _point(trials, best[count])
        if point is not None and (not points or point.organic_m3_h < points[-1].organic_m3_h or count == total):
            points.append(point)
    return tuple(points)


def _best_split(trials: Trials, split: tuple[int, ...], total: int) -> tuple[int, ...]:
    """Walk the split of a total to where the figure is least, from that of a neighbour in proportion."""
    scale = total / sum(split)
    now = [max(round(n * scale), 1) for n in split]
    now[-1] = max(total - sum(now[:-1]), 1)
    best = tuple(now)
    if len(split) == 1:
        trials.try_out(best)
        return best
    for step in (1, -1):
        while True:
            moved = (best[0] + step, *best[1:-1], best[-1] - step)
            if min(moved) < 1 or not _figure(trials.try_out(moved)) < _figure(trials.try_out(best)):
                break
            best = moved
    return best


def _figure(trial: Trial) -> float:
    """Cost, or the organic where there are no prices: a total of stages is split for one of the two."""
    if trial.merit is None or not trial.reached:
        return math.inf
    return trial.organic_m3_h if math.isnan(trial.merit.annual_usd) else trial.merit.annual_usd


def _point(trials: Trials, trial: Trial) -> CurvePoint | None:
    if trial.result is None or trial.merit is None:
        return None
    return CurvePoint(
        stages=trial.stages,
        total=sum(trial.stages),
        organic_m3_h=float(trial.result.stage.organic_m3_h[0]),
        S_over_S_min=trial.S / float(trials.cut.minimum.S),
        annual_usd=trial.merit.annual_usd,
        acid_kmol_h=trial.merit.acid_kmol_h,
        base_kmol_h=trial.merit.base_kmol_h,
    )
