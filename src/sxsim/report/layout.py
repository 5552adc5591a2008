"""The look of every table in the terminal."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

__all__ = ["plain_table", "status_text"]

_STYLES = {"measured": "green", "reported": "green", "derived": "cyan", "unverified": "bold yellow"}


def plain_table(title: str, *columns: str) -> Table:
    """Make an empty table with a title on the left and no frame, so that it reads the same in a pipe."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, header_style="dim"
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def status_text(status: str) -> Text:
    """Write the status of a number in its colour: unverified ones stand out."""
    return Text(status, style=_STYLES.get(status, ""))
