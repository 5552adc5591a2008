"""The cut with its chemistry: what the theory's flows give, or what flows meet both products."""

from __future__ import annotations

import streamlit as st

from sxsim.app.choices import Choice, Told, tell
from sxsim.app.figures import cost_figure, profile_figure
from sxsim.app.rigorous import MODES, Worked, organic_of, work
from sxsim.app.verdict import cures_of, percent, verdict
from sxsim.app.views.messages import plain, show_error
from sxsim.app.views.offers import offer
from sxsim.errors import InputError
from sxsim.report.html import Subject

__all__ = ["show"]


def show(choice: Choice, told: Told | None) -> None:
    """Show what the rigorous model makes of the controls, in one of two modes."""
    if told is None:
        st.info("A control above asks for what cannot be; its message stands beside it.")
        return
    words = MODES.__getitem__
    mode = st.radio("Asked of the chemistry", list(MODES), 0, format_func=words, key="mode", horizontal=True)
    try:
        worked = work(choice, told, mode)
    except InputError as error:
        show_error(error)
        return
    _headline(told, worked)
    told_so = verdict(choice, told, worked)
    (st.success if told_so.meets else st.warning)(plain(told_so.said))
    helps = st.container()
    left, right = st.columns(2)
    with left:
        st.subheader("Stage profile")
        st.plotly_chart(profile_figure(choice, told, worked), key="exact profile")
    with right:
        _flows(choice, told, worked)
    if worked.result is not None and worked.refusal is None:
        _cost(worked)
        offer("cut", Subject(worked.result.cascade, worked.result, bill=worked.bill))
    if mode == "search" and worked.refusal is not None:
        with helps:
            _help(choice)


def _headline(told: Told, worked: Worked) -> None:
    """What is reached beside what the theory says."""
    columns = st.columns(5)
    columns[0].metric("Stages", f"{told.n} + {told.m}")
    for column, product, theory in zip(columns[1:3], worked.products, (told.purity_A, told.purity_B), strict=False):
        column.metric(f"{product.element} product", percent(product.purity, product.asked))
        column.caption(f"asked {100.0 * product.asked:g} %, theory {percent(theory, product.asked)}")
    if worked.result is not None:
        columns[3].metric("S/S_min", f"{worked.S_over_S_min:.3f}")
        columns[3].caption(f"theory {told.S / float(told.minimum.S):.3f}")
        columns[4].metric("Balances close to", f"{worked.result.closure:.0e}")


def _flows(choice: Choice, told: Told, worked: Worked) -> None:
    """Flows, reagents and waste: stoichiometry beside the rigorous model."""
    st.subheader("Flows, reagents and waste")
    scrub = told.acid_scrub / choice.scrub_mol_L
    theory = (organic_of(choice, told), scrub, told.base, told.acid_scrub, told.acid_strip)
    rows = {
        "": ["organic", "scrub", "base", "scrub acid", "strip acid", "waste water", "ammonium nitrogen", "salt"],
        "unit": [
            *("m3/m3 feed", "m3/m3 feed", "mol/mol fed", "mol/mol fed", "mol/mol fed"),
            *("m3/t oxide", "kg/t oxide", "kg/kg oxide"),
        ],
        "theory": [*(f"{figure:.4g}" for figure in theory), "", "", ""],
    }
    if worked.result is not None:
        stream = worked.result.stream
        acid = [stream[name].flow_m3_h * (stream[name].acid_mol_L or 0.0) for name in ("scrub", "strip_acid")]
        bill = worked.bill
        base = f"{bill.consumption.base_kmol_h:.4g}" if bill is not None else ""
        waste = (bill.waste.m3_per_t, bill.waste.ammonium_N_kg_per_t, bill.waste.salt_kg_per_kg) if bill else ()
        rows["rigorous"] = [
            *(f"{flow:.4g}" for flow in worked.flows_m3_h),
            base,
            *(f"{figure:.4g}" for figure in acid),
            *([f"{figure:.4g}" for figure in waste] or [""] * 3),
        ]
    st.dataframe(rows, hide_index=True)


def _cost(worked: Worked) -> None:
    """The bill, and what to know of the numbers."""
    bill = worked.bill
    if bill is None:
        return
    st.subheader(f"Cost: {bill.usd_per_kg_oxide:.2f} USD/kg oxide")
    off = "" if worked.met else " What misses its specification counts as sold all the same."
    st.caption(f"Separation and finishing, feed not counted; prices {bill.price_set}.{off}")
    st.plotly_chart(cost_figure(worked), key="cost")
    with st.expander(f"What to know of these numbers ({len(bill.warnings)})"):
        for warning in bill.warnings:
            st.markdown(f"- {plain(warning)}")


def _help(choice: Choice) -> None:
    """What would help, each change tried."""
    cures = _cures(choice)
    if cures:
        st.info(plain("It was tried that this helps: " + ", or ".join(cures) + "."))
    else:
        st.info("Neither more stages nor more strip acid helped where that was tried.")


@st.cache_data(max_entries=32, show_spinner="Trying what would help")
def _cures(choice: Choice) -> tuple[str, ...]:
    """Cures of a refused choice; another look at the same controls does not try them again."""
    worked = work(choice, tell(choice), "search")
    return cures_of(worked.cascade, worked.refusal) if worked.refusal is not None else ()
