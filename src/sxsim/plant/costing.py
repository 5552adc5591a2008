"""The cost of a whole train, from ore to oxides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxsim.cascade.streams import ORGANIC_IN, Stream
from sxsim.economics.bill import Context, bill, diluent_item
from sxsim.economics.capital import purchases, region_said
from sxsim.economics.flows import CascadeFlows, flows_of, with_base, with_returns
from sxsim.economics.items import CostItem, bought
from sxsim.economics.options import CostOptions, Finish, cost_parameters
from sxsim.economics.organic import OrganicLoss, organic_kg_m3, organic_loss, organic_said
from sxsim.economics.plant import Finished, Plant, base_kg_per_kmol, base_water_m3_h, plant_balance
from sxsim.economics.price_sets import DEFAULT_SET, PriceSet, price_set
from sxsim.economics.waste import waste_of
from sxsim.elements import RARE_EARTHS
from sxsim.equipment import Equipment, size
from sxsim.foundation.cited import ParameterSet, cited_numbers
from sxsim.plant.accounts import centres_of, train_mfca
from sxsim.plant.bill import TrainCost
from sxsim.plant.cascades import ORGANIC
from sxsim.plant.layout import PRODUCT, WASTE
from sxsim.plant.lines import Line, feed_lines, step_lines
from sxsim.plant.sharing import figures_by_path, share_by_path, share_jointly
from sxsim.plant.travel import phases
from sxsim.processes import Liquor, process_parameters

if TYPE_CHECKING:
    from sxsim.plant.result import TrainResult

__all__ = ["CascadeAccounts", "cost_train"]

_PARTS = {"reagents": "reagents", "energy": "stages", "maintenance": "stages", "labour": "labour", "waste": "waste"}
_HELD = ("first fill of organic", "rare earths in process")


@dataclass(frozen=True, slots=True)
class CascadeAccounts:
    """One cascade as the costing sees it.

    Attributes
    ----------
    plant : Plant
        Its balance, with what becomes of its products; salts that pass with the water included.
    organic : OrganicLoss
        Organic made up: the make-up of its loop.
    equipment : Equipment
        Mixer-settlers.
    items : tuple of CostItem
        Its bill.
    """

    plant: Plant
    organic: OrganicLoss
    equipment: Equipment
    items: tuple[CostItem, ...]


def cost_train(
    result: TrainResult, prices: str | PriceSet | None = None, options: CostOptions | None = None
) -> TrainCost:
    """Cost a solved train: ore, front end, every cascade and step, finishing, waste.

    Parameters
    ----------
    result : TrainResult
        Solved train.
    prices : str or PriceSet, optional
        Shipped price set or a file; the train's ``[economics]`` table, else ``china-2024``, when left out.
    options : CostOptions, optional
        Choices and numbers; the train's ``[economics]`` table when left out. `operators_per_shift` counts the people of
        the whole plant.

    Returns
    -------
    TrainCost
        The bill, the waste, and material flow cost accounting over all quantity centres.

    Raises
    ------
    InputError
        A price is missing, or an option is out of range.

    Notes
    -----
    Every cascade is costed as `sxsim.cost` does it, with its products finished, handed on or thrown away as the train
    says. People are shared among the cascades by their stages.

    Examples
    --------
    >>> from sxsim.plant import load_train, solve_train
    >>> bill = cost_train(solve_train(load_train("nd_pr_in_two_cuts")))
    >>> abs(bill.mfca.closure_usd_per_y) < 1e-3
    True
    """
    table = result.train.economics
    chosen = price_set(prices if prices is not None else table.price_set if table is not None else DEFAULT_SET)
    choices = options or _options(result)
    crew = choices.operators_per_shift
    numbers = cited_numbers("data", "economics", "parameters", "trains.toml")
    crew = crew if crew is not None else numbers["plant_operators_per_shift"].value
    parameters, process = cost_parameters(choices), process_parameters(choices.process)
    phase = phases(result.train, result.layout)
    accounts = {
        each.cascade: _cascade(
            result,
            each.cascade,
            replace(choices, operators_per_shift=crew * each.stages / result.stages),
            chosen,
            process,
            phase,
        )
        for each in result.passes
    }
    hours = parameters["operating_h_per_y"]
    lines = [line for name, each in accounts.items() for line in _cascade_lines(result, name, each.items)]
    for feed in result.train.feed:
        lines += feed_lines(feed, result.feeds[feed.name], chosen, hours)
    for step in result.steps.values():
        lines += step_lines(step, chosen, hours)
    lines += _step_waste(result, choices, chosen, hours, phase)
    lines += _thrown_organic(result, accounts, chosen, parameters, hours, phase)
    finished = _finished(result, accounts)
    whole = _whole(result, accounts, finished, phase)
    mfca = train_mfca(result, centres_of(result, accounts, finished), lines)
    return TrainCost(
        title=result.train.title,
        price_set=chosen.name,
        region=chosen.region,
        hours=hours,
        lines=tuple(lines),
        finished=tuple(finished.values()),
        plant=whole,
        waste=waste_of(whole, _organic(accounts)),
        organic=_organic(accounts),
        organic_m3=math.fsum(each.equipment.organic_m3 for each in accounts.values()),
        inventory_kg_oxide=math.fsum(each.equipment.oxide_kg for each in accounts.values()),
        mfca=mfca,
        allocations=(
            share_by_path(result, lines, finished, hours),
            share_jointly(lines, finished, chosen, hours, "mass"),
            share_jointly(lines, finished, chosen, hours, "value"),
        ),
        per_product=figures_by_path(result, lines, finished, hours, _base_water(accounts, process)),
        front_ends={name: each.front_end for name, each in result.feeds.items() if each.front_end is not None},
        cascades=tuple(accounts),
        basis={**parameters.cited, **process.cited},
        notes=(
            *_notes(result, lines),
            *(
                f"{name}: {said}"
                for name, each in accounts.items()
                for said in organic_said(each.plant.flows, each.organic)
            ),
            region_said(parameters, chosen.region),
        ),
    )


def _options(result: TrainResult) -> CostOptions:
    """Choices of the train's own table."""
    table = result.train.economics
    if table is None:
        return CostOptions()
    return CostOptions(**table.model_dump(exclude={"price_set"}, exclude_none=True))


