"""Where the solver starts: shorter cascades, and their profiles stretched to the full length."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.cases import chemistry, plan
from benchmarks.sized import sized_case

from sxsim.kernels import packed as at
from sxsim.kernels.flows import count_links, pack_plan
from sxsim.kernels.packed import make_flows, make_point
from sxsim.kernels.solve import pack_chemistry
from sxsim.kernels.start import alkaline_guess, crude_guess, find_runs, shorten, stretch, take_stages
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def packed():
    case = sized_case(40, 2)
    law, layout = chemistry(case), plan(case)
    N, n = law.ln_K.shape
    k = count_links(layout)
    flows, point = make_flows(N, n, k), make_point(N, n, k)
    assert fill_flows(pack_plan(layout), flows, law.extractant) == 0
    assert aqueous_totals(flows, point.s) == 0
    return case, pack_chemistry(law), flows, point


def test_runs_end_where_something_enters_or_changes(packed):
    case, law, flows, _ = packed
    run = find_runs(law, flows)
    first = np.flatnonzero(np.diff(run, prepend=-1))
    ends = np.cumsum(case.stages)
    entering = {0, ends[0] - 1, ends[1] - 1, ends[2] - 1}  # organic, feed, scrub, strip
    assert entering <= set(first.tolist())
    assert len(first) < 12  # and not everywhere
    assert (np.diff(run) >= 0).all()


def test_a_shorter_cascade_keeps_both_ends_of_each_run(packed):
    _, law, flows, _ = packed
    run = find_runs(law, flows)
    place = np.zeros(run.size, np.int64)
    count = take_stages(run, 4, place)
    assert count == place.max() + 1 < run.size
    assert set(place.tolist()) == set(range(count))
    assert (np.diff(place) >= 0).all()
    for number in range(run.max() + 1):
        stages = np.flatnonzero(run == number)
        taken = np.unique(place[stages])
        assert len(taken) == min(4, len(stages))
        if len(stages) > 4:
            assert place[stages[1]] == place[stages[0]] + 1
            assert place[stages[-2]] == place[stages[-1]] - 1


def test_runs_that_are_short_enough_are_taken_whole(packed):
    _, law, flows, _ = packed
    run = find_runs(law, flows)
    place = np.zeros(run.size, np.int64)
    assert take_stages(run, 100, place) == run.size
    assert place.tolist() == list(range(run.size))


def test_the_shorter_cascade_has_the_feeds_and_links_of_the_whole(packed):
    _, law, flows, point = packed
    run = find_runs(law, flows)
    place = np.zeros(run.size, np.int64)
    count = take_stages(run, 4, place)
    short_law, short_flows, short = shorten(law, flows, point, place, count)
    assert short_law.level.shape[1] == count
    assert short_flows.feed.sum(axis=1) == pytest.approx(flows.feed.sum(axis=1), rel=1e-12)
    assert short_flows.link[at.FROM].tolist() == place[flows.link[at.FROM]].tolist()
    assert short.s[at.Q].tolist() == pytest.approx([point.s[at.Q, np.flatnonzero(place == p)[0]] for p in range(count)])


def test_a_profile_is_stretched_from_both_ends(packed):
    _, law, flows, point = packed
    run = find_runs(law, flows)
    place, near = np.zeros(run.size, np.int64), np.arange(run.size)
    count = take_stages(run, 4, place)
    _, _, short = shorten(law, flows, point, place, count)
    short.c[:] = np.arange(count)[None, :, None]
    short.s[at.H], short.s[at.F] = np.arange(count), 2.0 * np.arange(count)
    stretch(short, place, near, point)
    assert point.c[at.X, :, 0].tolist() == place.tolist()
    assert point.s[at.F].tolist() == (2.0 * place).tolist()


@pytest.mark.parametrize("guess", [lambda *packed: crude_guess(*packed, 0.01), alkaline_guess])
def test_the_guesses_are_feasible(packed, guess):
    _, law, flows, point = packed
    guess(law, flows, point)
    metals = law.row[at.PROTONS] @ point.c[at.X].T
    assert (point.c[at.X] > 0.0).all()
    assert (point.s[at.F] < law.medium[at.EXTRACTANT]).all()
    assert (point.s[at.H] > 0.0).all()
    assert (metals + point.s[at.H] <= 1.001 * point.s[at.Q]).all()
