"""Sankey diagrams as SVG: nodes in columns by their place in the flow, bands as thick as what they carry."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from xml.etree.ElementTree import SubElement

from sxsim.report.layout import number
from sxsim.report.svg import canvas, draw, svg_text, words

__all__ = ["sankey_svg"]

Links = Sequence[tuple[str, str, float]]

NODE, PAD, LETTER, LINE = 14.0, 16.0, 6.6, 14.0
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")


@dataclass(frozen=True, slots=True)
class _Node:
    """A node where it is drawn."""

    name: str
    column: int
    amount: float
    x: float
    y: float
    height: float


def sankey_svg(links: Links, unit: str, label: str, width: float = 1080.0, height: float = 430.0) -> str:
    """Draw flows between named nodes.

    Parameters
    ----------
    links : sequence of (str, str, float)
        From, to, amount above zero.
    unit : str
        Of the amounts, for the labels.
    label : str
        What a reader who cannot see it is told.
    width, height : float
        Size of the drawing [-].

    Returns
    -------
    str
        SVG.
    """
    drawing = canvas(width, height, label)
    nodes = _nodes(links, width, height)
    scale = max((node.height / node.amount for node in nodes.values()), default=0.0)
    out = {name: node.y for name, node in nodes.items()}
    into = dict(out)
    order = list(nodes)
    tint = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(order)}
    for source, target, amount in sorted(links, key=lambda each: (order.index(each[0]), nodes[each[1]].y)):
        left, right, thick = nodes[source].x + NODE, nodes[target].x, amount * scale
        a, b = out[source], into[target]
        out[source] += thick
        into[target] += thick
        middle = 0.5 * (left + right)
        path = (
            f"M{left:.1f},{a:.1f} C{middle:.1f},{a:.1f} {middle:.1f},{b:.1f} {right:.1f},{b:.1f} "
            f"L{right:.1f},{b + thick:.1f} "
            f"C{middle:.1f},{b + thick:.1f} {middle:.1f},{a + thick:.1f} {left:.1f},{a + thick:.1f} Z"
        )
        band = draw(drawing, "path", d=path, fill=tint[source], fill_opacity=0.35)
        SubElement(band, "title").text = f"{source} to {target}: {number(amount)} {unit}"
    last = max((node.column for node in nodes.values()), default=0)
    lines = _label_lines(last)
    top = min((node.y for node in nodes.values()), default=0.0)
    for name, node in nodes.items():
        draw(drawing, "rect", x=node.x, y=node.y, width=NODE, height=max(node.height, 1.0), fill=tint[name])
        y = node.y + 0.5 * node.height + 4.0
        said = _said(name, node.amount)
        if node.column == last:
            words(drawing, node.x + NODE + 6.0, y, said, size=12.0, anchor="start")
        elif node.column == 0:
            words(drawing, node.x - 6.0, y, said, size=12.0, anchor="end")
        else:
            row = node.column % lines if node.y == top else 0
            words(drawing, node.x + 0.5 * NODE, node.y - 5.0 - LINE * row, said, size=12.0, bold=True)
    return svg_text(drawing)


def _said(name: str, amount: float) -> str:
    """Label of a node."""
    return f"{name}: {amount:,.0f}" if amount >= 1000.0 else f"{name}: {number(amount)}"


def _label_lines(last: int) -> int:
    """Lines for the labels above the columns between the first and the last: side by side only where there is room."""
    return 1 if last < 5 else 3


def _nodes(links: Links, width: float, height: float) -> dict[str, _Node]:
    """Place every node; ends stand in the last column, sources one column before what they flow into."""
    names = list(dict.fromkeys(name for each in links for name in each[:2]))
    brought = {name: sum(amount for _, target, amount in links if target == name) for name in names}
    given = {name: sum(amount for source, _, amount in links if source == name) for name in names}
    amount = {name: max(brought[name], given[name]) for name in names}
    column = _columns(links, names)
    last = max(column.values(), default=0)
    members = [[name for name in names if column[name] == each] for each in range(last + 1)]
    most = max((len(each) for each in members), default=0)
    above = 6.0 + LINE * _label_lines(last)
    room = height - above - 4.0 - PAD * max(most - 1, 0)
    scale = room / max((sum(amount[name] for name in each) for each in members), default=1.0)
    label = [LETTER * max((len(_said(name, amount[name])) for name in members[each]), default=0) for each in (0, -1)]
    step = (width - sum(label) - NODE - 24.0) / max(last, 1)
    placed: dict[str, _Node] = {}
    for at_, each in enumerate(members):
        y = above
        for name in _by_source(each, links, placed, names):
            tall = amount[name] * scale
            placed[name] = _Node(name, at_, amount[name], label[0] + 8.0 + at_ * step, y, tall)
            y += tall + PAD
    return placed


def _columns(links: Links, names: Sequence[str]) -> dict[str, int]:
    """Columns of the nodes: as far as the longest way leads; what nothing flows out of stands in the last one."""
    before: dict[str, set[str]] = {name: set() for name in names}
    for source, target, _ in links:
        before[target].add(source)
    column: dict[str, int] = {}
    for name in _one_way(before):
        column[name] = 1 + max((column[each] for each in before[name]), default=-1)
    last = max(column.values(), default=0)
    sources = {source for source, _, _ in links}
    return column | {name: last for name in names if name not in sources}


def _one_way(before: dict[str, set[str]]) -> list[str]:
    """Nodes from first to last; where flows go round, the one that closes the ring is left out of `before`."""
    while True:
        try:
            return list(TopologicalSorter(before).static_order())
        except CycleError as error:
            ring: list[str] = error.args[1]  # each is a predecessor of the next
            order = list(before)
            source, target = min(itertools.pairwise(ring), key=lambda pair: order.index(pair[1]))
            before[target].discard(source)


def _by_source(names: Sequence[str], links: Links, placed: dict[str, _Node], order: Sequence[str]) -> list[str]:
    """Order nodes by the height of what flows into them, and sources by what they flow into: bands cross little."""

    def height(name: str) -> float:
        into = [(placed[source].y, amount) for source, target, amount in links if target == name and source in placed]
        whole = sum(amount for _, amount in into)
        if not whole:
            return float(min(order.index(target) for source, target, _ in links if source == name))
        return sum(y * amount for y, amount in into) / whole

    return sorted(names, key=height)
