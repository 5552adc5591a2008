"""Material flow cost accounting over the quantity centres of a train (ISO 14051)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sxsim.economics.mfca import MassBalance, Mfca, QuantityCentre, mass_balances
from sxsim.economics.plant import Finished
from sxsim.plant.lines import Line
from sxsim.processes import molar_mass_kg_kmol

if TYPE_CHECKING:
    from sxsim.plant.costing import CascadeAccounts
    from sxsim.plant.result import TrainResult

__all__ = ["KINDS", "centres_of", "train_mfca"]

KINDS = ("material", "energy", "system", "waste")
FINISHING = ("precipitation", "calcination")


def centres_of(
    result: TrainResult, accounts: Mapping[str, CascadeAccounts], finished: Mapping[str, Finished]
) -> list[MassBalance]:
    """Weigh what enters and leaves every quantity centre, water left out.

    Parameters
    ----------
    result : TrainResult
        Solved train.
    accounts : mapping of str to CascadeAccounts
        Balances of the cascades.
    finished : mapping of str to Finished
        Products.

    Returns
    -------
    list of MassBalance
        Feeds, cascades and steps in the order they were solved; then precipitation and calcination of all products.
    """
    found: list[MassBalance] = []
    finishing: dict[str, list[MassBalance]] = {name: [] for name in FINISHING}
    for name in result.order:
        if name in result.feeds:
            found.append(_dissolution(result, name))
        elif name in result.steps:
            found.append(_step(result, name))
        else:
            first, *rest = mass_balances(accounts[name].plant, accounts[name].organic)
            found.append(_renamed(result, name, first, name))
            for balance in rest:
                finishing[balance.centre].append(_renamed(result, name, balance, balance.centre))
    for name, parts in finishing.items():
        if parts:
            found.append(
                MassBalance(
                    name,
                    {key: kg for part in parts for key, kg in part.entering_kg_h.items()},
                    {key: kg for part in parts for key, kg in part.product_kg_h.items()},
                    {key: kg for part in parts for key, kg in part.loss_kg_h.items()},
                )
            )
    return found


def _renamed(result: TrainResult, name: str, balance: MassBalance, centre: str) -> MassBalance:
    """A balance of one cascade with the names of the train."""
    inlets = result.layout.units[name].inlet

    def called(key: str) -> str:
        return inlets.get(key, f"{name}.{key}")

    return MassBalance(
        centre,
        {called(key): kg for key, kg in balance.entering_kg_h.items()},
        {f"{name}.{key}": kg for key, kg in balance.product_kg_h.items()},
        {f"{name}.{key}": kg for key, kg in balance.loss_kg_h.items()},
    )


def _weigh(amounts: Mapping[str, float]) -> float:
    """Mass of ions [kg/h from kmol/h]."""
    return math.fsum(amount * molar_mass_kg_kmol(name) for name, amount in amounts.items())


def _dissolution(result: TrainResult, name: str) -> MassBalance:
    """A feed: metals of the concentrate and the ions of the acid become a liquor."""
    fed = result.feeds[name]
    liquor = fed.liquor.amount_kmol_h
    ions = {ion: amount for ion, amount in liquor.items() if ion not in fed.concentrate_kmol_h}
    entering = {f"metals of {name}": _weigh(fed.concentrate_kmol_h), f"acid of {name}": _weigh(ions)}
    loss = {f"{name}, undissolved": _weigh(fed.residue_kmol_h)} if fed.residue_kmol_h else {}
    return MassBalance(name, entering, {name: _weigh(liquor)}, loss)


def _step(result: TrainResult, name: str) -> MassBalance:
    """A step: what it adds stands beside what enters; protons made water and gases are lost."""
    step, unit = result.steps[name], result.layout.units[name]
    entering = {stream: _weigh(result.streams[stream].amount_kmol_h) for stream in unit.inlet.values()}
    added = {ion: amount for ion, amount in step.ions_kmol_h.items() if amount > 0.0}
    gone = {ion: -amount for ion, amount in step.ions_kmol_h.items() if amount < 0.0}
    entering[f"reagents of {name}"] = _weigh(added)
    product: dict[str, float] = {}
    loss: dict[str, float] = {}
    if gone:
        loss[f"{name}, made water or gas"] = _weigh(gone)
    if step.lost_kmol_h:
        loss[f"{name}, dust and residue"] = _weigh(step.lost_kmol_h)
    for stream, flow in step.outlets.items():
        thrown = result.layout.taken_by[stream][0][0] == "waste"
        (loss if thrown else product)[stream] = _weigh(flow.amount_kmol_h)
    return MassBalance(name, entering, product, loss)


def train_mfca(result: TrainResult, balances: Sequence[MassBalance], lines: Sequence[Line]) -> Mfca:
    """Account for the cost of products and losses over all quantity centres.

    Parameters
    ----------
    result : TrainResult
        Solved train.
    balances : sequence of MassBalance
        Of `centres_of`.
    lines : sequence of Line
        The bill.

    Returns
    -------
    Mfca
        Product cost + loss cost = all cost.

    Notes
    -----
    In each centre what is carried in, material, energy and system cost are split between product and loss by mass
    without water; waste management goes to the losses. The cost of the product goes on with its streams by their mass;
    with recycles the carried costs are found together from one linear system.

    References
    ----------
    ISO 14051:2011, Environmental management - Material flow cost accounting - General framework.
    """
    place = {balance.centre: row for row, balance in enumerate(balances)}
    spent = {
        (centre, kind): math.fsum(
            line.item.usd_per_y for line in lines if (line.item.centre, line.item.mfca_class) == (centre, kind)
        )
        for centre in {line.item.centre for line in lines}
        for kind in KINDS
    }
    takes = {key: row for row, balance in enumerate(balances) for key in balance.entering_kg_h}
    own = np.array([math.fsum(spent.get((each.centre, kind), 0.0) for kind in KINDS[:3]) for each in balances])
    onward = np.zeros((len(balances), len(balances)))
    for row, balance in enumerate(balances):
        total = math.fsum(balance.product_kg_h.values())
        for key, kg in balance.product_kg_h.items():
            if key in takes and total > 0.0:
                onward[takes[key], row] += (1.0 - balance.loss_share) * kg / total
    divided = np.linalg.solve(np.eye(len(balances)) - onward, own)
    carried = divided - own
    centres = []
    for balance in balances:
        row = place[balance.centre]
        material, energy, system, waste = (spent.get((balance.centre, kind), 0.0) for kind in KINDS)
        share = balance.loss_share
        product = (1.0 - share) * float(divided[row])
        loss = share * float(divided[row]) + waste
        centres.append(
            QuantityCentre(balance, float(carried[row]), material, energy, system, waste, share, product, loss)
        )
    treated = math.fsum(amount for (centre, _), amount in spent.items() if centre not in place)
    if treated > 0.0:
        empty = MassBalance("effluent", {}, {}, {})
        centres.append(QuantityCentre(empty, 0.0, 0.0, 0.0, 0.0, treated, 1.0, 0.0, treated))
    return Mfca(tuple(centres), math.fsum(line.item.usd_per_y for line in lines))
