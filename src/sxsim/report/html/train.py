"""What the report of a train is about: its solution, its cost from ore to oxides, and the JSON of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sxsim.report.html.chapters import Chapter
from sxsim.report.html.figures import Picture, plot_of
from sxsim.report.html.subject import facts_of

if TYPE_CHECKING:
    from sxsim.plant import TrainResult
    from sxsim.plant.bill import TrainCost
    from sxsim.report.grids.cells import Grid
    from sxsim.report.grids.evidence import Citation

__all__ = ["TrainSubject"]

BASE = "/train"


@dataclass(frozen=True, eq=False)
class TrainSubject:
    """A solved and costed train.

    Attributes
    ----------
    result : TrainResult
        Its solution.
    bill : TrainCost
        Its cost.
    told : mapping
        What ``sxsim train --json`` says of both.
    """

    result: TrainResult
    bill: TrainCost
    told: Mapping[str, Any]

    @property
    def book(self) -> dict[str, Any]:
        """The JSON under the name of its command."""
        return {"train": self.told}

    @property
    def facts(self) -> dict[str, str]:
        """What identifies the report: program, version, input."""
        return facts_of(self.result.train.input_hash)

    @property
    def title(self) -> str:
        """Title of the train."""
        return self.result.train.title

    @property
    def description(self) -> str:
        """What it is made of, in a sentence."""
        return f"{len(self.result.cascades)} cascades, {self.result.stages} stages"

    @property
    def runs(self) -> tuple[str, ...]:
        """What was done."""
        return ("train solved", "costed from ore to oxides")

    @property
    def verdict(self) -> str:
        """How it was solved."""
        return f"Converged in {self.result.rounds} rounds through the units."

    @property
    def met(self) -> bool | None:
        """Whether every product is what it is to be."""
        return self.result.met

    @property
    def definition(self) -> str:
        """The train file."""
        return self.result.train.to_toml()

    @property
    def elements(self) -> tuple[str, ...]:
        """None: the stream table itself says what is carried."""
        return ()

    @property
    def solved(self) -> str:
        """Pointer to the train in the book."""
        return BASE

    def tables(self) -> dict[str, tuple[Grid, ...]]:
        """Tables by sheet."""
        from sxsim.report.grids.costed import centre_grid, effluent_grid, limit_grid, waste_grid, water_grid
        from sxsim.report.grids.evidence import chemistry_grid
        from sxsim.report.grids.trained import train_cost_grids, train_grids, train_stream_grid

        book = self.book
        waste = [waste_grid(book, BASE), effluent_grid(book, BASE), water_grid(book, BASE), limit_grid(book, BASE)]
        grids = {
            "train": train_grids(book, BASE),
            "streams": [train_stream_grid(book, BASE)],
            "cost": [*train_cost_grids(book, BASE), *waste, centre_grid(book, BASE)],
            "assumptions": [chemistry_grid(self._chemistry)],
        }
        return {key: tuple(grid for grid in held if grid.rows) for key, held in grids.items()}

    def chapters(self) -> tuple[Chapter, ...]:
        """Chapters of the page."""
        from sxsim.report.grids.evidence import warnings_of
        from sxsim.report.train_plots import flow_sheet

        held = self.tables()
        sheet = plot_of(
            flow_sheet(self.result), "Units of the train, from the feed on the left; recycles are broken lines."
        )
        return (
            Chapter("know", "What to know of these numbers", notes=tuple(warnings_of(self.book))),
            Chapter("flow-sheet", "Flow sheet", pictures=(sheet,)),
            Chapter("train", "Products and cascades", held["train"]),
            Chapter("streams", "Streams", held["streams"]),
            Chapter("cost", "Cost and waste", held["cost"], tuple(self._sankeys())),
            Chapter("assumptions", "Assumptions and their status", held["assumptions"]),
        )

    def citations(self) -> list[Citation]:
        """Sources of the chemistry of every cascade, then those of prices and costs."""
        from sxsim.report.grids.evidence import economic_citations

        found = {each["key"]: (each["key"], each["citation"], each["doi"], each["quality"]) for each in self._chemistry}
        keys = sorted({str(item["source"]) for item in self.told["items"]})
        found |= {each[0]: each for each in economic_citations(keys) if each[0] not in found}
        return list(found.values())

    @cached_property
    def _chemistry(self) -> list[dict[str, Any]]:
        """Sources of all cascades, each once with all numbers taken from it."""
        found: dict[str, dict[str, Any]] = {}
        for result in self.result.cascades.values():
            for reference in result.sources:
                known = found.setdefault(reference.key, {**asdict(reference), "numbers": ()})
                known["numbers"] = tuple(dict.fromkeys((*known["numbers"], *reference.numbers)))
        return list(found.values())

    def _sankeys(self) -> Iterator[Picture]:
        """Rare earths, all materials and money."""
        from sxsim.report.sankey_svg import sankey_svg
        from sxsim.report.train_plots import materials_sankey, money_sankey, rare_earth_sankey

        for page, unit, said in (
            (rare_earth_sankey(self.result), "kg oxide/h", "Rare earths, weighed as oxides [kg/h], through the units."),
            (materials_sankey(self.bill.mfca, self.title), "kg/h", "All materials without water [kg/h]."),
            (money_sankey(self.bill.mfca, self.title), "USD/y", "Money [USD/y], into products and losses (ISO 14051)."),
        ):
            (diagram,) = page.data
            names, ends = diagram.node.label, diagram.link
            links = [
                (names[source], names[target], float(amount))
                for source, target, amount in zip(ends.source, ends.target, ends.value, strict=True)
            ]
            tall = max(430.0, 26.0 * len(names))
            yield Picture(said, svg=sankey_svg(links, unit, said, height=tall))
