"""Loading, replacing and writing cascades; what is frozen stays as it is."""

from __future__ import annotations

import math
import pickle
import re
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest
from pydantic import ValidationError

from sxsim.definition import Cascade, Product, bundled_names, load, loads
from sxsim.definition.equations import objective
from sxsim.definition.tables import Stream
from sxsim.errors import InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.paths import assign, get, listing

FLOW, SCRUB = "organic.flow_m3_h", "stream.scrub.flow_m3_h"


@pytest.fixture(scope="module")
def reference() -> Cascade:
    """Return the Nd/Pr cascade that ships with the program."""
    return load("nd_pr_p507")


@pytest.mark.parametrize("name", bundled_names())
def test_every_bundled_cascade_is_clean_and_survives_a_round_trip(name: str) -> None:
    """What is written loads into an equal cascade with the same hash and the same text."""
    cascade = load(name)
    assert cascade.check() == []
    again = loads(cascade.to_toml())
    assert again == cascade
    assert again.input_hash == cascade.input_hash
    assert again.to_toml() == cascade.to_toml()


@pytest.mark.parametrize("name", bundled_names())
def test_every_bundled_cascade_opens_with_what_to_expect(name: str) -> None:
    """What it shows, its source, and headline numbers that a test can parse."""
    lines = shipped("cascades", f"{name}.toml").read_text(encoding="utf-8").splitlines()
    opening = "\n".join(takewhile(lambda line: line.startswith("#"), lines))
    assert re.search(r"^# Shows   \S", opening, re.MULTILINE)
    assert re.search(r"^# Source  \S", opening, re.MULTILINE)
    expected = re.findall(r"^# expect: (.*)$", opening, re.MULTILINE)
    assert expected
    for line in expected:
        path, relation, value = line.split(maxsplit=3)[:3]
        assert re.fullmatch(r"[\w.]+", path)
        assert relation in (">=", "<=", "~")
        assert math.isfinite(float(value))


