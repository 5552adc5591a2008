"""The course of a running cascade: contents carried on in time, flows changed in between, everything logged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.balances import lines
from sxsim.cascade.compile import Problem
from sxsim.cascade.outlets import Outlet, entering_kmol_h, outlets
from sxsim.errors import ConvergenceError
from sxsim.foundation.freezing import Record
from sxsim.kernels import transient as kernel
from sxsim.kernels.flows import count_links, fill_network, make_network
from sxsim.kernels.model import Network
from sxsim.kernels.packed import Flows, Point, make_flows, make_work
from sxsim.kernels.solve import pack_chemistry
from sxsim.kernels.transient_frozen import make_frozen
from sxsim.kernels.transient_method import RODAS5P
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup.hydraulics import Mixers, set_lines
from sxsim.startup.settings import Valves, flows_of

__all__ = ["Course", "Segment"]

Floats = NDArray[np.float64]
ROWS = 256
FIRST_H = 0.1
"""First step after a fill [h]."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment(Record):
    """A time with fixed flows.

    Attributes
    ----------
    start_h, end_h : float
        From and to [h].
    rows : slice
        Its rows in the log.
    name : str
        Phase of the policy.
    outlets : tuple of Outlet
        What leaves, with the flow of each phase.
    entering_kmol_h : (n,) array
        Components that enter [kmol/h].
    protons_kmol_h : float
        Acid and the protons that dissolved metals stand for, entering [kmol/h].
    feed_m3_h, feed_acid_mol_L : (f,) arrays
        Flow of each stream, and acid made up into it.
    base_kmol_h : float
        Base that saponifies [kmol/h].
    """

    start_h: float
    end_h: float
    rows: slice
    name: str
    outlets: tuple[Outlet, ...]
    entering_kmol_h: Floats
    protons_kmol_h: float
    feed_m3_h: Floats
    feed_acid_mol_L: Floats
    base_kmol_h: float


