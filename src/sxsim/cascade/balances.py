"""Checks of a solution, worked out anew in plain numpy: equilibrium, acid along the cascade, flows of the lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels.flows import Plan
from sxsim.kernels.model import AQUEOUS, ENTRAINED, ORGANIC, Chemistry, Network, State

__all__ = [
    "Lines",
    "acid_residuals",
    "entering_organic",
    "equilibrium_residual",
    "free_protons",
    "lines",
    "organic_into_first",
    "total_acid",
]

Floats = NDArray[np.float64]
TRACE_MOL_L = 1e-24
"""Concentrations at which an equilibrium means nothing; far below one ion per litre."""


class Lines(NamedTuple):
    """Flow of the aqueous and organic line that leaves each stage [m3/h], arrays of shape (N,) or (cases, N)."""

    aqueous: Floats
    organic: Floats


def lines(plan: Plan, network: Network) -> Lines:
    """Take draws and entrainment off what leaves each stage; arrays may have the case in front."""
    aqueous, organic = network.aq_out.copy(), network.org_out.copy()
    for row, (stage, phase) in enumerate(zip(plan.draw_stage, plan.draw_phase, strict=True)):
        (aqueous if phase == AQUEOUS else organic)[..., stage] -= plan.draw_volume[..., row]
    shared = 1.0 - plan.entrained_aq * plan.entrained_org
    return Lines(
        (aqueous - plan.entrained_aq * organic) / shared,
        (organic - plan.entrained_org * aqueous) / shared,
    )


def total_acid(h: Floats, sulfate: Floats, Ka2_mol_L: float) -> Floats:
    """Free protons and bisulfate [mol/L]; `h` and `sulfate` of any one shape [mol/L]."""
    return h if Ka2_mol_L == 0.0 else h + sulfate * h / (Ka2_mol_L + h)


def free_protons(acid: float, sulfate: float, Ka2_mol_L: float) -> float:
    r"""Free protons from the total acid [mol/L], the positive root of :math:`h + S h/(K_{a2} + h) = acid`.

    Examples
    --------
    >>> round(free_protons(1.0, 0.5, 0.0105), 4)
    0.5101
    """
    if Ka2_mol_L == 0.0:
        return acid
    half = 0.5 * (Ka2_mol_L + sulfate - acid)
    root = float(np.hypot(half, np.sqrt(max(acid, 0.0) * Ka2_mol_L)))
    return acid * Ka2_mol_L / (half + root) if half > 0.0 else root - half


def entering_organic(network: Network, y: Floats) -> tuple[Floats, Floats]:
    """What the organic lines bring into each stage.

    Returns
    -------
    amount : (N, n) array
        Components [kmol/h].
    volume : (N,) array
        Organic [m3/h].
    """
    amount = network.org_feed.copy()
    amount[1:] += network.org_from_previous[1:, None] * y[:-1]
    for source, target, volume in _organic_links(network):
        amount[target] += volume * y[source]
    return amount, network.org_in


def organic_into_first(network: Network, y: Floats) -> Floats:
    """What the organic lines bring into the first stage [kmol/h], shape (n,); the first row of `entering_organic`."""
    amount = network.org_feed[0].copy()
    for source, target, volume in _organic_links(network):
        if target == 0:
            amount += volume * y[source]
    return amount


def _organic_links(network: Network) -> Iterator[tuple[int, int, float]]:
    """Organic lines outside the chain of stages: from stage, to stage, volume [m3/h]."""
    for source, target, phase, volume in zip(
        network.link_from, network.link_to, network.link_phase, network.link_volume, strict=True
    ):
        if phase == ORGANIC:
            yield source, target, volume


def equilibrium_residual(chemistry: Chemistry, network: Network, state: State) -> float:
    r"""Worst deviation from the distribution law over all stages and components.

    Parameters
    ----------
    chemistry : Chemistry
        Law of each stage.
    network : Network
        Flows, for the organic that enters each stage.
    state : State
        Solution; `x`, `y`, `h` and `sulfate` are used, all else is worked out anew.

    Returns
    -------
    float
        Largest absolute logarithm [-]; infinity when some organic holds more than the extractant can bind.

    Notes
    -----
    .. math:: \left| \ln \frac{y}{E D x + (1 - E) y_{in}} \right|

    which is ln(y/(D x)) where the efficiency E is 1; D follows from the free extractant
    :math:`F^* = C - \sum s_i y^*_i` beside the equilibrium organic :math:`y^* = (y - (1 - E) y_{in})/E`.
    """
    brought, volume = entering_organic(network, state.y)
    y_in = np.divide(brought, volume[:, None], out=np.zeros_like(brought), where=volume[:, None] > 0.0)
    E = chemistry.efficiency
    y_star = (state.y - (1.0 - E) * y_in) / E
    F = (chemistry.extractant - y_star @ chemistry.s)[:, None]
    if not (F > 0.0).all() or not (state.h > 0.0).all():
        return float("inf")
    h, x = state.h[:, None], state.x
    anion = total_acid(state.h, state.sulfate, chemistry.Ka2) + x @ chemistry.charge
    ligand = anion if chemistry.Ka2 == 0.0 else state.sulfate * chemistry.Ka2 / (chemistry.Ka2 + state.h)
    alpha = 1.0 + (chemistry.beta1 + chemistry.beta2 * ligand[:, None]) * ligand[:, None]
    ln_D = chemistry.ln_K + chemistry.a * np.log(F) - (chemistry.b + chemistry.d * F) * np.log(h) - np.log(alpha)
    with_anion = chemistry.c != 0.0
    ln_D[:, with_anion] += chemistry.c[with_anion] * np.log(np.maximum(anion, 1e-300))[:, None]
    expected = E * np.exp(ln_D) * x + (1.0 - E) * y_in
    counted = (x > TRACE_MOL_L) & (state.y > TRACE_MOL_L) & (expected > 0.0)
    return float(np.abs(np.log(state.y[counted] / expected[counted])).max(initial=0.0))


def acid_residuals(chemistry: Chemistry, network: Network, state: State, acid_component: int = -1) -> Floats:
    r"""Acid that each stage creates or loses: zero in a steady state.

    Parameters
    ----------
    chemistry : Chemistry
        Law.
    network : Network
        Flows.
    state : State
        Solution; `x`, `y`, `h` and `sulfate` are used.
    acid_component : int
        Place of the acid among the components where the extractant takes it up, -1 elsewhere.

    Returns
    -------
    (N,) array
        Acid in, less acid out, plus the protons that the organic releases, less the acid it takes up [kmol/h].

    Notes
    -----
    Summed over stages 1 to j this is the charge relation between the load of the organic and the acid of the aqueous,
    derived from the stage balances:

    .. math:: V_j \sum_i z_i y_{ij} = base + z\,y_0 V_0 + L_1 a_1 - L_{j+1} a_{j+1} - \sum_{feeds} V_F a_F
    """
    acid, z = total_acid(state.h, state.sulfate, chemistry.Ka2), chemistry.z
    if acid_component >= 0:  # a proton taken up with its anion is one released less
        acid, z = acid + state.x[:, acid_component], z.copy()
        z[acid_component] = -1.0
    fed = network.feed_Q - (network.feed - network.org_feed) @ z
    acid_in = fed
    acid_in[:-1] += network.aq_from_next[:-1] * acid[1:]
    acid_in[1:] += network.aq_from_previous[1:] * acid[:-1]
    brought, _ = entering_organic(network, state.y)
    brought[:-1] += network.org_from_next[:-1, None] * state.y[1:]
    for source, target, phase, volume in zip(
        network.link_from, network.link_to, network.link_phase, network.link_volume, strict=True
    ):
        if phase == AQUEOUS:
            acid_in[target] += volume * acid[source]
        elif phase == ENTRAINED:
            brought[target] += volume * state.y[source]
    released = (network.org_out[:, None] * state.y - brought) @ z
    return np.asarray(acid_in - network.aq_out * acid + released)
