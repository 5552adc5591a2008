"""What enters and leaves: flow, acid, composition, purity and recovery of each stream."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.balances import free_protons, organic_into_first, total_acid
from sxsim.cascade.compile import Problem
from sxsim.cascade.make_up import ANIONS
from sxsim.cascade.outlets import Kind, Outlet, entering_kmol_h
from sxsim.definition.tables import NEUTRAL_pH
from sxsim.elements import ELEMENTS, share_basis
from sxsim.foundation.freezing import Record
from sxsim.kernels.model import AQUEOUS, Network, State

__all__ = ["ANIONS", "ORGANIC_IN", "Stream", "inlets", "outgoing", "purities", "stream_table", "sulfate_charge"]

ORGANIC_IN = "organic_in"
"""The organic that enters stage 1, saponified; in a closed loop what returns and the base."""

OXIDE_MASS = {name: known.equivalent_mass_g_mol("oxide") for name, known in ELEMENTS.items() if known.is_rare_earth}
"""Traded oxide that holds a mole of each rare earth [g/mol]."""


@dataclass(frozen=True, slots=True, eq=False)
class Stream(Record):
    """One stream that enters, leaves or returns.

    Attributes
    ----------
    name : str
        Name in the definition; `organic_in` is the organic that enters stage 1, `a_to_b` what a split returns.
    kind : {"inlet", "product", "recycle", "split"}
        Only inlets and products cross the border of the cascade.
    phase : {"aqueous", "organic"}
        Phase that carries it.
    flow_m3_h : float
        Flow of that phase [m3/h].
    pH, acid_mol_L : float or None
        Of an aqueous stream: free protons, and total acid [mol/L] (with bisulfate); an alkaline feed has a negative
        acid, its free hydroxide.
    concentration_mol_L : mapping of str to float
        Components, and the anion of an aqueous stream [mol/L].
    entrained_m3_h : float
        Flow of the other phase that it carries off [m3/h].
    entrained_mol_L : mapping of str to float
        Composition of that phase [mol/L]; empty without entrainment.
    purity, purity_mol : mapping of str to float
        Share of each rare earth in the stream's rare earths, entrained phase included, by oxide mass and by moles;
        empty when the stream holds none.
    recovery : mapping of str to float
        Share of what is fed of each element that this product carries; empty for other streams.
    """

    name: str
    kind: Kind
    phase: Literal["aqueous", "organic"]
    flow_m3_h: float
    pH: float | None
    acid_mol_L: float | None
    concentration_mol_L: Mapping[str, float]
    entrained_m3_h: float = 0.0
    entrained_mol_L: Mapping[str, float] = field(default_factory=dict)
    purity: Mapping[str, float] = field(default_factory=dict)
    purity_mol: Mapping[str, float] = field(default_factory=dict)
    recovery: Mapping[str, float] = field(default_factory=dict)

    def shares(self, basis: str = "oxide") -> Mapping[str, float]:
        """Share of each rare earth by oxide mass ("oxide") or by moles ("mol"), 0-1; empty when there are none.

        Raises
        ------
        InputError
            The basis is neither.
        """
        return self.purity if share_basis(basis) == "oxide" else self.purity_mol

    def amount_kmol_h(self, component: str) -> float:
        """Flow of one component, entrained phase included [kmol/h]."""
        carried = self.flow_m3_h * self.concentration_mol_L.get(component, 0.0)
        return carried + self.entrained_m3_h * self.entrained_mol_L.get(component, 0.0)


def purities(amounts: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Share of each rare earth by oxide mass and by moles; impurities and counter-ions do not count.

    Parameters
    ----------
    amounts : mapping of str to float
        Component to amount, in any one molar unit.

    Returns
    -------
    by oxide mass, by moles : dict of str to float
        Empty when there is no rare earth.

    Examples
    --------
    >>> by_mass, by_mole = purities({"Pr": 1.0, "Nd": 1.0, "NH4": 5.0})
    >>> round(by_mass["Nd"], 4), by_mole["Nd"]
    (0.497, 0.5)
    """
    moles = {name: value for name, value in amounts.items() if name in OXIDE_MASS}
    masses = {name: value * OXIDE_MASS[name] for name, value in moles.items()}
    mass, mole = math.fsum(masses.values()), math.fsum(moles.values())
    if not mole > 0.0:
        return {}, {}
    return {name: value / mass for name, value in masses.items()}, {name: value / mole for name, value in moles.items()}


def stream_table(problem: Problem, network: Network, state: State, leaving: list[Outlet]) -> dict[str, Stream]:
    """Every stream of a solved cascade.

    Parameters
    ----------
    problem : Problem
        With the found quantities in its plan.
    network : Network
        Flows.
    state : State
        Solution.
    leaving : list of Outlet
        What leaves and returns.

    Returns
    -------
    dict of str to Stream
        Inlets, products, then what splits return.
    """
    return inlets(problem, network, state) | outgoing(problem, state, leaving)


def outgoing(problem: Problem, state: State, leaving: list[Outlet]) -> dict[str, Stream]:
    """Products, then what splits return; arguments as in `stream_table`."""
    fed = entering_kmol_h(problem)[0].tolist()
    return {outlet.name: _leaving(problem, state, outlet, fed) for outlet in leaving}


