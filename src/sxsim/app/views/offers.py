"""Buttons to take results away; page and workbook are made when they are asked for."""

from __future__ import annotations

from functools import partial

import streamlit as st

from sxsim.app.downloads import excel_of, html_of, json_of, toml_of
from sxsim.report.html import Subject

__all__ = ["offer"]


def offer(key: str, subject: Subject) -> None:
    """Show a button for each form.

    Parameters
    ----------
    key : str
        Tells the buttons of several tabs apart.
    subject : Subject
        What they hold.
    """
    forms = (
        ("Numbers (JSON)", json_of, "result.json", "application/json"),
        (
            "Workbook (Excel)",
            excel_of,
            "report.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("Report (HTML)", html_of, "report.html", "text/html"),
    )
    columns = st.columns(4)
    for column, (label, make, name, mime) in zip(columns, forms, strict=False):
        made = partial(make, subject)
        column.download_button(label, made, name, mime, key=f"{key} {name}", on_click="ignore", width="stretch")
    text = toml_of(subject)
    if text is None:
        columns[3].caption("No cascade file: the separation factor is not that of the shipped data.")
    else:
        columns[3].download_button(
            "Cascade file (TOML)",
            text,
            "cascade.toml",
            "text/plain",
            key=f"{key} toml",
            on_click="ignore",
            width="stretch",
        )
