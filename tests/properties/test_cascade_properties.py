"""What every cascade must obey, whatever its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plans import cation_exchange, constant_ratio, plan_of, solved

few = settings(max_examples=15, deadline=None)
level = st.floats(-4.0, 0.0)
stages = st.integers(1, 6)


def cascade(log10_K, feed, extraction=5, scrubbing=5, scale=1.0, organic=9.0, scrub=1.2):
    plan = plan_of(
        (extraction, scrubbing),
        [*feed, 0.0],
        organic_m3_h=organic * scale,
        scrub_m3_h=scrub * scale,
        scrub_mol_L=3.0,
        counter_ion_mol_L=0.45,
        feed_m3_h=scale,
    )
    return solved(cation_exchange(extraction + scrubbing, log10_K), plan)


@given(level, st.floats(0.05, 0.95), stages, stages)
@few
def test_elements_of_equal_level_never_separate(log10_K, share, extraction, scrubbing):
    state = cascade([log10_K, log10_K], [share, 1.0 - share], extraction, scrubbing).state
    for phase in (state.x, state.y):
        assert np.allclose(phase[:, 0] / phase[:, :2].sum(axis=1), share, rtol=1e-9)


@given(level, st.floats(0.01, 0.3))
@few
def test_what_is_not_extracted_passes_through(log10_K, inert):
    chemistry = cation_exchange(8, [log10_K, -np.inf])
    plan = plan_of(
        (4, 4),
        [0.5, inert, 0.0],
        organic_m3_h=9.0,
        scrub_m3_h=1.2,
        scrub_mol_L=3.0,
        counter_ion_mol_L=0.45,
    )
    case = solved(chemistry, plan)
    assert np.abs(case.state.y[:, 1]).max() == 0.0
    raffinate = case.network.aq_out[0] * case.state.x[0, 1]
    assert raffinate == pytest.approx(inert, rel=1e-10)


@given(st.lists(st.floats(0.05, 20.0), min_size=1, max_size=4), stages, st.floats(0.2, 5.0))
@few
def test_constant_ratios_give_kremser(D, count, organic):
    """Share left in the raffinate: (E - 1)/(E^(N+1) - 1) with the extraction factor E = D O/A."""
    plan = plan_of((count,), [0.1] * len(D), organic_m3_h=organic, charge=0.0, feed_acid_mol_L=1.0)
    state = solved(constant_ratio(count, D), plan).state
    E = np.array(D) * organic
    expected = 1.0 / np.sum([E**power for power in range(count + 1)], axis=0)
    assert np.allclose(state.x[0] / 0.1, expected, rtol=1e-9)


@given(st.floats(0.01, 100.0), level)
@few
def test_scaling_all_flows_leaves_concentrations_alone(scale, log10_K):
    one = cascade([log10_K, log10_K - 0.2], [0.6, 0.4]).state
    other = cascade([log10_K, log10_K - 0.2], [0.6, 0.4], scale=scale).state
    assert np.allclose(one.x, other.x, rtol=1e-8, atol=1e-14)
    assert np.allclose(one.y, other.y, rtol=1e-8, atol=1e-14)
    assert np.allclose(one.h, other.h, rtol=1e-8)


@given(st.permutations([0, 1, 2]), level)
@few
def test_permuting_elements_permutes_the_answer(order, log10_K):
    levels, feed = np.array([log10_K, log10_K - 0.18, log10_K - 0.5]), np.array([0.3, 0.5, 0.2])
    one = cascade(list(levels), list(feed)).state
    other = cascade(list(levels[order]), list(feed[order])).state
    assert np.allclose(one.x[:, [*order, 3]], other.x, rtol=1e-8, atol=1e-14)
    assert np.allclose(one.y[:, [*order, 3]], other.y, rtol=1e-8, atol=1e-14)


@given(level, st.floats(0.6, 1.0))
@few
def test_nothing_is_negative_and_everything_is_accounted_for(log10_K, efficiency):
    chemistry = cation_exchange(9, [log10_K, log10_K - 0.18], efficiency=efficiency)
    plan = plan_of(
        (4, 3, 2),
        [0.4, 0.6, 0.0],
        organic_m3_h=8.0,
        scrub_m3_h=1.1,
        strip_m3_h=0.6,
        scrub_mol_L=3.0,
        strip_mol_L=4.0,
        counter_ion_mol_L=0.4,
    )
    case = solved(chemistry, plan)
    state, network = case.state, case.network
    assert min(state.x.min(), state.y.min(), state.h.min(), state.F.min()) >= 0.0
    out = network.aq_out[0] * state.x[0] + network.aq_out[7] * state.x[7] + network.org_out[-1] * state.y[-1]
    assert np.allclose(out, network.feed.sum(axis=0), rtol=1e-10)
