"""A few hundred inputs of the fuzz: no traceback, no refusal without place, allowed and cure, nothing left behind.

`make fuzz` runs 20,000, with the commands that take seconds too. What a number draws is shown by
``python -m tests.fuzz --only NUMBER``; for those here the seed is 18, with ``--quick``.
"""

from __future__ import annotations

import ast
import tomllib
from random import Random

import pytest
from tests.fuzz.drawing import draw
from tests.fuzz.mutating import mutated
from tests.fuzz.running import _incomplete, _json, run
from tests.fuzz.writing import toml

from sxsim.cli.running import announce_compilation

SEED, COUNT, PARTS = 18, 300, 10

BROAD = {"studies/cases.py", "studies/together.py", "studies/cluster.py", "kernels/_cache.py"}
"""Where any exception is caught: what a case of a sweep dies of stands in its row, and the fuzz looks there; the third
only watches whether a scheduler still has workers, and the last compiles again what cannot be unpickled."""


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """The first call of a kernel compiles it, which counts against no input."""
    announce_compilation(startup=True)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_input_breaks_a_rule(tmp_path, monkeypatch, part):
    monkeypatch.setattr("sxsim.cli.running.announce_compilation", lambda startup=False, search=True: None)
    for number in range(part, COUNT, PARTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        trial = draw(SEED, number, quick=True)
        outcome = run(trial, folder)
        assert not outcome.faults, f"input {number}: {' '.join(trial.arguments)[:300]}\n" + "\n".join(outcome.faults)


def test_the_same_number_is_the_same_input():
    assert draw(3, 14) == draw(3, 14)
    assert len({str(draw(3, number)) for number in range(50)}) == 50


def test_what_is_not_changed_is_read_as_it_was(checkout):
    for file in (checkout / "cascades").rglob("*.toml"):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        assert tomllib.loads(toml(data)) == data


def test_most_mutations_are_files_that_can_be_read(checkout):
    data = tomllib.loads((checkout / "cascades" / "nd_pr_p507.toml").read_text(encoding="utf-8"))
    read = changed = 0
    for number in range(200):
        try:
            found = tomllib.loads(mutated(Random(number), data).decode("utf-8"))
        except ValueError:
            continue
        read += 1
        changed += found != data
    assert read > 150
    assert changed > 120


def test_each_rule_can_fail():
    assert _json('{"a": NaN}', "stdout")
    assert _json('{"a": ', "stdout")
    assert _incomplete("ValueError: x", "")
    assert _incomplete("Bad input: 1 finding in x\n  place: offence\n    allowed: a\n", "")
    assert _incomplete("Bad input: 1 finding in x\n  place: offence\n    cure: a\n", "")
    assert not _incomplete("Bad input: 1 finding in x\n  place: offence\n    allowed: a\n    cure: b\n", "")


def test_nothing_else_catches_everything(checkout):
    found = set()
    for file in (checkout / "src" / "sxsim").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = ast.unparse(node.type) if node.type is not None else "BaseException"
            again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
            if caught in ("Exception", "BaseException") and not again:
                found.add(file.relative_to(checkout / "src" / "sxsim").as_posix())
    assert found <= BROAD
