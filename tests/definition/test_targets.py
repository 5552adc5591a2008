"""Targets and [solve]: what they ask, how they are named, and every message about them."""

from __future__ import annotations

from typing import Any

import pytest

from sxsim.definition import Cascade, load, loads
from sxsim.definition.equations import objective
from sxsim.definition.tables import Solve, Target
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.paths import assign, get, listing

FLOW, SCRUB, ACID = "organic.flow_m3_h", "stream.scrub.flow_m3_h", "stream.scrub.acid_mol_L"
STRIP, SHARE, BASE = "stream.strip_acid.flow_m3_h", "organic.saponified_fraction", "organic.base_kmol_h"
FEED = {"La": 20.0, "Pr": 42.0, "Nd": 126.0}
ND = {"stream": "strip_liquor", "element": "Nd", "purity_min": 0.9}
PR = {"stream": "raffinate", "element": "Pr", "recovery_min": 0.9}


def data_with(*targets: dict[str, Any], solve: dict[str, Any] | None = None, **organic: Any) -> dict[str, Any]:
    """Return a cut of La, Pr | Nd as plain data, with these targets."""
    data = load("nd_pr_p507").to_data()
    data["elements"] = list(FEED)
    data = assign(data, "stream.feed.assay_g_L", FEED)
    data["organic"] = {key: value for key, value in {**data["organic"], **organic}.items() if value is not None}
    data["target"] = list(targets)
    del data["solve"]
    return {**data, "solve": solve} if solve is not None else data


def with_targets(*targets: dict[str, Any], solve: dict[str, Any] | None = None, **organic: Any) -> Cascade:
    """Return the cut with these targets."""
    return Cascade.from_data(data_with(*targets, solve=solve, **organic))


def findings(*targets: dict[str, Any], solve: dict[str, Any] | None = None, **organic: Any) -> tuple[Finding, ...]:
    """Return what reading the cut with these targets finds."""
    with pytest.raises(InputError) as caught:
        with_targets(*targets, solve=solve, **organic)
    return caught.value.findings


@pytest.mark.parametrize(
    ("target", "figure", "asked", "unit", "at_least"),
    [
        ({"purity_min": 0.99}, "purity", 0.99, "", True),
        ({"recovery_min": 0.98}, "recovery", 0.98, "", True),
        ({"impurity_max": 0.01}, "impurity", 0.01, "", False),
        ({"concentration_max_mol_L": 0.02}, "concentration", 0.02, "mol/L", False),
        ({"concentration_max_g_L": 1.6824, "basis": "oxide"}, "concentration", 0.01, "mol/L", False),
        ({"concentration_max_g_L": 1.4424, "basis": "element"}, "concentration", 0.01, "mol/L", False),
    ],
)
def test_what_a_target_asks(target, figure, asked, unit, at_least):
    one = Target(stream="strip_liquor", element="Nd", **target)
    assert (one.figure, one.unit, one.at_least) == (figure, unit, at_least)
    assert one.asked == pytest.approx(asked, rel=1e-4)
    assert (one.symbols, one.name) == (("Nd",), "Nd")
    key = next(iter(target))
    assert (one.key, one.path) == (key, f"target.strip_liquor.Nd.{key}")


@pytest.mark.parametrize(
    ("equation", "enforced", "exact"), [(None, True, False), (True, True, True), (False, False, False)]
)
def test_a_target_is_a_limit_an_equation_or_watched(equation, enforced, exact):
    target = Target(stream="raffinate", element="Pr", purity_min=0.99, equation=equation)
    assert (target.enforced, target.exact) == (enforced, exact)
    assert Target(stream="raffinate", element="Pr", purity_min=0.99).equation is None


def test_a_target_without_a_figure_has_no_value_to_tell():
    with pytest.raises(InputError, match=r"target\.raffinate\.Pr: a target without a figure .*impurity_max"):
        _ = Target(stream="raffinate", element="Pr").asked


