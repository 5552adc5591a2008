"""Many cascades of one layout at once: solved in machine code, and asked for their figures in whole columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.assemble import MET, Account, room
from sxsim.cascade.balances import equilibrium_residual, total_acid
from sxsim.cascade.compile import Problem, compile_alike, layout_of
from sxsim.cascade.diagnose import EQUILIBRIUM, FULL, ALKALINE_pH, HIGHEST_pH, in_doubt
from sxsim.cascade.equations import equations_alike, found_values
from sxsim.cascade.make_up import ANIONS
from sxsim.cascade.outlets import Outlet, entering_kmol_h
from sxsim.cascade.present import narrowed, widened
from sxsim.cascade.solving import with_base_taken_up
from sxsim.cascade.storage import fields_of
from sxsim.cascade.streams import OXIDE_MASS, sulfate_charge
from sxsim.definition import Cascade
from sxsim.definition.tables import Target
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.batch import Packed, follow_packed, pack_alike, solve_packed
from sxsim.kernels.flows import network_of, plan_of
from sxsim.kernels.model import Chemistry
from sxsim.kernels.packed import CAPACITY, INTO, Flows, Law, Layout, Point
from sxsim.kernels.solve import SOLVED, state_of

__all__ = ["HEADS", "Posed", "Together", "pose_together"]

Column = NDArray[np.float64]


class Typed(NamedTuple):
    """Numbers of the definitions that are needed once more when the cases are told.

    Attributes
    ----------
    extractant_mol_L : (cases,) array
        As typed.
    asked : (cases, targets) array
        What each target asks.
    """

    extractant_mol_L: Column
    asked: Column


@dataclass(frozen=True, eq=False)
class Together:
    """Solved cascades of one layout.

    Attributes
    ----------
    places : tuple of int
        Their places among all that were to be solved.
    typed : Typed
        What their definitions say of the figures.
    account : Account
        Their solutions: every array has the case in front; names and places are those of all.
    iterations : (cases,) array
        Newton steps.
    """

    places: tuple[int, ...]
    typed: Typed
    account: Account
    iterations: NDArray[np.int64]

    def told(self, heads: Set[str]) -> dict[str, Any]:
        """Parts of what `Result.to_dict` tells, with a column of all cases in place of each number.

        Parameters
        ----------
        heads : set of str
            Which parts, of `HEADS`.

        Returns
        -------
        dict of str to object
            NaN stands for what is undefined. Of the streams there are those that leave or return.
        """
        with np.errstate(all="ignore"):
            return {name: tell(self) for name, tell in HEADS.items() if name in heads}

    @cached_property
    def streams(self) -> dict[str, dict[str, Any]]:
        """Fields of the streams that leave or return."""
        entering = entering_kmol_h(self.account.problem)[0]
        return {outlet.name: self._stream(outlet, entering) for outlet in self.account.leaving}

    def targets(self) -> list[dict[str, Any]]:
        """Targets beside what was reached."""
        targets = enumerate(self.account.problem.cascade.target)
        return [self._target(target, self.typed.asked[:, row]) for row, target in targets]

    def found(self) -> dict[str, Column]:
        """Free quantities by path."""
        return found_values(self.account.problem, self.typed.extractant_mol_L)

    def _stream(self, outlet: Outlet, entering: Column) -> dict[str, Any]:
        """Fields of a stream, as `streams.Stream` has them."""
        problem, state, j = self.account.problem, self.account.state, outlet.stage
        names = problem.components
        x, y, sulfate = state.x[:, j], state.y[:, j], state.sulfate[:, j]
        h = problem.protons(state)[:, j]
        acid = total_acid(h, sulfate, problem.chemistry.Ka2)
        watery = outlet.phase == "aqueous"
        volumes = tuple(np.broadcast_to(v, h.shape) for v in (outlet.aqueous_m3_h, outlet.organic_m3_h))
        flow, other = volumes if watery else volumes[::-1]
        held, carried = (_columns(names, part) for part in ((x, y) if watery else (y, x)))
        if watery:
            anion = ANIONS[problem.law.medium]
            alone = h if problem.plan.acid_component < 0 else 0.0
            charge = alone + np.add.reduce(problem.law.charge * x, axis=-1)
            held[anion] = sulfate if anion == "SO4" else charge
            if anion != "SO4" and problem.chemistry.Ka2 > 0.0:
                bound = sulfate * sulfate_charge(h, problem.chemistry.Ka2)
                held[anion], held["SO4"] = np.maximum(charge - bound, 0.0), sulfate
        still = (flow == 0.0) & (other == 0.0)
        nothing = np.zeros_like(h)
        rare = [name for name in names if name in OXIDE_MASS]
        moles = {name: np.where(still, held[name], flow * held[name] + other * carried[name]) for name in rare}
        recovery: dict[str, Column] = {}
        if outlet.kind == "product":
            aqueous, organic = (volume[:, None] for volume in volumes)
            share = (aqueous * x + organic * y) / np.where(entering > 0.0, entering, np.nan)
            recovery = _columns(problem.cascade.elements, share)
        return {
            "name": outlet.name,
            "kind": outlet.kind,
            "phase": outlet.phase,
            "flow_m3_h": flow,
            "pH": 0.0 - np.log10(np.where(h > 0.0, h, np.nan)) if watery else nothing * np.nan,
            "acid_mol_L": acid if watery else nothing * np.nan,
            "concentration_mol_L": held,
            "entrained_m3_h": other,
            "entrained_mol_L": {name: np.where(other > 0.0, column, np.nan) for name, column in carried.items()},
            "purity": _shares({name: column * OXIDE_MASS[name] for name, column in moles.items()}),
            "purity_mol": _shares(moles),
            "recovery": recovery,
        }

    def _target(self, target: Target, asked: Column) -> dict[str, Any]:
        """Fields of a target, as `result.TargetResult` has them."""
        stream, symbols, weights = self.streams[target.stream], target.symbols, target.weights()
        shares = stream["purity" if target.purity_basis == "oxide" else "purity_mol"]
        unknown = np.full(asked.shape, np.nan)
        purity = sum((shares.get(symbol, unknown) for symbol in symbols), np.zeros(asked.shape))
        recovery = stream["recovery"].get(symbols[0], unknown)
        if len(symbols) > 1:
            recovery = self._of_group(target, stream)
        held = stream["concentration_mol_L"]
        value = {
            "purity": purity,
            "impurity": purity,
            "recovery": recovery,
            "concentration": sum((weights[symbol] * held[symbol] for symbol in symbols), np.zeros(asked.shape)),
        }[target.figure]
        left = room(target.figure, asked, value)
        return {
            "stream": target.stream,
            "element": target.name,
            "figure": target.figure,
            "asked": asked,
            "value": value,
            "purity": purity,
            "recovery": recovery,
            "met": value >= asked - MET if target.at_least else value <= asked * (1.0 + MET),
            "room": np.where(np.isfinite(left), left, np.nan),
        }

    def _of_group(self, target: Target, stream: dict[str, Any]) -> Column:
        """Recovery of a group of elements in a stream."""
        names, weights = self.account.problem.components, target.weights()
        entering = entering_kmol_h(self.account.problem)[0]
        fed = {symbol: weights[symbol] * entering[..., names.index(symbol)] for symbol in target.symbols}
        leaves = sum(stream["recovery"].get(symbol, np.nan) * amount for symbol, amount in fed.items())
        return np.asarray(leaves / sum(fed.values()))


HEADS: dict[str, Any] = {
    "streams": lambda many: many.streams,
    "targets": Together.targets,
    "loads": lambda many: {name: fields_of(load) for name, load in many.account.load.items()},
    "found": Together.found,
    "closure": lambda many: np.maximum.reduce(list(many.account.closure_by_component.values())),
    "closure_by_component": lambda many: many.account.closure_by_component,
    "iterations": lambda many: many.iterations.astype(np.float64),
}
"""What many cases tell in columns."""


@dataclass(frozen=True, eq=False)
class Posed:
    """Cascades of one layout in the arrays of the kernels, yet to be solved.

    Attributes
    ----------
    places : tuple of int
        Their places among all that are to be solved.
    typed : Typed
        What their definitions say of the figures.
    problem, posed : Problem
        Compiled, with the case in front of its arrays; and without the elements that nothing brings in.
    packed : Packed
        The same for the kernels, which `run` fills.
    line, along : (cases,) arrays
        Without free quantities: the line that each case lies on, and where.
    """

    places: tuple[int, ...]
    typed: Typed
    problem: Problem
    posed: Problem
    packed: Packed
    line: NDArray[np.int64]
    along: Column

    def run(self) -> None:
        """Solve them; the interpreter is free for other threads meanwhile."""
        if self.packed.goals.free.shape[-1]:
            solve_packed(self.packed, 1)
        else:
            follow_packed(self.packed, self.along, self.line)

    def solved(self) -> Together | None:
        """Those that are solved, after `run`; None when not one is."""
        packed, good = self.packed, self.packed.answers[:, 0] == SOLVED
        good &= self._sound(good)
        if not good.any():
            return None
        posed, layout = self.posed.plan, Layout(*(array[good] for array in packed.layouts))
        plan = plan_of(layout, self.problem.plan)
        if posed is not self.problem.plan:  # elements that nothing brings in were left out
            whole = self.problem.plan
            plan = plan._replace(feed_concentration=whole.feed_concentration[good], organic=whole.organic[good])
        network, state = widened(
            self.problem,
            self.posed,
            network_of(Flows(*(array[good] for array in packed.flows))),
            state_of(Point(*(array[good] for array in packed.points))),
        )
        problem = with_base_taken_up(replace(self.problem, plan=plan), network)
        return Together(
            places=tuple(compress(self.places, good)),
            typed=Typed(*(values[good] for values in self.typed)),
            account=Account(problem, network, state),
            iterations=packed.answers[good, 2],
        )

    def _sound(self, solved: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which cases are what `diagnose.no_sound_state` lets pass, as `solving.steady_state` does it for one."""
        points, chemistry = self.packed.points, self.posed.chemistry
        every = state_of(points)
        sound = np.asarray(every.h.min(axis=1) >= 10.0**-HIGHEST_pH) | (self.posed.plan.acid_component >= 0)
        suspect = np.broadcast_to(in_doubt(self.posed, every), solved.shape)
        for q in np.flatnonzero(solved & sound & suspect):
            network = network_of(Flows(*(array[q] for array in self.packed.flows)))
            state = state_of(Point(*(array[q] for array in points)))
            if state.h.min() < 10.0**-ALKALINE_pH and self._bound_on_entry(int(q)) > FULL:
                sound[q] = False
                continue
            with np.errstate(all="ignore"):
                sound[q] = equilibrium_residual(_chemistry_of(chemistry, int(q)), network, state) <= EQUILIBRIUM
        return sound

    def _bound_on_entry(self, q: int) -> float:
        """Share of the extractant of a case that its base, all of it, and what comes back claim; 0 without base."""
        law, flows, point = (
            Law(*(array[q] for array in self.packed.laws)),
            Flows(*(array[q] for array in self.packed.flows)),
            Point(*(array[q] for array in self.packed.points)),
        )
        if flows.base[INTO] < 0.0:
            return 0.0
        return 1.0 + float(base_left_over(law, flows, point)) / float(flows.base[CAPACITY])


