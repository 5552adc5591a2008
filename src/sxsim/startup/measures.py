"""What a start-up is judged by: time to specification, product off specification, reagents spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.cascade.equations import weights
from sxsim.definition.tables import Target
from sxsim.foundation.freezing import Record
from sxsim.kernels.transient import Log
from sxsim.startup.course import Segment

__all__ = [
    "ProductRecord",
    "crossing_times",
    "margins",
    "product_margins",
    "product_records",
    "purity_targets",
    "spent_until",
]

Floats = NDArray[np.float64]
EDGE = 1e-15
"""Purities are kept this far from 0 and 1, whose logits are infinite."""
FINER = 40
"""Points between two steps at which a crossing is looked for."""
LEAST_STRENGTH = 0.5
"""Rare earths that a product carries at least, beside the steady state; a purer trace before that is no product."""


@dataclass(frozen=True, slots=True, eq=False)
class ProductRecord(Record):
    """How one product came to its specification.

    Attributes
    ----------
    stream, element : str
        Product and its element.
    asked : float
        Purity asked for, on the basis of the target.
    purity : (R,) array
        Purity after every step, on that basis.
    reached_h : float or None
        First time at which it is met once the products are drawn as meant, by more than a trace [h]; None if it never
        is.
    lasting_h : float or None
        Time from which it is met until the end [h].
    final : float
        Purity at the end.
    off_spec_kg, on_spec_kg : float
        Rare earths that left with this product below and at specification, as oxides [kg].
    """

    stream: str
    element: str
    asked: float
    purity: Floats
    reached_h: float | None
    lasting_h: float | None
    final: float
    off_spec_kg: float
    on_spec_kg: float


def purity_targets(problem: Problem) -> list[Target]:
    """Targets that ask for a purity."""
    return [target for target in problem.cascade.target if target.purity_min is not None]


def asked_purity(problem: Problem, target: Target) -> float:
    """Purity that counts as specification in a start-up."""
    table = problem.cascade.startup
    factor = table.impurity_factor if table is not None else 1.0
    return max(1.0 - factor * (1.0 - (target.purity_min or 0.0)), 0.0)


def purity_series(problem: Problem, target: Target, outlet_mol_L: Floats) -> Floats:
    """Purity of a product at outlets of shape (R, 2, N, n + 2) [mol/L]; of its main phase, shape (R,)."""
    place = problem.cascade.products[target.stream]
    phase = 0 if place.phase == "aqueous" else 1
    held = outlet_mol_L[:, phase, problem.stage_of(place.section, place.stage), :-2]
    # traces far below what the error control looks at may be negative
    weighed = np.maximum(held, 0.0) * weights(problem.components, target.purity_basis)
    carried = np.maximum(weighed.sum(axis=1), 1e-300)
    own = [problem.components.index(symbol) for symbol in target.symbols]
    return np.asarray(weighed[:, own].sum(axis=1) / carried)


def margins(problem: Problem, outlet_mol_L: Floats) -> Floats:
    """How far each product is above its specification, as a difference of ln(p/(1-p)).

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    outlet_mol_L : (R, 2, N, n + 2) array
        Outlets of all stages [mol/L].

    Returns
    -------
    (R, targets) array
        At least 0 where the specification is met.
    """
    rows = [
        _logit(purity_series(problem, target, outlet_mol_L)) - _logit(np.array(asked_purity(problem, target)))
        for target in purity_targets(problem)
    ]
    return np.array(rows).reshape(len(rows), outlet_mol_L.shape[0]).T


def product_margins(problem: Problem, outlet_mol_L: Floats, steady_mol_L: Floats) -> Floats:
    """How far each product is a product on specification: pure enough, and no mere trace.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    outlet_mol_L : (R, 2, N, n + 2) array
        Outlets of all stages [mol/L].
    steady_mol_L : (2, N, n) array
        Outlets of the steady state [mol/L].

    Returns
    -------
    (R, targets) array
        The lesser of `margins` and ln(strength/LEAST_STRENGTH), where strength is what the product carries of rare
        earths beside the steady state.

    Notes
    -----
    Stages that are filled without metal send out traces that are purer than any product to come.
    """
    above = margins(problem, outlet_mol_L)
    rare = weights(problem.components, "oxide") > 0.0
    for column, target in enumerate(purity_targets(problem)):
        place = problem.cascade.products[target.stream]
        phase, stage = 0 if place.phase == "aqueous" else 1, problem.stage_of(place.section, place.stage)
        held = outlet_mol_L[:, phase, stage, :-2][:, rare].sum(axis=1)
        strength = held / max(float(steady_mol_L[phase, stage, rare].sum()), 1e-300)
        above[:, column] = np.minimum(above[:, column], np.log(np.maximum(strength, 1e-300) / LEAST_STRENGTH))
    return above


def crossing_times(time_h: Floats, margin: Floats, from_h: float = 0.0) -> tuple[float | None, float | None]:
    """First time at which a margin is not negative, and the time from which it stays so until the end.

    Parameters
    ----------
    time_h, margin : (R,) arrays
        After every step; between them the margin is taken as a monotone cubic.
    from_h : float
        Times before it do not count [h].

    Returns
    -------
    first, lasting : float or None
        [h].

    Examples
    --------
    >>> first, lasting = crossing_times(np.arange(6.0), np.array([-1.0, -1.0, 1.0, -1.0, 1.0, 1.0]))
    >>> round(first, 6), round(lasting, 6)
    (1.5, 3.5)
    """
    keep = np.concatenate(([True], np.diff(time_h) > 0.0))
    time_h, margin = time_h[keep], margin[keep]
    if time_h.size == 1:
        fine, value = time_h, margin
    else:
        from scipy.interpolate import PchipInterpolator

        steps = np.linspace(0.0, 1.0, FINER, endpoint=False)
        fine = np.append((time_h[:-1, None] + np.diff(time_h)[:, None] * steps).ravel(), time_h[-1])
        value = PchipInterpolator(time_h, margin)(fine)
        value[::FINER] = margin
    later = fine >= from_h
    fine, value = fine[later], value[later]
    if fine.size == 0 or not (value >= 0.0).any():
        return None, None
    met = value >= 0.0
    first = int(np.argmax(met))
    below = np.flatnonzero(~met)
    last = int(below[-1]) + 1 if below.size else 0
    lasting = _root(fine, value, last) if last < fine.size else None
    return _root(fine, value, first), lasting


def product_records(
    problem: Problem, log: Log, segments: Sequence[Segment], opened_h: float | None, steady_mol_L: Floats
) -> list[ProductRecord]:
    """Judge every product that has a purity target.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    log : Log
        All steps.
    segments : sequence of Segment
        Flows of all times.
    opened_h : float or None
        When the products were first drawn as meant [h].
    steady_mol_L : (2, N, n) array
        Outlets of the steady state [mol/L].
    """
    above = margins(problem, log.outlet)
    delivered = product_margins(problem, log.outlet, steady_mol_L)
    records = []
    for column, target in enumerate(purity_targets(problem)):
        purity = purity_series(problem, target, log.outlet)
        reached: float | None = None
        lasting: float | None = None
        if opened_h is not None:
            reached, lasting = crossing_times(log.time, delivered[:, column], opened_h)
        off, on = _masses(problem, target, log, segments, above[:, column])
        records.append(
            ProductRecord(
                target.stream,
                target.name,
                asked_purity(problem, target),
                purity,
                reached,
                lasting,
                float(purity[-1]),
                off,
                on,
            )
        )
    return records


def spent_until(problem: Problem, segments: Sequence[Segment], until_h: float) -> dict[str, float]:
    """Reagents and rare earths that went in until a time.

    Returns
    -------
    dict of str to float
        Acid by stream and base [kmol], organic passed [m3], rare earths fed [kg oxide].
    """
    oxide = weights(problem.components, "oxide")
    spent = {f"{name}_acid_kmol": 0.0 for name in problem.feeds}
    spent |= {"base_kmol": 0.0, "rare_earths_kg_oxide": 0.0}
    for segment in segments:
        hours = min(segment.end_h, until_h) - segment.start_h
        if hours <= 0.0:
            continue
        for name, acid in zip(problem.feeds, segment.feed_m3_h * segment.feed_acid_mol_L, strict=True):
            spent[f"{name}_acid_kmol"] += float(acid) * hours
        spent["base_kmol"] += segment.base_kmol_h * hours
        spent["rare_earths_kg_oxide"] += float(segment.entering_kmol_h @ oxide) * hours
    return {name: value for name, value in spent.items() if value > 0.0}


def _masses(
    problem: Problem, target: Target, log: Log, segments: Sequence[Segment], above: Floats
) -> tuple[float, float]:
    """Rare earths that left below and at specification [kg oxide]."""
    oxide = weights(problem.components, "oxide")
    off = on = 0.0
    for segment in segments:
        outlet = next(each for each in segment.outlets if each.name == target.stream)
        rows = np.arange(segment.rows.start - 1, segment.rows.stop)
        carried = outlet.aqueous_m3_h * log.integral[rows, 0, outlet.stage, :-2]
        carried = carried + outlet.organic_m3_h * log.integral[rows, 1, outlet.stage, :-2]
        mass = np.diff(carried @ oxide)
        begin, end = above[rows[:-1]], above[rows[1:]]
        span = np.where(begin == end, 1.0, np.abs(end - begin))
        met = np.clip(np.maximum(begin, end) / span, 0.0, 1.0)
        met = np.where((begin >= 0.0) & (end >= 0.0), 1.0, np.where((begin < 0.0) & (end < 0.0), 0.0, met))
        on += float((mass * met).sum())
        off += float((mass * (1.0 - met)).sum())
    return off, on


def _root(time_h: Floats, value: Floats, at: int) -> float:
    """Time of the crossing before a point that is not negative."""
    if at == 0 or value[at - 1] >= 0.0:
        return float(time_h[at])
    share = value[at - 1] / (value[at - 1] - value[at])
    return float(time_h[at - 1] + share * (time_h[at] - time_h[at - 1]))


def _logit(purity: Floats) -> Floats:
    """ln(p/(1-p)) kept finite."""
    inside = np.clip(purity, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(inside / (1.0 - inside)))
