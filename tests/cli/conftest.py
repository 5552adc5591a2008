"""Running the command line inside the process of the tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sxsim import __version__
from sxsim.cli import app


@pytest.fixture
def sxsim(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run one command line; stdout and stderr are kept apart, lines are long enough for any message."""
    monkeypatch.setenv("COLUMNS", "120")
    silent = "sxsim.cli.running.announce_compilation"  # it depends on earlier runs
    monkeypatch.setattr(silent, lambda startup=False, search=True: None)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="sxsim")

    return run


@pytest.fixture
def parsed() -> Callable[[Result, str], dict[str, Any]]:
    """Read the one JSON object a command printed; NaN and infinity are refused."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    def read(result: Result, command: str) -> dict[str, Any]:
        told = json.loads(result.stdout, parse_constant=refuse)
        assert list(told)[:3] == ["command", "version", "input_hash"]
        assert (told["command"], told["version"]) == (command, __version__)
        assert len(told["input_hash"]) == 64
        return dict(told)

    return read
