"""Pictures of a train: block flow sheet, and Sankey diagrams of rare earths, of all materials and of money."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sxsim.elements import ELEMENTS
from sxsim.plant.layout import WASTE
from sxsim.report.canvas import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from plotly.graph_objects import Figure as Page

    from sxsim.economics.mfca import Mfca
    from sxsim.plant.result import TrainResult

__all__ = ["flow_sheet", "materials_sankey", "money_sankey", "rare_earth_sankey"]

_FILL = {"feed": "#d9ead3", "cascade": "#cfe2f3", "step": "#fff2cc", "product": "#ffffff", "waste": "#eeeeee"}
_WORTH_DRAWING = 1e-4
"""Share of the largest link below which one is left out of a Sankey diagram."""


def flow_sheet(result: TrainResult) -> Figure:
    """Draw the units of a train as boxes and its streams as arrows, from the feed on the left.

    Parameters
    ----------
    result : TrainResult
        Solved train.

    Returns
    -------
    matplotlib Figure
        Cascades with their cut, stages and load; products with purity and amount; recycles dashed.
    """
    column, row = _places(result)
    products = {each.stream: each for each in result.products}
    width, height = max(column.values()) + 2, max(row.values()) + 1
    figure = new_figure(1.55 * width, 0.8 * height + 0.8)
    axes = figure.subplots()
    passes = {each.cascade: each for each in result.passes}
    for name, unit in result.layout.units.items():
        lines = [name]
        if name in passes:
            lines.append(f"{passes[name].stages} stages, S {passes[name].S:.2f}")
        elif name in result.steps:
            lines.append(result.steps[name].kind)
        else:
            lines.append(f"{result.feeds[name].liquor.oxide_kg_h:.0f} kg/h")
        _box(axes, column[name], row[name], lines, _FILL[unit.kind])
    for stream, takers in result.layout.taken_by.items():
        maker, taker = result.layout.made_by[stream], takers[0][0]
        label = stream.removeprefix(f"{maker}.") if stream != maker else ""
        label = label.replace("_", " ")
        if stream in products:
            each = products[stream]
            purity = f"{100.0 * each.purity:.2f} %" if each.purity is not None else "-"
            x = column[maker] + 1
            _box(axes, x, row[stream], [each.name, f"{purity}, {each.oxide_kg_h:.3g} kg/h"], _FILL["product"])
            _arrow(axes, (column[maker], row[maker]), (x, row[stream]), label)
        elif taker != WASTE:
            _arrow(
                axes, (column[maker], row[maker]), (column[taker], row[taker]), label, back=stream in result.recycles
            )
    axes.set(xlim=(-0.6, width - 0.4), ylim=(max(row.values()) + 0.7, -0.7))
    axes.set_axis_off()
    axes.set_title(
        f"{result.train.title}\n{len(result.cascades)} cascades, {result.stages} stages, "
        f"{result.total_passes:.2f} passes of the feed; waste brines are not drawn",
        fontsize=10,
    )
    return figure


def _places(result: TrainResult) -> tuple[dict[str, int], dict[str, float]]:
    """Column of each unit by its distance from the feed; rows so that every product has one of its own."""
    column: dict[str, int] = {}
    for name in result.order:
        before = [
            column[result.layout.made_by[stream]]
            for stream in result.layout.units[name].inlet.values()
            if stream not in result.recycles and result.layout.made_by[stream] in column
        ]
        column[name] = 1 + max(before) if before else 0
    row: dict[str, float] = {}
    free = [0]

    def place(name: str) -> list[float]:
        """Lay out what follows a unit, and put the unit in the middle of it."""
        if name in row:
            return [row[name]]
        row[name] = -1.0
        rows: list[float] = []
        for stream in result.layout.units[name].outlet.values():
            taker = result.layout.taken_by[stream][0][0]
            if taker in result.layout.units and stream not in result.recycles:
                rows += place(taker)
            elif taker == "product":
                row[stream] = float(free[0])
                free[0] += 1
                rows.append(row[stream])
        row[name] = math.fsum(rows) / len(rows) if rows else float(free[0])
        return [row[name]]

    for name in result.order:
        place(name)
    return column, row


def _box(axes: Axes, x: float, y: float, lines: list[str], fill: str) -> None:
    """A box with two lines of text."""
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0.02,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch((x - 0.38, y - 0.28), 0.76, 0.56, boxstyle=style, fc=fill, ec="#333333", lw=0.9))
    axes.text(x, y - 0.1, lines[0], ha="center", va="center", fontsize=8.5, fontweight="bold")
    axes.text(x, y + 0.13, lines[1], ha="center", va="center", fontsize=6.5)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], label: str, back: bool = False) -> None:
    """An arrow between two boxes, bent at right angles; a recycle runs back above them, dashed."""
    if back:
        top = min(start[1], end[1]) - 0.52
        axes.plot([start[0], start[0], end[0]], [start[1] - 0.31, top, top], color="#d55e00", ls="--", lw=1.0)
        _head(axes, (end[0], top), (end[0], end[1] - 0.31), "#d55e00")
        axes.text(0.5 * (start[0] + end[0]), top - 0.09, label, ha="center", fontsize=6.5, color="#d55e00")
        return
    bend = start[0] + 0.5
    axes.plot([start[0] + 0.4, bend, bend], [start[1], start[1], end[1]], color="#333333", lw=1.0)
    _head(axes, (bend, end[1]), (end[0] - 0.4, end[1]), "#333333")
    if label and end[1] != start[1]:
        axes.text(bend - 0.04, end[1], label, ha="right", va="center", fontsize=6.5, color="#555555")
    elif label:
        axes.text(bend, start[1] - 0.38, label, ha="center", va="center", fontsize=6.5, color="#555555")


def _head(axes: Axes, tail: tuple[float, float], head: tuple[float, float], colour: str) -> None:
    """A straight arrow."""
    look = {"arrowstyle": "-|>", "color": colour, "lw": 1.0, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=head, xytext=tail, arrowprops=look)


def rare_earth_sankey(result: TrainResult) -> Page:
    """Draw where the rare earths go, as oxides [kg/h], each stream in the colour of what it holds most of.

    Parameters
    ----------
    result : TrainResult
        Solved train.
    """
    from sxsim.report.canvas import colours

    elements = [name for name in ELEMENTS if name in result.balance_kmol_h]
    palette = colours(elements)
    products = {each.stream: each.name for each in result.products}
    links: list[tuple[str, str, float, str, str]] = []
    for stream, takers in result.layout.taken_by.items():
        flow, taker = result.streams[stream], takers[0][0]
        kg = flow.oxide_kg_h
        if not kg > 0.0:
            continue
        held = {name: flow.share([name]) or 0.0 for name in flow.rare_earths_kmol_h}
        main = max(held, key=lambda name: held[name])
        told = ", ".join(
            f"{name} {100.0 * share:.3g} %" for name, share in sorted(held.items(), key=lambda each: -each[1])[:5]
        )
        red, green, blue, _ = palette[main]
        colour = f"rgba({255 * red:.0f},{255 * green:.0f},{255 * blue:.0f},0.55)"
        end = products.get(stream, taker)
        links.append((result.layout.made_by[stream], end, kg, colour, f"{stream}: {told}"))
    return _page(links, "kg oxide/h", f"{result.train.title}: rare earths as oxides [kg/h]")


def materials_sankey(accounts: Mfca, title: str) -> Page:
    """Draw all materials without water [kg/h]: what is bought, what goes on, what is lost.

    Parameters
    ----------
    accounts : Mfca
        Of a costed train.
    title : str
        Of the train.
    """
    made = {key: centre.mass.centre for centre in accounts.centres for key in centre.mass.product_kg_h}
    taken = {key for centre in accounts.centres for key in centre.mass.entering_kg_h}
    links: list[tuple[str, str, float, str, str]] = []
    for centre in accounts.centres:
        name, mass = centre.mass.centre, centre.mass
        for key, kg in mass.entering_kg_h.items():
            colour = "rgba(0,114,178,0.35)" if key in made else "rgba(230,159,0,0.4)"
            links.append((made.get(key, _bought(key)), name, kg, colour, key))
        for key, kg in mass.product_kg_h.items():
            if key not in taken:
                links.append((name, "products", kg, "rgba(0,158,115,0.5)", key))
        for key, kg in mass.loss_kg_h.items():
            links.append((name, "losses", kg, "rgba(120,120,120,0.35)", key))
    return _page(links, "kg/h", f"{title}: all materials without water [kg/h]")


def money_sankey(accounts: Mfca, title: str) -> Page:
    """Draw the money [USD/y]: cost classes into quantity centres, on with the products, and into losses.

    Parameters
    ----------
    accounts : Mfca
        Of a costed train.
    title : str
        Of the train.
    """
    taken = {key: centre.mass.centre for centre in accounts.centres for key in centre.mass.entering_kg_h}
    links: list[tuple[str, str, float, str, str]] = []
    for centre in accounts.centres:
        name, mass = centre.mass.centre, centre.mass
        for kind in ("material", "energy", "system", "waste"):
            links.append((kind, name, getattr(centre, kind), "rgba(230,159,0,0.4)", f"{kind} of {name}"))
        links.append((name, "losses", centre.loss, "rgba(120,120,120,0.35)", f"losses of {name}"))
        total = math.fsum(mass.product_kg_h.values())
        onward: dict[str, float] = {}
        for key, kg in mass.product_kg_h.items():
            end = taken.get(key, "products")
            onward[end] = onward.get(end, 0.0) + centre.product * kg / total
        for end, usd in onward.items():
            colour = "rgba(0,158,115,0.5)" if end == "products" else "rgba(0,114,178,0.35)"
            links.append((name, end, usd, colour, f"{name} to {end}"))
    return _page(links, "USD/y", f"{title}: money [USD/y]")


def _bought(key: str) -> str:
    """Where a material comes from that no centre makes: air, ore, or what is bought."""
    if "oxygen of the air" in key:
        return "air"
    return "ore" if key.startswith("metals of") else "bought"


def _page(links: list[tuple[str, str, float, str, str]], unit: str, title: str) -> Page:
    """One Sankey diagram."""
    from plotly.graph_objects import Figure as Page
    from plotly.graph_objects import Sankey

    joined: dict[tuple[str, str, str], tuple[float, str]] = {}
    for start, end, amount, colour, told in links:
        before, text = joined.get((start, end, colour), (0.0, ""))
        joined[start, end, colour] = (before + amount, f"{text}, {told}" if text else told)
    least = _WORTH_DRAWING * max(amount for amount, _ in joined.values())
    shown = [(*ends, amount, colour, told) for (*ends, colour), (amount, told) in joined.items() if amount > least]
    names = list(dict.fromkeys(name for link in shown for name in link[:2]))
    place = {name: row for row, name in enumerate(names)}
    diagram: dict[str, Any] = {
        "source": [place[link[0]] for link in shown],
        "target": [place[link[1]] for link in shown],
        "value": [link[2] for link in shown],
        "color": [link[3] for link in shown],
        "label": [link[4] for link in shown],
    }
    page = Page(
        Sankey(
            valuesuffix=f" {unit}",
            valueformat=".4~g",
            node={"label": names, "pad": 14, "thickness": 14, "color": "#444444"},
            link=diagram,
        )
    )
    page.update_layout(title_text=title, font_size=12, height=max(520, 26 * len(names)))
    return page
