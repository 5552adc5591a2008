"""System files: read, refused with a cure, written and read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from sxsim.definition.system import SystemFile, load_system_file, system_names
from sxsim.definition.system_writing import system_text, write_system_file
from sxsim.errors import InputError
from sxsim.foundation.files import shipped


def text_of(name: str) -> str:
    return shipped("data", "distribution_coeffs", "systems", f"{name}.toml").read_text(encoding="utf-8")


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_system_file(path)
    return str(caught.value)


def test_the_systems_people_run_are_there() -> None:
    assert set(system_names()) >= {
        "p507-chloride",
        "d2ehpa-chloride",
        "d2ehpa-sulfate",
        "cyanex272-chloride",
        "naphthenic-chloride",
        "tbp-nitrate",
        "pc88a-chloride-laboratory",
    }


@pytest.mark.parametrize("name", system_names())
def test_a_system_survives_writing_and_reading(name: str, tmp_path: Path) -> None:
    system = load_system_file(name)
    assert system.name == name
    path = tmp_path / f"{name}.toml"
    write_system_file(system, path, ["a comment"])
    assert load_system_file(path) == system
    assert system_text(system, ["a comment"]).startswith("# a comment\n")


def test_a_system_is_frozen_and_cached() -> None:
    system = load_system_file("p507-chloride")
    assert load_system_file("p507-chloride") is system
    with pytest.raises(ValidationError):
        system.name = "other"  # type: ignore[misc]


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    import os

    path = tmp_path / "mine.toml"
    path.write_text(text_of("p507-chloride"), encoding="utf-8")
    assert load_system_file(path).level[0].log10_K.value == -2.2
    path.write_text(text_of("p507-chloride").replace("value = -2.2", "value = -2.1"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_system_file(path).level[0].log10_K.value == -2.1


def test_an_unknown_name_is_answered_with_the_near_ones() -> None:
    with pytest.raises(InputError, match=r"unknown system 'p507-cloride' .*did you mean p507-chloride"):
        load_system_file("p507-cloride")
    with pytest.raises(InputError, match="did you mean p507-chloride"):
        load_system_file("p507")
    with pytest.raises(InputError, match=r"there is no file nowhere\.toml"):
        load_system_file("nowhere.toml")


def test_text_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    assert "not TOML" in refused(tmp_path, "schema = = 1")


def test_all_findings_come_together_and_guess_the_key(tmp_path: Path) -> None:
    text = text_of("p507-chloride").replace("low = 1.4\n", "low = 1.6\n").replace("medium =", "medum =")
    message = refused(tmp_path, text)
    assert "low <= value <= high is required, got 1.6, 1.5, 1.55" in message
    assert "medum: unknown key" in message
    assert "did you mean medium?" in message
    assert "separation_factor.Nd/Pr" in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('pair = "Lu/Yb"', 'pair = "Lu/Zz"', "no level or separation factor reaches Lu"),
        ('pair = "Lu/Yb"', 'pair = "Yb/Er"', "no level or separation factor reaches Lu"),
        ('"Lu", "Y"]', '"Y"]', "14 elements need one level plus one separation factor"),
        ('"La", "Ce"', '"La", "La", "Ce"', "a symbol stands twice"),
        ('[[level]]\nelement = "Nd"', '[[level]]\nelement = "Pm"', "Pm is not among the elements"),
        ("saponifiable = true", "saponifiable = false", "counter_ion tables and saponifiable"),
        ('medium = "chloride"', 'medium = "sulfate"', "needs bisulfate_Ka2_mol_L"),
        ("value = -2.2", "value = nan", "finite"),
        ("pH = [-0.31, 1.73]", "pH = [1.73, -0.31]", "exceeds the upper bound"),
        ('status = "reported"', 'status = "sure"', "measured, reported, derived, unverified"),
    ],
)
def test_a_wrong_system_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = text_of("p507-chloride")
    assert old in text
    assert said in refused(tmp_path, text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("protons_released = 0.0", "protons_released = 3.0", "b, d and z must be 0"),
        ('medium = "nitrate"', 'medium = "sulfate"\nbisulfate_Ka2_mol_L = {KA2}', "acid_uptake goes with chloride"),
    ],
)
def test_acid_uptake_beside_metals_that_feel_protons_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    Ka2 = '{ value = 0.01, status = "reported", source = ["prommis"] }'
    text = text_of("tbp-nitrate").replace(old, new.replace("{KA2}", Ka2), 1)
    assert said in refused(tmp_path, text)


def test_paths_lead_from_the_level(tmp_path: Path) -> None:
    system = load_system_file("p507-chloride")
    pairs = [factor.pair for factor in system.separation_factor]
    steps = [(pairs[index], sign) for index, sign in system.tree()["La"]]
    assert steps == [("Nd/Pr", -1), ("Pr/Ce", -1), ("Ce/La", -1)]
    assert system.root("Lu").element == "Nd"
    assert isinstance(system, SystemFile)
