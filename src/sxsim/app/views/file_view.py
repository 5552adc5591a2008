"""A cascade file of the learner's own: upload, read the findings, solve, take the report away."""

from __future__ import annotations

import streamlit as st

from sxsim.app.upload import LARGEST_BYTES, read_upload
from sxsim.app.views.messages import plain, show_error
from sxsim.app.views.offers import offer
from sxsim.errors import SxsimError
from sxsim.report.html import Subject

__all__ = ["show"]


def show() -> None:
    """Show the upload, and what comes of it."""
    st.markdown(
        f"A cascade file (TOML, at most {LARGEST_BYTES // 1000} kB) is read and checked here, never run; it may name "
        "the shipped extraction systems and price sets only. The bundled cascades are good ones to begin with."
    )
    given = st.file_uploader("Cascade file", type=["toml"], key="upload")
    if given is None:
        return
    try:
        cascade = read_upload(given.name, given.getvalue())
        subject = _solved(cascade.to_toml())
    except SxsimError as error:
        show_error(error)
        return
    result = subject.result
    st.success(plain(f"{result.cascade.title}: {result.status} by {result.method}"))
    st.dataframe(result.streams)
    if result.targets:
        rows = {
            "product": [target.stream for target in result.targets],
            "element": [target.element for target in result.targets],
            "figure": [target.figure for target in result.targets],
            "asked": [target.asked for target in result.targets],
            "got": [target.value for target in result.targets],
            "met": [target.met for target in result.targets],
        }
        st.dataframe(rows, hide_index=True)
    offer("file", subject)


@st.cache_data(max_entries=16, show_spinner="Solving")
def _solution(text: str) -> str:
    """Solve a cascade given as its text; the answer as JSON, so that a rerun of the page does not solve again."""
    from sxsim.cascade.solving import solve_quietly
    from sxsim.definition.loading import loads

    return solve_quietly(loads(text)).to_json()


def _solved(text: str) -> Subject:
    """The solved cascade with its cost, where it can be costed."""
    from sxsim.cascade.result import Result
    from sxsim.economics import cost
    from sxsim.errors import InputError

    result = Result.from_json(_solution(text))
    try:
        bill = cost(result)
    except InputError as error:
        st.info(plain(f"No cost: {error}"))
        return Subject(result.cascade, result)
    return Subject(result.cascade, result, bill=bill)
