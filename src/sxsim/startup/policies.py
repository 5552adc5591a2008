"""The policies: what fills the stages, and what is done until the cascade runs as it is meant to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.definition.startup_tables import Policy, Startup
from sxsim.kernels.packed import Point
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup.fills import composed_fill, feed_shares, held_shares, metal_free_fill
from sxsim.startup.measures import margins
from sxsim.startup.operation import Operation, SplitController
from sxsim.startup.split import Split, strong_fraction

__all__ = ["PHASES", "Conduct", "fill"]

Floats = NDArray[np.float64]

PHASES: dict[Policy, tuple[str, ...]] = {
    "open": ("normal",),
    "organic-first": ("normal",),
    "reflux": ("total reflux", "normal"),
    "one-sided": ("one-sided withdrawal", "total reflux", "normal"),
    "matched-reflux": ("total reflux", "one-sided withdrawal", "normal"),
    "feedback": ("split control",),
}
"""What each policy does one after the other; one-sided refluxes only where the table says for how long."""

LONGEST = 0.5
"""Share of the run after which a preparation ends in any case."""


def fill(
    policy: Policy, problem: Problem, vessels: Vessels, cells: int, steady: Floats, point: Point
) -> tuple[Floats, Point]:
    """Contents at the start of a policy [kmol], and a state near them.

    Parameters
    ----------
    policy : str
        One of `POLICIES`.
    problem : Problem
        Compiled cascade.
    vessels, cells
        Hold-ups.
    steady : (1 + 2 C, N, n + 2) array
        Contents of the steady state [kmol].
    point : Point
        The steady state.
    """
    if policy == "organic-first":
        return metal_free_fill(problem, vessels, cells, point)
    shares = held_shares(problem, steady) if policy == "matched-reflux" else feed_shares(problem)
    return composed_fill(problem, steady, shares), point


class Conduct:
    """A policy being carried out.

    Parameters
    ----------
    table : Startup
        Its constants.
    operation : Operation
        What runs.
    split : Split
        How the product split is set.
    watch : int
        Monitored stage (0-based).
    steady : (1 + 2 C, N, n + 2) array
        Contents of the steady state [kmol].
    fraction : float
        Mole fraction of A that the monitored stage has at steady state [-].

    Attributes
    ----------
    opened_h : float or None
        When the products were first drawn as meant [h].
    """

    def __init__(
        self, table: Startup, operation: Operation, split: Split, watch: int, steady: Floats, fraction: float
    ) -> None:
        self.opened_h: float | None = None
        self._table, self._operation, self._split, self._watch = table, operation, split, watch
        self._held = self._strong_kmol(steady)
        self._phase = -1
        self._phase_start_h = 0.0
        self._next_sample_h = 0.0
        self._organic_m3_h = operation.course.valves.get("organic.flow_m3_h")
        self._flows = {
            name: operation.course.valves.get(f"stream.{name}.flow_m3_h") for name in (*split.feeds, *split.strips)
        }
        self._controller = SplitController(table.controller, fraction, split.share)

    @property
    def phase(self) -> str:
        """Name of the phase that runs."""
        return PHASES[self._table.policy][self._phase]

    def run_to(self, end_h: float) -> None:
        """Carry the policy out until a time."""
        course = self._operation.course
        if self._phase < 0:
            self._enter(0)
        while course.time_h < end_h:
            course.name = self.phase
            if self.phase == "normal":
                self._operation.run_to(end_h)
            elif self.phase == "split control":
                self._control_to(end_h)
            else:
                self._operation.run_to(min(end_h, course.time_h + self._step_h()))
                if self._done():
                    self._enter(self._phase + (2 if self._skips_reflux() else 1))

    def state(self) -> dict[str, Any]:
        """Plain data from which `restore` carries on."""
        return {
            "phase": self._phase,
            "phase_start_h": self._phase_start_h,
            "next_sample_h": self._next_sample_h,
            "opened_h": self.opened_h,
            "controller": self._controller.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Carry on from a state."""
        self._phase, self._phase_start_h = state["phase"], state["phase_start_h"]
        self._next_sample_h, self.opened_h = state["next_sample_h"], state["opened_h"]
        self._controller.restore(state["controller"])

    def _enter(self, phase: int) -> None:
        """Begin a phase: set its flows."""
        self._phase, self._phase_start_h = phase, self._operation.course.time_h
        operation, split = self._operation, self._split
        if self.phase in ("normal", "split control"):
            if phase > 0:
                for name, flow in self._flows.items():
                    operation.set(f"stream.{name}.flow_m3_h", flow)
                operation.set(f"stream.{split.scrub}.flow_m3_h", split.scrub_m3_h)
            self.opened_h = self._phase_start_h
            self._next_sample_h = self._phase_start_h
        elif self.phase == "total reflux":
            self._strip_for(split.share)
            operation.set(f"stream.{split.scrub}.flow_m3_h", split.scrub_for(0.0, feeding=False))
            for name in split.feeds:
                operation.set(f"stream.{name}.flow_m3_h", 0.0)
        else:
            share = 1.0 if self._surplus_kmol() > 0.0 else 0.0
            for name in split.feeds:
                operation.set(f"stream.{name}.flow_m3_h", self._flows[name])
            operation.set(f"stream.{split.scrub}.flow_m3_h", split.scrub_for(share))
            self._strip_for(share)

    def _skips_reflux(self) -> bool:
        """Whether no total reflux follows a one-sided withdrawal."""
        return self._table.policy == "one-sided" and not self._table.reflux_h and self._phase == 0

    def _done(self) -> bool:
        """Whether a phase has reached its end."""
        lasted = self._operation.course.time_h - self._phase_start_h
        if lasted >= LONGEST * self._table.days * 24.0:
            return True
        if self.phase == "total reflux":
            if self._table.reflux_h is not None:
                return lasted >= self._table.reflux_h * (1.0 - 1e-12)
            course = self._operation.course
            on_spec = bool((margins(course.problem, course.outlet_mol_L[None])[0] >= 0.0).all())
            return on_spec
        valve = self._operation.course.valves.get(f"stream.{self._split.scrub}.flow_m3_h")
        surplus = self._surplus_kmol()
        return surplus <= 0.0 if valve < self._split.scrub_m3_h else surplus >= 0.0

    def _step_h(self) -> float:
        """Time until the next look."""
        lasted = self._operation.course.time_h - self._phase_start_h
        if self.phase == "total reflux":
            left = self._table.reflux_h - lasted if self._table.reflux_h is not None else np.inf
            return float(min(self._table.check_h, left) if left > 0.0 else self._table.check_h)
        # the surplus cannot leave faster than the feed brings the other group; look there and then ever closer
        surplus, fed = self._surplus_kmol(), self._split.fed_kmol_h
        rate = fed * (1.0 - self._split.share if surplus > 0.0 else self._split.share)
        look = float(max(0.9 * abs(surplus) / max(rate, 1e-12), 0.05 * self._table.check_h))
        return min(look, max(LONGEST * self._table.days * 24.0 - lasted, 0.05 * self._table.check_h))

    def _control_to(self, end_h: float) -> None:
        """Sample and steer until a time."""
        course, table = self._operation.course, self._table.controller
        while course.time_h < end_h:
            due = min([self._next_sample_h, *(at_h for at_h, _ in self._controller.pending[:1])])
            if due > course.time_h:
                self._operation.run_to(min(due, end_h))
                continue
            if self._controller.pending and self._controller.pending[0][0] <= course.time_h:
                self._steer(self._controller.answer())
            if self._next_sample_h <= course.time_h:
                held = course.outlet_mol_L[0, self._watch, :-2]
                self._controller.sample(course.time_h, float(strong_fraction(self._split, held)))
                self._next_sample_h += table.sample_h

    def _strip_for(self, share: float) -> None:
        """Let the strip acid follow a load above that of the steady state; below it the acid stays as it is."""
        for name in self._split.strips:
            more = max(1.0, share / self._split.share) if self._split.share > 0.0 else 1.0
            self._operation.set(f"stream.{name}.flow_m3_h", more * self._flows[name])

    def _steer(self, share: float) -> None:
        """Set the flow that gives a share."""
        self._strip_for(share)
        if self._table.controller.adjusts == "scrub":
            self._operation.set(f"stream.{self._split.scrub}.flow_m3_h", self._split.scrub_for(share))
        else:
            self._operation.set("organic.flow_m3_h", self._split.organic_for(share, self._organic_m3_h))

    def _surplus_kmol(self) -> float:
        """A held beyond what the steady state holds [kmol]."""
        return self._strong_kmol(self._operation.course.amount) - self._held

    def _strong_kmol(self, amount: Floats) -> float:
        """A in some contents of the stages that do not strip [kmol]."""
        return float(amount[:, list(self._split.working)][..., list(self._split.strong)].sum())
