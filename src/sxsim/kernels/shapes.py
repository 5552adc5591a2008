"""Types of what the rigorous kernels take and return, for kernels that are compiled once."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from sxsim.kernels.bundles import hand_on_by_address
from sxsim.kernels.packed import Control, Law, Layout, make_desk, make_flows, make_goals, make_point, make_work

__all__ = [
    "ANSWER",
    "BOOL",
    "CASES",
    "CONTENTS",
    "CONTROL",
    "DESK",
    "FLOAT",
    "FLOW",
    "GOALS",
    "INT",
    "INTS",
    "INT_MATRIX",
    "LAW",
    "LAYOUT",
    "MATRIX",
    "PAIR",
    "POINT",
    "POINTS_OF_CASES",
    "SHORTENED",
    "TUNED",
    "TWO",
    "VECTOR",
    "VOID",
    "WORK",
    "WORKS",
    "WORKS4",
]

VOID = numba.void
BOOL = numba.boolean
INT = numba.int64
FLOAT = numba.float64
PAIR = numba.types.UniTuple(INT, 2)
TWO = numba.types.UniTuple(FLOAT, 2)
TUNED = numba.types.Tuple((INT, FLOAT))
INTS = numba.int64[::1]
VECTOR = numba.float64[::1]
MATRIX = numba.float64[:, ::1]
WORKS = numba.float64[:, :, ::1]
WORKS4 = numba.float64[:, :, :, ::1]
CONTENTS = numba.float64[:, :, ::1]

INT_MATRIX = numba.int64[:, ::1]
ANSWER = numba.types.UniTuple(INT, 4)

_CONTROL = Control(1, 1, 1.0, 1.0, 1.0, 1.0)
_FLOW = make_flows(1, 1, 1)
_GOALS = make_goals(1, 1, 1)
_LAW = Law(np.zeros((2, 1, 1)), np.zeros((10, 1)), np.zeros(2))
_LAYOUT = Layout(
    aq_to=np.zeros(1, np.int64),
    entrained=np.zeros((2, 1)),
    feed_place=np.zeros((2, 1), np.int64),
    feed_amount=np.zeros((4, 1)),
    feed_concentration=np.zeros((1, 1)),
    draw_place=np.zeros((2, 1), np.int64),
    draw_volume=np.zeros(1),
    split_place=np.zeros((2, 1), np.int64),
    split_fraction=np.zeros(1),
    organic=np.zeros(1),
    inlet=np.zeros(5),
    flag=np.zeros(3, np.int64),
)
_POINT = make_point(1, 1, 1)


def _of_cases(one: Any) -> Any:
    """Type of a packed tuple whose arrays have one more index in front, the case."""
    return numba.typeof(type(one)(*(array[None] for array in one)))


CONTROL = numba.typeof(_CONTROL)
DESK = numba.typeof(make_desk(_FLOW, _POINT, _POINT, _POINT, 1, 1, 1))
FLOW = numba.typeof(_FLOW)
GOALS = numba.typeof(_GOALS)
LAW = numba.typeof(_LAW)
LAYOUT = numba.typeof(_LAYOUT)
POINT = numba.typeof(_POINT)
WORK = numba.typeof(make_work(1, 1, 1, 1))
SHORTENED = numba.types.Tuple((LAW, FLOW, POINT))

for _bundle in (DESK, FLOW, GOALS, LAW, LAYOUT, POINT, WORK):
    hand_on_by_address(_bundle)

FLOWS_OF_CASES = _of_cases(_FLOW)
GOALS_OF_CASES = _of_cases(_GOALS)
LAWS_OF_CASES = _of_cases(_LAW)
LAYOUTS_OF_CASES = _of_cases(_LAYOUT)
POINTS_OF_CASES = _of_cases(_POINT)

CASES = (LAWS_OF_CASES, LAYOUTS_OF_CASES, GOALS_OF_CASES, FLOWS_OF_CASES, POINTS_OF_CASES)
"""What all kernels for many cases take first."""
