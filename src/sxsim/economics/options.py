"""What a user may say about a costing; whatever is left out comes from cited data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from sxsim.equipment import EquipmentOptions
from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet, cited_numbers, with_defaults
from sxsim.foundation.freezing import Record
from sxsim.foundation.suggestions import one_of
from sxsim.processes import PRECIPITANTS, ProcessOptions

if TYPE_CHECKING:
    from sxsim.definition import Cascade

__all__ = ["BASES", "Base", "CostOptions", "Finish", "Treatment", "cost_parameters", "options_of"]

Base = Literal["NH3", "NaOH", "lime", "magnesia"]
Treatment = Literal["none", "neutralise", "evaporate"]
Finish = Literal["oxide", "liquor", "waste"]
MixerSettlers = Literal["vendor", "erected"]

BASES: tuple[str, ...] = get_args(Base)


@dataclass(frozen=True, slots=True, eq=False)
class CostOptions(Record):
    """Choices and numbers of a costing; None takes the cited default of ``data/economics/parameters``.

    Attributes
    ----------
    finish : mapping of str to {"oxide", "liquor", "waste"}
        What becomes of each product: precipitated and calcined, delivered as it is, or thrown away. What is left out
        is finished as oxide when it carries at least 1 % of the rare earths fed, else it is waste; organic products
        and the drops they carry are delivered as they are.
    precipitant : {"oxalic acid", "NH4HCO3", "Na2CO3"}
        For the products that become oxides.
    base : {"NH3", "NaOH", "lime", "magnesia"} or None
        What saponifies; None takes the cascade's saponifier. Lime and magnesia stand in by stoichiometry: the
        chemistry of the cascade stays that of its saponifier.
    treatment : {"none", "neutralise", "evaporate"}
        Of aqueous waste: nothing, lime for the free acid, or lime and evaporation.
    mixer_settlers : {"vendor", "erected"}
        Which cost correlation: a guess of a vendor's box, or the erected units of a coal-refuse study.
    feed_usd_per_kg_oxide : float or None
        What the feed costs [USD/kg]; None leaves the feed out, so the result is the cost of separating.
    operating_h_per_y, discount_rate, lifetime_y, tax_rate, lang_factor, location_factor : float or None
        Hours a year [h/y], rate [1/y], lifetime [y], tax [-], plant cost per erected cost [-], cost level here [-].
    maintenance_fraction_per_y, overhead_fraction, operators_per_shift : float or None
        Of plant cost [1/y], of labour [-], people.
    pump_head_m, pump_efficiency, tank_h : float or None
        Pumps [m], [-]; tanks in hours of every aqueous stream [h].
    organic_entrained_mg_L, organic_bleed_per_y : float or None
        Organic carried off [mg/L] where the cascade models none; part of the inventory replaced [1/y].
    ammonia_recovery, acid_recovery, evaporated_fraction : float or None
        Closed loops, 0-1.
    equipment, process : EquipmentOptions, ProcessOptions
        Rules of sizing, yields and heats.
    """

    finish: Mapping[str, Finish] = field(default_factory=dict)
    precipitant: str = "oxalic acid"
    base: Base | None = None
    treatment: Treatment = "evaporate"
    mixer_settlers: MixerSettlers = "vendor"
    feed_usd_per_kg_oxide: float | None = None
    operating_h_per_y: float | None = None
    discount_rate: float | None = None
    lifetime_y: float | None = None
    tax_rate: float | None = None
    lang_factor: float | None = None
    location_factor: float | None = None
    maintenance_fraction_per_y: float | None = None
    overhead_fraction: float | None = None
    operators_per_shift: float | None = None
    pump_head_m: float | None = None
    pump_efficiency: float | None = None
    tank_h: float | None = None
    organic_entrained_mg_L: float | None = None
    organic_bleed_per_y: float | None = None
    ammonia_recovery: float | None = None
    acid_recovery: float | None = None
    evaporated_fraction: float | None = None
    equipment: EquipmentOptions = field(default_factory=EquipmentOptions)
    process: ProcessOptions = field(default_factory=ProcessOptions)


def options_of(cascade: Cascade) -> CostOptions:
    """Return the choices of a cascade's ``[economics]`` table.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> options_of(load("nd_pr_p507").replace({"economics.discount_rate": 0.08})).discount_rate
    0.08
    """
    if cascade.economics is None:
        return CostOptions()
    typed = cascade.economics.model_dump(exclude={"price_set"}, exclude_none=True)
    return CostOptions(**typed)


def cost_parameters(options: CostOptions | None = None) -> ParameterSet:
    """Fill the options with cited defaults.

    Raises
    ------
    InputError
        A choice is unknown or a number out of range; all findings together.

    Examples
    --------
    >>> cost_parameters(CostOptions(discount_rate=0.08))["discount_rate"]
    0.08
    """
    chosen = options or CostOptions()
    findings = []
    for name, allowed in (
        ("precipitant", tuple(PRECIPITANTS)),
        ("base", BASES),
        ("treatment", get_args(Treatment)),
        ("mixer_settlers", get_args(MixerSettlers)),
    ):
        value = getattr(chosen, name)
        if value is not None and value not in allowed:
            findings.append(Finding(name, f"unknown {name} {value!r}", ", ".join(allowed), one_of(str(value), allowed)))
    for stream, finish in chosen.finish.items():
        if finish not in get_args(Finish):
            findings.append(
                Finding(
                    f"finish.{stream}",
                    f"unknown finish {finish!r}",
                    ", ".join(get_args(Finish)),
                    cure="take one of those",
                )
            )
    price = chosen.feed_usd_per_kg_oxide
    if price is not None and not 0.0 <= price < float("inf"):
        findings.append(
            Finding("feed_usd_per_kg_oxide", f"{price:g} USD", "at least 0 USD, or left out", cure="drop the sign")
        )
    defaults = {
        name: number
        for file in ("finance", "waste", "organic")
        for name, number in cited_numbers("data", "economics", "parameters", f"{file}.toml").items()
    }
    try:
        parameters = with_defaults(chosen, defaults)
    except InputError as error:
        findings += error.findings
    if findings:
        raise InputError(findings)
    return parameters
