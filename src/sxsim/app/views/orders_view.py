"""Light against heavy: how often a feed passes through cascades, and what that costs in solvent."""

from __future__ import annotations

import streamlit as st

from sxsim.app.figures import orders_figure
from sxsim.app.orders import FEEDS, parse_feed, rank
from sxsim.app.views.messages import plain, show_error
from sxsim.economics.feeds import feed
from sxsim.errors import InputError

__all__ = ["show"]

OWN = "a feed of your own"


def show() -> None:
    """Show two feeds beside each other, each with its orders of cuts."""
    st.markdown(
        "A train makes every element pure by one cut after the other. What enters a cascade has to be carried by "
        "solvent several times over, so the order of the cuts decides how often the feed passes through organic. "
        "Sharp cuts at minimum solvent, P507 in chloride."
    )
    for column, place, chosen in zip(st.columns(2), ("left", "right"), FEEDS, strict=True):
        with column:
            _feed(place, chosen)


def _feed(place: str, chosen: str) -> None:
    """One feed."""
    options = [*FEEDS, OWN]
    picked = str(st.selectbox("Feed", options, options.index(chosen), key=f"feed {place}"))
    if picked == OWN:
        said = st.text_input("Moles of each element", "La 25, Ce 50, Pr 5, Nd 20", key=f"own {place}")
        try:
            fractions = parse_feed(said)
        except InputError as error:
            show_error(error)
            return
    else:
        fractions = dict(feed(FEEDS[picked]).mole_fraction)
    try:
        ranking = rank(fractions)
    except InputError as error:
        show_error(error)
        return
    best = ranking.orders[0]
    columns = st.columns(3)
    columns[0].metric("Passes of the feed", f"{best.passes:.2f}")
    columns[1].metric("Enters cascades", f"{best.entering:.2f}")
    columns[2].metric("Passes, linked", f"{ranking.linked:.2f}")
    st.plotly_chart(orders_figure(list(ranking.orders)), key=f"orders {place}")
    rows = {
        "order of cuts": [order.name for order in ranking.orders],
        "passes [mol/mol fed]": [f"{order.passes:.3f}" for order in ranking.orders],
        "enters cascades [mol/mol fed]": [f"{order.entering:.3f}" for order in ranking.orders],
        "cuts": [", ".join(order.cuts) for order in ranking.orders],
    }
    st.dataframe(rows, hide_index=True)
    worst = min(ranking.factors, key=lambda name: ranking.factors[name])
    st.caption(plain(f"{len(ranking.factors)} cuts; the hardest is {worst} with {ranking.factors[worst]:.2f}."))
