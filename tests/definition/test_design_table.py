"""The [design] table: what it takes, and what it refuses."""

from __future__ import annotations

import pytest

from sxsim.definition import Cascade, load
from sxsim.errors import InputError


def _with(**settings):
    return Cascade.from_data({**load("nd_pr_p507").to_data(), "design": settings})


def test_every_key_is_read_and_written_back():
    settings = {
        "fixed": ["section.extraction.stages"],
        "objective": "reagent",
        "stages_max": 80,
        "loading_max": 0.9,
        "pH_min": 0.1,
        "pH_max": 2.0,
        "acid_mol_L": {"scrub": [2.0, 3.0]},
        "saponified_fraction": [0.3, 0.36],
        "residual_mol_L": 1e-5,
        "S_over_S_min_max": 1.5,
    }
    cascade = _with(**settings)
    assert cascade.to_data()["design"] == settings
    assert Cascade.from_data(cascade.to_data()) == cascade
    assert cascade.design.acid_mol_L["scrub"] == (2.0, 3.0)


def test_defaults_leave_every_limit_off():
    design = _with().design
    assert (design.objective, design.loading_max, design.pH_min, design.pH_max) == ("cost", None, None, None)
    assert design.residual_mol_L is None


@pytest.mark.parametrize(
    ("settings", "place", "said"),
    [
        ({"objective": "speed"}, "design.objective", "speed"),
        ({"fixed": ["section.extracton.stages"]}, "design.fixed", "did you mean section.extraction.stages"),
        ({"fixed": ["organic.diluent"]}, "design.fixed", "no number of stages and no flow"),
        ({"acid_mol_L": {"feed": [3.0]}}, "design.acid_mol_L.feed", "no stream with acid_mol_L"),
        ({"acid_mol_L": {"scrub": []}}, "design.acid_mol_L", "scrub"),
        ({"pH_min": 2.0, "pH_max": 1.0}, "design.pH_min", "not below pH_max"),
        ({"stages_max": 0}, "design.stages_max", "0"),
        ({"loading_max": 1.2}, "design.loading_max", "1.2"),
        ({"limit": 3}, "design.limit", "limit"),
    ],
)
def test_what_is_refused(settings, place, said):
    with pytest.raises(InputError) as caught:
        _with(**settings)
    finding = next(finding for finding in caught.value.findings if finding.place.startswith(place))
    assert said in str(finding)


def test_saponifications_need_one_to_change():
    data = load("nd_pr_p507").to_data()
    del data["organic"]["saponified_fraction"]
    data["organic"]["base_kmol_h"] = 9.7
    with pytest.raises(InputError, match="no saponified_fraction to choose"):
        Cascade.from_data({**data, "design": {"saponified_fraction": [0.3]}})
