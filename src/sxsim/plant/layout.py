"""The graph of a train: which unit makes and takes which stream, in which order, and where loops are cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sxsim.errors import InputError
from sxsim.foundation.freezing import Record
from sxsim.plant.cascades import outlets_of, raw_data

if TYPE_CHECKING:
    from sxsim.errors import Finding
    from sxsim.plant.definition import Train

__all__ = ["PRODUCT", "WASTE", "Layout", "Unit", "layout_of"]

PRODUCT, WASTE = "product", "waste"


@dataclass(frozen=True, slots=True, eq=False)
class Unit(Record):
    """A feed, a cascade or a step.

    Attributes
    ----------
    name : str
        Its name.
    kind : {"feed", "cascade", "step"}
        What it is.
    inlet : mapping of str to str
        Streams that enter, by what they are called inside; of a step by their number.
    outlet : mapping of str to str
        Streams that leave, by what they are called inside.
    """

    name: str
    kind: Literal["feed", "cascade", "step"]
    inlet: Mapping[str, str]
    outlet: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Layout(Record):
    """Units and streams of a train.

    Attributes
    ----------
    units : mapping of str to Unit
        Feeds, cascades, steps, in the order of the file.
    tables : mapping of str to mapping
        Tables of each cascade, changes made.
    made_by : mapping of str to str
        For each stream the unit that makes it.
    taken_by : mapping of str to tuple of (str, str)
        For each stream who takes it: the unit and its place in the file; ``product`` and ``waste`` are takers.
    findings : tuple of Finding
        Cascades that could not be read.
    """

    units: Mapping[str, Unit]
    tables: Mapping[str, Mapping[str, Any]]
    made_by: Mapping[str, str]
    taken_by: Mapping[str, tuple[tuple[str, str], ...]]
    findings: tuple[Finding, ...]

    def graph(self) -> Any:
        """The units as a directed graph of networkx; each edge knows its streams."""
        import networkx

        graph = networkx.DiGraph()
        graph.add_nodes_from(self.units)
        for stream, maker in self.made_by.items():
            for taker, _ in self.taken_by.get(stream, ()):
                if taker not in self.units:
                    continue
                if graph.has_edge(maker, taker):
                    graph.edges[maker, taker]["streams"].append(stream)
                else:
                    graph.add_edge(maker, taker, streams=[stream])
        return graph

    def order(self) -> tuple[list[str], list[str]]:
        """Units in the order in which they can be solved, and the streams at which loops are cut for that.

        Notes
        -----
        Of the edges on cycles one into a unit that takes other streams as well is cut first, then the one on most
        cycles, then the one into the unit that stands first in the file; until no cycle is left.
        """
        import networkx

        graph = self.graph()
        rank = {name: position for position, name in enumerate(self.units)}
        cut: list[str] = []
        while loops := [part for part in networkx.strongly_connected_components(graph) if _loops(graph, part)]:
            for part in loops:
                inside = graph.subgraph(part)
                count: dict[tuple[str, str], int] = {}
                for ring in networkx.simple_cycles(inside):
                    for edge in zip(ring, [*ring[1:], ring[0]], strict=True):
                        count[edge] = count.get(edge, 0) + 1
                edge = max(count, key=lambda each: (len(self.units[each[1]].inlet) > 1, count[each], -rank[each[1]]))
                cut += graph.edges[edge]["streams"]
                graph.remove_edge(*edge)
        ordered = list(networkx.lexicographical_topological_sort(graph, key=lambda name: rank[name]))
        return ordered, cut


def _loops(graph: Any, part: set[str]) -> bool:
    """Whether a strongly connected part holds a cycle."""
    if len(part) > 1:
        return True
    (only,) = part
    return bool(graph.has_edge(only, only))


def layout_of(train: Train) -> Layout:
    """Read the graph off a train.

    Parameters
    ----------
    train : Train
        Definition, which may have findings.

    Returns
    -------
    Layout
        With what keeps cascades from being read.
    """
    units: dict[str, Unit] = {}
    tables: dict[str, Mapping[str, Any]] = {}
    findings: list[Finding] = []
    taken: dict[str, list[tuple[str, str]]] = {}
    for feed in train.feed:
        units.setdefault(feed.name, Unit(feed.name, "feed", {}, {"": feed.name}))
    for cascade in train.cascade:
        try:
            data = raw_data(train, cascade)
        except InputError as error:
            findings += error.findings
            data = {}
        tables[cascade.name] = data
        outlet = {name: f"{cascade.name}.{name}" for name in outlets_of(data)}
        units.setdefault(cascade.name, Unit(cascade.name, "cascade", dict(cascade.inlet), outlet))
        for inlet, stream in cascade.inlet.items():
            taken.setdefault(stream, []).append((cascade.name, f"cascade.{cascade.name}.inlet.{inlet}"))
    for step in train.step:
        inlets = {str(position + 1): stream for position, stream in enumerate(step.inlet)}
        outlet = {
            "adjust": {"": step.name},
            "purify": {"": step.name},
            "reprecipitate": {"": step.name, "mother_liquor": f"{step.name}.mother_liquor"},
            "split": {"part": f"{step.name}.part", "rest": f"{step.name}.rest"},
        }[step.kind]
        units.setdefault(step.name, Unit(step.name, "step", inlets, outlet))
        for stream in step.inlet:
            taken.setdefault(stream, []).append((step.name, f"step.{step.name}.inlet"))
    for product in train.product:
        taken.setdefault(product.stream, []).append((PRODUCT, f"product.{product.name}.stream"))
    for stream in train.waste:
        taken.setdefault(stream, []).append((WASTE, "waste"))
    made = {stream: unit.name for unit in units.values() for stream in unit.outlet.values()}
    return Layout(units, tables, made, {name: tuple(takers) for name, takers in taken.items()}, tuple(findings))
