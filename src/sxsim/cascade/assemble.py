"""From the solver's arrays to a result."""

from __future__ import annotations

import numpy as np

from sxsim.cascade.balances import Lines, acid_residuals, equilibrium_residual, lines, total_acid
from sxsim.cascade.compile import Problem
from sxsim.cascade.equations import figure, found_values
from sxsim.cascade.evidence import sources
from sxsim.cascade.outlets import closure_by_component, entering_kmol_h, outlets
from sxsim.cascade.profiles import Stages
from sxsim.cascade.remarks import remarks
from sxsim.cascade.result import Load, Result, TargetResult
from sxsim.cascade.streams import Stream, stream_table
from sxsim.definition.tables import Target
from sxsim.elements import ELEMENTS
from sxsim.kernels.model import Network, State

__all__ = ["assemble"]

MET = 1e-9
"""A target is met when it is missed by no more than this."""


def assemble(problem: Problem, network: Network, state: State, status: str, method: str, iterations: int) -> Result:
    """Tell a solution as a result; all checks are worked out from the arrays anew.

    Parameters
    ----------
    problem : Problem
        With the found quantities in its plan.
    network : Network
        Flows of the solution.
    state : State
        Solution, or the best iterate.
    status, method : str
        What the solver said, and the step of its ladder.
    iterations : int
        Its steps.

    Returns
    -------
    Result
        Frozen, with arrays of its own.
    """
    flows = lines(problem.plan, network)
    leaving = outlets(problem, flows)
    stage = _stages(problem, state, flows)
    table = stream_table(problem, network, state, leaving)
    closure = closure_by_component(problem, state, leaving)
    targets = tuple(_reached(table, target) for target in problem.cascade.target)
    load = _loads(problem, stage)
    found = found_values(problem)
    return Result(
        cascade=problem.cascade,
        status=status,
        method=method,
        iterations=iterations,
        components=problem.components,
        stage=stage,
        stream=table,
        closure=max(closure.values()),
        closure_by_component=closure,
        equilibrium_residual=equilibrium_residual(problem.chemistry, network, state),
        charge_relation=_charge_relation(problem, network, state),
        load=load,
        targets=targets,
        found=found,
        warnings=remarks(problem, stage, table, targets, load),
        sources=tuple(sources(problem.cascade)),
    )


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
    stream = table[target.stream]
    purity = (stream.purity if target.purity_basis == "oxide" else stream.purity_mol).get(target.element)
    recovery = stream.recovery.get(target.element)
    name, asked = figure(target)
    concentration = stream.concentration_mol_L[target.element]
    value = {"purity": purity, "recovery": recovery, "concentration": concentration}[name]
    if value is None:
        met = False
    elif name == "concentration":
        met = value <= asked * (1.0 + MET)
    else:
        met = value >= asked - MET
    return TargetResult(target.stream, target.element, name, asked, value, purity, recovery, met)


def _loads(problem: Problem, stage: Stages) -> dict[str, Load]:
    """Rare earths that pass through each section."""
    rare = [row for row, name in enumerate(problem.components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]
    organic = stage.organic_m3_h * stage.organic_mol_L[:, rare].sum(axis=1)
    aqueous = stage.aqueous_m3_h * stage.aqueous_mol_L[:, rare].sum(axis=1)
    fed = float(entering_kmol_h(problem)[0][rare].sum())
    per_mol = 1.0 / fed if fed > 0.0 else float("nan")
    loads = {}
    for part in problem.cascade.section:
        here = [j for j, name in enumerate(problem.section) if name == part.name]
        S, W = organic[here], float(aqueous[here].mean())
        mean = float(S.mean())
        loads[part.name] = Load(mean, float(S.min()), float(S.max()), W, mean * per_mol, W * per_mol)
    return loads


def _charge_relation(problem: Problem, network: Network, state: State) -> float:
    """Worst error of the charge relation over the stages 1 to j, beside the charge that enters."""
    acid = problem.plan.acid_component
    errors = np.cumsum(acid_residuals(problem.chemistry, network, state, acid))
    components, protons, _ = entering_kmol_h(problem)
    entering = protons + float(components @ problem.law.z)
    return float(np.abs(errors).max() / (entering if acid < 0 else components[acid]))
