"""Small cascades that reach their steady state within days."""

from __future__ import annotations

from functools import cache

from sxsim.cascade.result import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load


@cache
def small(extra: str = "") -> Cascade:
    """A Dy/Tb cut of low purity in 6 + 4 + 3 stages, its flows typed: far more than the targets need, and quick."""
    cascade = load("dy_tb_p507")
    return cascade.replace(
        {
            "section.extraction.stages": 6,
            "section.scrubbing.stages": 4,
            "section.stripping.stages": 3,
            "target.strip_liquor.Dy.purity_min": 0.93,
            "target.raffinate.Tb.purity_min": 0.60,
            "organic.flow_m3_h": 271.40458824007044,
            "stream.scrub.flow_m3_h": 21.768514151539744,
        }
    )


@cache
def steady() -> Result:
    return solve_quietly(small())