def inlets(problem: Problem, network: Network, state: State) -> dict[str, Stream]:
    """Streams of the definition with the flows and acids that were found, and the organic that enters stage 1."""
    plan, found = problem.plan, []
    for row, name in enumerate(problem.feeds):
        held, flow = plan.feed_concentration[row], float(plan.feed_volume[row])
        if plan.feed_phase[row] == AQUEOUS:
            acid, sulfate = problem.fed_acid(row)
            h = free_protons(acid, sulfate, problem.chemistry.Ka2)
            if plan.acid_component >= 0:
                held = held.copy()
                held[plan.acid_component] = acid
            found.append(_aqueous(problem, name, "inlet", flow, h, acid, sulfate, held))
        else:
            found.append(_organic(problem, name, "inlet", flow, held))
    volume = float(plan.inlet[0])
    feeds_here = [
        row for row in range(len(problem.feeds)) if plan.feed_stage[row] == 0 and plan.feed_phase[row] != AQUEOUS
    ]
    held = organic_into_first(network, state.y) - sum(
        plan.feed_volume[row] * plan.feed_concentration[row] for row in feeds_here
    )
    kind: Kind = "recycle" if plan.recycled else "inlet"
    found.append(_organic(problem, ORGANIC_IN, kind, volume, held / volume))
    return {stream.name: stream for stream in found}


def _leaving(problem: Problem, state: State, outlet: Outlet, fed: list[float]) -> Stream:
    """An outlet with its composition; recovery only where it leaves for good."""
    j = outlet.stage
    protons = problem.protons(state)
    x, y, sulfate, h = state.x[j], state.y[j], float(state.sulfate[j]), float(protons[j])
    recovery = {}
    if outlet.kind == "product":
        amounts = (outlet.aqueous_m3_h * x + outlet.organic_m3_h * y).tolist()
        parts = zip(problem.cascade.elements, amounts, fed, strict=False)
        recovery = {name: amount / entered for name, amount, entered in parts if entered > 0.0}
    if outlet.phase == "aqueous":
        acid = float(total_acid(protons, state.sulfate, problem.chemistry.Ka2)[j])
        flow, other = outlet.aqueous_m3_h, outlet.organic_m3_h
        carried = _named(problem, y) if other > 0.0 else {}
        return _aqueous(problem, outlet.name, outlet.kind, flow, h, acid, sulfate, x, other, carried, recovery)
    flow, other = outlet.organic_m3_h, outlet.aqueous_m3_h
    carried = _named(problem, x) if other > 0.0 else {}
    return _organic(problem, outlet.name, outlet.kind, flow, y, other, carried, recovery)


def _aqueous(
    problem: Problem,
    name: str,
    kind: Kind,
    flow: float,
    h: float,
    acid: float,
    sulfate: float,
    held: NDArray[np.float64],
    entrained: float = 0.0,
    carried: Mapping[str, float] | None = None,
    recovery: Mapping[str, float] | None = None,
) -> Stream:
    """An aqueous stream; chloride and nitrate follow from electroneutrality."""
    concentration = _named(problem, held)
    anion = ANIONS[problem.law.medium]
    # protons that are not among the components, or the hydroxide of an alkaline feed
    alone = 0.0 if problem.plan.acid_component >= 0 else min(h, acid)
    charge = alone + float(np.add.reduce(problem.law.charge * held))
    if anion == "SO4":
        concentration[anion] = sulfate
    else:
        concentration[anion] = charge
        if problem.chemistry.Ka2 > 0.0:  # sulfate beside the anion of the medium
            concentration[anion] = max(charge - sulfate * sulfate_charge(h, problem.chemistry.Ka2), 0.0)
            concentration["SO4"] = sulfate
    pH = 0.0 - math.log10(h) if h > 0.0 else 2.0 * NEUTRAL_pH + math.log10(-acid) if acid < 0.0 else None
    by_mass, by_mole = purities(_sums(flow, concentration, entrained, carried or {}))
    return Stream(
        name, kind, "aqueous", flow, pH, acid, concentration, entrained, carried or {}, by_mass, by_mole, recovery or {}
    )


def sulfate_charge(h: Any, Ka2_mol_L: float) -> Any:
    """Mean negative charge of a sulfate, between 1 of bisulfate and 2 [-]; of one number or of arrays."""
    return 2.0 - h / (Ka2_mol_L + h)


def _organic(
    problem: Problem,
    name: str,
    kind: Kind,
    flow: float,
    held: NDArray[np.float64],
    entrained: float = 0.0,
    carried: Mapping[str, float] | None = None,
    recovery: Mapping[str, float] | None = None,
) -> Stream:
    """An organic stream."""
    concentration = _named(problem, held)
    by_mass, by_mole = purities(_sums(flow, concentration, entrained, carried or {}))
    return Stream(
        name,
        kind,
        "organic",
        flow,
        None,
        None,
        concentration,
        entrained,
        carried or {},
        by_mass,
        by_mole,
        recovery or {},
    )


def _named(problem: Problem, held: NDArray[np.float64]) -> dict[str, float]:
    """Component to concentration."""
    return dict(zip(problem.components, held.tolist(), strict=True))


def _sums(flow: float, held: Mapping[str, float], entrained: float, carried: Mapping[str, float]) -> dict[str, float]:
    """Component to amount in both phases of a stream; of one that does not flow, its composition."""
    if flow == 0.0 and entrained == 0.0:
        return dict(held)
    return {name: flow * value + entrained * carried.get(name, 0.0) for name, value in held.items()}
