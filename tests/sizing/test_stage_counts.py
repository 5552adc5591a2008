"""The exact stage count against every whole cascade of one stage less, at constant separation factor."""

from __future__ import annotations

import math

import pytest

from sxsim.theory.minimum import minimum_flows
from sxsim.theory.specification import split
from sxsim.theory.stages import binary_purities, exact_stages, integer_stages


@pytest.mark.parametrize("purity", [0.99, 0.999, 0.9999])
@pytest.mark.parametrize(("beta", "feed_A"), [(1.5, 0.75), (2.0, 0.85)], ids=["Nd/Pr", "Dy/Tb"])
def test_the_exact_count_is_the_smallest_cascade_that_does(beta, feed_A, purity):
    wanted = split(feed_A, purity_A=purity, purity_B=purity)
    S = 1.2 * float(minimum_flows(beta, wanted).S)
    W = S - float(wanted.outlet_A)
    count = exact_stages(beta, wanted, S)
    found = integer_stages(beta, wanted, S)
    total = found.n + found.m
    assert total == math.ceil(float(count.n + count.m))
    assert min(found.purity_A, found.purity_B) >= purity - 1e-12
    for n in range(1, total - 1):
        assert min(binary_purities(beta, feed_A, n, total - 1 - n, S, W)) < purity