def _cascade(
    result: TrainResult,
    name: str,
    choices: CostOptions,
    prices: PriceSet,
    process: ParameterSet,
    phase: Mapping[str, str],
) -> CascadeAccounts:
    """Cost one cascade, its products finished as the train says; organic that goes on is not bought again here."""
    solved = result.cascades[name]
    parameters = cost_parameters(choices)
    kept = {each.stream: each.finish for each in result.train.product}
    finish: dict[str, Finish] = {}
    returns: dict[str, bool] = {}
    for product in solved.cascade.products:
        stream = f"{name}.{product}"
        if stream not in result.layout.taken_by:
            continue
        taker, _ = result.layout.taken_by[stream][0]
        finish[product] = kept[stream] if taker == PRODUCT else "waste" if taker == WASTE else "liquor"
        if phase[stream] == "organic":
            finish[product] = "waste" if taker == WASTE else "liquor"
            if taker != PRODUCT:
                returns[product] = taker != WASTE
    flows = with_returns(with_base(_flows(result, name), choices.base), returns)
    choices = replace(choices, finish=finish, feed_usd_per_kg_oxide=None)
    equipment = size(solved, choices.equipment)
    plant = plant_balance(flows, choices, process)
    organic = organic_loss(flows, equipment.organic_m3, parameters, parameters["operating_h_per_y"])
    units = purchases(plant, equipment, choices, parameters, process)
    items = bill(Context(plant, equipment, units, organic, prices, choices, parameters, process))
    return CascadeAccounts(plant, organic, equipment, items)


def _flows(result: TrainResult, name: str) -> CascadeFlows:
    """Flows of one cascade with the salts that only pass, and without what other cascades bring.

    Organic drops have given their metals to the liquor that carries them, as its stream of the train says; organic that
    arrives from the train is bought by whoever throws it away.
    """
    flows = flows_of(result.cascades[name])
    arriving = result.arriving[name]

    def whole(liquor: Liquor) -> Liquor:
        flow = arriving.get(liquor.name) or result.streams.get(f"{name}.{liquor.name}")
        return Liquor(liquor.name, liquor.flow_m3_h, flow.amount_kmol_h) if flow is not None else liquor

    brought = arriving[ORGANIC].amount_kmol_h.get(flows.counter_ion, 0.0) if ORGANIC in arriving else 0.0
    acids = tuple((acid, liquor) for acid, liquor in flows.acids if liquor.name not in arriving)
    return replace(
        flows,
        feeds=tuple(whole(liquor) for liquor in flows.feeds),
        acids=acids,
        products=tuple(whole(liquor) for liquor in flows.products),
        base_kmol_h=max(flows.base_kmol_h - brought, 0.0),
        organic_out=tuple(replace(out, amount_kmol_h={}) if out.entrained else out for out in flows.organic_out),
        organic_given_m3_h=math.fsum(
            stream.flow_m3_h
            for stream in result.cascades[name].stream.values()
            if stream.name not in arriving and _is_organic_feed(stream)
        ),
    )