def _chemistry_of(many: Chemistry, q: int) -> Chemistry:
    """Constants of one case; those that all share have no case in front."""
    ranks = {"ln_K": 2, "efficiency": 2, "extractant": 0, "Ka2": 0}
    own = {
        name: value[q]
        for name, value in many._asdict().items()
        if isinstance(value, np.ndarray) and value.ndim > ranks.get(name, 1)
    }
    return many._replace(**own)


def pose_together(
    cascades: Sequence[Cascade],
    lines: Sequence[tuple[int, float]] | None = None,
) -> list[Posed]:
    """Make many cascades ready to be solved, each as `solving.steady_state` does it.

    Parameters
    ----------
    cascades : sequence of Cascade
        Clean definitions that differ in numbers, not in names.
    lines : sequence of (int, float), optional
        For each cascade the line that it lies on, and where: those that stand side by side with the same number differ
        in one quantity. Flows as typed are then solved from where the cascades before on the line point to, and from
        nothing without a line.

    Returns
    -------
    list of Posed
        By layout.
    """
    alike: dict[Hashable, list[int]] = {}
    for place, cascade in enumerate(cascades):
        alike.setdefault(layout_of(cascade), []).append(place)
    on = [(place, 0.0) for place in range(len(cascades))] if lines is None else lines
    return [
        _posed(places, [cascades[place] for place in places], [on[place] for place in places])
        for places in alike.values()
    ]


