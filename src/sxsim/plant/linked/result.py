"""The answer of a linked extraction: products, profiles, loads, balances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.cascade.balances import equilibrium_residual, total_acid
from sxsim.cascade.foreseen import foreseen
from sxsim.cascade.outlets import closure_by_component
from sxsim.cascade.profiles import Stages, profile_columns
from sxsim.cascade.result import TargetResult
from sxsim.cascade.streams import Stream, stream_table
from sxsim.chemistry import evidence
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.freezing import Record
from sxsim.foundation.suggestions import one_of
from sxsim.plant.linked.definition import Linked

if TYPE_CHECKING:
    import pandas as pd

    from sxsim.plant.linked.graph import Graph
    from sxsim.plant.linked.solving import Solution

__all__ = ["LinkedResult", "assemble"]


@dataclass(frozen=True, slots=True, eq=False)
class LinkedResult(Record):
    """A solved linked extraction.

    Attributes
    ----------
    linked : Linked
        The definition, as given.
    method : str
        Which step of the ladder found the state.
    iterations : int
        Newton steps, those of all trials of the free quantities included.
    components : tuple of str
        Elements, then the counter-ion.
    stage : Stages
        Every stage, in the order the kernels take them.
    stream : mapping of str to Stream
        What enters, leaves and returns.
    targets : tuple of TargetResult
        In the order of the definition.
    found : mapping of str to float
        Free quantities by path.
    closure : float
        Worst relative balance error of a component or the acid over the whole [-].
    closure_by_component : mapping of str to float
        Each of them.
    equilibrium_residual : float
        Worst ln of what an organic holds over what the law says [-].
    S, W : mapping of str to float
        Mean load of the organic and the aqueous of each section per mole of rare earths fed [mol/mol].
    base_mol_per_mol, acid_mol_per_mol : float
        Base fed, and acid fed with the liquors, per mole of rare earths fed [mol/mol].
    warnings : tuple of str
        What a reader of the numbers must know.
    solution : Solution
        The state itself, for a next solve.
    """

    linked: Linked
    method: str
    iterations: int
    components: tuple[str, ...]
    stage: Stages
    stream: Mapping[str, Stream]
    targets: tuple[TargetResult, ...]
    found: Mapping[str, float]
    closure: float
    closure_by_component: Mapping[str, float]
    equilibrium_residual: float
    S: Mapping[str, float]
    W: Mapping[str, float]
    base_mol_per_mol: float
    acid_mol_per_mol: float
    warnings: tuple[str, ...]
    solution: Solution

    def purity(self, stream: str, element: str, basis: str = "oxide") -> float:
        """Share of an element in the rare earths of a stream, by oxide mass or by moles (basis "mol").

        Raises
        ------
        InputError
            There is no such stream, element or basis.
        """
        if element not in self.linked.elements:
            known = self.linked.elements
            cure = one_of(element, known)
            raise InputError(Finding("element", f"{element} is not among the elements", ", ".join(known), cure))
        if stream not in self.stream:
            cure = one_of(stream, self.stream)
            raise InputError(Finding("stream", f"there is no stream named {stream!r}", ", ".join(self.stream), cure))
        return self.stream[stream].shares(basis).get(element, float("nan"))

    @property
    def met(self) -> bool:
        """Whether every target is met."""
        return all(target.met for target in self.targets)

    @property
    def solved(self) -> Linked:
        """The definition with the found values typed in and no quantity free."""
        return self.linked.replace(dict(self.found)) if self.found else self.linked

    def profile(self, phase: str = "organic") -> pd.DataFrame:
        """Table along the stages of all sections, as `Result.profile` of a cascade."""
        import pandas as pd

        return pd.DataFrame(profile_columns(self.components, self.stage, phase)).set_index("stage")

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top."""
        products = {name: stream for name, stream in self.stream.items() if stream.kind == "product"}
        return {
            "status": "converged",
            "method": self.method,
            "iterations": self.iterations,
            "closure": self.closure,
            "equilibrium_residual": self.equilibrium_residual,
            "S": dict(self.S),
            "W": dict(self.W),
            "base_mol_per_mol": self.base_mol_per_mol,
            "acid_mol_per_mol": self.acid_mol_per_mol,
            "found": dict(self.found),
            "products": {
                name: {
                    "flow_m3_h": stream.flow_m3_h,
                    "pH": stream.pH,
                    "concentration_mol_L": dict(stream.concentration_mol_L),
                    "purity": dict(stream.purity),
                    "recovery": dict(stream.recovery),
                }
                for name, stream in products.items()
            },
            "warnings": list(self.warnings),
        }


