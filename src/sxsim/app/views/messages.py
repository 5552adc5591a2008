"""Errors of the library beside the control that caused them."""

from __future__ import annotations

import streamlit as st

from sxsim.errors import ConvergenceError, Finding, InputError, SxsimError

__all__ = ["plain", "show_error"]


def plain(text: str) -> str:
    r"""Text in which nothing is markup.

    Examples
    --------
    >>> print(plain("a_b *c*"))
    a\_b \*c\*
    """
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+!|~$<>:" else letter for letter in text)


def show_error(error: SxsimError) -> None:
    """Show what went wrong: every finding with what is allowed and how to cure it."""
    if isinstance(error, InputError):
        for finding in error.findings:
            st.error(_said(finding))
    elif isinstance(error, ConvergenceError):
        st.warning(plain(f"The chemistry does not follow: {error}"))
    else:
        st.error(plain(str(error)))


def _said(finding: Finding) -> str:
    """One finding as a short paragraph."""
    lines = [f"**{plain(finding.place)}**: {plain(finding.offence)}"]
    if finding.allowed:
        lines.append(f"allowed: {plain(finding.allowed)}")
    if finding.cure:
        lines.append(f"cure: {plain(finding.cure)}")
    return "  \n".join(lines)
