"""Where output goes: reports to stdout, messages to stderr."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["errors_console", "report_console", "say"]

PIPE_WIDTH = 120
"""Columns of a report that goes into a file or a pipe and whose reader did not set COLUMNS."""


def report_console() -> Console:
    """Console on stdout, as wide as the terminal; in a pipe `PIPE_WIDTH` unless COLUMNS says otherwise."""
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    if not console.is_terminal and not os.environ.get("COLUMNS"):
        console.width = PIPE_WIDTH
    return console


def errors_console() -> Console:
    """Console on stderr."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False)


def say(message: Any) -> None:
    """Print a message on stderr; square brackets are just brackets."""
    console = errors_console()
    console.print(message, markup=False, style="dim", soft_wrap=not console.is_terminal)
