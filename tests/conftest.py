"""What every test shares: the settings of hypothesis, and the rule that the server skips nothing it can provide."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The first call of a kernel compiles it, so the time of one example says nothing; derandomized, a red run is red again.
settings.register_profile("sxsim", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("sxsim")

PROVIDED_BY_SERVER = {"browser", "office", "cluster"}


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).parents[1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """On the server (CI=true) a skipped test of a browser, a spreadsheet or a cluster is a failed one."""
    report = yield
    provided = {mark.name for mark in item.iter_markers()} & PROVIDED_BY_SERVER
    if report.skipped and provided and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped although CI=true provides {', '.join(sorted(provided))}: {report.longrepr}"
    return report