def assemble(solution: Solution, found: Mapping[str, float]) -> LinkedResult:
    """Tell a solution as a result; all checks are worked out from the arrays anew."""
    graph, network, state = solution.graph, solution.network, solution.state
    problem = graph.problem
    table = stream_table(problem, network, state, solution.outlets)
    closure = closure_by_component(problem, state, solution.outlets)
    law = problem.law
    metal = np.array([float(name in ELEMENTS) for name in problem.components])
    stage = Stages(
        section=problem.section,
        local_stage=problem.local_stage,
        aqueous_m3_h=network.aq_out,
        organic_m3_h=network.org_out,
        aqueous_mol_L=state.x,
        organic_mol_L=state.y,
        equilibrium_mol_L=state.y_star,
        proton_mol_L=state.h,
        acid_mol_L=total_acid(state.h, state.sulfate, problem.chemistry.Ka2),
        sulfate_mol_L=state.sulfate,
        free_extractant_mol_L=problem.chemistry.extractant - state.y @ law.s,
        loading_fraction=state.y @ metal * (law.loading_s / problem.chemistry.extractant),
    )
    fed, S, W = _loads(graph, stage)
    plan = problem.plan
    base = float(plan.inlet[0] * plan.inlet[1] + plan.inlet[2]) if plan.base_component >= 0 else 0.0
    return LinkedResult(
        linked=graph.linked,
        method=solution.method,
        iterations=solution.iterations,
        components=problem.components,
        stage=stage,
        stream=table,
        targets=tuple(_reached(table, target) for target in graph.linked.target),
        found=dict(found),
        closure=max(closure.values()),
        closure_by_component=closure,
        equilibrium_residual=equilibrium_residual(problem.chemistry, network, state),
        S=S,
        W=W,
        base_mol_per_mol=base / fed,
        acid_mol_per_mol=float(plan.feed_volume @ plan.feed_acid) * plan.acid_protons / fed,
        warnings=_warnings(solution, stage),
        solution=solution,
    )


def _loads(graph: Graph, stage: Stages) -> tuple[float, dict[str, float], dict[str, float]]:
    """Rare earths fed [kmol/h], and the mean load of each section in either phase per mole of them."""
    problem = graph.problem
    rare = [row for row, name in enumerate(problem.components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]
    fed = float((problem.plan.feed_volume @ problem.plan.feed_concentration)[rare].sum())
    organic = stage.organic_m3_h * stage.organic_mol_L[:, rare].sum(axis=1) / fed
    aqueous = stage.aqueous_m3_h * stage.aqueous_mol_L[:, rare].sum(axis=1) / fed
    span = {name: slice(graph.first[name], graph.last[name] + 1) for name in graph.order}
    S = {name: float(organic[here].mean()) for name, here in span.items()}
    return fed, S, {name: float(aqueous[here].mean()) for name, here in span.items()}


def _reached(table: Mapping[str, Stream], target: Any) -> TargetResult:
    """A target beside what its product shows."""
    stream = table[target.stream]
    purity = stream.shares(target.purity_basis).get(target.element)
    recovery = stream.recovery.get(target.element)
    name, asked = ("purity", target.purity_min) if target.purity_min is not None else ("recovery", target.recovery_min)
    value = purity if name == "purity" else recovery
    met = value is not None and value >= asked - 1e-9
    return TargetResult(target.stream, target.element, name, asked, value, purity, recovery, met)


def _warnings(solution: Solution, stage: Stages) -> tuple[str, ...]:
    """Overload, a base that the organic cannot take up, and numbers without a source."""
    problem = solution.graph.problem
    said = []
    worst = int(np.argmax(stage.loading_fraction))
    if stage.loading_fraction[worst] > 1.0:
        said.append(f"stage {stage.place(worst)}: organic loading at {stage.loading_fraction[worst]:.0%} of capacity")
    plan = problem.plan
    returned = float(stage.organic_mol_L[_outlet(solution)] @ problem.law.s) if plan.recycled else 0.0
    base = (plan.inlet[1] + plan.inlet[2] / plan.inlet[0]) if plan.base_component >= 0 else 0.0
    if base + returned > 0.9999 * problem.chemistry.extractant:
        said.append("base and metals left by stripping claim all of the extractant; lower the base, or strip further")
    said += foreseen(problem.cascade, problem.system)
    ion = problem.components[-1] if plan.base_component >= 0 else None
    elements = problem.cascade.elements
    said += [f"unverified number: {text}" for text in evidence.unverified(problem.system, elements, ion)]
    return tuple(said)


def _outlet(solution: Solution) -> int:
    """Stage from which the organic returns."""
    return next(each.stage for each in solution.outlets if each.phase == "organic")
