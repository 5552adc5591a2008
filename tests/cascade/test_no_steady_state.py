"""Flows without a steady state: a cause in figures that mean something, and cures that were tried and work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sxsim
from sxsim.cascade.solving import solve_quietly, steady_state
from sxsim.cli import app
from sxsim.definition import Cascade, load
from sxsim.errors import ConvergenceError

CASES = Path(__file__).parent / "data" / "inputs"


def refused(cascade: Cascade) -> ConvergenceError:
    """What a solve says of a cascade, whose every cure works."""
    with pytest.raises(ConvergenceError) as caught:
        solve_quietly(cascade)
    failure = caught.value
    assert failure.cures
    for cure in failure.cures:
        assert str(cure) in failure.diagnosis
        cured = solve_quietly(cascade.replace(cure.settings))
        assert cured.equilibrium_residual <= 1e-8
        assert cured.closure <= 1e-10
        assert cured.stage.loading_fraction.max() <= 1.0
    assert not re.search(r"e\+\d\d|\d{5,}%|nan|inf", failure.diagnosis)
    return failure


def test_a_pH_of_16_is_no_steady_state() -> None:
    """Balances close, and the equilibrium of the sodium is missed: more base than the loop takes."""
    cascade = load(CASES / "ph_16.toml")
    failure = refused(cascade)
    assert failure.diagnosis.startswith("stage soap 1: more base enters than")
    assert {"organic.flow_m3_h", "stream.scrub.flow_m3_h"} & {path for cure in failure.cures for path in cure.settings}
    axes = {"organic.saponified_fraction": [0.2, cascade.organic.saponified_fraction, 0.25]}
    table = sxsim.sweep(cascade, axes, outputs=["closure"])
    assert list(table["status"]) == ["converged", "not converged", "converged"]


def test_an_organic_without_a_bound() -> None:
    """Iron, Nd and Dy would claim 2.69 kmol/h of extractant, and 0.3 flow: no load of 1e21 %."""
    failure = refused(load(CASES / "iron_liquor.toml"))
    assert "would claim 8.97 times the extractant that flows" in failure.diagnosis
    assert "the constants of Nd, Dy, Fe hardly fall as it runs out" in failure.diagnosis
    assert failure.result is None
    paths = {path for cure in failure.cures for path in cure.settings}
    assert paths & {"organic.flow_m3_h", "organic.extractant_mol_L"}


def test_a_strip_far_too_weak() -> None:
    """0.0004 kmol/h of acid for metals that take up to 0.0875: more or stronger strip acid is a cure."""
    failure = refused(load(CASES / "weak_strip.toml"))
    assert "the strip brings 0.0004 kmol/h of acid" in failure.diagnosis
    assert "stream.acid.acid_mol_L" in {path for cure in failure.cures for path in cure.settings}


def test_more_lye_than_acid_and_extractant_take() -> None:
    """0.63 kmol/h of hydroxide beside 0.1 of acid and half a mole of dimers."""
    failure = refused(load(CASES / "lye.toml").replace({"stream.lye.flow_m3_h": 3.0}))
    assert "of free base enter with the liquors" in failure.diagnosis
    assert "stream.lye.flow_m3_h" in {path for cure in failure.cures for path in cure.settings}


def test_the_command_lists_the_cures() -> None:
    """One a line, in the JSON with path and values; exit code 3."""
    run = CliRunner().invoke(app, ["solve", str(CASES / "weak_strip.toml"), "--json"])
    assert run.exit_code == 3
    told = json.loads(run.stdout)
    assert told["status"] == "not converged"
    assert {"path": "stream.acid.acid_mol_L", "from": 0.001, "to": 0.02}.items() <= told["cures"][1].items()
    assert "each of these was tried, and gives a steady state:" in run.stderr


@pytest.mark.parametrize("seed", range(6))
def test_what_converges_is_at_equilibrium(seed: int) -> None:
    """Random flows and soap around the case: whatever is called a steady state is one."""
    cascade, rng = load(CASES / "ph_16.toml"), np.random.default_rng(seed)
    changes = {
        "organic.flow_m3_h": 1.83 * float(rng.uniform(0.6, 1.1)),
        "organic.saponified_fraction": float(rng.uniform(0.2, 0.37)),
        "stream.acid.flow_m3_h": 0.65 * float(rng.uniform(0.7, 1.5)),
    }
    try:
        result = steady_state(cascade.replace(changes))
    except (ConvergenceError, ValueError):
        return
    assert result.equilibrium_residual <= 1e-8
    assert result.stage.pH.max() <= 14.0