def _is_organic_feed(stream: Stream) -> bool:
    """Whether a stream is organic that enters beside stage 1 and brings rare earths."""
    enters = stream.kind == "inlet" and stream.phase == "organic" and stream.name != ORGANIC_IN
    return enters and any(stream.amount_kmol_h(name) > 0.0 for name in RARE_EARTHS)


def _base_water(accounts: Mapping[str, CascadeAccounts], process: ParameterSet) -> dict[str, float]:
    """Water that the base of each cascade's saponification brings [m3/h]."""
    return {name: base_water_m3_h(each.plant.flows, process) for name, each in accounts.items()}


def _cascade_lines(result: TrainResult, name: str, items: tuple[CostItem, ...]) -> list[Line]:
    """The bill of one cascade as lines of the train."""
    products = {each.stream: each.name for each in result.train.product}
    lines = []
    for item in items:
        sold = products.get(f"{name}.{item.product}", "") if item.product else ""
        if item.category == "capital":
            part = "inventory" if item.name in _HELD else "stages"
        else:
            part = _PARTS[item.category]
        if item.centre in ("precipitation", "calcination"):
            part = "finishing" if part in ("reagents", "stages") else part
        centre = name if item.centre == "separation" else item.centre
        lines.append(Line(name, part, replace(item, product=sold, centre=centre)))
    return lines


def _thrown_organic(
    result: TrainResult,
    accounts: Mapping[str, CascadeAccounts],
    prices: PriceSet,
    parameters: ParameterSet,
    hours: float,
    phase: Mapping[str, str],
) -> list[Line]:
    """Organic that a step throws away, bought again."""
    steps = {step.name: step for step in result.train.step}
    found = []
    for stream, takers in result.layout.taken_by.items():
        maker = result.layout.made_by[stream]
        if maker not in steps or phase[stream] != "organic" or not any(taker == WASTE for taker, _ in takers):
            continue
        source = maker
        while source in steps:
            source = result.layout.made_by[steps[source].inlet[0]]
        flows, flow = accounts[source].plant.flows, result.streams[stream].flow_m3_h
        held = organic_kg_m3(flows.extractant, flows.extractant_mol_L, flows.diluent, parameters)
        for item, kg_m3 in zip((flows.extractant, diluent_item(prices, flows.diluent)), held, strict=True):
            kg = kg_m3 * flow * hours
            note = f"{flow:.4g} m3/h of organic leave for good"
            line = bought(f"{item}, {stream}", item, prices, kg, "reagents", "material", maker, note=note)
            found.append(Line(maker, "reagents", line))
    return found


def _step_waste(
    result: TrainResult, choices: CostOptions, prices: PriceSet, hours: float, phase: Mapping[str, str]
) -> list[Line]:
    """Treatment of the liquors that steps throw away."""
    found = []
    for stream, takers in result.layout.taken_by.items():
        maker = result.layout.made_by[stream]
        if (
            maker in result.cascades
            or phase[stream] == "organic"
            or choices.treatment == "none"
            or not any(taker == WASTE for taker, _ in takers)
        ):
            continue
        flow = result.streams[stream]
        acid = flow.amount_kmol_h.get("H", 0.0)
        if acid > 0.0:
            kg = acid * base_kg_per_kmol("lime") * hours
            item = bought(f"lime, {stream}", "lime", prices, kg, "waste", "waste", "effluent")
            found.append(Line(maker, "waste", item))
        if choices.treatment == "evaporate":
            volume = flow.flow_m3_h * hours
            item = bought(f"evaporation of {stream}", "evaporation", prices, volume, "waste", "waste", "effluent")
            found.append(Line(maker, "waste", item))
    return found


