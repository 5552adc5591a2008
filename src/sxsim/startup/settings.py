"""Turning the valves: dotted paths written into the plan of a running cascade."""

from __future__ import annotations

import math

import numpy as np

from sxsim.cascade.compile import Problem
from sxsim.cascade.make_up import acid_is_own, aqueous_make_up, passing_mol_L
from sxsim.definition.startup_checks import operable_paths
from sxsim.elements import g_L_to_mol_L
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import one_of
from sxsim.kernels.flows import Plan, pack_flows
from sxsim.kernels.model import AQUEOUS, Network
from sxsim.kernels.packed import RESIDUAL_ACID, Flows

__all__ = ["Valves", "copy_plan", "flows_of"]


def copy_plan(plan: Plan) -> Plan:
    """The same plan in arrays of its own."""
    return Plan._make(value.copy() if isinstance(value, np.ndarray) else value for value in plan)


def flows_of(problem: Problem, plan: Plan, network: Network) -> Flows:
    """Arrays of the kernels, with what they have to know of the saponification of a closed loop."""
    flows = pack_flows(network)
    base = float(plan.inlet[0] * plan.inlet[1] + plan.inlet[2])
    into = plan.base_component if plan.recycled else -1
    flows.base[:] = base, into, plan.inlet[0] * problem.chemistry.extractant
    return flows


class Valves:
    """The plan of a running cascade, addressed by the paths of its definition.

    Parameters
    ----------
    problem : Problem
        Compiled cascade; it stays as it is.

    Attributes
    ----------
    plan : Plan
        The plan as it is set now.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._paths = operable_paths(problem.cascade)
        self.plan = copy_plan(problem.plan)
        self._values = {path: self._typed(path) for path in self._paths}

    def get(self, path: str) -> float:
        """Present value of a path, in its unit.

        Raises
        ------
        InputError
            The path cannot change in a run.
        """
        if path not in self._values:
            cure = one_of(path, self._paths)
            raise InputError(Finding(path, "cannot change in a run", ", ".join(self._paths), cure))
        return self._values[path]

    def set(self, path: str, value: float) -> None:
        """Set a path to a value in its unit.

        Raises
        ------
        InputError
            The path cannot change in a run, or the value is negative or not finite.
        """
        self.get(path)
        if not math.isfinite(value) or (value < 0.0 and not path.endswith(".pH")):
            raise InputError(
                Finding(path, f"cannot be set to {value:g}", "a finite number of at least 0", cure="raise it")
            )
        self._values[path] = value
        table, name, *rest = path.split(".")
        plan, cascade = self.plan, self._problem.cascade
        if table == "organic":
            places = {"flow_m3_h": 0, "saponified_fraction": 1, "base_kmol_h": 2}
            scale = cascade.organic.extractant_mol_L if name == "saponified_fraction" else 1.0
            plan.inlet[places[name]] = value * scale
        elif table == "draw":
            plan.draw_volume[[draw.name for draw in cascade.draw].index(name)] = value
        elif table == "split":
            plan.split_fraction[[split.from_ for split in cascade.split].index(name)] = value
        else:
            row = self._problem.feeds.index(name)
            if rest == ["flow_m3_h"]:
                plan.feed_volume[row] = value
            elif rest == ["acid_mol_L"] and acid_is_own(cascade.stream[name], self._problem.law.medium):
                plan.feed_acid[row] = value
            else:
                self._make_up(row, name)

    def _typed(self, path: str) -> float:
        """Value of a path in the definition."""
        table, name, *rest = path.split(".")
        cascade = self._problem.cascade
        if table == "organic":
            return float(getattr(cascade.organic, name))
        if table == "draw":
            return float(next(draw.flow_m3_h for draw in cascade.draw if draw.name == name))
        if table == "split":
            return float(next(split.fraction for split in cascade.split if split.from_ == name))
        held = getattr(cascade.stream[name], rest[0])
        return float(held[rest[1]] if len(rest) > 1 else held)

    def _make_up(self, row: int, name: str) -> None:
        """Composition of a stream after a change of its assay or pH."""
        problem, stream = self._problem, self._problem.cascade.stream[name]
        held = np.zeros(len(problem.components))
        for table in ("assay_g_L", "assay_mol_L"):
            for element in getattr(stream, table):
                value = self._values[f"stream.{name}.{table}.{element}"]
                if table == "assay_g_L" and stream.basis is not None:
                    value = g_L_to_mol_L(value, element, stream.basis)
                held[problem.components.index(element)] = value
        self.plan.feed_concentration[row] = held
        if self.plan.feed_phase[row] == AQUEOUS:
            pH = self._values.get(f"stream.{name}.pH")
            strength = self._values.get(f"stream.{name}.acid_mol_L", stream.acid_mol_L)
            made = stream.model_copy(update={"pH": pH, "acid_mol_L": strength})
            charge, medium = float(problem.law.charge @ held), problem.law.medium
            acid, sulfate = aqueous_make_up(made, charge, problem.chemistry.Ka2, medium)
            for ion, passes in passing_mol_L(problem.cascade, made, charge, medium).items():
                if ion in problem.components:
                    held[problem.components.index(ion)] = passes
            self.plan.feed_concentration[row] = held
            if self.plan.acid_component >= 0:
                self.plan.feed_concentration[row, self.plan.acid_component] = acid
                acid = RESIDUAL_ACID
            self.plan.feed_Q[row] = acid + float(problem.law.z @ held)
            self.plan.feed_sulfate[row] = sulfate
