"""The [startup] table: what it refuses, and that it survives being written."""

from __future__ import annotations

import pytest

from sxsim.definition import load
from sxsim.definition.loading import loads
from sxsim.errors import InputError

TABLE = """
[startup]
policy = "feedback"
days = 40
[startup.controller]
section = "extraction"
stage = 22
[startup.hold_up]
mixer_residence_min = 4.0
[[startup.event]]
path = "stream.feed.flow_m3_h"
at_h = 100
factor = 1.1
"""


def text(old: str = "", new: str = "") -> str:
    return load("nd_pr_p507").to_toml() + (TABLE.replace(old, new) if old else TABLE)


def test_a_table_survives_being_written() -> None:
    cascade = loads(text())
    assert cascade.startup is not None
    assert cascade.startup.event[0].factor == 1.1
    assert loads(cascade.to_toml()) == cascade


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"feedback"', '"fedback"', "did you mean feedback"),
        ("feed.flow_m3_h", "feed.flew_m3_h", "did you mean stream.feed.flow_m3_h"),
        ("stage = 22", "stage = 28", "which has 27"),
        ("stage = 22", "gain = 1.0", "say section and stage"),
        ('section = "extraction"', 'section = "extracton"', "did you mean extraction"),
        ("factor = 1.1", "factor = 1.1\nto = 2.0", "to and factor in one event"),
        ("factor = 1.1", "", "an event without a new value"),
        ("factor = 1.1", "drift_per_day = 0.1", "a drift of no duration"),
        ("factor = 1.1", "drift_per_day = -1.0\nover_h = 48", "drifts below zero"),
        ("mixer_residence_min = 4.0", "mixer_residence_min = 4.0\nmixer_aqueous_m3 = 1.0", "one of the two"),
        ("mixer_residence_min = 4.0", "mixer_aqueous_m3 = 1.0", "give all four volumes"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_cure(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        loads(text(old, new))
