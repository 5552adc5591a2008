"""From a solved cascade, or a plan, to its cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sxsim.economics.accounts import Consumption, Cost
from sxsim.economics.allocation import Allocation, allocate
from sxsim.economics.bill import Context, bill
from sxsim.economics.capital import purchases, region_said
from sxsim.economics.finance import Project
from sxsim.economics.flows import CascadeFlows, flows_of, with_base, with_returns
from sxsim.economics.items import CostItem
from sxsim.economics.ledger import charge_relation, ledger, organic_entries
from sxsim.economics.loops import closed_loops
from sxsim.economics.mfca import mfca
from sxsim.economics.options import CostOptions, cost_parameters, options_of
from sxsim.economics.organic import organic_kg_m3, organic_loss, organic_said
from sxsim.economics.plant import Plant, plant_balance
from sxsim.economics.price_sets import DEFAULT_SET, PriceSet, price_set
from sxsim.economics.reagents import reagents, reagents_by_element
from sxsim.economics.waste import waste_of
from sxsim.economics.yardstick import base_yardstick_kmol_h
from sxsim.equipment import size
from sxsim.errors import Finding, InputError
from sxsim.processes import process_parameters

if TYPE_CHECKING:
    from sxsim.cascade import Result

__all__ = ["cost"]


def cost(
    result_or_plan: Result | Any, prices: str | PriceSet | None = None, options: CostOptions | None = None
) -> Cost:
    """Cost a solved cascade: capital, reagents, labour, energy, waste; product and losses.

    Parameters
    ----------
    result_or_plan : Result or a plan of `design`
        Solved cascade; of a plan its rigorous result.
    prices : str or PriceSet, optional
        Shipped price set or a file; the cascade's ``[economics]`` table, else ``china-2024``, when left out.
    options : CostOptions, optional
        Choices and numbers; the cascade's ``[economics]`` table when left out, and cited data for what neither says.

    Returns
    -------
    Cost
        The bill, the waste, and material flow cost accounting.

    Raises
    ------
    InputError
        The result is not converged, a price is missing or negative, or an option is out of range.

    Notes
    -----
    Cost per kg = (operating cost + capital x annuity + working capital x interest) / oxide. The feed is left out unless
    its price is given, so the result is the cost of separating it.

    Examples
    --------
    >>> import sxsim
    >>> bill = sxsim.cost(sxsim.solve(sxsim.load("single_contact")), prices="us-2024")
    >>> bill.worst_closure < 1e-9
    True
    """
    result = getattr(result_or_plan, "result", result_or_plan)
    if result.status != "converged":
        raise InputError(Finding("result", f"is {result.status}", "a converged result", "solve the cascade first"))
    table = result.cascade.economics
    chosen = price_set(prices if prices is not None else table.price_set if table is not None else DEFAULT_SET)
    choices = options or options_of(result.cascade)
    parameters = cost_parameters(choices)
    process = process_parameters(choices.process)
    flows = with_base(flows_of(result), choices.base)
    flows = with_returns(flows, {name: False for name, finish in choices.finish.items() if finish == "waste"})
    equipment = size(result, choices.equipment)
    plant = plant_balance(flows, choices, process)
    organic = organic_loss(flows, equipment.organic_m3, parameters, parameters["operating_h_per_y"])
    units = purchases(plant, equipment, choices, parameters, process)
    context = Context(plant, equipment, units, organic, chosen, choices, parameters, process)
    items = bill(context)
    accounts = mfca(plant, organic, items)
    charge = charge_relation(flows)
    basis = {**parameters.cited, **process.cited, **equipment.basis}
    return Cost(
        title=result.cascade.title,
        price_set=chosen.name,
        region=chosen.region,
        plant=plant,
        equipment=equipment,
        items=items,
        waste=waste_of(plant, organic),
        ledger=(
            *ledger(flows),
            *organic_entries(
                flows, organic, organic_kg_m3(flows.extractant, flows.extractant_mol_L, flows.diluent, parameters)
            ),
        ),
        organic=organic,
        charge=charge,
        consumption=Consumption(
            acid_fed_kmol_h=math.fsum(liquor.amount_kmol_h.get("H", 0.0) for acid, liquor in flows.acids if acid),
            acid_consumed_kmol_h=charge.acid_in - charge.acid_out,
            base_kmol_h=flows.base_kmol_h,
            base_yardstick_kmol_h=base_yardstick_kmol_h(result, flows),
        ),
        mfca=accounts,
        closed_loops=closed_loops(plant, chosen, parameters),
        allocations=_allocations(plant, items, chosen, context.hours),
        project=_project(context, items),
        reagents_kg_per_kg_oxide=reagents(items, plant, context.hours),
        reagents_by_element=reagents_by_element(items, plant, context.hours),
        basis=basis,
        warnings=_warnings(context, items, result.warnings, flows),
    )


def _allocations(plant: Plant, items: tuple[CostItem, ...], prices: PriceSet, hours: float) -> tuple[Allocation, ...]:
    """Every way of sharing that gives each product a cost."""
    found = [allocate(plant, items, prices, hours, "mass")]
    if any(product.from_organic for product in plant.finished):
        found.append(allocate(plant, items, prices, hours, "moles extracted"))
    known = all(product.element in prices.oxides for product in plant.finished)
    if known and any(prices.oxide(product.element).usd_per_unit > 0.0 for product in plant.finished):
        found.append(allocate(plant, items, prices, hours, "value"))
    return tuple(found)


def _project(context: Context, items: tuple[CostItem, ...]) -> Project:
    """Capital and operating cost as cash flows."""
    parameters = context.parameters
    return Project(
        fixed_usd=context.plant_cost_usd + context.first_fill_usd,
        working_usd=context.inventory_usd,
        operating_usd_per_y=math.fsum(item.usd_per_y for item in items if item.category != "capital"),
        oxide_kg_per_y=context.plant.oxide_kg_h * context.hours,
        rate=parameters["discount_rate"],
        years=parameters["lifetime_y"],
        tax_rate=parameters["tax_rate"],
    )


def _warnings(
    context: Context, items: tuple[CostItem, ...], solved: tuple[str, ...], flows: CascadeFlows
) -> tuple[str, ...]:
    """What a reader of the numbers must know."""
    said = list(solved)
    doubtful = [item.name for item in items if item.status == "unverified"]
    if doubtful:
        share = math.fsum(item.usd_per_y for item in items if item.status == "unverified")
        whole = math.fsum(item.usd_per_y for item in items)
        said.append(f"{100.0 * share / whole:.0f} % of the cost rests on unverified prices or numbers")
    far = [each.name for each in context.purchases if each.extrapolated]
    if far:
        said.append(f"extrapolated beyond the size range of their correlation: {', '.join(far)}")
    said += organic_said(flows, context.organic)
    said.append(region_said(context.parameters, context.prices.region))
    return tuple(said)
