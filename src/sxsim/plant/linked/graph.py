"""From joined sections to stages in the kernels' order and the flows between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem, compile_cascade
from sxsim.cascade.outlets import Outlet
from sxsim.definition import Cascade
from sxsim.definition.tables import Section
from sxsim.foundation.freezing import Compared
from sxsim.kernels.flows import Plan, make_network
from sxsim.kernels.model import AQUEOUS, ORGANIC, Network
from sxsim.plant.linked.definition import Line, Linked

__all__ = ["Graph", "compile_linked", "flows_through", "section_order", "stand_in", "with_numbers"]

Floats = NDArray[np.float64]
ALL = "all"
"""The one section of the stand-in cascade."""


@dataclass(frozen=True, slots=True, eq=False)
class Graph(Compared):
    """A linked extraction as arrays.

    Attributes
    ----------
    linked : Linked
        The definition.
    problem : Problem
        Chemistry, components, feeds and stages, as of a cascade whose stages stand in the kernels' order.
    order : tuple of str
        Sections in that order: each run that the organic passes without a link, one after the other.
    first, last : mapping of str to int
        0-based stage at either end of each section.
    shares : mapping of str to float
        Fraction of each branch.
    """

    linked: Linked
    problem: Problem
    order: tuple[str, ...]
    first: dict[str, int]
    last: dict[str, int]
    shares: dict[str, float]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Lines of the definition with the fractions as they stand here."""
        moved = [each.model_copy(update={"fraction": self.shares[each.name]}) for each in self.linked.branch]
        return self.linked.model_copy(update={"branch": tuple(moved)}).lines


def section_order(linked: Linked) -> tuple[str, ...]:
    """Sections so ordered that the organic mostly runs from each to the next; the first of the file stands first.

    Examples
    --------
    >>> from sxsim.plant.linked.definition import load_linked
    >>> section_order(load_linked("nd_pr_ce"))
    ('c2_1', 'c1_1', 'c1_2', 'c2_4', 'strip', 'c2_2', 'c2_3')
    """
    left = [part.name for part in linked.section]
    largest = sorted((line for line in linked.lines if line.phase == "organic"), key=lambda line: -line.share)
    entered = {line.to for line in largest}
    order: list[str] = []
    while left:
        starts = [name for name in left if name not in entered] or left
        name: str | None = left[0] if not order else starts[0]
        while name is not None:
            order.append(name)
            left.remove(name)
            name = next((line.to for line in largest if line.source == name and line.to in left), None)
        entered = {line.to for line in largest if line.to in left and line.source in left}
    return tuple(order)


def stand_in(linked: Linked) -> Cascade:
    """The same substances in a cascade of one section, unchecked: the rooms below can check and compile that."""
    strips = any(part.kind == "stripping" for part in linked.section)
    total = sum(part.stages for part in linked.section)
    streams: dict[str, Any] = {}
    ends = next((name for name, stream in linked.stream.items() if stream.phase == "aqueous"), "")
    for name, stream in linked.stream.items():
        data = stream.model_dump(exclude_unset=True)
        data |= {"section": ALL, "stage": 1} if name != ends else {}
        if name == ends:
            data.pop("section", None)
            data.pop("stage", None)
        streams[name] = data
    return Cascade.model_validate(
        {
            "schema": 1,
            "title": linked.title,
            "elements": linked.elements,
            "organic": linked.organic.model_dump(exclude_unset=True),
            "section": (
                {
                    "name": ALL,
                    "kind": "stripping" if strips else "extraction",
                    "stages": total,
                    "aqueous_in": ends,
                    "aqueous_out": "raffinate",
                },
            ),
            "stream": streams,
        }
    )


