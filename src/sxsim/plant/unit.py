"""A cascade as a unit of a train: solved for what arrives, its products as streams."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.cascade.solving import steady_state
from sxsim.cascade.streams import ANIONS
from sxsim.definition.system import load_system_file
from sxsim.elements import ELEMENTS
from sxsim.errors import ConvergenceError
from sxsim.foundation.paths import assign, get
from sxsim.plant.cascades import ORGANIC, build
from sxsim.plant.flow import Flow
from sxsim.processes import CHARGES

if TYPE_CHECKING:
    from sxsim.cascade import Result
    from sxsim.definition import Cascade
    from sxsim.plant.tables import TrainCascade

__all__ = ["bought", "solve_unit", "streams_out"]

STARTS = ((1.0, 1.0), (1.02, 1.02), (1.0, 1.03), (1.05, 1.05), (1.08, 1.1), (0.98, 0.98), (1.25, 1.28), (1.3, 1.6))
"""Factors on the organic and on the other free flows from which the search for them begins, until one succeeds."""


def solve_unit(
    entry: TrainCascade,
    data: Mapping[str, Any],
    arriving: Mapping[str, Flow],
    elements: Iterable[str],
    start: Result | None,
) -> Result:
    """Solve one cascade for what arrives.

    Parameters
    ----------
    entry : TrainCascade
        Its entry in the train.
    data : mapping
        Its tables.
    arriving : mapping of str to Flow
        What enters, by inlet.
    elements : iterable of str
        Elements to follow.
    start : Result or None
        An earlier answer to start from.

    Returns
    -------
    Result
        Converged.

    Raises
    ------
    InputError
        The cascade has findings.
    ConvergenceError
        It has no steady state, or its targets are out of reach; the message names the cascade.
    """
    followed = list(elements)
    cascade = build(entry, data, arriving, followed)
    if start is not None:
        try:
            return steady_state(cascade, start=start)
        except ConvergenceError:
            pass  # the neighbour is too far away: begin anew
    failed: ConvergenceError | None = None
    for organic, other in STARTS:
        try:
            return steady_state(build(entry, _started(data, organic, other), arriving, followed))
        except ConvergenceError as error:
            failed = failed or error
        if not (data.get("solve") or {}).get("free"):
            break
    assert failed is not None
    raise type(failed)(f"cascade {entry.name!r}: {failed.diagnosis}", failed.result) from None


def _started(data: Mapping[str, Any], organic: float, other: float) -> dict[str, Any]:
    """The tables with other flows to start the search of the free ones from."""
    tables: dict[str, Any] = dict(data)
    for path in (data.get("solve") or {}).get("free", ()):
        if path.endswith("flow_m3_h"):
            typed = get(tables, path)
            tables = assign(tables, path, float(typed) * (organic if path.startswith("organic.") else other))
    return tables


def streams_out(name: str, result: Result, arriving: Mapping[str, Flow]) -> dict[str, Flow]:
    """Products of a solved cascade as streams of the train.

    Parameters
    ----------
    name : str
        Of the cascade.
    result : Result
        Solved.
    arriving : mapping of str to Flow
        What entered; salts that take no part pass with its water.

    Returns
    -------
    dict of str to Flow
        By the name of the stream.

    Notes
    -----
    Organic drops that a liquor carries off give their metals to its acid: metal for protons, so that charge and every
    balance close.
    """
    anion = ANIONS[load_system_file(result.cascade.organic.system).medium]
    passing = _passing(result, arriving)
    flows = {}
    for stream in result.stream.values():
        if stream.kind != "product":
            continue
        amounts = {part: stream.flow_m3_h * held for part, held in stream.concentration_mol_L.items()}
        if stream.phase == "aqueous":
            amounts["H"] = stream.flow_m3_h * (stream.acid_mol_L or 0.0)
            for part, held in stream.entrained_mol_L.items():
                given = stream.entrained_m3_h * held
                amounts[part] = amounts.get(part, 0.0) + given
                amounts["H"] -= CHARGES[part] * given
            for ion, amount in passing.get(stream.name, {}).items():
                amounts[ion] = amounts.get(ion, 0.0) + amount
                amounts[anion] += CHARGES[ion] * amount / -CHARGES[anion]
        else:
            for part, held in stream.entrained_mol_L.items():
                amounts[part] = amounts.get(part, 0.0) + stream.entrained_m3_h * held
        stream_name = f"{name}.{stream.name}"
        flows[stream_name] = Flow(stream_name, stream.phase, stream.flow_m3_h, amounts)
    return flows


def _passing(result: Result, arriving: Mapping[str, Flow]) -> dict[str, dict[str, float]]:
    """For each aqueous product the cations that came with the liquors and take no part in the extraction [kmol/h]."""
    inert: dict[str, dict[str, float]] = {}
    for inlet, flow in arriving.items():
        if inlet == ORGANIC or flow.phase == "organic":
            continue
        salts = {
            ion: amount
            for ion, amount in flow.amount_kmol_h.items()
            if CHARGES.get(ion, 0) > 0 and ion != "H" and not _is_rare_earth(ion) and amount > 0.0
        }
        if salts:
            for product, share in _ways(result.cascade, inlet).items():
                held = inert.setdefault(product, {})
                for ion, amount in salts.items():
                    held[ion] = held.get(ion, 0.0) + share * amount
    return inert


def _is_rare_earth(ion: str) -> bool:
    """Whether an ion takes part in the extraction."""
    return ion in ELEMENTS and ELEMENTS[ion].is_rare_earth


def _ways(cascade: Cascade, inlet: str) -> dict[str, float]:
    """Share of the water of an inlet that leaves with each aqueous product, splits followed round."""
    sections = [part.name for part in cascade.section]
    place = {name: position for position, name in enumerate(sections)}
    entry = {part.aqueous_in: part.name for part in cascade.section}
    n = len(sections)
    onward, out = np.zeros((n, n)), {}
    for part in cascade.section:
        if part.aqueous_out in place:
            onward[place[part.aqueous_out], place[part.name]] = 1.0
            continue
        kept = 1.0
        for split in cascade.split:
            if split.from_ == part.aqueous_out:
                onward[place[entry[split.to]], place[part.name]] += split.fraction
                kept -= split.fraction
        out[part.aqueous_out] = (place[part.name], kept)
    start = np.zeros(n)
    table = cascade.stream[inlet]
    start[place[table.section if table.section is not None else entry[inlet]]] = 1.0
    through = np.linalg.solve(np.eye(n) - onward, start)
    return {name: kept * float(through[row]) for name, (row, kept) in out.items() if kept * through[row] > 0.0}


def bought(result: Result, arriving: Mapping[str, Flow]) -> dict[str, float]:
    """Ions that enter a cascade from outside the train: acids, base, fresh organic [kmol/h].

    Parameters
    ----------
    result : Result
        Solved.
    arriving : mapping of str to Flow
        What came from the train, by inlet.
    """
    from sxsim.economics.flows import flows_of

    amounts: dict[str, float] = {}
    flows = flows_of(result)
    for liquor in flows.aqueous_in:
        if liquor.name not in arriving:
            for ion, amount in liquor.amount_kmol_h.items():
                amounts[ion] = amounts.get(ion, 0.0) + amount
    if flows.counter_ion:
        brought = arriving[ORGANIC].amount_kmol_h.get(flows.counter_ion, 0.0) if ORGANIC in arriving else 0.0
        made = flows.base_kmol_h / CHARGES[flows.counter_ion] - brought
        amounts[flows.counter_ion] = amounts.get(flows.counter_ion, 0.0) + made
    for stream in result.stream.values():
        if stream.kind == "inlet" and stream.phase == "organic":
            inlet = ORGANIC if stream.name == "organic_in" else stream.name
            if inlet not in arriving:
                for part in result.cascade.elements:
                    amounts[part] = amounts.get(part, 0.0) + stream.amount_kmol_h(part)
    return {ion: amount for ion, amount in amounts.items() if math.fabs(amount) > 0.0}
