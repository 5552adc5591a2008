"""The cut: controls, McCabe-Thiele, profile, purity, reagents, waste, cost."""

from __future__ import annotations

import streamlit as st

from sxsim.app.choices import Choice, Told, tell
from sxsim.app.figures import cost_figure, mccabe_thiele_figure, profile_figure
from sxsim.app.pairs import PAIRS, factor_of
from sxsim.app.rigorous import Worked, work
from sxsim.app.views.messages import plain, show_error
from sxsim.app.views.offers import offer
from sxsim.errors import InputError, SxsimError
from sxsim.report.html import Subject

__all__ = ["controls", "show"]

PURITIES = {"90 %": 0.9, "99 %": 0.99, "99.9 %": 0.999, "99.99 %": 0.9999}


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
    worked = _worked(choice, told)
    _headline(choice, told)
    left, right = st.columns(2)
    with left:
        st.subheader("McCabe-Thiele")
        st.plotly_chart(mccabe_thiele_figure(choice, told), key="mccabe")
    with right:
        st.subheader("Stage profile")
        st.plotly_chart(profile_figure(choice, told, worked), key="profile")
    left, right = st.columns(2)
    with left:
        _reagents(told, worked)
    with right:
        if worked is not None:
            st.subheader(f"Cost: {worked.bill.usd_per_kg_oxide:.2f} USD/kg oxide")
            st.caption(f"Separation and finishing, feed not counted; prices {worked.bill.price_set}.")
            st.plotly_chart(cost_figure(worked), key="cost")
    if worked is not None:
        _said(choice, worked)


def _worked(choice: Choice, told: Told) -> Worked | None:
    """The rigorous answer, started from the one before; None, with its reason on the page, when there is none."""
    try:
        worked = work(choice, told, start=st.session_state.get("last result"))
    except SxsimError as error:
        show_error(error)
        return None
    st.session_state["last result"] = worked.result
    return worked


def _headline(choice: Choice, told: Told) -> None:
    """The five numbers that matter first."""
    pair = PAIRS[choice.pair]
    columns = st.columns(5)
    columns[0].metric("Stages", f"{told.n} + {told.m}")
    columns[1].metric(f"{pair.A} product", f"{100.0 * told.purity_A:.4f} %")
    columns[2].metric(f"{pair.B} product", f"{100.0 * told.purity_B:.4f} %")
    columns[3].metric("S [mol/mol fed]", f"{told.S:.4f}")
    columns[4].metric("W [mol/mol fed]", f"{told.W:.4f}")
    need = f"needed: {float(told.exact.n):.1f} + {float(told.exact.m):.1f} stages by the exact count"
    need += f", {float(told.simple.n):.1f} + {float(told.simple.m):.1f} by the simple formula"
    need += f", {told.fewest:.1f} at total reflux; S_min {float(told.minimum.S):.4f}"
    (st.success if told.met else st.warning)(
        plain(("On specification; " if told.met else "Off specification; ") + need)
    )


def _reagents(told: Told, worked: Worked | None) -> None:
    """Reagents and waste: stoichiometry beside the rigorous model."""
    st.subheader("Reagents and waste")
    rows = {
        "": ["base", "scrub acid", "strip acid", "organic", "waste water", "ammonium nitrogen", "salt"],
        "unit": ["mol/mol fed", "mol/mol fed", "mol/mol fed", "m3/m3 feed", "m3/t oxide", "kg/t oxide", "kg/kg oxide"],
        "constant load": [f"{told.base:.3f}", f"{told.acid_scrub:.3f}", f"{told.acid_strip:.3f}", "", "", "", ""],
    }
    if worked is not None:
        stream, bill = worked.result.stream, worked.bill
        acid = {name: stream[name].flow_m3_h * (stream[name].acid_mol_L or 0.0) for name in ("scrub", "strip_acid")}
        figures = (bill.consumption.base_kmol_h, acid["scrub"], acid["strip_acid"], stream["organic_in"].flow_m3_h)
        waste = (bill.waste.m3_per_t, bill.waste.ammonium_N_kg_per_t, bill.waste.salt_kg_per_kg)
        rows["rigorous"] = [f"{figure:.4g}" for figure in (*figures, *waste)]
    st.dataframe(rows, hide_index=True)


def _said(choice: Choice, worked: Worked) -> None:
    """How the chemistry compares, what to know of it, and what can be taken away."""
    pair, result = PAIRS[choice.pair], worked.result
    A, B = result.purity("strip_liquor", pair.A, "mol"), result.purity("raffinate", pair.B, "mol")
    st.markdown(
        f"With its chemistry ({plain(result.cascade.organic.extractant)}, HCl) the same cascade gives "
        f"**{100.0 * A:.4f} % {pair.A}** and **{100.0 * B:.4f} % {pair.B}** at S/S\\_min {worked.S_over_S_min:.3f}; "
        f"balances close to {result.closure:.0e}."
    )
    with st.expander(f"What to know of these numbers ({len(worked.bill.warnings)})"):
        for warning in worked.bill.warnings:
            st.markdown(f"- {plain(warning)}")
    offer("cut", Subject(result.cascade, result, bill=worked.bill))
