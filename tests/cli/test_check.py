"""`sxsim check` reads whatever a file defines, and tells every finding and warning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sxsim.foundation.files import shipped

INPUTS = Path(__file__).parents[1] / "cascade" / "data" / "inputs"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nd_pr_p507", "cascade"),
        ("nd_pr_in_two_cuts", "train"),
        ("nd_pr_ce", "linked extraction"),
        ("nd_pr_feed", "study"),
        ("p507-chloride", "system"),
    ],
)
def test_every_kind_by_its_name(sxsim, name, kind):
    found = sxsim("check", name)
    assert found.exit_code == 0, found.stderr
    assert f"{name}: no findings" in found.stdout
    told = json.loads(sxsim("check", name, "--json").stdout)
    assert (told["status"], told["kind"], told["findings"]) == ("ok", kind, [])


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        (("cascades", "single_contact.toml"), "cascade"),
        (("cascades", "trains", "bayan_obo.toml"), "train"),
        (("cascades", "linked", "nd_pr_ce_la.toml"), "linked extraction"),
        (("cascades", "studies", "nd_pr_stages.toml"), "study"),
        (("data", "distribution_coeffs", "systems", "tbp-nitrate.toml"), "system"),
    ],
)
def test_every_kind_by_its_tables(sxsim, tmp_path, way, kind):
    file = tmp_path / "mine.toml"
    file.write_text(shipped(*way).read_text(encoding="utf-8"), encoding="utf-8")
    told = json.loads(sxsim("check", file, "--json").stdout)
    assert (told["status"], told["kind"]) == ("ok", kind)


@pytest.mark.parametrize(
    ("way", "old", "new", "said"),
    [
        (("cascades", "trains", "nd_pr_in_two_cuts.toml"), 'kind = "adjust"', 'kind = "adjusst"', "adjusst"),
        (("cascades", "linked", "nd_pr_ce.toml"), 'organic_to = "c2_2"', 'organic_to = "c2_9"', "c2_9"),
        (("cascades", "studies", "nd_pr_stages.toml"), "section.scrubbing.stages", "section.scrub.stages", "scrub"),
        (("data", "distribution_coeffs", "systems", "tbp-nitrate.toml"), '"La", ', '"Xx", ', "Xx"),
    ],
)
def test_what_is_wrong_with_each_kind(sxsim, tmp_path, way, old, new, said):
    text = shipped(*way).read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mine.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = sxsim("check", file)
    assert found.exit_code == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_warnings_stand_beside_no_findings(sxsim):
    found = sxsim("check", INPUTS / "diluent.toml")
    assert found.exit_code == 0
    assert "no findings" in found.stdout
    assert "diluent toluene" in found.stdout
    told = json.loads(sxsim("check", INPUTS / "iron_acid.toml", "--json").stdout)
    assert any("no pH in them" in text for text in told["warnings"])


def test_a_system_has_no_values_to_set(sxsim):
    found = sxsim("check", "p507-chloride", "--set", "medium=nitrate")
    assert found.exit_code == 2
    assert "edit the file" in found.stderr
