"""Every refusal of the theory names place, offence, allowed range and cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sxsim.errors import ConvergenceError, InputError
from sxsim.theory import network
from sxsim.theory.design import plan
from sxsim.theory.minimum import minimum_double_feed, minimum_sharp
from sxsim.theory.multicomponent import minimum_conventional, minimum_ends, minimum_sharp_cut
from sxsim.theory.network import chain, linked_three, solve_network
from sxsim.theory.reflux import stages_factor_total_reflux
from sxsim.theory.specification import purification_factor_A, split
from sxsim.theory.stages import binary_purities, integer_stages
from sxsim.theory.timescales import phase_totals, slow_mode

GOOD = split(0.5, purity_A=0.999, purity_B=0.999)
TOO_MUCH = np.array([0.0, 0.1, 0.0, 0.0, 0.0, 0.0])
FEED = {3: ("aqueous", [0.5, 0.5])}
PLAIN = chain([3, 3], 2.0, FEED, 0.5)

REFUSED: list[tuple[str, str, Callable[[], object]]] = [
    ("beta", "above 1", lambda: minimum_sharp(1.0, 0.5)),
    ("beta", "above 1", lambda: minimum_sharp(float("nan"), 0.5)),
    ("beta", "above 1", lambda: minimum_sharp(np.array([1.5, 0.9]), 0.5)),
    ("feed_A", "between 0 and 1", lambda: minimum_sharp(1.5, 1.0)),
    ("feed", "aqueous", lambda: minimum_sharp(1.5, 0.5, "water")),
    ("purity_A", "feed's A fraction", lambda: purification_factor_A(0.4, 0.5)),
    ("purity_B", "feed's B fraction", lambda: split(0.3, purity_A=0.9, purity_B=0.6)),
    ("recovery_A", "between 0 and 1", lambda: split(0.5, purity_A=0.9, recovery_A=1.0)),
    ("recovery_B", "other element's recovery", lambda: split(0.5, purity_A=0.99, recovery_B=0.5)),
    ("recovery_A", "other element's recovery", lambda: split(0.5, purity_B=0.99, recovery_A=0.5)),
    ("specification", "exactly two", lambda: split(0.5, purity_A=0.9)),
    ("specification", "exactly two", lambda: split(0.5, purity_A=0.9, purity_B=0.9, recovery_A=0.9)),
    ("specification", "above 1", lambda: split(0.5, recovery_A=0.4, recovery_B=0.5)),
    ("aqueous", "above 0", lambda: minimum_double_feed(1.5, 0.0, 0.5, 1.0, 0.5)),
    ("alpha", "equal lengths", lambda: minimum_ends([2.0, 1.0], [0.5, 0.2, 0.3])),
    ("alpha", "falling", lambda: minimum_ends([1.0, 2.0], [0.5, 0.5])),
    ("feed_fractions", "sum 1", lambda: minimum_ends([2.0, 1.0], [0.5, 0.6])),
    ("cut", "1 to 1", lambda: minimum_sharp_cut([2.0, 1.0], [0.5, 0.5], 2)),
    ("transfer", "stripped", lambda: minimum_conventional([2.0, 1.0], [0.5, 0.5], "pumped")),
    ("beta * (1 + relative_error)", "above 1", lambda: stages_factor_total_reflux(1.04, -0.05)),
    ("cascade", "n >= 1", lambda: binary_purities(1.5, 0.5, 0, 5, 2.7, 2.2)),
    ("solvent", "above the minimum 2.495", lambda: integer_stages(1.5, GOOD, 2.49)),
    ("solvent", "above the minimum", lambda: integer_stages(1.001, GOOD, 2000.0)),
    ("stages", "n >= 1", lambda: phase_totals(0, 3, 2.7, 2.2)),
    ("scrub", "", lambda: phase_totals(3, 3, 2.0, 2.2)),
    ("outlet_A", "between 0 and 1", lambda: slow_mode(100.0, 1.2, 0.9, 0.9)),
    ("S", "one of the two", lambda: plan(1.5, 0.5, 0.99, 0.99, S=3.0, S_over_S_min=1.2)),
    ("S", "above the minimum", lambda: plan(1.5, 0.5, 0.99, 0.99, S=2.0)),
    ("S_over_S_min", "above 1", lambda: plan(1.5, 0.5, 0.99, 0.99, S_over_S_min=0.9)),
    ("stage", "1 to 6", lambda: chain([3, 3], 2.0, {7: ("aqueous", [0.5, 0.5])}, 0.5)),
    ("aqueous flow from stage 4 to 3", "above 0", lambda: chain([3, 3], 0.4, FEED, 0.5)),
    ("product aqueous", "above 0", lambda: chain([3, 3], 2.0, FEED, 1.0)),
    ("organic flow from stage 4 to 5", "above 0", lambda: chain([3, 3], 2.0, FEED, 0.5, {4: ("organic", 2.0)})),
    ("feed_fractions", "3 fractions", lambda: linked_three([0.5, 0.5], 5, 2.0, 1.0, 0.5)),
    ("organic flow from stage 5 to 6", "above 0", lambda: linked_three([0.3, 0.3, 0.4], 5, 1.0, 1.2, 0.7)),
    ("feed_fractions", "3 fractions of sum 1", lambda: linked_three([0.3, 0.3, 0.5], 1, 3.0, 1.0, 0.5)),
    ("stage 2", "balanced totals", lambda: solve_network(replace(PLAIN, organic=PLAIN.organic + TOO_MUCH), [2.0, 1.0])),
    ("alpha", "positive", lambda: solve_network(chain([3, 3], 2.0, FEED, 0.5), [2.0, -1.0])),
    ("feeds", "3 amounts", lambda: solve_network(chain([3, 3], 2.0, FEED, 0.5), [3.0, 2.0, 1.0])),
]


@pytest.mark.parametrize(("place", "allowed", "call"), REFUSED)
def test_bad_input_has_its_message(place: str, allowed: str, call: Callable[[], object]) -> None:
    with pytest.raises(InputError) as caught:
        call()
    (finding,) = caught.value.findings
    assert finding.place == place
    assert finding.offence
    assert allowed in finding.allowed
    assert finding.allowed or finding.cure


def test_a_network_that_does_not_settle_carries_its_best_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_ITERATIONS", 2)
    with pytest.raises(ConvergenceError, match="did not settle in 2 Newton steps") as caught:
        solve_network(chain([3, 3], 2.0, FEED, 0.5), [2.0, 1.0])
    assert caught.value.result.x.shape == (6, 2)
