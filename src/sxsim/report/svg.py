"""Small drawings as SVG: elements that escape what they are given, and text that names its place in the JSON."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from sxsim.report.grids.cells import Cell, shown

__all__ = ["canvas", "draw", "figure_text", "line", "svg_text", "words"]

INK = "#1f2937"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def canvas(width: float, height: float, label: str) -> Element:
    """Make an empty drawing.

    Parameters
    ----------
    width, height : float
        Size in the units of the drawing [-].
    label : str
        What a reader who cannot see it is told.
    """
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    attributes = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-label": _readable(label)}
    return Element("svg", {**attributes, "font-family": FONT, **size})


def draw(parent: Element, tag: str, **attributes: str | float) -> Element:
    """Add an element; underscores in the names of attributes stand for hyphens."""
    given = {
        name.rstrip("_").replace("_", "-"): value if isinstance(value, str) else f"{value:.6g}"
        for name, value in attributes.items()
    }
    return SubElement(parent, tag, given)


def line(
    parent: Element, points: list[tuple[float, float]], colour: str, head: bool = True, width: float = 2.0
) -> None:
    """Draw a line through points, with an arrow head at its end."""
    path = " ".join(f"{x:.6g},{y:.6g}" for x, y in points)
    draw(parent, "polyline", points=path, fill="none", stroke=colour, stroke_width=width, stroke_linejoin="round")
    if head:
        (x0, y0), (x, y) = points[-2:]
        length = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5 or 1.0
        ux, uy = (x - x0) / length, (y - y0) / length
        bx, by = x - 9.0 * ux, y - 9.0 * uy
        corners = [(x, y), (bx - 4.5 * uy, by + 4.5 * ux), (bx + 4.5 * uy, by - 4.5 * ux)]
        draw(parent, "polygon", points=" ".join(f"{a:.6g},{b:.6g}" for a, b in corners), fill=colour)


def words(
    parent: Element,
    x: float,
    y: float,
    said: str,
    *,
    size: float = 13.0,
    anchor: str = "middle",
    bold: bool = False,
    colour: str = INK,
    longest: int = 60,
) -> Element:
    """Write a line of text; what is too long is cut, and shown whole to a pointer that rests on it."""
    said = _readable(said)
    cut = said if len(said) <= longest else f"{said[: longest - 1]}…"
    weight = {"font_weight": "600"} if bold else {}
    element = draw(parent, "text", x=x, y=y, font_size=size, text_anchor=anchor, fill=colour, **weight)
    element.text = cut
    if cut != said:
        SubElement(element, "title").text = said
    return element


def figure_text(
    parent: Element, x: float, y: float, figure: Cell, before: str = "", after: str = "", **look: float | str
) -> None:
    """Write a number of the JSON with words around it."""
    element = words(parent, x, y, before, **look)  # type: ignore[arg-type]
    span = SubElement(element, "tspan", {"data-json": figure.pointer, "data-kind": figure.kind})
    span.text = shown(figure)
    span.tail = after


def svg_text(drawing: Element) -> str:
    """Return the text of a drawing."""
    return tostring(drawing, encoding="unicode")


def _readable(said: str) -> str:
    """Text without control characters, which no XML may hold."""
    return "".join(letter if letter.isprintable() else " " for letter in said)
