"""What a change does besides setting a value is said: fixed, frozen, freed, put aside; no target drops silently."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from sxsim.cli import app
from sxsim.definition import load

FLOW, SCRUB = "organic.flow_m3_h", "stream.scrub.flow_m3_h"


def test_one_of_two_is_fixed() -> None:
    """The other meets the targets."""
    changed = load("nd_pr_p507").replace({FLOW: 18.2})
    assert changed.notes == (f"{FLOW} was free and is fixed at 18.2; the targets are met with {SCRUB}",)
    assert changed.replace({"section.scrubbing.stages": 36}).notes == changed.notes


def test_when_none_is_left_the_targets_are_named() -> None:
    """They are watched, and each is told."""
    (note,) = load("nd_pr_p507").replace({FLOW: 18.2, SCRUB: 2.5}).notes
    assert f"{FLOW} was free and is fixed at 18.2" in note
    assert "simulated as typed" in note
    assert "target.strip_liquor.Nd.purity_min, target.raffinate.Pr.purity_min are only watched" in note


def test_what_freezes_and_what_is_freed() -> None:
    """Another list of free quantities."""
    cascade = load("nd_pr_p507")
    frozen = cascade.replace({"solve.free": [FLOW]})
    assert frozen.notes == (f"{SCRUB} was free and is frozen as typed, at 2.517; the targets are met with {FLOW}",)
    freed = cascade.replace({"solve.free": [FLOW, SCRUB, "stream.strip_acid.flow_m3_h"]})
    assert freed.notes == ("stream.strip_acid.flow_m3_h is free now: the value that is typed decides nothing",)
    assert cascade.replace({"section.scrubbing.stages": 36}).notes == ()


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"stream.feed.pH": 2.0}, ["stream.feed.acid_mol_L = 0.1"]),
        ({"stream.feed.base": "NaOH", "stream.feed.base_mol_L": 0.1}, ["stream.feed.acid_mol_L = 0.1"]),
        ({"stream.feed.acid_mol_L": 0.2}, []),
        ({"stream.feed.pH": 2.0, "stream.feed.acid_beside_pH": True}, []),
    ],
)
def test_an_acidity_told_anew_takes_the_place_of_the_old_one(changes: dict[str, object], gone: list[str]) -> None:
    """A pH assigned to a liquor whose acid was typed is its acidity; the sum of both nobody has asked for."""
    changed = load("single_contact").replace(changes)
    assert [note.partition(" gave way")[0] for note in changed.notes] == gone
    if changes.get("stream.feed.pH") and gone:
        assert changed.stream["feed"].free_acid_mol_L == pytest.approx(0.01)


def test_both_told_at_once_are_a_finding() -> None:
    """Neither is the newer one."""
    with pytest.raises(ValueError, match="tell the free acid twice"):
        load("single_contact").replace({"stream.feed.pH": 2.0, "stream.feed.acid_mol_L": 0.1})


def test_the_command_says_it() -> None:
    """On stderr, so that tables and JSON stay as they are."""
    run = CliRunner().invoke(app, ["check", "nd_pr_p507", "--set", f"{FLOW}=18.2", "--json"])
    assert json.loads(run.stdout)["status"] == "ok"
    assert f"{FLOW} was free and is fixed at 18.2" in run.stderr
