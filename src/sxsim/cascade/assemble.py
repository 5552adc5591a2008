"""From the solver's arrays to a result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sxsim.cascade.balances import Lines, acid_residuals, equilibrium_residual, lines, total_acid
from sxsim.cascade.compile import Problem
from sxsim.cascade.equations import found_values
from sxsim.cascade.evidence import Reference, references, saponifier
from sxsim.cascade.outlets import Outlet, closure_by_component, entering_kmol_h, figure_of, outlets
from sxsim.cascade.profiles import Stages
from sxsim.cascade.remarks import remarks
from sxsim.cascade.result import Load, Result, TargetResult
from sxsim.cascade.streams import Stream, inlets, outgoing
from sxsim.definition.tables import Target
from sxsim.elements import ELEMENTS
from sxsim.foundation.deferring import Later
from sxsim.kernels.model import Network, State

__all__ = ["assemble", "room"]

MET = 1e-9
"""A target is met when it is missed by no more than this."""


def assemble(
    problem: Problem, network: Network, state: State, status: str, method: str, iterations: int, branch: str = ""
) -> Result:
    """Tell a solution as a result; all checks are worked out from the arrays anew, when they are asked for.

    Parameters
    ----------
    problem : Problem
        With the found quantities in its plan.
    network : Network
        Flows of the solution.
    state : State
        Solution, or the best iterate; it now belongs to the result, as problem and network do.
    status, method : str
        What the solver said, and the step of its ladder.
    iterations : int
        Its steps.
    branch : str
        What decides the answer of a search.

    Returns
    -------
    Result
        Frozen, with arrays of its own.
    """
    account = Account(problem, network, state)
    return Result(
        cascade=problem.cascade,
        status=status,
        method=method,
        iterations=iterations,
        components=problem.components,
        found=found_values(problem, problem.cascade.organic.extractant_mol_L),
        stage=Later(account, "stage"),
        stream=Later(account, "stream"),
        closure=Later(account, "closure"),
        closure_by_component=Later(account, "closure_by_component"),
        equilibrium_residual=Later(account, "equilibrium_residual"),
        charge_relation=Later(account, "charge_relation"),
        load=Later(account, "load"),
        targets=Later(account, "targets"),
        warnings=Later(account, "warnings"),
        sources=Later(account, "sources"),
        branch=branch,
    )


@dataclass(frozen=True, eq=False)
class Account:
    """What a solution has to tell: each part is worked out when it is first asked for, and kept.

    Attributes
    ----------
    problem : Problem
        With the found quantities in its plan.
    network, state : Network, State
        Flows and solution; nothing changes them any more.
    """

    problem: Problem
    network: Network
    state: State

    @cached_property
    @np.errstate(all="ignore")
    def flows(self) -> Lines:
        """Flow of the lines between the stages [m3/h]."""
        return lines(self.problem.plan, self.network)

    @cached_property
    @np.errstate(all="ignore")
    def stage(self) -> Stages:
        """Concentrations and flows of every stage."""
        return _stages(self.problem, self.state, self.flows)

    @cached_property
    @np.errstate(all="ignore")
    def leaving(self) -> list[Outlet]:
        """What leaves and returns."""
        return outlets(self.problem, self.flows)

    @cached_property
    @np.errstate(all="ignore")
    def outgoing(self) -> dict[str, Stream]:
        """Products, and what splits return."""
        return outgoing(self.problem, self.state, self.leaving)

    @cached_property
    @np.errstate(all="ignore")
    def stream(self) -> dict[str, Stream]:
        """Everything that enters, leaves or returns."""
        return inlets(self.problem, self.network, self.state) | self.outgoing

    @cached_property
    @np.errstate(all="ignore")
    def closure_by_component(self) -> dict[str, float]:
        """Balance errors [-]."""
        return closure_by_component(self.problem, self.state, self.leaving)

    @property
    def closure(self) -> float:
        """Worst balance error [-]."""
        return max(self.closure_by_component.values())

    @cached_property
    @np.errstate(all="ignore")
    def equilibrium_residual(self) -> float:
        """Worst deviation from the distribution law [-]."""
        return equilibrium_residual(self.problem.chemistry, self.network, self.state)

    @cached_property
    @np.errstate(all="ignore")
    def charge_relation(self) -> float:
        """Worst error of the charge relation [-]."""
        return _charge_relation(self.problem, self.network, self.state)

    @cached_property
    @np.errstate(all="ignore")
    def load(self) -> dict[str, Load]:
        """Loads by section."""
        return _loads(self.problem, self.state, self.flows)

    @cached_property
    def targets(self) -> tuple[TargetResult, ...]:
        """Targets beside what was reached."""
        return tuple(_reached(self.outgoing, target) for target in self.problem.cascade.target)

    @cached_property
    @np.errstate(all="ignore")
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the numbers must know."""
        return remarks(self.problem, self.stage, self.stream, self.targets, self.load)

    @property
    def sources(self) -> tuple[Reference, ...]:
        """What the numbers rest on."""
        cascade = self.problem.cascade
        return references(self.problem.system, cascade.elements, saponifier(cascade))


