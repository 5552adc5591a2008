"""What a report is about: the results of some commands on one cascade, and the JSON they write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.definition import Cascade
    from sxsim.economics import Cost
    from sxsim.report.grids.cells import Grid
    from sxsim.report.grids.evidence import Citation
    from sxsim.report.html.chapters import Chapter
    from sxsim.sizing import Plan
    from sxsim.startup import StartUp

__all__ = ["Reportable", "Subject", "facts_of"]

_RUNS = {"solve": "solved", "design": "designed", "cost": "costed", "startup": "started up"}


class Reportable(Protocol):
    """What page and workbook ask of their subject."""

    @property
    def book(self) -> Mapping[str, Any]:
        """The JSON that the numbers are fetched from."""

    @property
    def facts(self) -> dict[str, str]:
        """What identifies the report: program, version, input."""

    @property
    def title(self) -> str:
        """Heading."""

    @property
    def description(self) -> str:
        """A sentence below it; may be empty."""

    @property
    def runs(self) -> tuple[str, ...]:
        """What was done."""

    @property
    def verdict(self) -> str:
        """How it was solved."""

    @property
    def met(self) -> bool | None:
        """Whether every target is met; None when there is none."""

    @property
    def definition(self) -> str:
        """The file that gives these numbers again."""

    @property
    def elements(self) -> tuple[str, ...]:
        """Elements whose balance the workbook works out from the stream table; empty when that says it already."""

    @property
    def solved(self) -> str:
        """Pointer to what holds the streams in the book."""

    def tables(self) -> dict[str, tuple[Grid, ...]]:
        """Tables by sheet."""

    def chapters(self) -> tuple[Chapter, ...]:
        """Chapters of the page."""

    def citations(self) -> list[Citation]:
        """Sources."""


def facts_of(input_hash: str) -> dict[str, str]:
    """Program, version and input of a report."""
    from sxsim import __version__

    return {"program": "sxsim", "version": __version__, "input_hash": input_hash}


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
        return facts_of(self.cascade.input_hash)

    @property
    def title(self) -> str:
        """Title of the cascade."""
        return self.cascade.title

    @property
    def description(self) -> str:
        """Description of the cascade; may be empty."""
        return self.cascade.description

    @property
    def runs(self) -> tuple[str, ...]:
        """What was done."""
        return tuple(_RUNS[name] for name in self.book)

    @property
    def verdict(self) -> str:
        """How the cascade was solved."""
        return f"{self.result.status.capitalize()} by {self.result.method}."

    @property
    def met(self) -> bool | None:
        """Whether every target is met; None when there is none."""
        return self.result.met if self.result.targets else None

    @property
    def definition(self) -> str:
        """The cascade file with the flows that were found."""
        return self.result.solved_cascade.to_toml()

    @property
    def elements(self) -> tuple[str, ...]:
        """Elements of the cascade."""
        return self.cascade.elements

    def tables(self) -> dict[str, tuple[Grid, ...]]:
        """Tables by sheet."""
        from sxsim.report.html.chapters import tables

        return tables(self)

    def chapters(self) -> tuple[Chapter, ...]:
        """Chapters of the page."""
        from sxsim.report.html.chapters import chapters

        return chapters(self)

    def citations(self) -> list[Citation]:
        """Sources of chemistry, prices and costs."""
        from sxsim.report.grids.evidence import citations

        return citations(self.book, self.solved, self.costed)
