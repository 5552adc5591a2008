"""The view: controls and figures in the browser. Everything it shows is worked out in the modules beside it."""

from __future__ import annotations

import streamlit as st

from sxsim.app.views import cut_view, exact_view, file_view, lock_view, orders_view, startup_view


def main() -> None:
    """Lay the page out."""
    st.set_page_config(page_title="sxsim: solvent extraction of rare earths", layout="wide")
    st.title("How neighbours are parted")
    st.caption("Counter-current solvent extraction of rare earths. Move a control; everything below follows.")
    choice, told = cut_view.controls()
    shown = {
        "The cut": lambda: cut_view.show(choice, told),
        "With its chemistry": lambda: exact_view.show(choice, told),
        "Start-up": lambda: startup_view.show(choice, told),
        "Light against heavy": orders_view.show,
        "The technology lock": lambda: lock_view.show(choice),
        "Your own cascade": file_view.show,
    }
    for tab, show in zip(st.tabs(list(shown), key="tab", on_change="rerun"), shown.values(), strict=True):
        if tab.open:  # what nobody looks at is not worked out
            with tab:
                show()


main()
