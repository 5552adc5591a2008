"""A cascade as its inputs name them, and the flows that follow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import goals
from sxsim.kernels.model import Network
from sxsim.kernels.packed import (
    ACID,
    ACID_PROTONS,
    ACID_SULFATE,
    ALL_FEEDS,
    AQ_NEXT,
    AQ_OUT,
    AQ_PREVIOUS,
    CHARGE_Q,
    FEED_Q,
    FEED_SULFATE,
    FROM,
    ORG_IN,
    ORG_NEXT,
    ORG_OUT,
    ORG_PREVIOUS,
    ORGANIC_FEEDS,
    PHASE,
    SULFATES,
    TO,
    VOLUME,
    Flows,
    Layout,
    copied,
    copied_rows,
)
from sxsim.kernels.volumes import fill_flows

__all__ = [
    "Plan",
    "count_links",
    "fill_network",
    "make_network",
    "network_of",
    "pack_flows",
    "pack_plan",
    "plan_of",
    "unpack_flows",
    "unpack_plan",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Plan(NamedTuple):
    """Layout and inputs of a cascade; N stages, n components, f feeds, w draws, t splits.

    Attributes
    ----------
    aq_to : (N,) integer array
        Stage that the aqueous line of each stage feeds (0-based), or -1 where it leaves as a product.
    entrained_org, entrained_aq : (N,) arrays
        Organic per volume of aqueous leaving, and aqueous per volume of organic leaving [m3/m3].
    feed_stage, feed_phase : (f,) integer arrays
        Where each feed enters, and its phase.
    feed_volume : (f,) array
        Its flow [m3/h].
    feed_concentration : (f, n) array
        Its composition [mol/L].
    feed_Q, feed_sulfate : (f,) arrays
        Its conserved charge (total acid plus z x) and total sulfate, both without the added acid [mol/L].
    feed_acid : (f,) array
        Acid added to it [mol/L].
    acid_protons, acid_sulfate : float
        Protons and sulfate per molecule of that acid.
    draw_stage, draw_phase : (w,) integer arrays
        Where draws are taken.
    draw_volume : (w,) array
        Their flow [m3/h].
    split_from, split_to : (t,) integer arrays
        Stage whose aqueous product is split, and the stage that the part enters.
    split_fraction : (t,) array
        The part.
    recycled : int
        1 when the organic leaving the last stage enters the first again.
    organic : (n,) array
        Composition of fresh organic without its counter-ion [mol/L].
    inlet : (3,) array
        Organic entering the first stage [m3/h]; counter-ion that saponification adds, as a concentration [mol/L]
        and as a flow [kmol/h].
    base_component : int
        Its place among the components; -1 for none.
    acid_component : int
        Place of the acid where the extractant takes it up and it is a component like any other, -1 elsewhere. Added
        acid then goes there and `acid_protons` is 0.
    """

    aq_to: Integers
    entrained_org: Floats
    entrained_aq: Floats
    feed_stage: Integers
    feed_phase: Integers
    feed_volume: Floats
    feed_concentration: Floats
    feed_Q: Floats
    feed_sulfate: Floats
    feed_acid: Floats
    acid_protons: float
    acid_sulfate: float
    draw_stage: Integers
    draw_phase: Integers
    draw_volume: Floats
    split_from: Integers
    split_to: Integers
    split_fraction: Floats
    recycled: int
    organic: Floats
    inlet: Floats
    base_component: int
    acid_component: int = -1


def make_network(N: int, n: int, k: int) -> Network:
    """Allocate a network of N stages, n components and k links."""
    return Network(
        aq_from_next=np.zeros(N),
        org_from_next=np.zeros(N),
        org_from_previous=np.zeros(N),
        aq_from_previous=np.zeros(N),
        aq_out=np.zeros(N),
        org_out=np.zeros(N),
        org_in=np.zeros(N),
        link_from=np.zeros(k, np.int64),
        link_to=np.zeros(k, np.int64),
        link_phase=np.zeros(k, np.int64),
        link_volume=np.zeros(k),
        feed=np.zeros((N, n)),
        org_feed=np.zeros((N, n)),
        feed_Q=np.zeros(N),
        feed_sulfate=np.zeros(N),
    )


def count_links(plan: Plan) -> int:
    """Number of single-phase links that the plan, of one case or of many alike, needs outside the chain of stages."""
    N = plan.aq_to.size
    entrained_org, entrained_aq = (array.reshape(-1, N)[0] for array in (plan.entrained_org, plan.entrained_aq))
    outside = (plan.aq_to >= 0) & (plan.aq_to != np.arange(N) - 1)
    count = int(outside.sum() + (outside & (entrained_org > 0.0)).sum())
    count += plan.split_from.size + int((entrained_org[plan.split_from] > 0.0).sum())
    if plan.recycled:
        count += 2 if entrained_aq[-1] > 0.0 else 1
    return count


def pack_plan(plan: Plan, *lead: int) -> Layout:
    """Copy a plan into the kernels' arrays; with a number of cases, that of as many, which may share some arrays."""
    inlet = np.empty((*lead, 5))
    inlet[..., :3], inlet[..., ACID_PROTONS], inlet[..., ACID_SULFATE] = (
        plan.inlet,
        plan.acid_protons,
        plan.acid_sulfate,
    )
    flag = np.array((plan.recycled, plan.base_component, plan.acid_component))
    return Layout(
        aq_to=copied(lead, plan.aq_to, kind=np.int64),
        entrained=copied_rows(lead, plan.entrained_org, plan.entrained_aq),
        feed_place=copied_rows(lead, plan.feed_stage, plan.feed_phase, kind=np.int64),
        feed_amount=copied_rows(lead, plan.feed_volume, plan.feed_acid, plan.feed_Q, plan.feed_sulfate),
        feed_concentration=copied(lead, plan.feed_concentration, 2),
        draw_place=copied_rows(lead, plan.draw_stage, plan.draw_phase, kind=np.int64),
        draw_volume=copied(lead, plan.draw_volume),
        split_place=copied_rows(lead, plan.split_from, plan.split_to, kind=np.int64),
        split_fraction=copied(lead, plan.split_fraction),
        organic=copied(lead, plan.organic),
        inlet=inlet,
        flag=copied(lead, flag, kind=np.int64),
    )


