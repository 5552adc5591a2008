"""Arrays of the law: the reference numbers, ladders, separation factors, random systems."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.chemistry.factors import sample, separation_factor
from sxsim.chemistry.parameters import LN10, ladder, log10_K, parameters
from sxsim.definition.system import load_system_file
from sxsim.errors import InputError

P507 = load_system_file("p507-chloride")


def test_the_reference_cascade_numbers() -> None:
    law = parameters(P507, ["Pr", "Nd"], "NH4", 25.0)
    assert law.names == ("Pr", "Nd", "NH4")
    assert law.ln_K[1] == pytest.approx(-2.2 * LN10, rel=1e-15)
    assert law.ln_K[1] - law.ln_K[0] == pytest.approx(math.log(1.5), rel=1e-13)
    assert law.a.tolist() == law.b.tolist() == law.s.tolist() == law.z.tolist() == [3.0, 3.0, 1.0]
    assert law.charge.tolist() == [3.0, 3.0, 1.0]
    assert law.divisor == 2.0
    assert law.acid_ln_K == -math.inf
    assert all(array.flags.c_contiguous and array.dtype == np.float64 for array in law[1:11])


def test_the_order_of_elements_is_the_callers() -> None:
    forward, backward = parameters(P507, ["La", "Dy"]), parameters(P507, ["Dy", "La"])
    assert forward.ln_K.tolist() == backward.ln_K[::-1].tolist()


def test_unknown_elements_and_ions_are_refused_together() -> None:
    with pytest.raises(InputError, match=r"2 findings"):
        parameters(P507, ["Nd", "Fe", "Al"])
    with pytest.raises(InputError, match=r"NH4 is not known to tbp-nitrate .*none"):
        parameters(load_system_file("tbp-nitrate"), ["Nd"], "NH4")


def test_the_ladder_is_in_the_order_of_extraction() -> None:
    assert list(ladder(P507, P507.elements)) == "La Ce Pr Nd Sm Eu Gd Tb Dy Ho Y Er Tm Yb Lu".split()
    naphthenic = load_system_file("naphthenic-chloride")
    assert next(iter(ladder(naphthenic, naphthenic.elements))) == "Y"


def test_correlations_of_the_sulfate_system_follow_their_formula() -> None:
    law = parameters(load_system_file("d2ehpa-sulfate"), ["Y", "Sm", "Fe"])
    dosage, pH = 7.0, 1.3
    free = dosage / 33.04273417  # mol/L of monomer: 322.431 g/mol, 975.8 g/L
    ln_D = law.ln_K + law.a * math.log(free) + (law.b + law.d * free) * pH * LN10
    yttrium = (1.63166 + 0.15166 * dosage) * pH - 2.12601 + 0.26612 * math.log10(dosage)
    samarium = (0.81233 - 0.02247 * dosage) * pH - 2.12172 + 0.17414 * math.log10(dosage)
    assert ln_D / LN10 == pytest.approx([yttrium, samarium, math.log10(0.1496)], abs=1e-7)
    assert law.bisulfate_Ka2_mol_L == pytest.approx(10**-1.99)
    assert law.divisor == 1.0


def test_an_adjacent_factor_keeps_its_own_range() -> None:
    assert separation_factor(P507, "Nd", "Pr")[:4] == (1.5, 1.4, 1.55, "reported")


def test_a_distant_factor_is_the_product_and_its_range_combines() -> None:
    steps = [separation_factor(P507, *pair.split("/")) for pair in ("Pr/Ce", "Nd/Pr")]
    whole = separation_factor(P507, "Nd", "Ce")
    assert whole.value == pytest.approx(2.44 * 1.5)
    below = math.hypot(*(math.log(step.value / step.low) for step in steps))
    assert math.log(whole.value / whole.low) == pytest.approx(below)
    assert whole.status == "derived"


def test_turning_a_pair_round_inverts_it() -> None:
    up, down = separation_factor(P507, "Dy", "Tb"), separation_factor(P507, "Tb", "Dy")
    assert down[:3] == pytest.approx((1 / up.value, 1 / up.high, 1 / up.low))
    assert separation_factor(P507, "Nd", "Nd").value == 1.0


def test_between_two_levels_the_levels_carry_the_range() -> None:
    laboratory = load_system_file("pc88a-chloride-laboratory")
    factor = separation_factor(laboratory, "Nd", "Pr")
    assert math.log10(factor.value) == pytest.approx(log10_K(laboratory, "Nd") - log10_K(laboratory, "Pr"))
    assert factor.low < factor.value < factor.high
    assert factor.source == ("li1987",)


@given(st.integers(0, 2**32 - 1))
def test_a_sampled_system_stays_in_its_ranges(seed: int) -> None:
    drawn = sample(P507, np.random.default_rng(seed))
    for number in (drawn.level[0].log10_K, *drawn.separation_factor):
        assert number.low <= number.value <= number.high
    assert drawn.elements == P507.elements


class Fixed:
    """A generator that always draws the same number."""

    def __init__(self, u: float) -> None:
        self.u = u

    def random(self) -> float:
        return self.u


def test_sampling_reaches_the_bounds_and_the_centre() -> None:
    factors = {u: sample(P507, Fixed(u)).separation_factor[2].value for u in (0.0, 0.5, 1.0)}  # type: ignore[arg-type]
    assert factors == pytest.approx({0.0: 1.4, 0.5: 1.5, 1.0: 1.55})
