"""``make mutants``: a seeded sample of small faults put into the sources, and how many of them the tests find.

One fault at a time in a copy of the sources: a comparison turned, a sum for a difference, `and` for `or`, a number
moved, a condition negated. A fault that no test finds survives: a missing assertion, or no fault at all (`EQUIVALENT`).
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

__all__ = ["faults", "main", "planted"]

CHECKOUT = Path(__file__).parents[1]
ROOMS = {
    "definition": (["tests/definition"], {}),
    "kernels": (["tests/kernels", "tests/cascade", "tests/properties", "-m", "kernel"], {"NUMBA_DISABLE_JIT": "1"}),
}
"""What is tested by what, and under which settings."""
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
}  # fmt: skip
EQUIVALENT = {
    (
        "definition/system.py",
        "constant",
        'return _read("", text, 0)',
    ): "the stamp of a shipped system is never looked at",
}
"""Faults that change nothing, by file, kind and source line, each with its reason."""
PATIENCE_S = 600.0


def faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and kind of every fault that can be planted, in one order."""
    for node in ast.walk(tree):
        for kind in _kinds(node):
            yield getattr(node, "lineno", 0), kind


def _kinds(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        return ["comparison"]
    if isinstance(node, ast.BinOp) and type(node.op) in COUNTED and not isinstance(node.left, ast.Constant | ast.List):
        return ["operator"]
    if isinstance(node, ast.BoolOp):
        return ["and-or"]
    if isinstance(node, ast.If | ast.IfExp):
        return ["condition"]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        return ["constant"]
    return []


def planted(source: str, number: int) -> str:
    """The source with one of its `faults`."""
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) for _ in _kinds(node)]
    node = found[number]
    if isinstance(node, ast.Compare):
        node.ops[0] = COMPARED[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp):
        node.op = COUNTED[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Constant):
        value = node.value
        node.value = (
            not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else value * 1.5 + 0.1
        )
    return ast.unparse(ast.fix_missing_locations(tree))


def main() -> int:
    """Run from the command line; 0 when at least 85 % of what is no equivalent was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--room", choices=list(ROOMS), action="append")
    asked = parser.parse_args()
    found = survived = equivalent = 0
    for room in asked.room or ROOMS:
        files = sorted((CHECKOUT / "src" / "sxsim" / room).glob("*.py"))
        every = [
            (file, n, *fault) for file in files for n, fault in enumerate(faults(ast.parse(file.read_text("utf-8"))))
        ]
        for file, number, line, kind in Random(asked.seed).sample(every, min(asked.count, len(every))):
            name = f"{room}/{file.name}"
            if (name, kind, file.read_text("utf-8").splitlines()[line - 1].strip()) in EQUIVALENT:
                equivalent += 1
                continue
            began = time.monotonic()
            killed = _found(room, file, planted(file.read_text("utf-8"), number))
            found, survived = found + killed, survived + (not killed)
            told = "found" if killed else "SURVIVED"
            print(f"{told:9s}{name}:{line} {kind} ({time.monotonic() - began:.0f} s)", flush=True)
    share = found / max(found + survived, 1)
    print(f"{found} of {found + survived} found ({share:.0%}), {equivalent} equivalent left out")
    return 0 if share >= 0.85 else 1


def _found(room: str, file: Path, source: str) -> bool:
    """Whether a test fails with a fault in the sources."""
    tests, settings = ROOMS[room]
    with tempfile.TemporaryDirectory() as folder:
        # beside a copy of what ships, since the sources look for it there
        for part in ("src", "cascades", "data"):
            shutil.copytree(CHECKOUT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        (Path(folder) / file.relative_to(CHECKOUT)).write_text(source, encoding="utf-8")
        for part in ("tests", "benchmarks", "pyproject.toml"):
            (Path(folder) / part).symlink_to(CHECKOUT / part)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, **settings, "PYTHONPATH": str(Path(folder) / "src")}
        try:
            run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            return True
        return run.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
