"""Runs in which the organic takes up acid: the acid is conserved, and the run settles where the solver says."""

from __future__ import annotations

import pytest

from sxsim.definition import load
from sxsim.startup import start_up


@pytest.mark.parametrize("policy", ["open", "organic-first"])
def test_acid_is_conserved_in_time_and_settles_on_the_steady_state(policy: str) -> None:
    """From feed everywhere and from a fill without metals, whose organic holds no acid yet."""
    stages = {"section.extraction.stages": 4, "section.scrubbing.stages": 4, "section.stripping.stages": 4}
    flows = {"organic.flow_m3_h": 5.0, "stream.scrub.flow_m3_h": 0.8}
    run = start_up(load("pr_nd_aliquat336").replace({**stages, **flows}), policy=policy, days=2000.0, time_scales=False)
    assert run.closure["HNO3"] < 1e-10
    assert max(run.closure.values()) < 1e-10
    assert run.distance < 1e-6
