"""The profile as it forms under each policy."""

from __future__ import annotations

import numpy as np
import pytest

from sxsim.app.choices import Choice, aqueous_profile, tell
from sxsim.app.figures import forming_figure, purity_figure
from sxsim.app.forming import POLICY_WORDS, start_ups
from sxsim.startup.shaken import POLICIES, shaken_start_up

CHOICE = Choice("Dy/Tb", feed_A=0.85, purity=0.999, beta=2.0, S_over_S_min=1.5, n=19, m=16)


@pytest.fixture(scope="module")
def runs():
    return start_ups(CHOICE, tell(CHOICE), 100.0)


def test_every_policy_is_named_and_run(runs):
    assert list(runs) == list(POLICIES) == list(POLICY_WORDS)


def test_a_matched_fill_is_far_the_fastest(runs):
    assert runs["matched-reflux"].time_both < 110.0
    assert runs["matched-reflux"].time_both < runs["one-sided"].time_both
    assert runs["open"].time_both is None or runs["open"].time_both > 10.0 * runs["matched-reflux"].time_both


def test_the_profiles_begin_at_the_fill_and_end_at_the_steady_state(runs):
    run = runs["matched-reflux"]
    assert run.profile_time[0] == 0.0
    assert (np.diff(run.profile_time) > 0.0).all()
    assert run.profile[0] == pytest.approx(np.full(35, run.matched_A), rel=1e-9)
    assert run.profile[-1] == pytest.approx(aqueous_profile(CHOICE, tell(CHOICE)), abs=1e-3)
    assert runs["open"].profile[0] == pytest.approx(np.full(35, 0.85), rel=1e-9)


def test_looking_at_the_stages_changes_nothing():
    told = tell(CHOICE)
    flows = (2.0, told.n, told.m, told.S, told.W, 0.85, 0.999)
    asked = {"policy": "one-sided", "reflux": 50.0, "longest": 400.0, "step": 0.5}
    bare, watched = shaken_start_up(*flows, **asked), shaken_start_up(*flows, **asked, frames=20)
    assert bare.profile.shape == (0, 35)
    np.testing.assert_array_equal(bare.purity, watched.purity)
    assert (bare.opened, bare.time_both) == (watched.opened, watched.time_both)


def test_the_figure_plays(runs):
    told = tell(CHOICE)
    figure = forming_figure(CHOICE, told, runs["one-sided"])
    assert 10 < len(figure.frames) <= 80
    np.testing.assert_allclose(figure.frames[-1].data[0].y, runs["one-sided"].profile[-1])
    assert [button.label for button in figure.layout.updatemenus[0].buttons] == ["Play", "Stop"]


def test_the_curves_cross_what_is_asked_when_the_run_says_so(runs):
    curves = {trace.name: trace for trace in purity_figure(tell(CHOICE), runs).data}
    assert list(curves) == list(runs)
    for name in ("one-sided", "matched-reflux"):
        below = np.asarray(curves[name].y) <= 1e-3
        first = float(curves[name].x[int(np.argmax(below))])
        assert first == pytest.approx(runs[name].time_both, rel=0.1)
        assert curves[name].x[-1] == pytest.approx(runs[name].profile_time[-1])
