"""What the page says of a choice with its chemistry is so, and does not depend on what was chosen before."""

from __future__ import annotations

import dataclasses
import random

import pytest

from sxsim.app.checking import Checked, check, choices_to_check
from sxsim.app.choices import Choice, tell
from sxsim.app.pairs import factor_of
from sxsim.app.rigorous import MODES, cascade_of, work
from sxsim.app.verdict import Verdict, cures_of, percent, verdict

CHOICE = Choice("Nd/Pr", feed_A=0.75, purity=0.999, beta=1.5, S_over_S_min=1.2)
SAMPLE = random.Random(16).sample(choices_to_check(), 60)


def test_six_hundred_choices_are_to_be_checked():
    every = choices_to_check()
    assert len(set(every)) == len(every) == 600
    assert {choice.purity for choice in every} == {0.9, 0.95, 0.99, 0.995, 0.999, 0.9999}


@pytest.mark.parametrize("mode", MODES)
def test_the_page_meets_the_specification_or_says_that_it_does_not_whatever_was_chosen_before(mode):
    checked = [check(choice, mode) for choice in SAMPLE]
    assert [each for each in checked if not each.true] == []
    assert all(each.verdict.said.startswith("On specification" if each.meets else "Off spec") for each in checked)
    met = sum(each.meets for each in checked)
    assert met >= 54 if mode == "search" else 0 < met < 30
    for each in checked[::-4]:
        again = check(each.choice, mode)
        assert (again.verdict, again.shown, again.purity) == (each.verdict, each.shown, each.purity)


def test_the_flows_give_the_same_from_the_solution_of_another_choice():
    before = work(CHOICE, tell(CHOICE), "flows").result
    for choice in SAMPLE[::4]:
        checked = check(choice, "flows", before)
        assert checked.steady, checked
        before = checked.result


def test_a_search_finds_the_same_from_the_solution_of_its_neighbour():
    before = check(dataclasses.replace(CHOICE, S_over_S_min=1.21), "search").result
    checked = check(CHOICE, "search", before)
    assert checked.steady
    assert checked.apart < 1e-9
    few = dataclasses.replace(CHOICE, n=10, m=10)
    refused = check(few, "search", before)
    assert refused.steady
    assert not refused.meets


def test_a_flaw_would_be_seen():
    right = check(CHOICE, "search")
    assert right.true
    assert right.meets
    assert not dataclasses.replace(right, verdict=Verdict(False, "")).true
    assert not dataclasses.replace(right, shown=(0.9995, 0.999)).true
    off = check(CHOICE, "flows")
    assert off.true
    assert not dataclasses.replace(off, verdict=Verdict(True, "")).true
    assert off.steady
    assert not dataclasses.replace(off, apart=1e-6).steady
    assert not dataclasses.replace(off, apart=float("nan")).steady
    assert not Checked(CHOICE, "flows", off.verdict, off.shown, (float("nan"),) * 2).true


def test_a_choice_that_the_theory_refuses_is_said_not_to_meet():
    refused = check(dataclasses.replace(CHOICE, reflux=0.9), "search")
    assert refused.true
    assert not refused.meets
    assert "reflux" in refused.verdict.said


def test_a_search_that_needs_no_scrub_says_so():
    choice = Choice("Ce/La", 0.75, 0.9, 6.83, 1.2)
    assert "and no scrub per m3 of feed" in check(choice, "search").verdict.said


def test_which_way_a_product_misses():
    told = tell(CHOICE)
    said = verdict(CHOICE, told, work(CHOICE, told, "flows")).said
    assert "the Nd product misses its specification" in said
    assert "the Pr product meets its specification" in said
    assert "Too much goes with the organic" in said
    few = dataclasses.replace(CHOICE, n=5, m=5)
    assert "part too little" in verdict(few, tell(few), work(few, tell(few), "flows")).said
    worked = work(CHOICE, told, "flows")
    A, B = worked.products
    other = (dataclasses.replace(A, purity=B.purity), dataclasses.replace(B, purity=A.purity))
    said = verdict(CHOICE, told, dataclasses.replace(worked, products=other)).said
    assert "the Nd product meets its specification" in said
    assert "Too little goes with the organic" in said
    assert "less scrub or more organic" in said


def test_stages_that_cannot_do_it_come_with_proof_best_and_cures():
    few = dataclasses.replace(CHOICE, n=10, m=10)
    told = tell(few)
    worked = work(few, told, "search")
    assert not worked.met
    assert worked.bill is None
    said = verdict(few, told, worked).said
    assert "10 + 10 stages cannot meet both products" in said
    assert str(worked.refusal.proof) in said
    assert worked.refusal.best > 1.0
    cures = cures_of(worked.cascade, worked.refusal)
    assert any("stages" in cure for cure in cures)


def test_flows_without_a_steady_state_are_said_to_have_none():
    choice = Choice("Dy/Tb", 0.75, 0.999, round(factor_of("Dy/Tb").value, 2), 1.2)
    worked = work(choice, tell(choice), "flows")
    broken = dataclasses.replace(worked, result=None, bill=None, products=(), refusal=ValueError("none was found"))
    assert not broken.met
    said = verdict(choice, tell(choice), broken)
    assert not said.meets
    assert said.said == "Off specification: these flows have no steady state. none was found."


def test_a_purity_is_never_rounded_across_what_is_asked():
    assert percent(0.999, 0.999) == "99.9000 %"
    assert percent(0.9989999, 0.999) == "99.89999 %"
    assert percent(1.0, 0.9999) == "100.0000 %"


def test_only_refused_searches_have_cures():
    cascade = cascade_of(CHOICE, tell(CHOICE))
    assert cures_of(cascade, ValueError("another")) == ()
