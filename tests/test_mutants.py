"""The tool behind ``make mutants``: every fault is another program, the same seed the same sample."""

from __future__ import annotations

import ast

from tests.mutants import ROOMS, faults, planted

SOURCE = '''
def f(a, b):
    """Three."""
    if a < b and a != 2.0:
        return a * b - 1
    return True
'''


def test_every_fault_is_another_program():
    kinds = [kind for _, kind in faults(ast.parse(SOURCE))]
    assert sorted(kinds) == sorted(
        ["condition", "and-or", "comparison", "comparison", "constant", "operator", "operator", "constant", "constant"]
    )
    programs = {planted(SOURCE, number) for number in range(len(kinds))}
    assert len(programs) == len(kinds)
    assert ast.unparse(ast.parse(SOURCE)) not in programs


def test_the_rooms_are_there(checkout):
    assert all(list((checkout / "src" / "sxsim" / room).glob("*.py")) for room in ROOMS)