def test_a_group_counts_together():
    moles = Target(stream="raffinate", elements=("Nd", "Pr"), concentration_max_mol_L=0.01)
    assert (moles.element, moles.symbols, moles.name) == (None, ("Nd", "Pr"), "Nd+Pr")
    assert (moles.asked, moles.unit, moles.weights()) == (0.01, "mol/L", {"Nd": 1.0, "Pr": 1.0})
    oxides = {name: ELEMENTS[name].equivalent_mass_g_mol("oxide") for name in ("Nd", "Pr")}
    metals = {name: ELEMENTS[name].molar_mass_g_mol for name in ("Nd", "Pr")}
    for basis, masses in (("oxide", oxides), ("element", metals)):
        grams = Target(stream="raffinate", elements=("Nd", "Pr"), concentration_max_g_L=2.0, basis=basis)
        assert (grams.asked, grams.unit, grams.weights()) == (2.0, "g/L", masses)
    for key in ("purity_min", "impurity_max", "recovery_min"):
        share = Target(stream="raffinate", elements=("Nd", "Pr"), **{key: 0.5})
        assert share.weights() == oxides
        assert share.model_copy(update={"purity_basis": "mol"}).weights() == {"Nd": 1.0, "Pr": 1.0}


def test_grams_of_one_element_are_told_in_moles():
    grams = Target(stream="raffinate", element="Ca", concentration_max_g_L=0.28, basis="oxide")
    assert grams.asked == pytest.approx(0.28 / (40.078 + 15.999), rel=1e-12)
    assert grams.weights() == {"Ca": 1.0}


def test_a_group_of_one_is_that_element():
    one = Target(stream="raffinate", elements=("Pr",), purity_min=0.9)
    assert one == Target(stream="raffinate", element="Pr", purity_min=0.9)
    (read,) = with_targets({"stream": "raffinate", "elements": ["Pr"], "recovery_min": 0.9}).target
    assert (read.element, read.elements) == ("Pr", ())


NEW_KEYS = (
    {"stream": "raffinate", "elements": ["La", "Pr"], "purity_min": 0.99, "equation": True},
    {"stream": "raffinate", "element": "Nd", "impurity_max": 0.01, "purity_basis": "mol"},
    {"stream": "strip_liquor", "elements": ["Pr", "La"], "concentration_max_g_L": 2.0, "basis": "oxide"},
    {"stream": "strip_liquor", "element": "La", "concentration_max_mol_L": 0.1, "equation": False},
)


def test_the_new_keys_survive_a_round_trip():
    cascade = with_targets(*NEW_KEYS, solve={"free": [FLOW, SCRUB, STRIP], "most": STRIP})
    again = loads(cascade.to_toml())
    assert again == cascade
    assert again.to_data()["target"] == list(NEW_KEYS)
    assert again.to_data()["solve"] == {"free": [FLOW, SCRUB, STRIP], "most": STRIP}
    assert again.input_hash == cascade.input_hash


def test_paths_lead_to_groups_by_their_names():
    cascade = with_targets(*NEW_KEYS)
    path = "target.raffinate.La+Pr.purity_min"
    assert cascade.target[0].path == path
    assert path in listing(cascade.to_data())
    assert get(cascade.to_data(), path) == 0.99
    assert cascade.replace({path: 0.95}).target[0].asked == 0.95
    assert cascade.replace({"target.raffinate.Nd.impurity_max": 0.02}).target[1].asked == 0.02
    group = {"target.raffinate.Nd.elements": ["Nd", "Pr"], "target.raffinate.Nd.element": None}
    assert cascade.replace(group).target[1].name == "Nd+Pr"
    with pytest.raises(InputError, match=r"did you mean .*target\.raffinate\.La\+Pr\.purity_min"):
        cascade.replace({"target.raffinate.Pr+La.purity_min": 0.95})


