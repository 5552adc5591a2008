"""The report to hand on: one page that needs no network, and a workbook with live totals, from one subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.foundation.lazy import load_on_use

if TYPE_CHECKING:
    from sxsim.report.html.page import page
    from sxsim.report.html.subject import Subject
    from sxsim.report.html.train import TrainSubject
    from sxsim.report.html.writing import write_report

__all__ = ["Subject", "TrainSubject", "page", "write_report"]

__getattr__, __dir__ = load_on_use(
    __name__, globals(), {"Subject": "subject", "TrainSubject": "train", "page": "page", "write_report": "writing"}
)