class Course:
    """A running cascade.

    Parameters
    ----------
    problem : Problem
        Compiled cascade with fixed flows.
    vessels : Vessels
        Volumes of mixers and settler cells [m3].
    amount : (1 + 2 C, N, n + 2) array
        Contents at time 0 [kmol].
    guess : Point
        State near which the mixers' equilibrium is sought.
    tolerance : float
        Relative error that a step may make.
    floor : float
        Share of a vessel's contents below which a component need not be right to the tolerance.
    as_mixed : bool
        Whether the phases leave the mixers in the ratio in which they are held; else the volumes stay as they are.

    Raises
    ------
    ConvergenceError
        The contents have no equilibrium that can be found.
    """

    def __init__(
        self,
        problem: Problem,
        vessels: Vessels,
        amount: Floats,
        guess: Point,
        tolerance: float,
        floor: float = 1e-6,
        as_mixed: bool = False,
    ) -> None:
        N, n = guess.c.shape[1:]
        k = count_links(problem.plan)
        self.problem, self.amount = problem, np.ascontiguousarray(amount)
        self.vessels = Vessels(vessels.mixer.copy(), vessels.cell)
        self.valves = Valves(problem)
        self.point = Point(guess.c.copy(), guess.s.copy(), guess.m.copy())
        self.name = ""
        self.segments: list[Segment] = []
        self._law = pack_chemistry(problem.chemistry)
        self._network = make_network(N, n, k)
        self._space = make_work(N, n, k, 0), make_flows(N, n, k)
        self._frozen = make_frozen(N, n, k)
        self._steps = kernel.make_space(RODAS5P.beta.shape[0], amount.shape[0], N, n)
        self._room = _room(N, n)
        self._clock = kernel.Clock(
            np.array([0.0, FIRST_H, 0.0, 0.0]), np.zeros(4, np.int64), np.array([0.0, np.inf, tolerance, floor])
        )
        self._integral = np.zeros((2, N, n + 2))
        self._logs: list[kernel.Log] = []
        self._joined: kernel.Log | None = None
        self._rows = 0
        self._refill()
        self._mixers = Mixers(self._network, vessels.mixer) if as_mixed else None
        self.equilibrate()

    @property
    def time_h(self) -> float:
        """Where the course stands [h]."""
        return float(self._clock.now[0])

    @property
    def counts(self) -> dict[str, int]:
        """Steps taken and refused, linearisations, implicit stages."""
        names = ("steps", "refused_steps", "linearisations", "implicit_stages")
        return dict(zip(names, self._clock.count.tolist(), strict=True))

    @property
    def outlet_mol_L(self) -> Floats:
        """What leaves each stage now, (2, N, n + 2): phase, stage, components, charge and sulfate [mol/L]."""
        if self._logs and self._rows:
            return np.asarray(next(part.outlet[-1] for part in reversed(self._logs) if len(part.outlet)))
        vessels, cells = self.vessels, (self.amount.shape[0] - 1) // 2
        if cells == 0:
            return np.stack((self._aqueous(), self._organic()))
        return np.stack((self.amount[cells] / vessels.cell[0][:, None], self.amount[-1] / vessels.cell[1][:, None]))

    @property
    def log(self) -> kernel.Log:
        """All steps so far, the start as the first row."""
        if self._joined is None:
            self._joined = kernel.Log(*(np.concatenate(parts) for parts in zip(*self._logs, strict=True)))
        return self._joined

    def equilibrate(self) -> None:
        """Bring the mixers to the equilibrium of their contents, and note it as the first row.

        Raises
        ------
        ConvergenceError
            No equilibrium was found.
        """
        flows = flows_of(self.problem, self.valves.plan, self._network)
        if self._equilibrate(flows, 200, 1e-8) < 0:
            raise ConvergenceError("the phases that fill the stages find no equilibrium; fill them with other liquors")
        outlet = self.outlet_mol_L
        first = kernel.Log(
            np.array([self.time_h]),
            outlet[None].copy(),
            self._integral[None].copy(),
            self.point.s[0][None].copy(),
            self.amount.sum(axis=(0, 1))[None],
        )
        self._keep(first)

    def _settle(self, flows: Flows) -> None:
        """Bring the mixers to the equilibrium of their contents, from where they stand; else leave them there."""
        before = Point(*(part.copy() for part in self.point))
        if self._equilibrate(flows, 50, 1e-6) < 0:
            for part, held in zip(self.point, before, strict=True):
                part[...] = held

    def _equilibrate(self, flows: Flows, limit: int, tolerance: float) -> int:
        """A step of next to no length by Newton's method; the iterations it took, or -1."""
        work, twin = self._space
        after, law = np.empty_like(self.amount), self._law
        how = kernel.LEAST_H, self.point, work, twin, limit, tolerance, after
        return int(kernel.implicit_euler(law, flows, self.vessels, self.amount, *how))

    def set(self, path: str, value: float) -> None:
        """Change a flow or a composition from now on.

        Raises
        ------
        InputError
            The path cannot change in a run, or not to this value.
        ConvergenceError
            A phase no longer flows.
        """
        self.valves.set(path, value)
        self._refill()

    def run_to(self, end_h: float) -> None:
        """Carry the contents on at the flows as they are.

        Raises
        ------
        ConvergenceError
            No step is short enough.
        """
        if not end_h > self.time_h:
            return
        if self._mixers is None:
            self._carry_to(end_h)
            return
        rest = Network._make(array.copy() for array in self._network)
        for until_h, mixer_m3, moved in self._mixers.pieces(self.valves.plan, rest, self.time_h, end_h):
            self.vessels.mixer[...] = mixer_m3
            set_lines(self.valves.plan, rest, moved, self._network)
            self._carry_to(until_h)
        for array, resting in zip(self._network, rest, strict=True):
            array[...] = resting

    def _carry_to(self, end_h: float) -> None:
        """Carry the contents on at fixed flows."""
        start = self.time_h
        self._clock.limits[0] = end_h
        first, status = self._rows, kernel.FULL
        flows = flows_of(self.problem, self.valves.plan, self._network)
        _, twin = self._space
        while status in (kernel.FULL, kernel.UNSETTLED):
            status, row = kernel.advance(
                self._law,
                flows,
                self.vessels,
                self.amount,
                self.point,
                twin,
                self._frozen,
                self._steps,
                RODAS5P,
                self._clock,
                self._integral,
                self._room,
                0,
            )
            if row > 0:
                self._keep(kernel.Log(*(part[:row].copy() for part in self._room)))
            if status == kernel.UNSETTLED:
                self._settle(flows)
        if status == kernel.STUCK:
            said = f"the run stops at {self.time_h:.6g} h: no step is short enough; check the flows of this time"
            raise ConvergenceError(said)
        entering, protons, _ = entering_kmol_h(replace(self.problem, plan=self.valves.plan))
        plan = self.valves.plan
        self.segments.append(
            Segment(
                start,
                end_h,
                slice(first, self._rows),
                self.name,
                tuple(outlets(replace(self.problem, plan=plan), lines(plan, self._network))),
                entering,
                protons,
                plan.feed_volume.copy(),
                plan.feed_acid.copy(),
                float(plan.inlet[0] * plan.inlet[1] + plan.inlet[2]),
            )
        )

    def state(self) -> dict[str, Any]:
        """Arrays from which `restore` carries on."""
        return {
            "amount": self.amount.copy(),
            "concentration": self.point.c.copy(),
            "stage": self.point.s.copy(),
            "link": self.point.m.copy(),
            "clock": self._clock.now[:3].copy(),
            "integral": self._integral.copy(),
            "mixer": self.vessels.mixer.copy(),
            "mixed": self.vessels.mixer[0].copy() if self._mixers is None else self._mixers.aqueous_m3.copy(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Carry on from a state; the log begins anew there."""
        self.amount[...] = state["amount"]
        self.point.c[...], self.point.s[...] = state["concentration"], state["stage"]
        self.point.m[...] = state["link"]
        self._clock.now[:3], self._clock.now[3] = state["clock"], 0.0
        self._integral[...] = state["integral"]
        self.vessels.mixer[...] = state["mixer"]
        if self._mixers is not None:
            self._mixers.aqueous_m3 = np.array(state["mixed"])
        self._logs, self._rows, self._joined, self.segments = [], 0, None, []
        self.equilibrate()

    def _refill(self) -> None:
        """Flows from the plan."""
        flowing = fill_network(self.valves.plan, self._network)
        if flowing == 1:
            raise ConvergenceError("the volumes of splits and entrainment do not settle; lower them")
        if flowing >= 2:
            place = self.problem.place(flowing - 2)
            raise ConvergenceError(f"a phase stops flowing out of stage {place} at {self.time_h:.6g} h")

    def _keep(self, log: kernel.Log) -> None:
        """Append rows."""
        self._logs.append(log)
        self._rows += log.time.size
        self._joined = None

    def _aqueous(self) -> Floats:
        """Aqueous of the mixers."""
        return np.column_stack((self.point.c[0], self.point.s[2], self.point.s[3]))

    def _organic(self) -> Floats:
        """Organic of the mixers."""
        nothing = np.zeros(self.point.s.shape[1])
        return np.column_stack((self.point.c[1], nothing, nothing))


def _room(N: int, n: int) -> kernel.Log:
    """Room for some steps, which the kernel fills over and over."""
    shape = (ROWS, 2, N, n + 2)
    return kernel.Log(np.empty(ROWS), np.empty(shape), np.empty(shape), np.empty((ROWS, N)), np.empty((ROWS, n + 2)))
