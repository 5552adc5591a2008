"""What a report is about: the results of some commands on one cascade, and the JSON they write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.definition import Cascade
    from sxsim.economics import Cost
    from sxsim.sizing import Plan
    from sxsim.startup import StartUp

__all__ = ["Subject"]


@dataclass(frozen=True, eq=False)
class Subject:
    """Results on one cascade.

    Attributes
    ----------
    cascade : Cascade
        The definition as given; its hash names the input.
    result : Result
        The solved cascade that is drawn: of a plan its own.
    plan, bill, run : Plan, Cost, StartUp or None
        What else was done.
    policies : mapping or None
        JSON of several start-ups beside each other.
    """

    cascade: Cascade
    result: Result
    plan: Plan | None = None
    bill: Cost | None = None
    run: StartUp | None = None
    policies: Mapping[str, Any] | None = None

    @cached_property
    def book(self) -> dict[str, Any]:
        """The JSON of all commands by name, each as the command itself writes it."""
        told: dict[str, Any] = {}
        if self.plan is not None:
            told["design"] = self.plan.to_dict()
        else:
            told["solve"] = self.result.to_dict()
        if self.bill is not None:
            from sxsim.economics.comparison import compare

            told["cost"] = {**self.bill.to_dict(), "benchmarks": [row.to_dict() for row in compare(self.bill)]}
        if self.run is not None:
            told["startup"] = self.run.to_dict()
        elif self.policies is not None:
            told["startup"] = dict(self.policies)
        return told

    @property
    def solved(self) -> str:
        """Pointer to the solved cascade in the book."""
        return "/design/solve" if self.plan is not None else "/solve"

    @property
    def costed(self) -> str:
        """Pointer to the costing in the book; empty when there is none."""
        return "/cost" if self.bill is not None else ""

    @property
    def facts(self) -> dict[str, str]:
        """What identifies the report: program, version, input."""
        from sxsim import __version__

        return {"program": "sxsim", "version": __version__, "input_hash": self.cascade.input_hash}
