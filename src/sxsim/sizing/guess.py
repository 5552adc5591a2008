"""Flows of a cut from its load: the exchange capacity of the organic, and the charges at the feed plateau."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sxsim.chemistry.parameters import Parameters, parameters
from sxsim.definition import Cascade
from sxsim.definition.system import load_system_file
from sxsim.sizing.cut import Cut

__all__ = ["Flows", "flows_from_load"]

LEAST_ANION = 2e-9
"""Anions of the liquors below which they carry no rare earths that the organic could be loaded from [mol/L]."""


class Flows(NamedTuple):
    """Organic and scrub flows [m3/h]."""

    organic_m3_h: float
    scrub_m3_h: float


def flows_from_load(cascade: Cascade, cut: Cut, S: float) -> Flows | None:
    r"""Organic and scrub that carry a load, to start a rigorous solve from.

    Parameters
    ----------
    cascade : Cascade
        Its strengths, feed and saponification are used, its flows and stages are not.
    cut : Cut
        The cut.
    S : float
        Rare earths in the organic [mol per mol feed].

    Returns
    -------
    Flows or None
        None when the chemistry is no cation exchange, or no flow closes the balances.

    Notes
    -----
    The exchange capacity of the saponified organic carries the load, and at the feed plateau the free acid h follows
    from the equilibrium and from the charge of the anions:

    .. math:: V C_{sap} = 3 S, \quad y = \sum_i K_i f_i x (F/h)^3, \quad 3x + h = [Cl], \quad L x = S + f'_B

    Derived from the balances; within 2 % for Nd/Pr, 20 % where unsaponified extractant works as well.
    """
    system = load_system_file(cascade.organic.system)
    names = (*cut.aqueous_side, *cut.organic_side)
    law = parameters(system, names, None)
    scrubs = [part.aqueous_in for part in cascade.section if part.kind == "scrubbing"]
    if len(scrubs) != 1 or not np.all(law.z == law.z[0]) or law.z[0] == 0.0:
        return None
    strength = cascade.stream[scrubs[0]].free_acid_mol_L
    organic = cascade.organic
    exchange = (organic.saponified_fraction or 0.0) * organic.extractant_mol_L
    feed_m3_h, feed_charge = _feed(cascade)
    R, z, s = cut.feed_kmol_h, float(law.z[0]), float(law.s.max())
    outlet_B, load = float(cut.wanted.outlet_B) * R, S * R
    if strength <= 0.0 or exchange <= 0.0 or load <= R - outlet_B:
        return None
    V = z * load / exchange
    y, F = load / V, organic.extractant_mol_L / law.divisor - s * load / V
    if F <= 0.0:
        return None
    shares = np.array([cut.fractions[name] for name in names])
    flow = z * (load - R + outlet_B) / strength
    for _ in range(12):
        L = feed_m3_h + flow
        anion = (feed_charge + flow * strength) / L if L > 0.0 else 0.0
        if anion <= LEAST_ANION:
            return None
        h = _protons(law, shares, y, F, anion, z)
        flow = (z * (load + outlet_B) + h * L - feed_charge) / strength
    return Flows(V, flow) if flow > 0.0 else None


def _feed(cascade: Cascade) -> tuple[float, float]:
    """Flow of all liquors that bring metals, and the anions' charge they carry [m3/h], [kmol/h]."""
    flow = charge = 0.0
    for stream in cascade.stream.values():
        held = stream.concentration_mol_L
        if stream.phase == "aqueous" and any(held.values()) and not isinstance(stream.flow_m3_h, str):
            flow += stream.flow_m3_h
            charge += stream.flow_m3_h * (3.0 * math.fsum(held.values()) + stream.free_acid_mol_L)
    return flow, charge


def _ln_D(law: Parameters, F: float, h: float, anion: float) -> np.ndarray:
    complexed = np.log1p(law.beta1 * anion + law.beta2 * anion * anion)
    return law.ln_K + law.a * math.log(F) - (law.b + law.d * F) * math.log(h) + law.c * math.log(anion) - complexed


def _protons(law: Parameters, shares: np.ndarray, y: float, F: float, chloride: float, z: float) -> float:
    """Free acid at which a liquor of the feed's composition holds the load [mol/L]."""
    low, high = math.log(0.5 * LEAST_ANION), math.log(chloride * (1.0 - 1e-9))
    for _ in range(45):
        middle = 0.5 * (low + high)
        h = math.exp(middle)
        held = (chloride - h) / z * float(shares @ np.exp(np.minimum(_ln_D(law, F, h, chloride), 300.0)))
        low, high = (middle, high) if held > y else (low, middle)
    return math.exp(0.5 * (low + high))
