"""Cascades solved together give, figure by figure, what each gives alone."""

import math

import numpy as np
import pytest
from tests.cascade.cases import SMALL

from sxsim.cascade.solving import steady_state
from sxsim.cascade.storage import fields_of
from sxsim.cascade.together import HEADS, pose_together
from sxsim.definition import load
from sxsim.foundation.paths import get
from sxsim.studies.systems import with_factors

PATH = {
    "contact": "organic.flow_m3_h",
    "loop": "organic.saponified_fraction",
    "imperfect": "section.scrubbing.stage_efficiency",
    "soap": "split.raffinate.fraction",
    "open": "draw.side.flow_m3_h",
    "sulfate": "stream.scrub.acid_mol_L",
    "solvating": "stream.feed.assay_mol_L.Nd",
}
"""What is varied, by up to 6 %: between them every table of a definition."""


def _alone(result):
    """What one result tells of the same."""
    plain = result.to_dict()
    streams = {name: fields_of(result.stream[name]) for name in plain["streams"]}
    return {name: streams if name == "streams" else plain[name] for name in HEADS}


def _compare(columns, alone, case, place=""):
    """Every leaf of the columns against that of one result; what is undefined there is missing, or None."""
    if isinstance(columns, dict):
        for name, below in columns.items():
            _compare(below, alone.get(name) if isinstance(alone, dict) else None, case, f"{place}.{name}")
    elif isinstance(columns, list):
        for row, below in enumerate(columns):
            _compare(below, alone[row], case, f"{place}.{row}")
    elif isinstance(columns, np.ndarray):
        value = float(columns[case])
        if alone is None:
            assert math.isnan(value), place
        else:
            # balance errors are differences of nothing; an acid's logarithm may be another library's
            loose = {"abs_tol": 1e-13} if "closure" in place else {"rel_tol": 4e-16} if place.endswith("pH") else {}
            assert math.isclose(value, alone, **({"rel_tol": 0.0} | loose)), (place, value, alone)
    else:
        assert columns == alone, place


def solve_together(cascades):
    """Those that are solved, by layout."""
    posed = pose_together(cascades)
    for each in posed:
        each.run()
    return [many for many in (each.solved() for each in posed) if many is not None]


@pytest.mark.parametrize("name", SMALL)
def test_every_figure_is_that_of_the_cascade_alone(name):
    cascade = SMALL[name]()
    path = PATH[name]
    value = get(cascade.to_data(), path)
    cascades = [cascade.replace({path: value * (1.0 + 0.02 * step)}) for step in range(4)]
    (many,) = solve_together(cascades)
    assert many.places == (0, 1, 2, 3)
    columns = many.told(set(HEADS))
    assert set(columns["streams"]) == {stream.name for stream in steady_state(cascade).stream.values()} - set(
        [*cascade.stream, "organic_in"]
    )
    for case, each in enumerate(cascades):
        _compare(columns, _alone(steady_state(each)), case)


def test_targets_are_met_as_each_would_meet_them_alone():
    cascade = load("nd_pr_p507")
    data = cascade.to_data()
    data["solve"] = {"free": ["organic.saponified_fraction", "stream.scrub.flow_m3_h"]}
    for studied in (cascade, type(cascade).from_data(data)):
        # a free saponification is held as an amount of the extractant
        cascades = [studied.replace({"organic.extractant_mol_L": value}) for value in (1.45, 1.5, 1.55)]
        (many,) = solve_together(cascades)
        assert len(many.places) == 3
        for case, each in enumerate(cascades):
            _compare(many.told(set(HEADS)), _alone(steady_state(each)), case)


def test_layouts_are_told_apart_and_what_is_not_solved_is_left_out():
    cascade = SMALL["open"]()
    dry = cascade.replace({"draw.side.flow_m3_h": 50.0})  # more than there is
    longer = cascade.replace({"section.scrubbing.stages": 3})
    both = solve_together([cascade, longer, dry, cascade])
    assert sorted(many.places for many in both) == [(0, 3), (1,)]
    assert solve_together([dry]) == []


def test_factors_that_differ_from_case_to_case_are_each_their_own():
    cascades = [with_factors(SMALL["loop"](), {"Nd/Pr": beta}) for beta in (1.4, 1.5, 1.6)]
    (many,) = solve_together(cascades)
    for case, each in enumerate(cascades):
        _compare(many.told(set(HEADS)), _alone(steady_state(each)), case)