# A name that ends in + lets further findings follow from the same slip. Each case: the targets, place,
# piece of the offence, piece of allowed, piece of the cure
BAD_TARGETS: dict[str, tuple[list[dict[str, Any]], str, str, str, str]] = {
    "no element": (
        [{"stream": "raffinate", "purity_min": 0.9}],
        "target.1", "without an element", "element, or elements for a group", 'elements = ["Nd", "Pr"]',
    ),
    "an empty group": (
        [ND, {"stream": "raffinate", "elements": [], "purity_min": 0.9}],
        "target.2", "without an element", "elements", "add element",
    ),
    "element and group": (
        [{**ND, "elements": ["Nd", "Pr"]}],
        "target.strip_liquor.Nd.elements", "beside element = 'Nd'", "one of the two", "elements",
    ),
    "element and a group of one": (
        [{**ND, "elements": ["Nd"]}],
        "target.strip_liquor.Nd.elements", "elements (Nd) beside", "one of the two", "elements",
    ),
    "twice in a group": (
        [{"stream": "raffinate", "elements": ["Pr", "La", "Pr"], "purity_min": 0.9}],
        "target.raffinate.Pr+La+Pr.elements", "Pr stands 2 times", "once", "drop one",
    ),
    "unknown in a group": (
        [{"stream": "raffinate", "elements": ["Pr", "Lu"], "purity_min": 0.9}],
        "target.raffinate.Pr+Lu.elements", "Lu is not among the elements", "La, Pr, Nd", "",
    ),
    "misspelt in a group": (
        [{"stream": "raffinate", "elements": ["pr", "La"], "purity_min": 0.9}],
        "target.raffinate.pr+La.elements", "pr is not among", "La, Pr", "did you mean Pr?",
    ),
    "unknown element": (
        [{**ND, "element": "Dy"}], "target.strip_liquor.Dy.element", "Dy is not among", "La, Pr, Nd", "",
    ),
    "a group that is no list": (
        [{"stream": "raffinate", "elements": "Pr", "purity_min": 0.9}],
        "target.1.elements", "'Pr' is of the wrong type", "a list", "",
    ),
    "a group of numbers": (
        [{"stream": "raffinate", "elements": ["Pr", 3], "purity_min": 0.9}],
        "target.1.elements.2", "3 is of the wrong type", "text in quotes", "",
    ),
    "one number as a group": (
        [{"stream": "raffinate", "elements": [3], "purity_min": 0.9}],
        "target.1.elements.1", "3 is of the wrong type", "text in quotes", "",
    ),
    "misspelt key": (
        [{"stream": "raffinate", "element": "Nd", "impurity_mx": 0.1}],
        "target.raffinate.Nd.impurity_mx", "unknown key", "impurity_max", "did you mean impurity_max?",
    ),
    "product of a group": (
        [{"stream": "rafinate", "elements": ["La", "Pr"], "purity_min": 0.9}],
        "target.rafinate.La+Pr.stream", "no product named 'rafinate'", "raffinate", "did you mean raffinate?",
    ),
    "no figure": (
        [{"stream": "raffinate", "elements": ["La", "Pr"]}],
        "target.raffinate.La+Pr", "without a figure", "impurity_max, concentration_max_mol_L, concentration_max_g_L",
        "one target for each",
    ),
    "two figures": (
        [{**ND, "impurity_max": 0.5}],
        "target.strip_liquor.Nd", "purity_min and impurity_max in one target", "exactly one", "one target for each",
    ),
    "percent for an impurity": (
        [{"stream": "raffinate", "element": "Nd", "impurity_max": 1.5}],
        "target.raffinate.Nd.impurity_max", "1.5 is out of range", "below 1", "for 1.5 % write 0.015",
    ),
    "percent for the impurity of a group": (
        [{"stream": "strip_liquor", "elements": ["La", "Pr"], "impurity_max": 2.0}],
        "target.strip_liquor.La+Pr.impurity_max", "2.0 is out of range", "below 1", "write 0.02",
    ),
    "no impurity at all": (
        [{"stream": "raffinate", "element": "Nd", "impurity_max": 0.0}],
        "target.raffinate.Nd.impurity_max", "0.0 is out of range", "above 0", "",
    ),
    "impurity of what is no rare earth +": (
        [{"stream": "raffinate", "element": "Fe", "impurity_max": 0.01}],
        "target.raffinate.Fe.impurity_max", "impurity is a share of the rare earths, and Fe is none", "",
        "use concentration_max_mol_L or concentration_max_g_L",
    ),
    "purity of a group with what is no rare earth +": (
        [{"stream": "raffinate", "elements": ["Pr", "Fe"], "purity_min": 0.9}],
        "target.raffinate.Pr+Fe.purity_min", "purity is a share of the rare earths, and Fe is none", "", "recovery_min",
    ),
    "grams without basis": (
        [{"stream": "raffinate", "element": "Nd", "concentration_max_g_L": 1.0}],
        "target.raffinate.Nd.basis", "without a basis", "oxide, element", "Nd2O3",
    ),
    "basis without grams": (
        [{"stream": "raffinate", "element": "Nd", "concentration_max_mol_L": 0.1, "basis": "oxide"}],
        "target.raffinate.Nd.basis", "a basis without concentration_max_g_L", "", "mol/L needs none",
    ),
    "basis of a share": (
        [{**ND, "basis": "oxide"}], "target.strip_liquor.Nd.basis", "a basis without", "", "shares have purity_basis",
    ),
    "unknown basis": (
        [{"stream": "raffinate", "element": "Nd", "concentration_max_g_L": 1.0, "basis": "oxid"}],
        "target.raffinate.Nd.basis", "'oxid' is none of the choices", "oxide, element", "did you mean oxide?",
    ),
    "equation in quotes": (
        [{**ND, "equation": "yes"}], "target.strip_liquor.Nd.equation", "'yes'", "true or false", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TARGETS)
def test_one_clear_message_for_a_bad_target(name):
    targets, place, offence, allowed, cure = BAD_TARGETS[name]
    found = {finding.place: finding for finding in findings(*targets)}
    assert len(found) == 1 or name.endswith("+")
    finding = found[place]
    assert offence in finding.offence
    assert allowed in finding.allowed
    assert cure in finding.cure


BAD_SOLVES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str, str, str, str]] = {
    "nothing to meet": ([], {"free": [FLOW]}, "solve", "there is no target", "at least one", "leave [solve] out"),
    "all watched": (
        [{**ND, "equation": False}, {**PR, "equation": False}], {"free": [FLOW]},
        "solve", "every target is only watched", "at least one", "drop equation = false",
    ),
    "too many exact": (
        [{**ND, "equation": True}, {**PR, "equation": True}], {"free": [FLOW]},
        "solve.free", "1 free quantity (organic.flow_m3_h) for 2 exact targets (strip_liquor.Nd, raffinate.Pr)",
        "at least as many free quantities", "drop equation = true",
    ),
    "least and most": (
        [ND], {"free": [FLOW, SCRUB], "least": FLOW, "most": SCRUB},
        "solve.most", "both given", "one of the two", "drop one",
    ),
    "least of what is not free": (
        [ND], {"free": [FLOW], "least": SCRUB}, "solve.least", f"{SCRUB} is not free", FLOW, "add 'stream.scrub",
    ),
    "most misspelt": (
        [ND], {"free": [FLOW, SCRUB], "most": "stream.scrb.flow_m3_h"},
        "solve.most", "is not free", SCRUB, f"did you mean {SCRUB}?",
    ),
    "least is a number": ([ND], {"free": [FLOW], "least": 3}, "solve.least", "3 is of the wrong type", "text", ""),
    "unknown key": ([ND], {"free": [FLOW], "leest": FLOW}, "solve.leest", "unknown key", "least, most", "least?"),
    "free twice": ([ND], {"free": [FLOW, FLOW]}, "solve.free", "stands 2 times", "once", "drop one"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_SOLVES)
def test_one_clear_message_for_a_bad_solve(name):
    targets, solve, place, offence, allowed, cure = BAD_SOLVES[name]
    (finding,) = findings(*targets, solve=solve)
    assert finding.place == place
    assert offence in finding.offence
    assert allowed in finding.allowed
    assert cure in finding.cure


def test_a_free_flow_that_is_left_to_design_is_refused():
    (finding,) = findings(ND, solve={"free": [FLOW]}, flow_m3_h="design")
    assert (finding.place, finding.cure) == ("solve.free", "type a number")
    (finding,) = findings(ND, solve={"free": [BASE]})
    assert finding.offence == f"there is no {BASE}"


@pytest.mark.parametrize("free", [[FLOW], [FLOW, SCRUB], [FLOW, SCRUB, STRIP], [ACID, STRIP]])
@pytest.mark.parametrize("targets", [[ND], [ND, PR], [ND, {**PR, "equation": True}], [ND, {**PR, "equation": False}]])
def test_free_quantities_and_targets_may_be_of_any_number(free, targets):
    cascade = with_targets(*targets, solve={"free": free})
    assert cascade.check() == []
    assert cascade.free == tuple(free)


def test_what_is_made_least_or_most():
    assert objective(with_targets(ND)) is None
    assert objective(with_targets(ND, solve={"free": [SCRUB, FLOW]})) == (FLOW, 1)
    assert objective(with_targets(ND, solve={"free": [SCRUB, STRIP]})) == (SCRUB, 1)
    assert objective(with_targets(ND, solve={"free": [SCRUB, FLOW], "least": SCRUB})) == (SCRUB, 1)
    assert Solve(free=(SCRUB, FLOW), most=SCRUB).objective == (SCRUB, -1)


BASED = {"saponified_fraction": None, "base_kmol_h": 9.7}


@pytest.mark.parametrize(
    ("organic", "free", "typed"),
    [
        ({}, FLOW, [0.0, 1e-6, 0.1, 18.0, 1e4]),
        ({}, SHARE, [0.0, 0.36, 0.5, 0.99, 36.0]),
        ({}, SCRUB, [0.0, 1e-6, 2.5, 1e4]),
        ({}, STRIP, [0.0, 0.62, 1e4]),
        ({}, "stream.feed.flow_m3_h", [0.0, 1.0, 1e4]),
        ({}, ACID, [0.0, 3.0, 100.0]),
        ({}, "stream.strip_acid.acid_mol_L", [0.0, 4.0]),
        (BASED, FLOW, [0.0, 0.1, 18.0]),
        (BASED, BASE, [0.0, 9.7, 1e4]),
        (BASED, SCRUB, [0.0, 2.5]),
    ],
)
def test_what_is_typed_for_a_free_quantity_is_never_refused(organic, free, typed):
    """Charge bound, free extractant, dry sections and missing acid are looked for only where the value counts."""
    cascade = with_targets(ND, PR, solve={"free": [free]}, **organic)
    held = {path: value for path, value in ((SHARE, 0.36), (BASE, 9.7)) if get_or_none(cascade, path) is not None}
    for value in typed:
        data = assign(cascade.to_data(), free, value)
        assert Cascade.from_data(data).check() == []
    assert held


@pytest.mark.parametrize(
    ("organic", "path", "value", "said"),
    [
        ({}, FLOW, 0.0, "no organic flows"),
        ({}, FLOW, 1e4, "carries away|carry away"),
        ({}, SHARE, 0.5, "is too much"),
        ({}, SCRUB, 0.0, "scrub.* has no flow"),
        ({}, ACID, 0.0, "no acid for scrubbing"),
        (BASED, BASE, 1e4, "is too much"),
    ],
)
def test_the_same_value_is_refused_once_it_is_fixed(organic, path, value, said):
    cascade = with_targets(ND, PR, solve={"free": [path]}, **organic)
    with pytest.raises(InputError, match=said):
        cascade.replace({path: value})


def test_saponification_that_is_sought_needs_its_base_named():
    """The typed share does not count, so a share of nothing needs the saponifier as well."""
    data = data_with(ND, solve={"free": [SHARE]}, saponified_fraction=0.0)
    del data["organic"]["saponifier"]
    with pytest.raises(InputError, match=r"organic\.saponifier: missing"):
        Cascade.from_data(data)
    del data["solve"]
    assert Cascade.from_data(data).check() == []
    (finding,) = findings(ND, solve={"free": [SHARE]}, saponified_fraction=0.0, base_kmol_h=9.7)
    assert "both given" in finding.offence


def get_or_none(cascade: Cascade, path: str) -> Any:
    """Return what is typed at a path, if anything."""
    try:
        return get(cascade.to_data(), path)
    except InputError:
        return None
