"""Start-up: how the profile forms under each policy."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sxsim.app.choices import Choice, Told, tell
from sxsim.app.figures import forming_figure, purity_figure
from sxsim.app.forming import LONGEST, POLICY_WORDS, start_ups
from sxsim.app.views.messages import plain, show_error
from sxsim.errors import InputError
from sxsim.startup.shaken import ShakenStartUp

__all__ = ["show"]

SPARE = 2


def show(choice: Choice, told: Told | None) -> None:
    """Show the profile as it forms, and when both products meet what is asked."""
    if told is None:
        st.info("A control above asks for what cannot be; its message stands beside it.")
        return
    st.markdown(
        f"The cut above with {SPARE} more stages in each section, at constant load: without spare stages the purity "
        "asked is reached only at the very end. Time counts in residence times of a stage."
    )
    left, right = st.columns([2, 1])
    policy = str(left.radio("Policy", list(POLICY_WORDS), 3, format_func=POLICY_WORDS.__getitem__, key="policy"))
    reflux = float(right.slider("Total reflux before opening [residence times]", 0, 1000, 200, 10, key="total reflux"))
    bigger = replace(choice, n=told.n + SPARE, m=told.m + SPARE)
    try:
        design, runs = _started(bigger, reflux)
    except InputError as error:
        show_error(error)
        return
    columns = st.columns(len(runs))
    for column, (name, run) in zip(columns, runs.items(), strict=True):
        said = f"{run.time_both:,.0f}" if run.time_both is not None else f"over {LONGEST:,.0f}"
        column.metric(f"{name}: on specification after", said)
    left, right = st.columns(2)
    with left:
        st.subheader(f"The profile forms: {policy}")
        st.plotly_chart(forming_figure(bigger, design, runs[policy]), key="forming")
    with right:
        st.subheader("The worse product of each policy")
        st.plotly_chart(purity_figure(design, runs), key="purities")
    st.caption(
        plain(
            f"Stages {design.n} + {design.m}. The dotted line is what is asked. A fill that holds what the steady "
            "state holds has nothing left to wait for but the profile."
        )
    )


@st.cache_data(max_entries=16, show_spinner="Starting up")
def _started(choice: Choice, reflux: float) -> tuple[Told, dict[str, ShakenStartUp]]:
    """Start up under every policy; another look at the same runs does not run them again."""
    design = tell(choice)
    return design, start_ups(choice, design, reflux)
