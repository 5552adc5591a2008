"""A solved cascade as a unit of a train: its products as streams, and what it buys."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sxsim.cascade.streams import ANIONS
from sxsim.definition.system import load_system_file
from sxsim.elements import ELEMENTS
from sxsim.plant.cascades import ORGANIC
from sxsim.plant.flow import Flow
from sxsim.processes import CHARGES

if TYPE_CHECKING:
    from sxsim.cascade import Result
    from sxsim.definition import Cascade

__all__ = ["bought", "streams_out"]


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