def test_bundled_names_and_paths_agree(reference: Cascade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundled cascade is found by name and by path from any folder; a file on disk goes first."""
    monkeypatch.chdir(tmp_path)
    for name in ("nd_pr_p507.toml", "cascades/nd_pr_p507.toml", Path("cascades") / "nd_pr_p507.toml"):
        assert load(name) == reference
    own = tmp_path / "nd_pr_p507.toml"
    own.write_text(reference.replace({"title": "mine"}).to_toml(), encoding="utf-8")
    assert load("nd_pr_p507.toml").title == "mine"


def test_numbers_survive_a_round_trip_to_the_last_digit(reference: Cascade) -> None:
    """Floats are written so that they read back exactly."""
    odd = reference.replace({"stream.feed.flow_m3_h": 0.1 + 0.2, "stream.feed.assay_g_L.Pr": 1e-17 / 3})
    assert loads(odd.to_toml()) == odd


def test_places_and_products(reference: Cascade) -> None:
    """Stages count on through the sections; products are what leaves."""
    assert reference.stage_offsets == (0, 27, 62)
    assert reference.total_stages == 68
    assert list(reference.products) == ["raffinate", "strip_liquor", "stripped_organic"]
    assert reference.products["strip_liquor"] == Product("strip_liquor", "stripping", 1, "aqueous", "outlet")
    assert reference.products["stripped_organic"].stage == 6
    assert list(load("single_contact").products) == ["raffinate", "loaded_organic"]
    assert list(load("nd_pr_p507_soap").products)[:2] == ["waste_brine", "raffinate"]
    with pytest.raises(InputError, match="did you mean scrubbing"):
        reference.section_named("srubbing")


def test_extractant_aliases_have_one_name(reference: Cascade) -> None:
    """P507 goes by many names."""
    for alias in ("PC88A", "PC-88A", "EHEHPA", "HEHEHP", "pc88a"):
        assert reference.replace({"organic.extractant": alias}) == reference


def test_replace_makes_a_changed_copy(reference: Cascade) -> None:
    """Dotted paths reach lists by name, and defaults that were not typed."""
    wider = reference.replace(
        {
            "section.scrubbing.stages": 36,
            "section.extraction.stage_efficiency": 0.95,
            "target.raffinate.Pr.purity_min": 0.98,
            "stream.feed.assay_g_L.Nd": 120,
        }
    )
    assert wider.section_named("scrubbing").stages == 36
    assert wider.section_named("extraction").stage_efficiency == 0.95
    assert wider.target[1].purity_min == 0.98
    assert wider.stream["feed"].assay_g_L["Nd"] == 120.0
    assert reference == load("nd_pr_p507")
    assert wider.input_hash != reference.input_hash


@pytest.mark.parametrize("name", bundled_names())
def test_replace_reads_as_the_whole_would_be_read(name: str) -> None:
    """Only the tables that change are read anew; the copy, or the complaint, is that of reading everything."""
    cascade = load(name)
    data = cascade.to_data()
    free = cascade.solve.free if cascade.solve is not None else ()
    numbers = {path: get(data, path) for path in listing(data) if path not in free and path != "schema"}
    for path, value in numbers.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            for other in (value, 1.01 * value, -value, True, "2"):
                assert _told(lambda: cascade.replace({path: other})) == _told(  # noqa: B023
                    lambda: Cascade.from_data(assign(data, path, other))  # noqa: B023
                ), (path, other)


def _told(make: Callable[[], Cascade]) -> object:
    """What a cascade holds, defaults and what was typed; or the complaint."""
    try:
        cascade = make()
    except InputError as error:
        return error.findings
    return cascade, cascade.to_data(), cascade.input_hash


def test_equal_values_of_other_types_are_not_taken_for_each_other(reference: Cascade) -> None:
    """A whole number, the float and the boolean that equal it are one key to a dict."""
    path = "section.scrubbing.stages"
    assert reference.replace({path: 1}).section_named("scrubbing").stages == 1
    for wrong in (1.0, True):
        with pytest.raises(InputError, match="is not a whole number"):
            reference.replace({path: wrong})


def test_assigning_a_free_path_fixes_it(reference: Cascade) -> None:
    """The targets stay, whatever is still free has to meet them; with nothing left the flows are simulated."""
    fixed = reference.replace({FLOW: 18.5})
    assert fixed.free == (SCRUB,)
    assert fixed.fixed == (FLOW,)
    assert fixed.target == reference.target
    assert fixed.replace({"section.scrubbing.stages": 36}).fixed == (FLOW,)
    both = fixed.replace({SCRUB: 2.5})
    assert both.solve is None
    assert both.fixed == (FLOW, SCRUB)
    assert both.target == reference.target
    assert both == loads(both.to_toml())
    assert (reference.fixed, loads(both.to_toml()).fixed) == ((), ())
    assert reference.replace({"section.scrubbing.stages": 36, "stream.feed.flow_m3_h": 1.1}).fixed == ()


def test_what_was_fixed_is_remembered_by_copies_and_not_compared(reference: Cascade) -> None:
    """A copy, a pickle and a later change know it; equality, hash and digest do not."""
    fixed = reference.replace({FLOW: 18.5})
    typed = loads(fixed.to_toml())
    assert typed == fixed
    assert hash(typed) == hash(fixed)
    assert typed.input_hash == fixed.input_hash
    assert typed != reference
    assert fixed != fixed.to_data()
    assert pickle.loads(pickle.dumps(fixed)).fixed == (FLOW,)
    assert fixed.model_copy(update={"title": "other"}).fixed == (FLOW,)


def test_what_is_freed_again_left_open_or_taken_out_is_not_fixed(reference: Cascade) -> None:
    """Only a number fixes, and a path in `free` is free."""
    fixed = reference.replace({FLOW: 18.5})
    assert fixed.replace({"solve.free": [FLOW, SCRUB]}).fixed == ()
    assert fixed.replace({FLOW: "design"}).fixed == ()
    assert reference.replace({FLOW: "design"}).fixed == ()
    share = "organic.saponified_fraction"
    freed = reference.replace({"solve.free": [FLOW, SCRUB, share]})
    assert freed.replace({share: None, "organic.base_kmol_h": 9.7, "solve.free": [FLOW]}).fixed == ()


def test_free_quantities_that_are_listed_and_assigned_at_once(reference: Cascade) -> None:
    """What is assigned is fixed, also where the same changes list it as free."""
    other = reference.replace({FLOW: 18.5, "solve.free": [SCRUB, "stream.strip_acid.flow_m3_h"]})
    assert other.free == (SCRUB, "stream.strip_acid.flow_m3_h")
    assert other.fixed == (FLOW,)
    both = reference.replace({FLOW: 18.5, "stream.strip_acid.flow_m3_h": 0.7, "solve.free": [FLOW, SCRUB]})
    assert (both.free, both.fixed) == ((SCRUB,), (FLOW,))


def test_a_fixed_objective_makes_room_for_the_next(reference: Cascade) -> None:
    """What was to be least is given now, so the search makes the default least."""
    asked = reference.replace({"solve.least": SCRUB})
    assert objective(asked) == (SCRUB, 1)
    left = asked.replace({SCRUB: 2.5})
    assert objective(left) == (FLOW, 1)
    assert left.solve is not None
    assert left.solve.least is None
    assert objective(asked.replace({FLOW: 18.5})) == (SCRUB, 1)


def test_found_values_are_run_without_fixing_anything(reference: Cascade) -> None:
    """What a search found can be typed in; nothing is free in it, and nothing was fixed."""
    found = reference.simulated({FLOW: 18.5, SCRUB: 2.5})
    assert found == reference.replace({FLOW: 18.5, SCRUB: 2.5})
    assert found.fixed == ()
    assert found.solve is None
    assert reference.replace({FLOW: 18.5}).simulated({SCRUB: 2.5}).fixed == (FLOW,)
    assert reference.simulated({}).organic == reference.organic
    with pytest.raises(InputError, match="no organic flows"):
        reference.simulated({FLOW: 0.0})


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("section.scrubing.stages", 3, "did you mean section.scrubbing.stages"),
        ("section.scrubbing.stagess", 3, "did you mean stages"),
        ("section.scrubbing.stages", 0, "at least 1"),
        ("stream.feed.pH", float("inf"), "not a finite number"),
    ],
)
def test_replace_refuses(reference: Cascade, path: str, value: object, message: str) -> None:
    """A path that leads nowhere and a value out of range."""
    with pytest.raises(InputError, match=message):
        reference.replace({path: value})


def test_none_takes_an_optional_key_out(reference: Cascade) -> None:
    """One of two alternatives is exchanged for the other."""
    by_flow = reference.replace({"organic.saponified_fraction": None, "organic.base_kmol_h": 9.7})
    assert by_flow.organic.saponified_fraction is None
    assert loads(by_flow.to_toml()) == by_flow


def test_a_definition_is_frozen(reference: Cascade) -> None:
    """Neither attributes nor tables can be written."""
    with pytest.raises(ValidationError, match="frozen"):
        reference.title = "x"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        reference.organic.flow_m3_h = 1.0  # type: ignore[misc]
    with pytest.raises(TypeError, match="frozen"):
        reference.stream["feed"] = reference.stream["scrub"]  # type: ignore[index]
    with pytest.raises(TypeError, match="frozen"):
        reference.stream["feed"].assay_g_L.update(Nd=1.0)  # type: ignore[attr-defined]


def test_a_definition_can_be_sent_to_a_worker_and_kept_in_a_set(reference: Cascade) -> None:
    """Pickling and hashing keep equality."""
    copy = pickle.loads(pickle.dumps(reference))
    assert copy == reference
    assert {copy, reference} == {reference}


def test_the_hash_is_of_the_meaning(reference: Cascade) -> None:
    """A default that is typed out, an alias and the order of keys do not count."""
    typed = reference.replace({"section.extraction.stage_efficiency": 1, "organic.extractant": "PC88A"})
    assert typed.input_hash == reference.input_hash


def test_what_is_left_to_design(reference: Cascade) -> None:
    """Stages and flows may be left open; whoever needs a number is told."""
    sized = reference.replace({"section.scrubbing.stages": "design", FLOW: "design", SCRUB: "design"})
    assert sized.undecided == ("section.scrubbing.stages", "organic.flow_m3_h", "stream.scrub.flow_m3_h")
    assert loads(sized.to_toml()) == sized
    with pytest.raises(InputError, match=r"section.scrubbing.stages: .*left to design.*run `design`"):
        _ = sized.total_stages


def test_streams_speak_mol() -> None:
    """Grams of oxide or element become moles, pH and acid become protons."""
    oxide = Stream(flow_m3_h=1.0, pH=2.0, basis="oxide", assay_g_L={"Nd": 168.2385})
    metal = Stream(flow_m3_h=1.0, pH=2.0, basis="element", assay_g_L={"Nd": 144.24})
    moles = Stream(flow_m3_h=1.0, acid="H2SO4", acid_mol_L=0.5, pH=1.0, assay_mol_L={"Nd": 1.0})
    for stream in (oxide, metal, moles):
        assert stream.concentration_mol_L == {"Nd": pytest.approx(1.0, rel=1e-12)}
    assert oxide.free_acid_mol_L == pytest.approx(0.01)
    assert moles.free_acid_mol_L == pytest.approx(1.1)
    assert Stream(flow_m3_h=1.0).free_acid_mol_L == 0.0


def test_the_reference_feed_is_one_molar(reference: Cascade) -> None:
    """25/75 Pr/Nd at 1 mol/L."""
    assert reference.stream["feed"].concentration_mol_L == {"Pr": pytest.approx(0.25), "Nd": pytest.approx(0.75)}


def test_a_system_file_is_looked_for_beside_the_cascade_then_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the program is started, a cascade finds the system that lies beside it."""
    system = shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    cascade = shipped("cascades", "nd_pr_p507.toml").read_text(encoding="utf-8")
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home / "mine", elsewhere):
        folder.mkdir(parents=True)
    (home / "plant.toml").write_text(cascade.replace('"p507-chloride"', '"mine/p507.toml"'), encoding="utf-8")
    (home / "mine" / "p507.toml").write_text(system, encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    found = load(Path("..") / "home" / "plant.toml")
    assert found.organic.system == str(home / "mine" / "p507.toml")
    assert found.check() == []
    (elsewhere / "mine").mkdir()
    (home / "mine" / "p507.toml").rename(elsewhere / "mine" / "p507.toml")
    assert load(home / "plant.toml").organic.system == "mine/p507.toml"
    (elsewhere / "mine" / "p507.toml").unlink()
    with pytest.raises(
        InputError, match=r"there is no file mine/p507\.toml .*the folder of the cascade file comes first"
    ):
        load(home / "plant.toml")


@pytest.mark.parametrize("path", ["elements", "section", "stream", "target"])
@pytest.mark.parametrize("value", [1.0, 5, "Nd"])
def test_a_plain_value_in_the_place_of_a_table_is_refused(reference: Cascade, path: str, value: object) -> None:
    with pytest.raises(InputError):
        reference.replace({path: value})
