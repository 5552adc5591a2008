"""Running a cascade as an operator does: setpoints, disturbances, and a controller that looks at samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sxsim.definition.startup_tables import Controller, Event
from sxsim.startup.course import Course

__all__ = ["Operation", "SplitController"]

RAMP_STEPS = 24
"""Steps in which a ramp or a drift is walked; each is hit exactly, and the total brought in is that of the ramp."""


class Operation:
    """A course with setpoints and a schedule of disturbances.

    Parameters
    ----------
    course : Course
        What runs.
    events : sequence of Event
        Disturbances.
    progress : callable, optional
        Called with the time reached [h].
    """

    def __init__(
        self, course: Course, events: tuple[Event, ...], progress: Callable[[float], None] | None = None
    ) -> None:
        self.course = course
        self._progress = progress
        self._setpoint: dict[str, float] = {}
        self._factor: dict[str, float] = {}
        self._begun: dict[int, float] = {}
        self._events = events
        moves = [(at_h, number, share) for number, event in enumerate(events) for at_h, share in _moves(event)]
        self._moves = sorted(moves, key=lambda move: move[0])

    def setpoint(self, path: str) -> float:
        """What a path is set to, disturbances left out."""
        return self._setpoint.get(path, self.course.valves.get(path) / self._factor.get(path, 1.0))

    def set(self, path: str, value: float) -> None:
        """Set a path; a pump that drifts delivers its factor times that."""
        self._setpoint[path] = value
        self.course.set(path, value * self._factor.get(path, 1.0))

    def run_to(self, end_h: float) -> None:
        """Run on, disturbances included."""
        while self._moves and self._moves[0][0] < end_h:
            at_h, number, share = self._moves.pop(0)
            self.course.run_to(at_h)
            self._disturb(number, share)
        self.course.run_to(end_h)
        if self._progress is not None:
            self._progress(end_h)

    def skip_to(self, time_h: float) -> None:
        """Forget the disturbances before a time: a resumed run has had them."""
        self._moves = [move for move in self._moves if move[0] >= time_h]

    def state(self) -> dict[str, Any]:
        """Plain data of setpoints and factors."""
        values = {path: self.course.valves.get(path) for path in {*self._setpoint, *self._factor}}
        begun = {str(number): value for number, value in self._begun.items()}
        return {"setpoint": self._setpoint, "factor": self._factor, "value": values, "begun": begun}

    def restore(self, state: dict[str, Any]) -> None:
        """Carry on with the setpoints of a state."""
        self._setpoint, self._factor = dict(state["setpoint"]), dict(state["factor"])
        self._begun = {int(number): value for number, value in state["begun"].items()}
        for path, value in state["value"].items():
            self.course.set(path, value)

    def _disturb(self, number: int, share: float) -> None:
        """Carry out a part of an event."""
        event = self._events[number]
        path = event.path
        if event.to is not None:
            begin = self._begun.setdefault(number, self.course.valves.get(path))
            self._factor[path] = 1.0
            self.set(path, begin + share * (event.to - begin))
            return
        value = self.setpoint(path)
        begin = self._begun.setdefault(number, self._factor.get(path, 1.0))
        if event.factor is not None:
            self._factor[path] = begin * (1.0 + share * (event.factor - 1.0))
        else:
            self._factor[path] = begin * (1.0 + share * (event.drift_per_day or 0.0) * event.over_h / 24.0)
        self.set(path, value)


def _moves(event: Event) -> list[tuple[float, float]]:
    """When an event moves its quantity [h], and how much of the change is done then: the middle of every step."""
    if event.over_h == 0.0:
        return [(event.at_h, 1.0)]
    steps = range(RAMP_STEPS)
    moves = [(event.at_h + event.over_h * step / RAMP_STEPS, (step + 0.5) / RAMP_STEPS) for step in steps]
    return [*moves, (event.at_h + event.over_h, 1.0)]


class SplitController:
    """A PI controller of the product split on samples that are analysed late and not quite right.

    Parameters
    ----------
    table : Controller
        Its constants, the gain among them.
    setpoint : float
        Mole fraction of A that the monitored stage has at steady state [-].
    share : float
        Share of the feed that leaves with the organic at steady state [-].

    Notes
    -----
    The share is ``share + gain (e + integral of e over time / integral_h)`` with e what was analysed less the setpoint,
    kept between 0 and 1; the integral stops while it is at a bound.
    """

    def __init__(self, table: Controller, setpoint: float, share: float) -> None:
        self._table, self._setpoint, self._share = table, setpoint, share
        self._random = np.random.default_rng(table.seed)
        self._sum = 0.0
        self.pending: list[tuple[float, float]] = []

    def sample(self, time_h: float, fraction: float) -> None:
        """Take a sample; its answer comes after the delay."""
        seen = fraction + self._table.noise * float(self._random.standard_normal())
        self.pending.append((time_h + self._table.delay_h, seen))

    def answer(self) -> float:
        """Share of the feed that the oldest answer asks for [-]."""
        _, seen = self.pending.pop(0)
        error = seen - self._setpoint
        table = self._table
        more = self._sum
        if table.integral_h is not None:
            more += error * table.sample_h / table.integral_h
        asked = self._share + (table.gain or 0.0) * (error + more)
        if 0.0 <= asked <= 1.0 or error * more <= 0.0:
            self._sum = more
        return min(max(asked, 0.0), 1.0)

    def state(self) -> dict[str, Any]:
        """Plain data from which `restore` carries on."""
        return {"sum": self._sum, "pending": self.pending, "random": self._random.bit_generator.state}

    def restore(self, state: dict[str, Any]) -> None:
        """Carry on from a state."""
        self._sum = state["sum"]
        self.pending = [(float(at_h), float(seen)) for at_h, seen in state["pending"]]
        self._random.bit_generator.state = state["random"]