def unpack_plan(layout: Layout, plan: Plan) -> None:
    """Write what the kernels may have changed, the free quantities, back into a plan."""
    plan.feed_volume[:] = layout.feed_amount[0]
    plan.feed_acid[:] = layout.feed_amount[1]
    plan.inlet[:] = layout.inlet[:3]
    plan.split_fraction[:] = layout.split_fraction
    plan.draw_volume[:] = layout.draw_volume


def pack_flows(network: Network) -> Flows:
    """Copy a network into the kernels' arrays."""
    return Flows(
        volume=np.stack((*network[:7], network.feed_Q, network.feed_sulfate)),
        feed=np.stack((network.feed, network.org_feed)),
        link=np.stack((network.link_from, network.link_to, network.link_phase)),
        link_volume=network.link_volume.copy(),
        base=np.array([0.0, -1.0, 0.0]),
    )


def unpack_flows(flows: Flows, network: Network) -> None:
    """Copy flows back into a network."""
    for array, values in zip(network, network_of(flows), strict=True):
        array[:] = values


def network_of(flows: Flows) -> Network:
    """Packed flows, of one case or of many, seen as a network; nothing is copied."""
    volume, link = flows.volume, flows.link
    return Network(
        aq_from_next=volume[..., AQ_NEXT, :],
        org_from_next=volume[..., ORG_NEXT, :],
        org_from_previous=volume[..., ORG_PREVIOUS, :],
        aq_from_previous=volume[..., AQ_PREVIOUS, :],
        aq_out=volume[..., AQ_OUT, :],
        org_out=volume[..., ORG_OUT, :],
        org_in=volume[..., ORG_IN, :],
        link_from=link[..., FROM, :],
        link_to=link[..., TO, :],
        link_phase=link[..., PHASE, :],
        link_volume=flows.link_volume,
        feed=flows.feed[..., ALL_FEEDS, :, :],
        org_feed=flows.feed[..., ORGANIC_FEEDS, :, :],
        feed_Q=volume[..., FEED_Q, :],
        feed_sulfate=volume[..., FEED_SULFATE, :],
    )


def plan_of(layout: Layout, like: Plan) -> Plan:
    """Packed inputs, of one case or of many, seen as a plan; places and what is no array are those of another plan."""
    return like._replace(
        entrained_org=layout.entrained[..., 0, :],
        entrained_aq=layout.entrained[..., 1, :],
        feed_volume=layout.feed_amount[..., VOLUME, :],
        feed_concentration=layout.feed_concentration,
        feed_Q=layout.feed_amount[..., CHARGE_Q, :],
        feed_sulfate=layout.feed_amount[..., SULFATES, :],
        feed_acid=layout.feed_amount[..., ACID, :],
        draw_volume=layout.draw_volume,
        split_fraction=layout.split_fraction,
        organic=layout.organic,
        inlet=layout.inlet[..., :3],
    )


def fill_network(plan: Plan, network: Network) -> int:
    """Fill a network from a plan.

    Returns
    -------
    int
        0; 1 when the volumes do not settle; 2 + j when a phase does not flow out of stage j.
    """
    flows = pack_flows(network)
    status = int(fill_flows(pack_plan(plan), flows, 0.0))
    unpack_flows(flows, network)
    return status


def free_value(plan: Plan, kind: int, index: int) -> float:
    """Present value of a free quantity of the plan; kinds as in ``free.Equations``."""
    return float(goals.free_value(pack_plan(plan), kind, index))


def set_free(plan: Plan, kind: int, index: int, value: float) -> None:
    """Write a free quantity into the plan."""
    layout = pack_plan(plan)
    goals.set_free(layout, kind, index, value)
    unpack_plan(layout, plan)


def product_content(plan: Plan, network: Network, phase: int, j: int) -> tuple[float, float]:
    """Volumes of aqueous and of organic in the product that leaves stage j [m3/h]; splits are taken off."""
    aqueous, organic = goals.product_volumes(pack_plan(plan), pack_flows(network), phase, j)
    return float(aqueous), float(organic)
