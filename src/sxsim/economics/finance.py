"""Money over time: cost indices, annuities, net present value, minimum selling price."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sxsim.errors import Finding, InputError
from sxsim.foundation.reading import shipped_tables

__all__ = ["Project", "annuity", "cost_year", "escalation", "minimum_selling_price", "net_present_value"]


@lru_cache(maxsize=1)
def _indices() -> dict[str, Any]:
    """The one file of cost indices and the currency year."""
    return shipped_tables("data", "economics", "indices.toml")


def cost_year() -> int:
    """Year in whose dollars capital cost is stated."""
    return int(_indices()["cost_year"])


def escalation(from_year: int, to_year: int | None = None) -> float:
    """Ratio of the Chemical Engineering Plant Cost Index of two years.

    Parameters
    ----------
    from_year : int
        Year of a known cost.
    to_year : int, optional
        Year asked for; the year of all results when left out.

    Raises
    ------
    InputError
        No index of that year is known.

    Examples
    --------
    >>> round(escalation(2016, 2025), 3)
    1.506
    """
    table = _indices()["cepci"]
    findings = [
        Finding("cost year", f"no CEPCI of {year}", ", ".join(table), cure="take a year of the table")
        for year in (from_year, to_year or cost_year())
        if str(year) not in table
    ]
    if findings:
        raise InputError(findings)
    return float(table[str(to_year or cost_year())]["value"]) / float(table[str(from_year)]["value"])


def annuity(rate: float, years: float) -> float:
    """Yearly payment that repays one unit of money with interest [1/y].

    Parameters
    ----------
    rate : float
        Discount rate as a fraction [1/y].
    years : float
        Years of payment [y].

    Raises
    ------
    InputError
        The rate is not 0-1, or the years are not above 0.

    Notes
    -----
    i/(1 - (1 + i)^-n); 1/n without interest.

    Examples
    --------
    >>> round(annuity(0.10, 20.0), 4)
    0.1175
    """
    _check_rate(rate, years)
    if rate * years < 1e-9:
        return (1.0 + 0.5 * rate * (years + 1.0)) / years
    return rate / -math.expm1(-years * math.log1p(rate))


@dataclass(frozen=True, slots=True)
class Project:
    """A plant as its money sees it; before any revenue.

    Attributes
    ----------
    fixed_usd : float
        Fixed capital, spent at time 0 and depreciated in a straight line to nothing [USD].
    working_usd : float
        Working capital, spent at time 0 and recovered at the end [USD].
    operating_usd_per_y : float
        Operating cost without depreciation [USD/y].
    oxide_kg_per_y : float
        Product [kg/y].
    rate : float
        Discount rate [1/y].
    years : float
        Lifetime, whole years [y].
    tax_rate : float
        Of profit, 0-1; a loss is set against other income of the owner.
    """

    fixed_usd: float
    working_usd: float
    operating_usd_per_y: float
    oxide_kg_per_y: float
    rate: float
    years: float
    tax_rate: float = 0.0


def net_present_value(project: Project, price_usd_per_kg: float) -> float:
    """Net present value of a project at one selling price [USD].

    Parameters
    ----------
    project : Project
        Capital, operating cost and product.
    price_usd_per_kg : float
        Mean price of the products [USD/kg].

    Notes
    -----
    NPV = -F - W + W/(1 + i)^n + ((1 - t)(p m - O) + t F/n)/A(i, n), A the annuity factor, F/n the depreciation.
    """
    worth_of_a_dollar_a_year = 1.0 / annuity(project.rate, project.years)
    profit = price_usd_per_kg * project.oxide_kg_per_y - project.operating_usd_per_y
    depreciation = project.fixed_usd / project.years
    yearly = (1.0 - project.tax_rate) * profit + project.tax_rate * depreciation
    recovered = project.working_usd * (1.0 + project.rate) ** -project.years
    return yearly * worth_of_a_dollar_a_year + recovered - project.fixed_usd - project.working_usd


def minimum_selling_price(project: Project) -> float:
    """Price at which the net present value is zero [USD/kg].

    Raises
    ------
    InputError
        Nothing is produced.

    Examples
    --------
    >>> plant = Project(1e6, 0.0, 2e5, 1e5, 0.10, 20.0)
    >>> round(minimum_selling_price(plant), 4)
    3.1746
    """
    if not project.oxide_kg_per_y > 0.0:
        raise InputError(
            Finding("oxide_kg_per_y", "nothing is produced", "above 0 kg/y", cure="feed some, or let a product be sold")
        )
    at_zero = net_present_value(project, 0.0)
    slope = net_present_value(project, 1.0) - at_zero
    return -at_zero / slope


def _check_rate(rate: float, years: float) -> None:
    """Refuse a rate in percent and a lifetime of nothing."""
    if not 0.0 <= rate <= 1.0:
        cure = f"fractions are 0-1: for {rate:g} % write {rate / 100:g}" if 1.0 < rate <= 100.0 else ""
        raise InputError(
            Finding("discount_rate", f"{rate:g} is out of range", "0 to 1 1/y", cure or "write a share, 0.1 for 10 %")
        )
    if not years > 0.0:
        raise InputError(Finding("lifetime_y", f"{years:g} is out of range", "above 0 y", "write the years, 20 say"))
