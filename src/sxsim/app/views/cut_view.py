"""The cut by the theory: controls, McCabe-Thiele, profile, purity, reagents."""

from __future__ import annotations

import streamlit as st

from sxsim.app.choices import Choice, Told, tell
from sxsim.app.figures import mccabe_thiele_figure, profile_figure
from sxsim.app.pairs import PAIRS, factor_of
from sxsim.app.views.messages import plain, show_error
from sxsim.errors import InputError
from sxsim.theory.stages import StageCount

__all__ = ["controls", "show"]

PURITIES = {"90 %": 0.9, "95 %": 0.95, "99 %": 0.99, "99.5 %": 0.995, "99.9 %": 0.999, "99.99 %": 0.9999}


def controls() -> tuple[Choice, Told | None]:
    """Show the controls; what was chosen, and what the theory says, or None when it refuses."""
    first, second, third = st.columns(3)
    with first:
        pair = str(st.selectbox("Pair", list(PAIRS), key="pair"))
        found = factor_of(pair)
        beta = st.slider("Separation factor", 1.1, 8.0, float(round(found.value, 2)), 0.01, key=f"beta {pair}")
        st.caption(f"data: {found.value:.3g}, range {found.low:.3g} to {found.high:.3g} ({found.status})")
        purity = PURITIES[str(st.select_slider("Purity of both products", list(PURITIES), "99.9 %", key="purity"))]
        refused = dict.fromkeys(("pair", "beta", "purity"), st.container())
    with second:
        A = PAIRS[pair].A
        feed_A = st.slider(f"{A} in the feed [% of moles]", 5, 90, 75, 1, key="feed") / 100.0
        over = st.slider("S/S_min: solvent over its minimum", 1.02, 2.5, 1.2, 0.01, key="over")
        reflux = st.slider("Reflux: strip liquor returned as scrub [%]", 0, 60, 0, 1, key="reflux") / 100.0
        refused |= dict.fromkeys(("feed_A", "S_over_S_min", "reflux"), st.container())
    with third:
        counted = st.toggle("As many stages as the exact count says", True, key="counted")
        n = st.slider("Extraction stages", 1, 120, 30, key="n", disabled=counted)
        m = st.slider("Scrub stages", 1, 120, 35, key="m", disabled=counted)
        acid = st.slider("Scrub acid [mol/L HCl]", 1.0, 6.0, 3.0, 0.1, key="acid")
        refused |= dict.fromkeys(("n", "m", "scrub_mol_L"), st.container())
    stages = (0, 0) if counted else (n, m)
    choice = Choice(pair, feed_A, purity, beta, over, *stages, reflux, acid)
    try:
        return choice, tell(choice)
    except InputError as error:
        for finding in error.findings:
            with refused.get(finding.place, third):
                show_error(InputError(finding))
        return choice, None


def show(choice: Choice, told: Told | None) -> None:
    """Show what follows from the controls."""
    if told is None:
        st.info("A control above asks for what cannot be; its message stands beside it.")
        return
    _headline(choice, told)
    left, right = st.columns(2)
    with left:
        st.subheader("McCabe-Thiele")
        st.plotly_chart(mccabe_thiele_figure(choice, told), key="mccabe")
    with right:
        st.subheader("Stage profile")
        st.plotly_chart(profile_figure(choice, told, None), key="profile")
    _reagents(told)


def _headline(choice: Choice, told: Told) -> None:
    """The five numbers that matter first."""
    pair = PAIRS[choice.pair]
    columns = st.columns(5)
    columns[0].metric("Stages", f"{told.n} + {told.m}")
    columns[1].metric(f"{pair.A} product", f"{100.0 * told.purity_A:.4f} %")
    columns[2].metric(f"{pair.B} product", f"{100.0 * told.purity_B:.4f} %")
    columns[3].metric("S [mol/mol fed]", f"{told.S:.4f}")
    columns[4].metric("W [mol/mol fed]", f"{told.W:.4f}")
    need = f"needed: {_count(told.exact)} stages by the exact count, {_count(told.simple)} by the simple formula"
    need += f", {told.fewest:.1f} at total reflux; S_min {float(told.minimum.S):.4f}"
    (st.success if told.met else st.warning)(
        plain(("On specification; " if told.met else "Off specification; ") + need)
    )


def _count(stages: StageCount) -> str:
    """Extraction and scrub stages; none where the feed stage alone parts well enough."""
    return f"{float(stages.n):.1f} + {max(float(stages.m), 0.0):.1f}"


def _reagents(told: Told) -> None:
    """Reagents that the stoichiometry asks for."""
    st.subheader("Reagents")
    said = {"Base": told.base, "Scrub acid": told.acid_scrub, "Strip acid": told.acid_strip}
    for column, (name, amount) in zip(st.columns(5), said.items(), strict=False):
        column.metric(f"{name} [mol/mol fed]", f"{amount:.3f}")
    st.caption("At constant load and constant separation factor; the next tab has the chemistry.")