def compile_linked(linked: Linked) -> Graph:
    """Turn a clean definition into arrays.

    Parameters
    ----------
    linked : Linked
        Without findings.
    """
    order = section_order(linked)
    parts = {part.name: part for part in linked.section}
    first, last, count = {}, {}, 0
    for name in order:
        first[name] = count
        count += parts[name].stages
        last[name] = count - 1
    cascade = stand_in(linked)
    problem = compile_cascade(cascade)
    sections = tuple(
        Section(name=name, kind=parts[name].kind, stages=parts[name].stages, aqueous_in="-", aqueous_out="product")
        for name in order
    )
    efficiency = problem.chemistry.efficiency.copy()
    saponified = problem.plan.base_component >= 0
    aq_to = np.arange(count) - 1
    for name in order:
        span = slice(first[name], last[name] + 1)
        efficiency[span, : -1 if saponified else None] = parts[name].stage_efficiency
        previous = order[order.index(name) - 1] if name != order[0] else ""
        if parts[name].aqueous_to != previous:
            aq_to[first[name]] = -1
    plan = problem.plan
    places = [_stage_of(linked, name, first, last) for name in problem.feeds]
    return Graph(
        linked=linked,
        problem=replace(
            problem,
            cascade=cascade.model_copy(update={"section": sections}),
            chemistry=problem.chemistry._replace(efficiency=efficiency),
            plan=plan._replace(aq_to=aq_to, feed_stage=np.array(places, dtype=np.int64)),
            section=tuple(name for name in order for _ in range(parts[name].stages)),
            local_stage=tuple(local + 1 for name in order for local in range(parts[name].stages)),
        ),
        order=order,
        first=first,
        last=last,
        shares={each.name: each.fraction for each in linked.branch},
    )


def _stage_of(linked: Linked, name: str, first: dict[str, int], last: dict[str, int]) -> int:
    """0-based stage that a stream enters."""
    stream = linked.stream[name]
    assert stream.section is not None  # the checks refuse streams without a section
    if stream.stage is not None:
        return first[stream.section] + stream.stage - 1
    return last[stream.section] if stream.phase == "aqueous" else first[stream.section]


def with_numbers(graph: Graph, numbers: dict[str, float]) -> Graph:
    """The graph with other flows or fractions, by their paths; arrays of its own."""
    plan, problem = graph.problem.plan, graph.problem
    volume, inlet, shares = plan.feed_volume.copy(), plan.inlet.copy(), dict(graph.shares)
    for path, value in numbers.items():
        table, *rest = path.split(".")
        if table == "organic":
            inlet[0] = value
        elif table == "branch":
            shares[rest[0]] = value
        else:
            volume[problem.feeds.index(rest[0])] = value
    return replace(graph, problem=replace(problem, plan=plan._replace(feed_volume=volume, inlet=inlet)), shares=shares)


def flows_through(graph: Graph) -> tuple[Network, list[Outlet]] | None:
    """Flows between all stages, and what leaves.

    Parameters
    ----------
    graph : Graph
        Compiled, with the numbers in question.

    Returns
    -------
    network, outlets : Network and list of Outlet
        None when some section would be left without flow in a phase.
    """
    plan, problem, lines = graph.problem.plan, graph.problem, graph.lines
    leaving = {"aqueous": _volumes(graph, lines, "aqueous"), "organic": _volumes(graph, lines, "organic")}
    if any(not (volume > 0.0).all() for volume in leaving.values()):
        return None
    inside = [line for line in lines if line.to in graph.first]
    loops = [line for line in lines if line.to not in graph.first and line.phase == "organic" and plan.recycled]
    links = [line for line in inside if not _neighbours(graph, line)] + loops
    N, n = len(problem.section), len(problem.components)
    network = make_network(N, n, len(links))
    network.aq_out[:], network.org_out[:] = leaving["aqueous"], leaving["organic"]
    for name in graph.order:
        span = slice(graph.first[name], graph.last[name])
        network.aq_from_next[span] = network.aq_out[graph.first[name] + 1 : graph.last[name] + 1]
        network.org_from_previous[graph.first[name] + 1 : graph.last[name] + 1] = network.org_out[span]
    for line in inside:
        if not _neighbours(graph, line):
            continue
        if line.phase == "organic":
            network.org_from_previous[graph.first[line.to]] += line.share * network.org_out[graph.last[line.source]]
        else:
            network.aq_from_next[graph.last[line.to]] += line.share * network.aq_out[graph.first[line.source]]
    for row, line in enumerate(links):
        organic = line.phase == "organic"
        source = graph.last[line.source] if organic else graph.first[line.source]
        network.link_from[row] = source
        network.link_to[row] = 0 if line in loops else (graph.first if organic else graph.last)[line.to]
        network.link_phase[row] = ORGANIC if organic else AQUEOUS
        network.link_volume[row] = line.share * leaving[line.phase][source]
    network.org_in[:] = network.org_from_previous
    for row in range(len(links)):
        if network.link_phase[row] == ORGANIC and links[row] not in loops:
            network.org_in[network.link_to[row]] += network.link_volume[row]
    _feeds(plan, network)
    return network, _outlets(graph, lines, leaving)


