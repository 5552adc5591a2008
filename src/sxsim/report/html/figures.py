"""Figures of a report, each within the page: drawings as they are, plots as pictures in their own address."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxsim.errors import InputError, UnreachableTarget

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.cascade.result import Result
    from sxsim.report.html.subject import Subject
    from sxsim.report.mccabe_thiele import Separation
    from sxsim.sizing.cut import Cut

__all__ = [
    "Picture",
    "cost_pictures",
    "design_pictures",
    "flow_sheet_picture",
    "mccabe_thiele_pictures",
    "plot_of",
    "profile_picture",
    "startup_pictures",
]


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure.

    Attributes
    ----------
    caption : str
        Below it, and for those who cannot see it.
    svg : str
        A drawing to stand in the page as it is; empty for a plot.
    address : str
        A plot as an address that holds the picture itself; empty for a drawing.
    """

    caption: str
    svg: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class _Separation:
    """A solved cascade that was not designed, with its cut."""

    result: Result
    cut: Cut
    S_over_S_min: float


def flow_sheet_picture(subject: Subject) -> Picture:
    """Draw sections and streams."""
    from sxsim.report.flow_sheet import flow_sheet

    caption = "Sections in organic order. Organic: brown, water: blue; S and W: rare earths in organic and water."
    return Picture(caption, svg=flow_sheet(subject.book, subject.solved))


def profile_picture(subject: Subject) -> Picture:
    """Plot composition and pH along the stages."""
    from sxsim.report.profile_plots import profile_figure

    caption = "Composition of the organic along the stages, with the pH of the water; below, the impurities."
    return plot_of(profile_figure(subject.result), caption)


def mccabe_thiele_pictures(subject: Subject) -> Iterator[Picture]:
    """Plot the cut, when the targets name one."""
    from sxsim.report.mccabe_thiele import mccabe_thiele
    from sxsim.sizing.cut import find_cut
    from sxsim.sizing.trials import feed_load

    drawn: Separation
    if subject.plan is not None:
        drawn = subject.plan
    elif any(section.kind == "extraction" for section in subject.cascade.section):
        try:
            cut = find_cut(subject.cascade)
        except (InputError, UnreachableTarget):
            return  # the targets do not name a cut
        S, _ = feed_load(subject.result, cut)
        drawn = _Separation(subject.result, cut, S / float(cut.minimum.S))
    else:
        return
    axes = mccabe_thiele(drawn)
    yield plot_of(_figure(axes), "McCabe-Thiele: organic against aqueous composition of extraction and scrubbing.")


def design_pictures(subject: Subject) -> Iterator[Picture]:
    """Plot stages against organic and cost."""
    from sxsim.report.tradeoff import tradeoff

    if subject.plan is not None and subject.plan.curve:
        axes = tradeoff(subject.plan)
        axes.set_title("")
        yield plot_of(_figure(axes), "Stages against organic flow and yearly cost.")


def cost_pictures(subject: Subject) -> Iterator[Picture]:
    """Plot the breakdown; draw mass and money from the centres of the accounting."""
    from sxsim.economics.sankey import mass_links, money_links
    from sxsim.report.cost_plots import cost_figure
    from sxsim.report.sankey_svg import sankey_svg

    if subject.bill is None:
        return
    yield plot_of(cost_figure(subject.bill), "Cost by category, and what leaves with the waste water.")
    accounts = subject.bill.mfca
    mass = "Mass without water [kg/h] through the quantity centres."
    yield Picture(mass, svg=sankey_svg(mass_links(accounts), "kg/h", mass))
    money = "Money [USD/y] through the quantity centres, into product and loss (ISO 14051)."
    yield Picture(money, svg=sankey_svg(money_links(accounts), "USD/y", money))


def startup_pictures(subject: Subject) -> Iterator[Picture]:
    """Plot impurities, profile and inventory over time."""
    from sxsim.report.startup_plots import startup_figure

    if subject.run is not None:
        caption = "Impurity of the products, the profile over stages and time, and the inventory."
        yield plot_of(startup_figure(subject.run), caption, "png")


def _figure(axes: Axes) -> Figure:
    """The figure that axes stand in."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def plot_of(figure: Figure, caption: str, form: str = "svg") -> Picture:
    """Put a plot into an address, without the title that the page has already.

    Parameters
    ----------
    figure : Figure
        The plot.
    caption : str
        Below it.
    form : {"svg", "png"}
        Vectors, or dots where there are thousands of patches.
    """
    from matplotlib import rc_context

    figure.suptitle("")
    file = io.BytesIO()
    with rc_context({"svg.hashsalt": "sxsim"}):
        figure.savefig(file, format=form, dpi=130, metadata={"Date": None} if form == "svg" else None)
    kind = "image/svg+xml" if form == "svg" else "image/png"
    return Picture(caption, address=f"data:{kind};base64,{base64.b64encode(file.getvalue()).decode('ascii')}")
