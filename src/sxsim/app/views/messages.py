"""Errors of the library beside the control that caused them."""

from __future__ import annotations

import streamlit as st

from sxsim.errors import ConvergenceError, Finding, InputError, SxsimError

__all__ = ["MOST_FINDINGS", "plain", "show_error"]

MOST_FINDINGS = 20
"""Findings that are shown; a file of nonsense may have thousands."""


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
        for finding in error.findings[:MOST_FINDINGS]:
            st.error(_said(finding))
        if (more := len(error.findings) - MOST_FINDINGS) > 0:
            st.info(f"{more} findings more: mend these first, or see all with sxsim check")
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
