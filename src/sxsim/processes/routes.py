"""From ore or scrap to a concentrate: recovery, reagents, residues and cost of each route, as reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import CitedNumber, cited_numbers
from sxsim.foundation.files import shipped
from sxsim.foundation.freezing import FrozenTable, Record
from sxsim.foundation.suggestions import one_of

__all__ = ["FrontEnd", "Route", "front_end", "route", "route_names"]


@dataclass(frozen=True, slots=True, eq=False)
class Route(Record):
    """One way from the ground to a concentrate.

    Attributes
    ----------
    name : str
        Its file.
    numbers : mapping of str to CitedNumber
        Everything known of it. `recovery` is always there; names that begin with `reagent:` and `residue:` are per
        tonne of oxide produced, in the unit they state.
    """

    name: str
    numbers: Mapping[str, CitedNumber]

    @property
    def recovery(self) -> CitedNumber:
        """Rare earths produced per rare earths in the ore or scrap."""
        return self.numbers["recovery"]

    def per_t(self, kind: str) -> dict[str, CitedNumber]:
        """Reagents or residues per tonne of oxide, by substance.

        Parameters
        ----------
        kind : {"reagent", "residue"}
            Which of them.
        """
        head = f"{kind}:"
        return {name.removeprefix(head): number for name, number in self.numbers.items() if name.startswith(head)}


@dataclass(frozen=True, slots=True, eq=False)
class FrontEnd(Record):
    """What a route takes and leaves for a stream of product.

    Attributes
    ----------
    route : Route
        Which route.
    mined_oxide_kg_h : mapping of str to float
        Rare earths in the ore or scrap, as oxides [kg/h].
    product_oxide_kg_h : mapping of str to float
        Rare earths in the concentrate, as oxides [kg/h].
    lost_oxide_kg_h : mapping of str to float
        Rare earths left behind, as oxides [kg/h].
    reagents_kg_h : mapping of str to float
        Bought [kg/h].
    residues_per_h : mapping of str to float
        Left behind, in the unit of the route's number per hour.
    electricity_kW : float
        Power [kW].
    cost_usd_per_h : float or None
        What the route costs in all, where somebody reports it [USD/h].
    """

    route: Route
    mined_oxide_kg_h: Mapping[str, float]
    product_oxide_kg_h: Mapping[str, float]
    lost_oxide_kg_h: Mapping[str, float]
    reagents_kg_h: Mapping[str, float]
    residues_per_h: Mapping[str, float]
    electricity_kW: float
    cost_usd_per_h: float | None


def route_names() -> list[str]:
    """Return the names of the shipped routes, sorted.

    Examples
    --------
    >>> "clay_in_situ" in route_names()
    True
    """
    folder = shipped("data", "economics", "routes")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def route(name: str) -> Route:
    """Look up a shipped route.

    Raises
    ------
    InputError
        There is no such route.

    Examples
    --------
    >>> route("clay_electrokinetic").recovery.value
    0.95
    """
    if name not in route_names():
        cure = one_of(name, route_names())
        raise InputError(Finding("route", f"there is no route {name!r}", ", ".join(route_names()), cure))
    return Route(name, FrozenTable(dict(cited_numbers("data", "economics", "routes", f"{name}.toml"))))


def front_end(product_oxide_kg_h: Mapping[str, float], by: str | Route) -> FrontEnd:
    """Say what a stream of concentrate takes and leaves behind.

    Parameters
    ----------
    product_oxide_kg_h : mapping of str to float
        Rare earths in the concentrate by element, as oxides [kg/h].
    by : str or Route
        The route.

    Returns
    -------
    FrontEnd
        All elements are recovered alike: no figure by element was found.

    Raises
    ------
    InputError
        There is no such route, or an amount is negative.

    Examples
    --------
    >>> round(front_end({"Y": 500.0, "Dy": 500.0}, "clay_in_situ").reagents_kg_h["(NH4)2SO4"])
    9500
    """
    chosen = route(by) if isinstance(by, str) else by
    findings = [
        Finding(f"product_oxide_kg_h.{name}", f"{amount:g} kg/h", "at least 0", cure="drop the sign")
        for name, amount in product_oxide_kg_h.items()
        if amount < 0.0
    ]
    if findings:
        raise InputError(findings)
    recovery = chosen.recovery.value
    mined = {name: amount / recovery for name, amount in product_oxide_kg_h.items()}
    tonnes = sum(product_oxide_kg_h.values()) / 1000.0
    power = chosen.numbers.get("electricity_kWh_per_t")
    cost = chosen.numbers.get("cost_usd_per_t")
    return FrontEnd(
        route=chosen,
        mined_oxide_kg_h=mined,
        product_oxide_kg_h=dict(product_oxide_kg_h),
        lost_oxide_kg_h={name: amount - product_oxide_kg_h[name] for name, amount in mined.items()},
        reagents_kg_h={name: 1000.0 * tonnes * each.value for name, each in chosen.per_t("reagent").items()},
        residues_per_h={name: tonnes * each.value for name, each in chosen.per_t("residue").items()},
        electricity_kW=tonnes * power.value if power is not None else 0.0,
        cost_usd_per_h=tonnes * cost.value if cost is not None else None,
    )