def _stages(problem: Problem, state: State, flows: Lines) -> Stages:
    """Concentrations and flows of every stage."""
    law, protons = problem.law, problem.protons(state)
    metal = np.array([float(name in ELEMENTS) for name in problem.components])
    return Stages(
        section=problem.section,
        local_stage=problem.local_stage,
        aqueous_m3_h=flows.aqueous,
        organic_m3_h=flows.organic,
        aqueous_mol_L=state.x,
        organic_mol_L=state.y,
        equilibrium_mol_L=state.y_star,
        proton_mol_L=protons,
        acid_mol_L=total_acid(protons, state.sulfate, problem.chemistry.Ka2),
        sulfate_mol_L=state.sulfate,
        free_extractant_mol_L=problem.chemistry.extractant - state.y @ law.s,
        loading_fraction=state.y @ metal * (law.loading_s / problem.chemistry.extractant),
    )


def _reached(table: dict[str, Stream], target: Target) -> TargetResult:
    """A target beside what its product shows."""
    stream, symbols, asked = table[target.stream], target.symbols, target.asked
    shares = stream.shares(target.purity_basis)
    purity = _sum(shares.get(symbol) for symbol in symbols)
    recovery = stream.recovery.get(symbols[0]) if len(symbols) == 1 else _of_group(stream, target)
    weights = target.weights()
    value = {
        "purity": purity,
        "impurity": purity,
        "recovery": recovery,
        "concentration": _sum(weights[symbol] * stream.concentration_mol_L.get(symbol, 0.0) for symbol in symbols),
    }[target.figure]
    return TargetResult(
        stream=target.stream,
        element=target.name,
        figure=target.figure,
        asked=asked,
        value=value,
        purity=purity,
        recovery=recovery,
        met=value is not None and (value >= asked - MET if target.at_least else value <= asked * (1.0 + MET)),
        room=None if value is None or _endless(target.figure, value) else room(target.figure, asked, value),
    )


def _endless(figure: str, value: float) -> bool:
    """Whether a product holds nothing of what it should be, so that no allowed loss is to be measured against it."""
    return value <= 0.0 if figure == "purity" else figure == "impurity" and value >= 1.0


def room(figure: str, asked: Any, value: Any) -> Any:
    """Share of the allowed loss that is left over; of numbers or of arrays, of which it may be endless."""
    if figure == "recovery":
        return 1.0 - (1.0 - value) / (1.0 - asked)
    if figure == "purity":
        return 1.0 - (1.0 - value) / value * asked / (1.0 - asked)
    if figure == "impurity":
        return 1.0 - value / (1.0 - value) * (1.0 - asked) / asked
    return 1.0 - value / asked


def _sum(values: Iterable[float | None]) -> float | None:
    """Sum of figures; None where one is undefined."""
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _of_group(stream: Stream, target: Target) -> float | None:
    """Recovery of a group, by oxide mass or moles: what of it was fed follows from its members' own recoveries."""
    weights, leaves, fed = target.weights(), 0.0, 0.0
    for symbol in target.symbols:
        amount, share = stream.amount_kmol_h(symbol) * weights[symbol], stream.recovery.get(symbol)
        if share is None or share != share:
            continue
        leaves += amount
        fed += amount / share if share > 0.0 else 0.0
    return leaves / fed if fed > 0.0 else None


def _loads(problem: Problem, state: State, flows: Lines) -> dict[str, Load]:
    """Rare earths that pass through each section."""
    rare = [row for row, name in enumerate(problem.components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]
    organic = flows.organic * np.add.reduce(state.y[..., rare], axis=-1)
    aqueous = flows.aqueous * np.add.reduce(state.x[..., rare], axis=-1)
    fed = np.add.reduce(entering_kmol_h(problem)[0][..., rare], axis=-1)
    per_mol = 1.0 / np.where(fed > 0.0, fed, np.nan)
    loads, end = {}, 0
    for part in problem.cascade.section:
        begin, end = end, end + int(part.stages)
        carried, carrying = organic[..., begin:end], aqueous[..., begin:end]
        S, W = (np.add.reduce(line, axis=-1) / line.shape[-1] for line in (carried, carrying))
        least, most = np.minimum.reduce(carried, axis=-1), np.maximum.reduce(carried, axis=-1)
        loads[part.name] = Load(*map(figure_of, (S, least, most, W, S * per_mol, W * per_mol)))
    return loads


def _charge_relation(problem: Problem, network: Network, state: State) -> float:
    """Worst error of the charge relation over the stages 1 to j, beside the charge that enters."""
    acid = problem.plan.acid_component
    errors = np.cumsum(acid_residuals(problem.chemistry, network, state, acid))
    components, protons, _ = entering_kmol_h(problem)
    entering = protons + float(components @ problem.law.z)
    return float(np.abs(errors).max() / (entering if acid < 0 else components[acid]))
