"""What the page says of a choice is what the theory says, and what cannot be is refused by the control's name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sxsim.app.choices import Choice, aqueous_profile, tell
from sxsim.app.figures import cost_figure, mccabe_thiele_figure, profile_figure
from sxsim.app.pairs import PAIRS, factor_of
from sxsim.app.rigorous import MODES, cascade_of, organic_of, work
from sxsim.cascade.solving import solve_quietly, steady_state
from sxsim.definition.loading import loads
from sxsim.errors import InputError, UnreachableTarget
from sxsim.theory.design import plan

CHOICE = Choice("Nd/Pr", feed_A=0.75, purity=0.999, beta=1.5, S_over_S_min=1.2)


def test_the_numbers_are_those_of_the_theory():
    told, design = tell(CHOICE), plan(1.5, 0.75, 0.999, 0.999, S_over_S_min=1.2)
    assert (told.S, told.W) == pytest.approx((design.S, design.W), rel=1e-12)
    assert (told.exact.n, told.exact.m) == pytest.approx((design.exact.n, design.exact.m), rel=1e-12)
    assert told.fewest == pytest.approx(design.total_reflux_stages)
    assert (told.base, told.acid_scrub, told.acid_strip) == pytest.approx(
        (design.base, design.acid_scrub, design.acid_strip)
    )
    assert told.met
    assert not tell(dataclasses.replace(CHOICE, n=told.n - 3, m=told.m)).met


def test_the_profile_ends_at_the_purities():
    told = tell(CHOICE)
    x = aqueous_profile(CHOICE, told)
    assert x.shape == (told.n + told.m,)
    assert x[0] == pytest.approx(1.0 - told.purity_B, rel=1e-9)
    y = 1.5 * x[-1] / (1.0 + 0.5 * x[-1])
    assert y == pytest.approx(told.purity_A, rel=1e-9)
    assert (np.diff(x) > 0.0).all()


def test_reflux_moves_acid_from_scrub_to_strip():
    plain, returned = tell(CHOICE), tell(dataclasses.replace(CHOICE, reflux=0.3))
    assert returned.acid_scrub < plain.acid_scrub
    assert returned.acid_scrub + returned.acid_strip == pytest.approx(plain.acid_scrub + plain.acid_strip)
    assert returned.purity_A == plain.purity_A


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"reflux": 0.9}, "reflux"),
        ({"S_over_S_min": 1.0}, "S_over_S_min"),
        ({"scrub_mol_L": 40.0}, "scrub_mol_L"),
        ({"purity": 0.7}, "purity"),
        ({"beta": 0.9, "m": -1}, "beta"),
        ({"pair": "Nd/Tb"}, "pair"),
        ({"n": 1000}, "n"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_control(changes, place):
    with pytest.raises(InputError) as refused:
        tell(dataclasses.replace(CHOICE, **changes))
    found = {finding.place: finding for finding in refused.value.findings}
    assert found[place].allowed
    assert len(found) == len(changes)


def test_where_no_scrub_is_needed_the_organic_carries_the_product_at_least():
    told = tell(Choice("Ce/La", feed_A=0.75, purity=0.9, beta=6.83, S_over_S_min=1.1))
    assert float(told.minimum.S) == pytest.approx(float(told.wanted.outlet_A))
    assert float(told.minimum.W) == 0.0
    assert told.W == pytest.approx(0.1 * float(told.wanted.outlet_A))
    assert told.met
    with pytest.raises(InputError, match="returned is more than the whole scrub"):
        tell(Choice("Ce/La", feed_A=0.75, purity=0.9, beta=6.83, S_over_S_min=1.1, reflux=0.5))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_can_be_worked_with_its_chemistry(pair, mode):
    choice = Choice(pair, feed_A=0.5, purity=0.99, beta=factor_of(pair).value, S_over_S_min=1.25)
    worked = work(choice, tell(choice), mode)
    both = PAIRS[pair]
    assert worked.result.closure < 1e-9
    assert [(product.element, product.asked) for product in worked.products] == [(both.A, 0.99), (both.B, 0.99)]
    assert worked.products[0].purity == worked.result.purity("strip_liquor", both.A, "mol")
    assert worked.products[1].purity == worked.result.purity("raffinate", both.B, "mol")
    assert worked.bill.usd_per_kg_oxide > 0.0
    if mode == "search":
        assert worked.met
        assert 0.5 < worked.S_over_S_min < 2.5
    else:
        assert worked.flows_m3_h[0] == pytest.approx(organic_of(choice, tell(choice)), rel=1e-12)


def test_the_chemistry_agrees_with_the_theory_where_the_load_is_constant():
    told = tell(CHOICE)
    worked = work(CHOICE, told, "search")
    organic, scrub = worked.flows_m3_h
    assert organic == pytest.approx(organic_of(CHOICE, told), rel=0.02)
    assert scrub == pytest.approx(told.acid_scrub / CHOICE.scrub_mol_L, rel=0.05)
    assert worked.S_over_S_min == pytest.approx(1.2, rel=0.02)


def test_the_strip_acid_suits_the_organic_that_was_found():
    choice = Choice("Dy/Tb", feed_A=0.75, purity=0.999, beta=2.82, S_over_S_min=1.2, scrub_mol_L=2.0)
    told = tell(choice)
    with pytest.raises(UnreachableTarget):
        steady_state(cascade_of(choice, told, "search"))  # its strip is too weak for the organic that it takes
    worked = work(choice, told, "search")
    assert worked.met
    suited = cascade_of(choice, told, "search", worked.flows_m3_h[0]).stream["strip_acid"].flow_m3_h
    assert worked.cascade.stream["strip_acid"].flow_m3_h == pytest.approx(suited, rel=0.02)


@pytest.mark.parametrize("mode", MODES)
def test_the_cascade_of_a_choice_is_a_file_that_solves(mode):
    told = tell(CHOICE)
    cascade = cascade_of(CHOICE, told, mode)
    read = loads(cascade.to_toml())
    assert read == cascade
    assert [part.stages for part in read.section] == [told.n, told.m, 6]
    assert solve_quietly(read).met == (mode == "search")


def test_a_moved_factor_moves_the_chemistry():
    moved = dataclasses.replace(CHOICE, beta=1.8)
    cascade = cascade_of(moved, tell(moved))
    assert cascade.organic.system != "p507-chloride"
    result = solve_quietly(cascade)
    held = result.stage
    ratio = held.organic_mol_L[:, 1] / held.organic_mol_L[:, 0] / (held.aqueous_mol_L[:, 1] / held.aqueous_mol_L[:, 0])
    assert ratio == pytest.approx(np.full(len(ratio), 1.8), rel=1e-6)
    assert any("unverified" in warning for warning in result.warnings)


def test_the_figures_draw_what_was_worked_out():
    told = tell(CHOICE)
    worked = work(CHOICE, told, "search")
    diagram = mccabe_thiele_figure(CHOICE, told)
    stages = next(trace for trace in diagram.data if trace.name == "stages")
    x = aqueous_profile(CHOICE, told)
    np.testing.assert_allclose(stages.x, np.repeat(x, 2)[1:])
    names = [trace.name for trace in profile_figure(CHOICE, told, worked).data]
    assert names == ["Nd, constant load", "Nd, rigorous", "pH, rigorous"]
    assert len(profile_figure(CHOICE, told, None).data) == 1
    assert sum(cost_figure(worked).data[0].x) == pytest.approx(worked.bill.usd_per_kg_oxide)
