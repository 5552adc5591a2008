"""Light against heavy, and the steps of the lock: the numbers are those of the closed forms."""

from __future__ import annotations

import itertools
import math

import pytest

from sxsim.app.choices import Choice
from sxsim.app.lock import Doubt, steps
from sxsim.app.orders import FEEDS, parse_feed, rank
from sxsim.economics.feeds import feed
from sxsim.errors import InputError
from sxsim.theory.multicomponent import minimum_conventional, minimum_linked, minimum_sharp_cut
from sxsim.theory.reflux import stages_factor_total_reflux

CHOICE = Choice("Nd/Pr", feed_A=0.75, purity=0.999, beta=1.5, S_over_S_min=1.2)


def test_the_best_order_is_the_theory_s_and_no_order_beats_it():
    ranking = rank(parse_feed("La 25, Ce 50, Pr 5, Nd 20"))
    shares = list(ranking.fractions.values())
    alphas = [1.0]
    for factor in reversed(list(ranking.factors.values())):
        alphas.insert(0, alphas[0] * factor)
    assert list(ranking.fractions) == ["Nd", "Pr", "Ce", "La"]
    assert ranking.orders[0].name == "the best order"
    assert ranking.orders[0].passes == pytest.approx(minimum_conventional(alphas, shares), rel=1e-9)
    assert ranking.linked == pytest.approx(minimum_linked(alphas, shares), rel=1e-9)
    assert ranking.linked < ranking.orders[0].passes
    assert max(order.passes for order in ranking.orders) == next(
        order.passes for order in ranking.orders if order.name == "the worst order"
    )


def test_passes_and_what_enters_every_cascade():
    ranking = rank(parse_feed("La 50, Pr 30, Nd 20"))
    first = next(order for order in ranking.orders if order.name == "one at a time, heaviest first")
    assert first.cuts == ("Nd|Pr", "Pr|La")
    assert first.entering == pytest.approx(1.0 + 0.8)
    whole = minimum_sharp_cut(
        [math.prod(list(ranking.factors.values())[k:]) for k in range(3)], list(ranking.fractions.values()), 1
    ).S
    rest = 0.8 * minimum_sharp_cut([ranking.factors["Pr|La"], 1.0], [0.375, 0.625], 1).S
    assert first.passes == pytest.approx(whole + rest, rel=1e-9)


def test_heavy_ore_asks_for_more_and_for_the_right_order():
    light, heavy = (rank(feed(name).mole_fraction) for name in FEEDS.values())
    assert heavy.orders[0].passes > 2.0 * light.orders[0].passes
    assert heavy.orders[-1].passes > 2.0 * heavy.orders[0].passes
    for ranking in (light, heavy):
        assert list(ranking.orders) == sorted(ranking.orders, key=lambda order: order.passes)
        assert all(set(order.cuts) == set(ranking.factors) for order in ranking.orders)


@pytest.mark.parametrize(
    ("said", "offence"),
    [
        ("La 25, Xx 3", "'Xx' is no element here"),
        ("La 25, nd 3", "did you mean Nd"),
        ("La 25, Nd", "'nothing' is no share"),
        ("La -1, Nd 2", "'-1' is no share"),
        ("La 1, La 2", "La is named twice"),
        ("La 1", "1 elements are named"),
        ("", "0 elements are named"),
        ("La nan, Nd inf", "'nan' is no share"),
    ],
)
def test_a_feed_that_cannot_be_read(said, offence):
    with pytest.raises(InputError, match=offence.replace("(", r"\(")):
        parse_feed(said)


def test_a_feed_may_be_typed_in_several_ways():
    for said in ("Nd 3, Pr 1", "Nd=75%; Pr=25%", "Pr: 1\nNd: 3"):
        assert parse_feed(said) == pytest.approx({"Nd": 0.75, "Pr": 0.25})


def test_the_steps_tell_the_learner_s_own_numbers():
    told = steps(CHOICE, Doubt(0.05, 0.5, 5))
    assert len(told) == 5
    many, simple, wrong, slow, edge = told
    assert many.figures["stages"] == 65.0
    assert "65 stages" in many.said
    assert simple.figures["purity"] < 0.999
    assert wrong.figures["more_stages"] == pytest.approx(float(stages_factor_total_reflux(1.5, -0.05)) - 1.0)
    assert wrong.figures["purity"] < simple.figures["purity"]
    assert slow.figures["years"] == pytest.approx(5.0 * slow.figures["tau_1_h"] / 8766.0)
    assert edge.figures["purity"] < 0.995


def test_more_doubt_costs_more():
    purities = [steps(CHOICE, Doubt(error)).__getitem__(2).figures["purity"] for error in (0.0, 0.02, 0.05, 0.1)]
    assert all(after < before for before, after in itertools.pairwise(purities))
    assert purities[0] >= 0.999


@pytest.mark.parametrize(
    ("doubt", "places"),
    [
        (Doubt(0.9), {"beta_error"}),
        (Doubt(0.4), {"beta_error"}),
        (Doubt(0.05, 0.0, 0), {"stage_h", "trials"}),
    ],
)
def test_a_doubt_out_of_range_is_refused(doubt, places):
    with pytest.raises(InputError) as refused:
        steps(CHOICE, doubt)
    assert {finding.place for finding in refused.value.findings} == places
