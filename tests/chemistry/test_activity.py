"""Activity of hydrochloric acid against tabulated coefficients, and what it does to a strip."""

from __future__ import annotations

import pytest

from sxsim.chemistry.activity import activity_coefficient_HCl, shift_by_HCl
from sxsim.chemistry.evidence import validity_findings
from sxsim.definition.system import load_system_file


@pytest.mark.parametrize(
    ("molality", "tabulated"), [(0.1, 0.796), (1.0, 0.809), (2.0, 1.009), (4.0, 1.762), (6.0, 3.22)]
)
def test_the_mean_activity_coefficient_is_the_tabulated_one(molality, tabulated):
    """Coefficients at 25 C as handbooks print them (recalled); the parameters come from elsewhere."""
    assert activity_coefficient_HCl(molality) == pytest.approx(tabulated, rel=0.02)


def test_activity_helps_a_strip_and_more_so_the_stronger_the_acid():
    shifts = [shift_by_HCl("Dy", 0.82, acid) for acid in (0.82, 2.0, 4.0, 6.0)]
    assert shifts[0] == 0.0
    assert shifts == sorted(shifts, reverse=True)
    assert shifts[2] == pytest.approx(-0.33, abs=0.01)
    assert shift_by_HCl("Y", 2.05, 4.0) == pytest.approx(-0.16, abs=0.01)
    assert shift_by_HCl("Er", 1.0, 4.0) is None


def test_the_remark_on_a_strong_strip_tells_the_size_of_the_effect():
    (found,) = validity_findings(load_system_file("p507-chloride"), acid_by_element_mol_L={"Dy": 4.0})
    assert found.allowed == "up to 0.82; from there the activity of HCl alone moves log10 D by -0.33"
    assert validity_findings(load_system_file("tbp-nitrate"), acid_by_element_mol_L={"Dy": 4.0}) == []
