"""Uncertainty of a design: draws, margin, tornado, indices."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from sxsim.cascade.solving import solve_quietly
from sxsim.chemistry.factors import separation_factor
from sxsim.definition import load
from sxsim.definition.lending import KEPT, lend, lent
from sxsim.definition.system import load_system_file
from sxsim.errors import InputError, UnreachableTarget
from sxsim.studies.margin import HEADROOMS, added_stages, margin_of, with_added
from sxsim.studies.propagation import uncertainty
from sxsim.studies.quantities import EFFICIENCY, drawer, drawn, factors_of_cut, quantities_of
from sxsim.studies.retuning import STRIP, retuned, with_strip


@pytest.fixture(scope="module")
def found():
    """A small study of the Nd/Pr cascade."""
    return uncertainty(load("nd_pr_p507"), samples=6, seed=1, sobol_samples=2)


def test_what_is_drawn_has_a_range_and_a_status():
    quantities = {each.name: each for each in quantities_of(load("dy_tb_p507"))}
    assert quantities["beta Dy/Tb"].low == 2.1
    assert quantities[EFFICIENCY].status == "unverified"
    assert quantities_of(load("nd_pr_p507"), (0.8, 0.9))[-1].status == "given"
    assert [each.name for each in factors_of_cut(load("dy_tb_p507"), "Dy", "Tb")] == ["beta Dy/Tb"]


@pytest.mark.parametrize(("share", "beta"), [(0.0, 1.4), (0.5, 1.5), (1.0, 1.55)])
def test_places_in_the_ranges(share, beta):
    cascade = drawn(load("nd_pr_p507"), {"beta Nd/Pr": share, EFFICIENCY: 0.5})
    assert separation_factor(load_system_file(cascade.organic.system), "Nd", "Pr").value == pytest.approx(beta)
    assert {part.stage_efficiency for part in cascade.section} == {0.95}
    half = drawer({"beta Nd/Pr": 0.25})(load("nd_pr_p507"))
    assert separation_factor(load_system_file(half.organic.system), "Nd", "Pr").value == pytest.approx(math.sqrt(2.1))


def test_lent_systems_are_kept_up_to_a_number_and_then_forgotten():
    system = load_system_file("p507-chloride")
    first = lend(system.model_copy(update={"summary": "first"}))
    assert lent(first).summary == "first"
    for number in range(KEPT):
        lend(system.model_copy(update={"summary": str(number)}))
    assert lent(first) is None
    with pytest.raises(InputError, match="unknown system"):
        load_system_file(first)


def test_stages_are_added_in_proportion():
    cascade = load("nd_pr_p507")
    assert added_stages(cascade)[0] == 0
    more = with_added(cascade, 9)
    assert [part.stages for part in more.section] == [31, 40, 6]


def test_the_margin_counts_draws_and_interpolates_between_the_stages_tried():
    organic = np.array([[18.0, 17.0, 16.0], [20.0, 19.0, 18.0], [math.inf, 21.0, 19.0]])
    margin = margin_of((0, 10, 20), organic, 18.5)
    assert margin.share[0].tolist() == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert margin.share[-1].tolist() == pytest.approx([2 / 3, 1.0, 1.0])
    assert margin.needed == (None, 18, 14, 10)
    assert margin.headrooms == HEADROOMS


def test_strip_acid_is_raised_where_stripping_falls_short():
    cascade = load("nd_pr_p507")
    high = retuned(drawer({"log10 K of Nd": 1.0})(cascade))
    assert high is not None
    assert high.strip == 1.1
    assert high.result.cascade.stream["strip_acid"].flow_m3_h == pytest.approx(1.1 * 0.62)
    assert high.result.met
    low = retuned(drawer({"log10 K of Nd": 0.0})(cascade))
    assert low.strip == 1.0
    assert low.result.cascade.stream["strip_acid"].flow_m3_h == 0.62


@pytest.mark.parametrize("enough", [*STRIP, 3.0])
def test_the_least_strip_acid_is_found_from_both_ends(monkeypatch, enough):
    """A search that finds nothing takes longest, so the most strip acid is tried after the least."""
    cascade, tried = load("nd_pr_p507"), []

    def solved(case):
        factor = case.stream["strip_acid"].flow_m3_h / 0.62
        tried.append(factor)
        if factor < enough * (1.0 - 1e-9):
            raise UnreachableTarget("too little")
        return factor

    monkeypatch.setattr("sxsim.studies.retuning.steady_state", solved)
    found = retuned(cascade)
    assert (found.strip if found is not None else 3.0) == enough
    assert sum(factor < enough * (1.0 - 1e-9) for factor in tried) <= 3
    if found is not None:
        known = len(tried)
        assert retuned(cascade, enough) == found
        assert len(tried) == known + 1


def test_a_draw_is_the_cold_search_of_its_own_cascade(found):
    """Whatever was drawn before it."""
    names = [each.name for each in found.quantities]
    for row in (5, 0, 3):
        cascade = drawn(load("nd_pr_p507"), dict(zip(names, found.draws.share[row].tolist(), strict=True)))
        for strip in STRIP:
            try:
                alone = solve_quietly(with_strip(cascade, strip))
            except UnreachableTarget:
                continue
            break
        assert found.draws.organic_m3_h[row] == alone.found["organic.flow_m3_h"]


def test_a_missing_value_is_the_worst_and_never_the_best(found):
    """Purities without a steady state stand below the lowest, flows that nothing serves above the highest."""
    purity = {name: values.copy() for name, values in found.draws.purity.items()}
    name = "strip_liquor.Nd"
    organic = found.draws.organic_m3_h.copy()
    purity[name][2:4] = organic[1] = math.nan
    holed = replace(found, draws=replace(found.draws, purity=purity, organic_m3_h=organic))
    told = holed.distributions()
    assert told[f"{name} as built"]["missing"] == 2.0
    assert told[f"{name} as built"]["5 %"] is None
    assert told[f"{name} as built"]["95 %"] == np.nanmax(purity[name])
    assert told["organic_m3_h retuned"]["95 %"] is None
    assert told["organic_m3_h retuned"]["5 %"] == np.nanmin(organic)
    assert holed.missing == {"as_built": 2, "retuned": 1, "costed": found.missing["costed"]}
    assert holed.met_retuned == pytest.approx(5.0 / 6.0)
    purity[name][:], purity["raffinate.Pr"][:] = 1.0, 1.0
    assert holed.met_as_built == 1.0
    purity[name][0] = math.nan
    assert holed.met_as_built == pytest.approx(5.0 / 6.0)


def test_draws_tell_purity_stages_flows_and_cost(found):
    draws = found.draws
    assert found.met_as_built < found.met_retuned == 1.0
    assert np.isfinite(draws.usd_per_kg_oxide).all()
    assert all(((values > 0.3) & (values < 1.0)).all() for values in draws.purity.values())
    by_beta = np.argsort(draws.beta)
    assert (np.diff(found.stages["total reflux"][by_beta] * _efficiency(found)[by_beta]) < 0.0).all()
    assert draws.beta.min() >= 1.4
    assert draws.beta.max() <= 1.55


def _efficiency(found):
    return 0.9 + 0.1 * found.draws.share[:, -1]


def test_more_stages_and_more_organic_serve_more_draws(found):
    share = found.margin.share
    assert (np.diff(share, axis=1) >= 0.0).all()
    assert (np.diff(share, axis=0) >= 0.0).all()
    assert share[0, 0] < 1.0
    assert share[-1, -1] == 1.0


def test_tornado_and_indices_name_the_separation_factor(found):
    beta = next(swing for swing in found.swings if swing.name == "beta Nd/Pr")
    assert beta.low_usd_per_kg > found.usd_per_kg_oxide > beta.high_usd_per_kg
    widths = [swing.width_usd_per_kg for swing in found.swings]
    assert widths == sorted(widths, reverse=True)
    assert {index.name for index in found.indices} >= {"beta Nd/Pr", "log10 K of Nd", EFFICIENCY}


def test_a_seed_gives_the_same_numbers_and_more_draws_begin_with_them(found):
    again = uncertainty(load("nd_pr_p507"), samples=7, seed=1, sobol_samples=0)
    assert again.draws.beta[:6].tolist() == found.draws.beta.tolist()
    assert again.draws.organic_m3_h[:6].tolist() == found.draws.organic_m3_h.tolist()
    assert again.indices == ()


def test_it_is_plain_data(found):
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["margin"]["organic_headroom"][-1] is None
    assert any("stage efficiency" in warning for warning in told["warnings"])
    assert {len(column) for column in found.columns().values()} == {6}


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("single_contact", {}, "no flow can be retuned"),
        ("nd_pr_p507", {"samples": 1}, "at least 2"),
        ("nd_pr_p507", {"sobol_samples": 3}, "a power of 2"),
        ("nd_pr_p507", {"efficiency": (0.0, 1.0)}, "above 0, up to 1"),
        ("nd_pr_p507", {"efficiency": (0.9, 1.1)}, "above 0, up to 1"),
    ],
)
def test_what_cannot_be_studied_is_refused(name, options, says):
    with pytest.raises(InputError, match=says):
        uncertainty(load(name), **options)
