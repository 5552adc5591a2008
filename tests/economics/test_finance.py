"""Annuity, net present value and selling price against year-by-year sums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.economics.finance import Project, annuity, minimum_selling_price, net_present_value
from sxsim.errors import InputError


def by_years(project, price):
    worth = -project.fixed_usd - project.working_usd
    years = int(project.years)
    for year in range(1, years + 1):
        profit = price * project.oxide_kg_per_y - project.operating_usd_per_y
        tax = project.tax_rate * (profit - project.fixed_usd / years)
        worth += (profit - tax) * (1 + project.rate) ** -year
    return worth + project.working_usd * (1 + project.rate) ** -years


@given(st.floats(0.0, 0.5), st.integers(1, 40), st.floats(0.0, 0.9), st.floats(0.0, 100.0))
def test_net_present_value_is_the_sum_over_the_years(rate, years, tax, price):
    project = Project(2e6, 3e5, 4e5, 1e5, rate, float(years), tax)
    assert net_present_value(project, price) == pytest.approx(by_years(project, price), rel=1e-8, abs=1.0)


@given(st.floats(0.0, 0.5), st.integers(1, 40), st.floats(0.0, 0.9))
def test_the_minimum_selling_price_leaves_nothing_over(rate, years, tax):
    project = Project(2e6, 3e5, 4e5, 1e5, rate, float(years), tax)
    assert net_present_value(project, minimum_selling_price(project)) == pytest.approx(0.0, abs=1e-3)


def test_an_annuity_without_interest_is_the_plain_share():
    assert annuity(0.0, 20.0) == pytest.approx(0.05)
    assert annuity(1e-12, 20.0) == pytest.approx(0.05)
    assert annuity(1e-6, 20.0) == pytest.approx(0.05, rel=1e-4)


def test_nonsense_is_refused_with_the_cure():
    with pytest.raises(InputError, match=r"for 8 % write 0\.08"):
        annuity(8.0, 20.0)
    with pytest.raises(InputError, match=r"discount_rate: -0\.1"):
        annuity(-0.1, 20.0)
    with pytest.raises(InputError, match="lifetime_y"):
        annuity(0.1, 0.0)
    with pytest.raises(InputError, match="nothing is produced"):
        minimum_selling_price(Project(1.0, 0.0, 1.0, 0.0, 0.1, 20.0))
