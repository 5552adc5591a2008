"""Writing a report into a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sxsim.foundation.atomic import write_text
from sxsim.report.html.page import page

if TYPE_CHECKING:
    from sxsim.report.html.subject import Reportable

__all__ = ["write_report"]


def write_report(subject: Reportable, folder: str | os.PathLike[str]) -> list[str]:
    """Write page and workbook, each whole or not at all.

    Parameters
    ----------
    subject : Reportable
        What the report is about.
    folder : path-like
        Where to.

    Returns
    -------
    list of str
        Names of the files: ``report.html``, ``report.xlsx``.
    """
    from sxsim.report.excel import write_workbook

    write_text(Path(folder) / "report.html", page(subject))
    write_workbook(subject, Path(folder) / "report.xlsx")
    return ["report.html", "report.xlsx"]