def _finished(result: TrainResult, accounts: dict[str, CascadeAccounts]) -> dict[str, Finished]:
    """Products of the train as they are delivered, by name."""
    found = {}
    for product in result.train.product:
        maker = result.layout.made_by[product.stream]
        outlet = product.stream.removeprefix(f"{maker}.")
        made = [each for each in accounts[maker].plant.finished if each.stream == outlet] if maker in accounts else []
        if made:
            found[product.name] = replace(made[0], stream=product.name)
        else:
            flow = result.streams[product.stream]
            amounts = flow.rare_earths_kmol_h
            main = max(product.elements, key=lambda name: amounts.get(name, 0.0))
            found[product.name] = Finished(product.name, main, amounts, flow.oxide_kg_h, False)
    return found


def _whole(
    result: TrainResult,
    accounts: dict[str, CascadeAccounts],
    finished: dict[str, Finished],
    phase: Mapping[str, str],
) -> Plant:
    """Products and effluents of the train as one plant."""
    effluents = [
        replace(liquor, name=f"{name}.{liquor.name}")
        for name, each in accounts.items()
        for liquor in each.plant.effluents
    ]
    effluents += [
        result.streams[stream].liquor()
        for stream, takers in result.layout.taken_by.items()
        if result.layout.made_by[stream] not in accounts
        and phase[stream] == "aqueous"
        and any(taker == WASTE for taker, _ in takers)
    ]
    added: dict[str, float] = {}
    for each in accounts.values():
        _add(added, each.plant.added_water_m3_h)
    for step in result.steps.values():
        thrown = any(taker == WASTE for taker, _ in result.layout.taken_by.get(f"{step.name}.mother_liquor", ()))
        if step.precipitation is not None and thrown:
            solution = step.precipitation.solution_m3_h
            _add(added, {f"{step.precipitation.precipitant} solution": solution, "cake wash": step.wash_m3_h})
    first = next(iter(accounts.values())).plant.flows
    return Plant(first, tuple(finished.values()), tuple(effluents), added)


def _add(into: dict[str, float], amounts: Mapping[str, float]) -> None:
    """Count amounts together by name."""
    for name, amount in amounts.items():
        into[name] = into.get(name, 0.0) + amount


def _organic(accounts: dict[str, CascadeAccounts]) -> OrganicLoss:
    """Organic made up in all loops."""
    losses = [each.organic for each in accounts.values()]
    drawn = [(name, part) for name, each in accounts.items() for part in each.organic.drawn]
    off = math.fsum(part.extractant_kg_h for _, part in drawn)
    held: dict[str, float] = {}
    for loss in losses:
        _add(held, loss.rare_earths_kmol_h)

    def total(key: str) -> float:
        return math.fsum(getattr(loss, key) for loss in losses)

    return OrganicLoss(
        carried_m3_h=total("carried_m3_h"),
        modelled=any(loss.modelled for loss in losses),
        extractant_water_kg_h=total("extractant_water_kg_h"),
        diluent_water_kg_h=total("diluent_water_kg_h"),
        extractant_bleed_kg_h=total("extractant_bleed_kg_h"),
        diluent_bleed_kg_h=total("diluent_bleed_kg_h"),
        drawn=tuple(replace(part, stream=f"{name}.{part.stream}") for name, part in drawn),
        given_share=math.fsum(loss.given_kg_h[0] for loss in losses) / off if off > 0.0 else 0.0,
        rare_earths_kmol_h=held,
        COD_kg_h=total("COD_kg_h"),
    )


def _notes(result: TrainResult, lines: list[Line]) -> tuple[str, ...]:
    """What a reader of the cost must know."""
    said = []
    for feed in result.train.feed:
        fed = result.feeds[feed.name]
        if feed.quote is None and feed.usd_per_kg_oxide is None:
            said.append(f"{feed.name}: no price of the ore or concentrate is counted")
        if fed.front_end is None:
            said.append(f"{feed.name}: no front end is counted")
        elif "cost_usd_per_t" not in fed.front_end.route.numbers:
            said.append(f"{feed.name}: no cost of the route {feed.route} was found; it is left out")
    whole = math.fsum(line.item.usd_per_y for line in lines)
    doubtful = math.fsum(line.item.usd_per_y for line in lines if line.item.status == "unverified")
    if doubtful > 0.0:
        said.append(f"{100.0 * doubtful / whole:.0f} % of the cost rests on unverified prices or numbers")
    return tuple(said)