def _posed(
    places: list[int],
    cascades: list[Cascade],
    lines: list[tuple[int, float]],
) -> Posed:
    """Cascades of one layout."""
    problem, count = compile_alike(cascades), len(cascades)
    asked = [[target.asked for target in cascade.target] for cascade in cascades]
    typed = Typed(
        extractant_mol_L=np.array([cascade.organic.extractant_mol_L for cascade in cascades]),
        asked=np.array(asked, dtype=np.float64).reshape(count, len(problem.cascade.target)),
    )
    posed = narrowed(problem)
    packed = pack_alike(posed.chemistry, posed.plan, equations_alike(posed, cascades), count)
    return Posed(
        places=tuple(places),
        typed=typed,
        problem=problem,
        posed=posed,
        packed=packed,
        line=np.array([line for line, _ in lines], dtype=np.int64),
        along=np.array([along for _, along in lines], dtype=np.float64),
    )


def _columns(names: Sequence[str], held: Column) -> dict[str, Column]:
    """Name to column of an array of shape (cases, names)."""
    return {name: held[:, row] for row, name in enumerate(names)}


def _shares(parts: dict[str, Column]) -> dict[str, Column]:
    """Each part beside their sum, where that is more than nothing."""
    whole = np.add.reduce(list(parts.values()), axis=0)
    return {name: part / np.where(whole > 0.0, whole, np.nan) for name, part in parts.items()}