def _volumes(graph: Graph, lines: tuple[Line, ...], phase: str) -> Floats:
    """Volume of a phase leaving each stage [m3/h], shape (N,): the sections' balances are linear in the shares."""
    plan, place = graph.problem.plan, {name: row for row, name in enumerate(graph.order)}
    kind = ORGANIC if phase == "organic" else AQUEOUS
    fed = np.zeros(len(graph.problem.section))
    np.add.at(fed, plan.feed_stage, np.where(plan.feed_phase == kind, plan.feed_volume, 0.0))
    if phase == "organic":
        fed[0] += plan.inlet[0]
    matrix = np.eye(len(place))
    for line in lines:
        if line.phase == phase and line.to in place:
            matrix[place[line.to], place[line.source]] -= line.share
    external = np.array([fed[graph.first[name] : graph.last[name] + 1].sum() for name in graph.order])
    out = np.linalg.solve(matrix, external)
    volume = np.zeros(fed.size)
    for name, row in place.items():
        first, last = graph.first[name], graph.last[name]
        here = fed[first : last + 1]
        entering = out[row] - here.sum()
        passed = np.cumsum(here) if phase == "organic" else np.cumsum(here[::-1])[::-1]
        volume[first : last + 1] = entering + passed
    return volume


def _neighbours(graph: Graph, line: Line) -> bool:
    """Whether a line joins sections that stand one after the other in the kernels' order."""
    behind = graph.first[line.to] - graph.last[line.source] == 1
    return behind if line.phase == "organic" else graph.first[line.source] - graph.last[line.to] == 1


def _feeds(plan: Plan, network: Network) -> None:
    """What streams, fresh organic and base bring into the stages."""
    for row, stage in enumerate(plan.feed_stage):
        amount = plan.feed_volume[row] * plan.feed_concentration[row]
        network.feed[stage] += amount
        if plan.feed_phase[row] == AQUEOUS:
            acid = plan.feed_Q[row] + plan.acid_protons * plan.feed_acid[row]
            sulfate = plan.feed_sulfate[row] + plan.acid_sulfate * plan.feed_acid[row]
            network.feed_Q[stage] += plan.feed_volume[row] * acid
            network.feed_sulfate[stage] += plan.feed_volume[row] * sulfate
        else:
            network.org_feed[stage] += amount
            network.org_in[stage] += plan.feed_volume[row]
    fresh = np.zeros_like(plan.organic) if plan.recycled else plan.inlet[0] * plan.organic
    if plan.base_component >= 0:
        fresh[plan.base_component] += plan.inlet[0] * plan.inlet[1] + plan.inlet[2]
    network.feed[0] += fresh
    network.org_feed[0] += fresh
    network.org_in[0] += plan.inlet[0]


def _outlets(graph: Graph, lines: tuple[Line, ...], leaving: dict[str, Floats]) -> list[Outlet]:
    """Products, in the order of the lines."""
    found = []
    for line in lines:
        if line.to in graph.first:
            continue
        organic = line.phase == "organic"
        stage = graph.last[line.source] if organic else graph.first[line.source]
        volume = line.share * float(leaving[line.phase][stage])
        kind: Any = "recycle" if organic and graph.problem.plan.recycled else "product"
        found.append(Outlet(line.to, kind, line.phase, stage, 0.0 if organic else volume, volume if organic else 0.0))
    return found
