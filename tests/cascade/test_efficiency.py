"""Stages below equilibrium, and equilibria with more than one root."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sxsim.cascade.solving import solve_quietly, steady_state
from sxsim.definition import load

DATA = Path(__file__).parent / "data"


def below_equilibrium(efficiency):
    plain = {"organic.flow_m3_h": 18.0, "stream.scrub.flow_m3_h": 2.517}
    return load("nd_pr_p507").replace({**plain, "section.extraction.stage_efficiency": efficiency})


def test_a_saponified_cascade_has_a_steady_state_at_any_efficiency():
    highest = []
    for efficiency in np.linspace(1.0, 0.3, 71):
        result = solve_quietly(below_equilibrium(float(efficiency)))
        assert result.equilibrium_residual < 1e-8
        assert result.closure < 1e-10
        assert result.stage.loading_fraction.max() < 0.98
        highest.append(result.stage.pH.max())
    assert np.abs(np.diff(highest)).max() < 0.1


def test_fewer_stages_worth_part_less():
    purity = [solve_quietly(below_equilibrium(each)).purity("strip_liquor", "Nd") for each in (1.0, 0.7, 0.4)]
    assert purity[0] > purity[1] > purity[2]


def test_a_stage_passes_a_share_of_its_organic_with_all_that_it_carries():
    """Charge on the organic: what a stage leaves is E of its equilibrium and 1 - E of what entered, ion included."""
    result = solve_quietly(below_equilibrium(0.6))
    stage, ion = result.stage, result.components.index("NH4")
    for j in range(1, 27):
        passed = 0.6 * stage.equilibrium_mol_L[j] + 0.4 * stage.organic_mol_L[j - 1]
        assert stage.organic_mol_L[j] == pytest.approx(passed, rel=1e-9)
    assert stage.organic_mol_L[0, ion] > 0.3 * 0.54  # some passes the first stage, where all left before


def test_of_several_roots_the_freest_organic_holds():
    """D falls as the extractant is freer beyond 1 mol/L of protons; the saturated root would be wrong."""
    cascade = load(DATA / "p204_two_roots.toml")
    result = steady_state(cascade)
    bound = 1.0 - result.stage.free_extractant_mol_L / cascade.organic.extractant_mol_L
    assert bound.max() == pytest.approx(0.0859, abs=1e-3)
    assert result.closure < 1e-10
    assert result.equilibrium_residual < 1e-8
