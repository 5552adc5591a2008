"""What a learner can take away: the numbers, the workbook, the page and the cascade file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from sxsim.definition.system import system_names
from sxsim.report.html import Subject, page

__all__ = ["excel_of", "html_of", "json_of", "toml_of"]


def json_of(subject: Subject) -> bytes:
    """The numbers, as ``sxsim report --json`` writes them."""
    from sxsim import __version__

    head = {"command": "report", "version": __version__, "input_hash": subject.cascade.input_hash}
    return json.dumps({**head, **subject.book}, allow_nan=False, indent=1).encode()


def html_of(subject: Subject) -> bytes:
    """The page of the report."""
    return page(subject).encode()


def excel_of(subject: Subject) -> bytes:
    """The workbook of the report."""
    from sxsim.report.excel import write_workbook

    with tempfile.TemporaryDirectory(prefix="sxsim-app-") as folder:
        path = Path(folder) / "report.xlsx"
        write_workbook(subject, path)
        return path.read_bytes()


def toml_of(subject: Subject) -> bytes | None:
    """The cascade file with the flows that were found; None when it rests on a system of the learner's own making."""
    if subject.cascade.organic.system not in system_names():
        return None
    return subject.result.solved_cascade.to_toml().encode()
