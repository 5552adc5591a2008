"""Kernels of given types: compiled once, called by address, the same as plain Python, and errors come through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sxsim.kernels import (
    balances,
    begin,
    choices,
    dense,
    descent,
    follow,
    goals,
    ladder,
    linear_step,
    looking,
    near,
    newton,
    opening,
    packed,
    prepare,
    search,
    start,
    three,
    transient,
    transient_frozen,
    transient_record,
    transient_stage,
    transient_substitute,
    transport,
    tune,
    volumes,
)
from sxsim.kernels._jit import kernel
from sxsim.kernels.linked import Linked, linked_in
from sxsim.kernels.shapes import FLOAT, INT, VECTOR

TRANSIENT = (transient, transient_frozen, transient_record, transient_stage, transient_substitute)
STEADY = (balances, dense, ladder, linear_step, newton, start, three, transport, volumes)
SEARCH = (choices, descent, goals, looking, opening, search, tune)
MODULES = (*STEADY, *SEARCH, begin, follow, near, *TRANSIENT)
compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="the compiler is off")

SOURCE = """
@kernel(inner=True)
def twice(x):
    return 2.0 * x

@kernel(returns=INT, takes=(VECTOR, FLOAT))
def add(values, amount):
    if amount < 0.0:
        raise ValueError("negative")
    for i in range(values.shape[0]):
        values[i] += twice(amount)
    return values.shape[0]

@kernel(inner=True)
def between(values):
    return add(values, 1.0)

@kernel(returns=INT, takes=(VECTOR, FLOAT))
def outer(values, amount):
    return between(values) + add(values, amount)
"""


@pytest.fixture
def space():
    names: dict[str, object] = {"kernel": kernel, "INT": INT, "FLOAT": FLOAT, "VECTOR": VECTOR, "__name__": "made_here"}
    exec(compile(SOURCE, "<made here>", "exec"), names)
    return names


def test_a_kernel_calls_another_by_address(space):
    values = np.zeros(3)
    assert space["outer"](values, 2.0) == 6
    assert values.tolist() == [6.0, 6.0, 6.0]


@compiled
def test_what_a_kernel_calls_is_found_through_what_is_compiled_within_it(space):
    assert list(linked_in(space["outer"].py_func)) == [space["add"], space["add"]]
    assert space["add"].signatures == []
    space["outer"].ready()
    assert len(space["add"].signatures) == len(space["outer"].signatures) == 1


def test_an_error_comes_through(space):
    with pytest.raises(ValueError, match="negative"):
        space["outer"](np.zeros(2), -1.0)


@compiled
def test_other_types_are_refused(space):
    with pytest.raises(TypeError):
        space["add"](np.zeros((2, 2)), 1.0)


@compiled
def test_every_kernel_of_given_types_has_one_signature():
    kernels = {value for module in MODULES for value in vars(module).values() if isinstance(value, Linked)}
    assert len(kernels) > 40
    for outermost in (ladder.climb_many, search.seek_many, transient.advance, transient.implicit_euler):
        outermost.ready()
    assert all(len(each.signatures) <= 1 for each in kernels)
    assert sum(len(each.signatures) for each in kernels) > 40


@compiled
@pytest.mark.parametrize(
    ("called", "some"),
    [
        (prepare.SOLVE, (ladder.climb, ladder.cold, newton.newton)),
        (prepare.SEARCH, (search.seek, descent.descend, choices.best_choice, tune.tune)),
        (prepare.STARTUP, (ladder.climb, transient.advance, transient.implicit_euler, transient_frozen.freeze)),
    ],
)
def test_the_parts_to_compile_are_all_that_is_called_and_of_about_one_size(called, some):
    parts = prepare.parts(prepare.missing(called, ()))
    names = [each.symbol for part in parts for each in part]
    assert len(names) == len(set(names))
    assert {each.symbol for each in some} <= set(names)
    work = [sum(sum(prepare._efforts(each)) for each in part) for part in parts]
    assert max(work) < 1.2 * min(work)


def kept_below(chosen: Path) -> list[str]:
    """Folders of machine code in the place that a process was told."""
    return [str(folder) for folder in chosen.glob("sxsim/kernels-*")]


@compiled
def test_a_kernel_compiled_alone_is_loaded_by_another_process(tmp_path: Path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    called = ["sxsim.kernels.transport.aqueous_totals"]
    alone = f"from sxsim.kernels.prepare import compile_alone; compile_alone({called}, {called})"
    later = (
        "import numpy as np; from sxsim.kernels.packed import make_flows\n"
        "from sxsim.kernels.transport import aqueous_totals, transport\n"
        "flows = make_flows(2, 1, 0); flows.volume[4:6] = 1.0; flows.volume[0, 0] = 1.0; flows.volume[7, 1] = 3.0\n"
        "s = np.zeros((4, 2)); assert aqueous_totals(flows, s) == 0; assert s[2].tolist() == [3.0, 3.0], s\n"
        "assert sum(aqueous_totals.ready().stats.cache_hits.values()) == 1\n"
        "assert sum(transport.ready().stats.cache_hits.values()) == 0\n"
    )
    for text, lacking in ((alone, [transport.transport, dense.factor_dense]), (later, [])):
        subprocess.run([sys.executable, "-c", text], check=True, env=environment)
        assert prepare.missing(called, kept_below(tmp_path)) == lacking


@compiled
def test_a_kernel_made_of_a_function_of_another_module_is_found_by_who_compiles_it(tmp_path: Path):
    """The module of its name knows the plain function only."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    assert not isinstance(packed.make_flows, Linked)
    alone = f"from sxsim.kernels.prepare import *; compile_alone(['{ladder.new_flows.symbol}'], {list(prepare.SEARCH)})"
    before = prepare.missing(prepare.SEARCH, kept_below(tmp_path))
    subprocess.run([sys.executable, "-c", alone], check=True, env=environment)
    assert set(before) - set(prepare.missing(prepare.SEARCH, kept_below(tmp_path))) == {ladder.new_flows}


@compiled
def test_what_is_kept_need_not_be_compiled(tmp_path: Path):
    folders = (str(tmp_path / "one"), str(tmp_path / "two"))
    needed = prepare.missing(prepare.SOLVE, folders)
    (tmp_path / "two").mkdir()
    for each in needed[1:]:
        (tmp_path / "two" / f"{each.symbol.removeprefix('sxsim.kernels.')}-1.py311.1.nbc").write_text("")
    assert prepare.missing(prepare.SOLVE, folders) == needed[:1]
    later = prepare.missing(prepare.STARTUP, folders)
    assert {ladder.climb, transient.advance} < set(later)
    assert newton.newton not in later
    assert prepare.duration_s(later, 1) > prepare.duration_s(later, 2) > 0


def test_nothing_is_prepared_without_a_compiler_or_processes(monkeypatch):
    monkeypatch.setattr(prepare.subprocess, "Popen", _no_process)
    prepare.prepare(prepare.missing(prepare.SOLVE, ()), prepare.SOLVE)
    monkeypatch.setattr(ladder, "climb", lambda: None)
    assert prepare.missing(prepare.SOLVE, ()) == []


def _no_process(*arguments, **options):
    raise OSError("no more processes")
