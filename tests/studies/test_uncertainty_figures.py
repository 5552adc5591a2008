"""Figures of docs/studies.md on the Dy/Tb example that a few searches work out anew."""

from pathlib import Path

import numpy as np
import pytest

from sxsim.cascade.solving import solve_quietly
from sxsim.definition import load
from sxsim.economics import cost
from sxsim.studies.quantities import drawer, drawn, quantities_of
from sxsim.studies.retuning import retuned

PAGE = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")


def test_the_design_stands_where_it_is_cheap():
    design = solve_quietly(load("dy_tb_p507"))
    assert "the design takes 22.9 m3/h and 4.38 USD/kg" in PAGE
    assert design.found["organic.flow_m3_h"] == pytest.approx(22.86, abs=0.01)
    assert cost(design).usd_per_kg_oxide == pytest.approx(4.377, abs=0.002)


@pytest.mark.parametrize(("share", "factor", "usd"), [(0.0, "2.1", 5.80), (1.0, "4.9", 3.54)])
def test_a_better_separation_factor_costs_less(share, factor, usd):
    assert "at 2.1 or 4.9 the cost is\n5.80 or 3.54 USD/kg" in PAGE
    found = retuned(drawer({"beta Dy/Tb": share})(load("dy_tb_p507")))
    assert cost(found.result).usd_per_kg_oxide == pytest.approx(usd, abs=0.005), factor


def test_a_better_separation_factor_never_takes_more_organic():
    organic = [
        retuned(drawer({"beta Dy/Tb": share})(load("dy_tb_p507"))).result.found["organic.flow_m3_h"]
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert (np.diff(organic) < 0.0).all()


def test_half_the_draws_take_less_than_18_3_m3_h_of_organic():
    """The first 100 draws of seed 1, as the command takes them."""
    cascade = load("dy_tb_p507")
    names = [each.name for each in quantities_of(cascade)]
    shares = np.random.default_rng(1).random((100, len(names)))
    found = [retuned(drawn(cascade, dict(zip(names, row, strict=True)))) for row in shares.tolist()]
    organic = sorted(np.inf if each is None else each.result.found["organic.flow_m3_h"] for each in found)
    assert "the organic is 7.4, 18.3 and 39.2 m3/h" in PAGE
    assert [organic[at] for at in (5, 50, 94)] == pytest.approx([7.42, 18.27, 39.18], abs=0.01)
    assert sum(each is None for each in found) == 2
