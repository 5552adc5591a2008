"""Orders and separation factors of elements with exponents of their own hold at stated conditions only."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sxsim.chemistry.conditions import Conditions, factor_at, has_own_exponents, ladder_at, usual_conditions
from sxsim.chemistry.factors import separation_factor
from sxsim.chemistry.parameters import ladder
from sxsim.cli import app
from sxsim.definition import load
from sxsim.definition.system import load_system_file, system_names
from sxsim.sizing.cut import find_cut

SULFATE = load_system_file("d2ehpa-sulfate")
CASE = Path(__file__).parents[1] / "cascade" / "data" / "inputs" / "sulfate_order_design.toml"


@pytest.mark.parametrize(("pH", "factor"), [(0.5, 1.71), (1.5, 52.6), (2.4, 1146.0)])
def test_dysprosium_over_lanthanum_by_hand(pH: float, factor: float) -> None:
    """Slopes and levels as the file prints them, 0.15 mol/L of extractant free."""
    F = 0.15
    dysprosium = -2.460810 - 0.02538 * math.log10(F) + (1.70783 + 2.12894336 * F) * pH
    lanthanum = -1.93 + 0.54 * pH
    assert factor_at(SULFATE, "Dy", "La", Conditions(pH, F)) == pytest.approx(
        10.0 ** (dysprosium - lanthanum), rel=1e-4
    )
    assert factor_at(SULFATE, "Dy", "La", Conditions(pH, F)) == pytest.approx(factor, rel=5e-3)


def test_the_order_turns_with_the_pH() -> None:
    """By bare log K dysprosium would come last."""
    assert next(iter(ladder(SULFATE, SULFATE.elements))) == "Dy"
    orders = [list(ladder_at(SULFATE, SULFATE.elements, at)) for at in usual_conditions(SULFATE)]
    assert len({tuple(order) for order in orders}) == 3
    for order in orders[1:]:
        assert order.index("Dy") > order.index("Gd") > order.index("La")


@pytest.mark.parametrize("name", system_names())
def test_common_exponents_make_one_order(name: str) -> None:
    """Where they are the same, the ladder of the constants is the order at any conditions."""
    system = load_system_file(name)
    if has_own_exponents(system):
        factor = separation_factor(system, *system.elements[:2])
        assert bool(factor.at) == has_own_exponents(system, system.elements[:2])
        return
    for at in usual_conditions(system):
        here, there = ladder_at(system, system.elements, at), ladder(system, system.elements)
        assert list(here) == list(there)
        for symbol in here:
            assert here[symbol] == pytest.approx(there[symbol], abs=1e-9)
    assert separation_factor(system, *system.elements[:2]).at == ""


def test_the_factor_states_its_conditions_and_keeps_its_range() -> None:
    """At what is asked for, else at the middle of the data."""
    asked = separation_factor(SULFATE, "Dy", "La", Conditions(1.5, 0.15))
    assert (asked.at, round(asked.value, 1)) == ("pH 1.5 and 0.15 mol/L free extractant", 52.6)
    assert asked.low <= asked.value <= asked.high
    assert separation_factor(SULFATE, "Dy", "La").at == str(usual_conditions(SULFATE)[1])


def test_the_commands_tell_conditions() -> None:
    """`data`, `data compare`, and both as JSON."""
    run = CliRunner().invoke(app, ["data", "d2ehpa-sulfate"])
    assert "make the order depend on the conditions" in run.stdout
    assert "at pH 0.5 and 0.14 mol/L free extractant: Gd < La" in run.stdout
    told = json.loads(CliRunner().invoke(app, ["data", "d2ehpa-sulfate", "--json"]).stdout)
    assert [order["pH"] for order in told["orders"]] == [0.5, 1.75, 3.0]
    compare = [
        "data",
        "compare",
        "d2ehpa-sulfate",
        "p507-chloride",
        "--pair",
        "Dy/La",
        "--pH",
        "1.5",
        "--extractant",
        "0.15",
    ]
    told = json.loads(CliRunner().invoke(app, [*compare, "--json"]).stdout)
    assert told["systems"][0]["at"] == "pH 1.5 and 0.15 mol/L free extractant"
    assert told["systems"][1]["at"] == ""
    assert "at pH 1.5" in CliRunner().invoke(app, compare).stdout
    assert CliRunner().invoke(app, ["data", "p507-chloride", "--pH", "1"]).exit_code == 2
    assert CliRunner().invoke(app, [*compare[:-1], "0"]).exit_code == 2


def test_diluents_are_told() -> None:
    """What the constants hold in, and how far another moves them."""
    run = CliRunner().invoke(app, ["data", "d2ehpa-chloride"], env={"COLUMNS": "160"})
    assert "Diluent: n-heptane; in toluene log10 D moves by -1.66 (derived), which is not applied" in run.stdout
    told = json.loads(CliRunner().invoke(app, ["data", "d2ehpa-chloride", "--json"]).stdout)
    assert told["diluents"]["n-heptane"] is None
    assert told["diluents"]["toluene"]["value"] == -1.66


def test_a_cut_is_read_at_the_pH_of_its_feed() -> None:
    """Both ends have a purity: dysprosium goes with the organic at pH 1.5, whatever its bare constant says."""
    cut = find_cut(load(CASE))
    assert cut.name == "Dy|La"
    assert cut.beta == pytest.approx(52.6, rel=1e-2)
    assert cut.conditions == "pH 1.5 and 0.15 mol/L free extractant"
    assert find_cut(load("nd_pr_p507")).conditions == ""
