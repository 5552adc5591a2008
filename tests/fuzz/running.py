"""Running one input inside this process, and what must hold of any."""

from __future__ import annotations

import json
import os
import re
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.drawing import Trial
from typer.testing import CliRunner

from sxsim.cli import app

__all__ = ["BUDGET_S", "Outcome", "run"]

BUDGET_S = 20.0
"""Most processor time of one input [s]."""
CODES = {0, 2, 3}


@dataclass(frozen=True)
class Outcome:
    """What became of an input.

    Attributes
    ----------
    code : int
        Exit code.
    spent_s : float
        Processor time [s].
    faults : tuple of str
        What must not be; empty when all is well.
    stderr : str
        What was said.
    """

    code: int
    spent_s: float
    faults: tuple[str, ...]
    stderr: str


def run(trial: Trial, folder: Path) -> Outcome:
    """Run an input in an empty folder and hold the outcome against every rule.

    Parameters
    ----------
    trial : Trial
        Command line and files.
    folder : Path
        Empty; it is the working folder while it runs.
    """
    for name, content in trial.files.items():
        (folder / name).write_bytes(content)
    before = set(folder.iterdir())
    began = time.process_time()
    with _inside(folder):
        result = CliRunner().invoke(app, trial.arguments, prog_name="sxsim")
    spent = time.process_time() - began
    faults: list[str] = []
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        faults.append("".join(traceback.format_exception(result.exception))[-6000:])
    elif result.exit_code not in CODES:
        faults.append(f"exit code {result.exit_code}")
    if spent > BUDGET_S:
        faults.append(f"{spent:.1f} s of processor time")
    for swallowed in re.findall(r"\b\w*(?:Error|Exception): .*", result.stdout):
        if not swallowed.startswith("InputError"):
            faults.append(f"swallowed: {swallowed}")
    if result.exit_code == 2:
        faults += _incomplete(result.stderr, result.stdout)
    if "--json" in trial.arguments and result.exit_code == 0:
        faults += _json(result.stdout, "stdout")
    faults += _left(folder, before, result.exit_code, trial)
    return Outcome(result.exit_code, spent, tuple(faults), result.stderr)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    was = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(was)


def _incomplete(stderr: str, stdout: str) -> list[str]:
    """Refusals without place, allowed or cure."""
    if "Bad input: " not in stderr:
        usage = "Usage: " in stderr or "─ Error ─" in stderr or "Usage: " in stdout
        return [] if usage else [f"a refusal that is no finding: {stderr[-300:]!r}"]
    faults = []
    found = re.split(r"^  (?=\S| (?! ))", stderr.partition("Bad input: ")[2], flags=re.MULTILINE)[1:]
    if not found:
        faults.append(f"a refusal without a finding: {stderr[-300:]!r}")
    for finding in found:
        for wanted in ("allowed: ", "cure: "):
            if f"\n    {wanted}" not in finding:
                faults.append(f"no {wanted.rstrip(': ')}: {finding[:300]!r}")
    return faults


def _json(text: str, where: str) -> list[str]:
    """What is no JSON: NaN, infinity, half of it."""

    def refused(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    try:
        json.loads(text, parse_constant=refused)
    except ValueError as error:
        return [f"{where}: {error}"]
    return []


def _left(folder: Path, before: set[Path], code: int, trial: Trial) -> list[str]:
    """Files half written, or left behind by a run that failed."""
    faults = []
    new = [path for path in folder.rglob("*") if path not in before]
    for path in new:
        if path.name.startswith("."):
            faults.append(f"left behind: {path.relative_to(folder)}")
        elif path.suffix == ".json":
            faults += _json(path.read_text(encoding="utf-8"), path.name)
    if code and trial.arguments[0] != "sweep":  # a sweep that ends early is carried on
        faults += [f"written by a run that failed: {path.relative_to(folder)}" for path in new if path.is_file()]
    changed = [name for name, content in trial.files.items() if (folder / name).read_bytes() != content]
    return faults + [f"an input was changed: {name}" for name in changed if name not in trial.arguments[2:]]
