"""What an error of the separation factor costs in stages."""

import numpy as np
import pytest

from sxsim.studies.error_law import error_laws, stages_for
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.specification import split

NEODYMIUM = split(0.75, purity_A=0.999, purity_B=0.999)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("beta", "ratio", "reflux", "fixed_S", "fixed_ratio"),
    [(1.5, 1.22, -2.47, -5.55, -2.55), (2.0, 1.21, -1.44, -3.20, -1.55)],
)
def test_the_slopes_appear_in_random_draws(beta, ratio, reflux, fixed_S, fixed_ratio, seed):
    """With S held the slope depends on S/S_min; these are those of a feed with 75 % A and 99.9 % twice."""
    at_reflux, at_S, at_ratio = error_laws(beta, NEODYMIUM, ratio, seed=seed)
    assert at_reflux.drawn == pytest.approx(reflux, rel=0.05)
    assert at_reflux.drawn == pytest.approx(-1.0 / np.log(beta), rel=0.01)
    assert at_S.drawn == pytest.approx(fixed_S, rel=0.05)
    assert at_ratio.drawn == pytest.approx(fixed_ratio, rel=0.05)


@pytest.mark.parametrize("ratio", [1.1, 1.3, 1.6])
def test_with_S_held_the_slope_is_that_of_theory_at_every_ratio_and_steeper_near_the_minimum(ratio):
    law = error_laws(1.5, NEODYMIUM, ratio)[1]
    nearer = error_laws(1.5, NEODYMIUM, 0.5 * (1.0 + ratio))[1]
    assert law.drawn == pytest.approx(law.theory, rel=0.05)
    assert nearer.drawn < law.drawn < -3.0


def test_no_number_of_stages_serves_a_beta_whose_minimum_is_above_the_S_that_is_held():
    S = float(1.1 * minimum_flows(1.5, NEODYMIUM).S)
    stages = stages_for(np.array([1.35, 1.5, 1.6]), NEODYMIUM, S, 1.1)
    assert np.isinf(stages["S"]).tolist() == [True, False, False]
    assert np.isfinite(stages["total reflux"]).all()
    assert np.isfinite(stages["S/S_min"]).all()
    assert stages["S"][1] == pytest.approx(stages["S/S_min"][1])
