"""The technology lock: the argument, step by step, with the numbers of the cut above."""

from __future__ import annotations

import streamlit as st

from sxsim.app.choices import Choice
from sxsim.app.lock import Doubt, steps
from sxsim.app.views.messages import plain, show_error
from sxsim.errors import InputError

__all__ = ["show"]


def show(choice: Choice) -> None:
    """Show the steps."""
    st.markdown(
        "Ore can be bought and the chemistry is in the literature. Why is knowing how to separate a lock all the same? "
        "The cut above, in the hands of somebody who has to find out for himself:"
    )
    columns = st.columns(3)
    error = columns[0].slider("The factor is lower than believed by [%]", 0.0, 20.0, 5.0, 0.5, key="beta error") / 100.0
    hours = float(columns[1].number_input("Residence time of a stage [h]", 0.01, 10.0, 0.5, 0.1, key="stage h"))
    trials = int(columns[2].number_input("Trials until it is understood", 1, 100, 5, 1, key="trials"))
    try:
        told = steps(choice, Doubt(error, hours, trials))
    except InputError as refused:
        with columns[0]:
            show_error(refused)
        return
    for number, step in enumerate(told, 1):
        st.subheader(f"{number}. {step.title}")
        st.markdown(plain(step.said))
    st.caption("Constant load and constant separation factor, closed forms; see the theory page of the documentation.")
