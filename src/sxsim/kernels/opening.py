"""Where a search for targets starts: flows in closed form, from the layout, the chemistry and the targets alone.

The elements are lumped into two groups at the cut that the targets ask for. A cascade of two elements at constant load
gives the load S of the organic (see `outline`), and the balances of charge at the feed stage and at the raffinate give
the organic that carries it and the scrub acid that sends back what is too much. No typed value of a free quantity is
looked at.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.goals import ACID, BASE, DRAW, FEED_VOLUME, ORGANIC_VOLUME, SAPONIFICATION, SPLIT
from sxsim.kernels.outline import (
    AT_FEED,
    FED,
    FEED_VOLUME_MAIN,
    FIRST,
    FREE_SHARE,
    HELD,
    KEY,
    KEY_B,
    LAST,
    LIGHT,
    LOAD,
    MAIN,
    MIXES,
    OUTLET_A,
    PLACES,
    SCRUB,
    SHARE_A,
    SIDE,
    STAGE,
    STRIP,
    TOTAL,
    distribution,
    find_cut,
    find_helps,
    find_load,
    find_losses,
    find_places,
    lay_out_feed_stage,
)
from sxsim.kernels.shapes import GOALS, INT, INTS, LAW, LAYOUT, MATRIX, VECTOR

__all__ = ["GROWS", "LAST_STAGE", "TELLS", "open_flows"]

# further entries of `tells` than those of `outline`
LAST_STAGE = 6
GROWS = 7  # and the following: how the scrub grows with the organic
BASE_FREE = 14
STRENGTH_FREE = 15
ORGANIC = 16  # [m3/h]
SCRUBBED = 17  # [m3/h]
NEEDED = 18  # base [kmol/h]
STRENGTH = 19  # of the scrub [kmol/m3]
TELLS = 20


@kernel(returns=INT, takes=(LAW, LAYOUT, MATRIX, INTS, VECTOR), inner=True, counted=False)
def _carry(law, layout, mix, place, tells):
    """Organic, scrub and base with which the organic carries its load, from charge balances. Returns 0."""
    row = law.row
    n = mix.shape[1]
    main = place[MAIN]
    first = place[FIRST]
    jf = place[STAGE]
    last = place[LAST]
    scrub = place[SCRUB]
    key = place[KEY]
    key_B = place[KEY_B]
    extractant = law.medium[at.EXTRACTANT]
    V_F = tells[FEED_VOLUME_MAIN]
    R = tells[TOTAL]
    S = tells[LOAD]
    outlet_A = tells[OUTLET_A]
    mean = 1e-300  # constant of what is at the feed stage, and of what leaves with the raffinate
    mean_1 = 1e-300
    for i in range(n):
        mean += mix[AT_FEED, i] * law.level[at.K, jf, i]
        if mix[SIDE, i] == LIGHT:
            mean_1 += mix[FED, i] / R / (1.0 - tells[SHARE_A]) * law.level[at.K, first, i]
    z = row[at.PROTONS, key]
    a = row[at.A_FREE, key]
    b = row[at.B_PROTON, key]
    bound = max(row[at.BOUND, key], 1e-3)
    outlet_B = 1.0 - outlet_A
    strength = 0.0
    if scrub >= 0:
        strength = layout.feed_amount[at.ACID, scrub] * layout.inlet[at.ACID_PROTONS]
        strength += layout.feed_amount[at.CHARGE_Q, scrub]
    saponified = layout.inlet[at.SAPONIFIED]
    base = layout.inlet[at.BASE]
    base_free = tells[BASE_FREE] > 0.0
    if tells[STRENGTH_FREE] > 0.0:
        strength = 3.0
    Q_F = layout.feed_amount[at.CHARGE_Q, main] + layout.feed_amount[at.ACID, main] * layout.inlet[at.ACID_PROTONS]
    h_F = Q_F * V_F
    for i in range(n):
        h_F -= row[at.PROTONS, i] * mix[HELD, i]
    h_F = max(h_F, 1e-9 * V_F)  # acid of the feed [kmol/h]
    W = 0.1 * V_F
    V = V_F
    needed = 0.0
    if z > 0.0 and b > 0.0:
        full = bound * S * R / extractant  # organic that S would load to the brim
        returned = 0.0  # what reflux brings to the scrub
        for q in range(layout.split_place.shape[1]):
            if layout.split_place[1, q] == last and last > jf and layout.split_place[0, q] > last:
                returned = layout.split_fraction[q] / max(1.0 - layout.split_fraction[q], 0.02) * outlet_A
        back = S - outlet_A
        usual = max(z * max(back - returned, 0.02 * back) * R / max(strength, 0.05), 1e-4 * V_F)
        W = usual
        exchange = saponified if not base_free else 0.3 * extractant
        if exchange > 0.0 or base > 0.0 or base_free:
            low = math.log(1.02 * full)
            high = math.log(1e4 * full)
            for _ in range(50):
                V = math.exp(0.5 * (low + high))
                y = S * R / V
                F = max(extractant - bound * y, 1e-3 * extractant)
                for _ in range(4):
                    L = V_F + W
                    x = (S + outlet_B) * R / L
                    h = math.exp((math.log(mean * x / y) + a * math.log(F)) / b)
                    h = min(h, 0.6 * strength)
                    W = min(
                        max((z * (S + outlet_B - returned) * R + h * L - Q_F * V_F) / max(strength, 0.05), 0.3 * usual),
                        3.0 * usual,
                    )
                L = V_F + W
                h_1 = min(math.exp((math.log(mean_1 * outlet_B * R / L / y) + a * math.log(F)) / b), 1.0)
                needed = z * S * R + L * h + h_F - L * h_1
                if needed > V * exchange + base:
                    low = math.log(V)
                else:
                    high = math.log(V)
                if base_free and V > 2.0 * full:
                    break
            ceiling = 1.2 * z * S * R / max(exchange, 1e-9) if base == 0.0 else 1e300
            if V > ceiling and not base_free:
                V = ceiling
                F = max(extractant - bound * S * R / V, 1e-3 * extractant)
                for _ in range(4):
                    L = V_F + W
                    x = (S + outlet_B) * R / L
                    h = min(math.exp((math.log(mean * x * V / (S * R)) + a * math.log(F)) / b), 0.6 * strength)
                    W = (z * (S + outlet_B - returned) * R + h * L - Q_F * V_F) / max(strength, 0.05)
                    W = min(max(W, 1.2 * usual), 3.0 * usual)
        else:
            V = 2.0 * full
            for _ in range(30):
                L = V_F + W
                h_1 = (h_F + z * outlet_A * R) / L
                F = max(extractant - bound * S * R / V, 0.02 * extractant)
                D = distribution(law, first, key, h_1, F, 1.0) * distribution(law, first, key_B, h_1, F, 1.0)
                V = math.sqrt(V * max(L / math.sqrt(max(D, 1e-300)), 1.05 * full))
    else:
        anion = h_F / V_F
        for i in range(n):
            anion += row[at.CHARGE, i] * mix[HELD, i] / V_F
        F = FREE_SHARE * extractant
        D = math.sqrt(distribution(law, jf, key, 1.0, F, anion) * distribution(law, jf, key_B, 1.0, F, anion))
        V = max(V_F / max(D, 1e-6), 1.05 * bound * S * R / extractant)
        if scrub >= 0:
            there = max(layout.feed_amount[at.CHARGE_Q, scrub], 0.5 * anion)
            D = math.sqrt(distribution(law, jf, key, 1.0, F, there) * distribution(law, jf, key_B, 1.0, F, there))
            W = min(max(V * D, 0.02 * V_F), 5.0 * V_F)
    tells[ORGANIC] = V
    tells[STRENGTH] = strength
    tells[SCRUBBED] = W
    tells[NEEDED] = needed
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, INTS, VECTOR, VECTOR), inner=True, counted=False)
def _write(law, layout, goals, place, tells, value):
    """How the scrub grows with the organic, and the start of each free quantity. Returns 0."""
    p = value.shape[0]
    z = law.row[at.PROTONS, place[KEY]]
    R = tells[TOTAL]
    S = tells[LOAD]
    outlet_A = tells[OUTLET_A]
    V_F = tells[FEED_VOLUME_MAIN]
    V = tells[ORGANIC]
    W = tells[SCRUBBED]
    V_free = False
    feed_free = False
    for r in range(p):
        V_free = V_free or goals.free[at.FREE_KIND, r] == ORGANIC_VOLUME
        feed_free = feed_free or (
            goals.free[at.FREE_KIND, r] == FEED_VOLUME and goals.free[at.FREE_INDEX, r] == place[MAIN]
        )
    given = layout.inlet[at.ORGANIC_VOLUME]
    carried = z > 0.0 and layout.inlet[at.SAPONIFIED] > 0.0 and tells[BASE_FREE] == 0.0  # base comes with the organic
    grows = 0.0
    if carried and W > 0.0:
        grows = min(max(layout.inlet[at.SAPONIFIED] * V / (max(tells[STRENGTH], 0.05) * W), 1.0), 50.0)
    tells[GROWS] = 1.0 if V_free else 0.0
    if V_free and grows > 0.0:
        tells[GROWS] = grows
    tells[GROWS + 1] = 1.0 - tells[GROWS]
    if not V_free and not feed_free and carried and given > 0.0:
        W *= max(1.0 + grows * (given / V - 1.0), 0.05)
    grown = given / V if feed_free and not V_free else 1.0
    base = max(tells[NEEDED], 0.1 * z * S * R) * grown
    for r in range(p):
        kind = goals.free[at.FREE_KIND, r]
        index = goals.free[at.FREE_INDEX, r]
        if kind == ORGANIC_VOLUME:
            value[r] = V
        elif kind == SAPONIFICATION:
            value[r] = min(base / (V if V_free else given), 0.9 * law.medium[at.EXTRACTANT])
        elif kind == BASE:
            value[r] = base
        elif kind == FEED_VOLUME:
            value[r] = 0.5 * V_F * grown
            if index == place[MAIN]:
                value[r] = grown
            elif index == place[SCRUB]:
                value[r] = W * grown
            elif index == place[STRIP]:
                acid = layout.feed_amount[at.ACID, index] * layout.inlet[at.ACID_PROTONS]
                acid += layout.feed_amount[at.CHARGE_Q, index]
                value[r] = 1.3 * max(z, 1.0) * outlet_A * R * grown / max(acid, 0.3)
        elif kind == ACID:
            flow = max(layout.feed_amount[at.VOLUME, index], 1e-9)
            value[r] = 0.1
            if index == place[SCRUB]:
                value[r] = min(max(z * (S - outlet_A) * R * grown / flow, 0.05), 10.0)
            elif index == place[STRIP]:
                value[r] = min(max(1.3 * z * outlet_A * R * grown / flow, 0.3), 10.0)
        elif kind == DRAW:
            value[r] = 0.1 * (V_F + W)
        elif kind == SPLIT:
            value[r] = 0.5
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, VECTOR, VECTOR, MATRIX), inner=True)
def open_flows(law, layout, goals, value, tells, helps):
    """Start of each free quantity.

    Parameters
    ----------
    law, layout, goals
        Of the case.
    value : (p,) array
        Filled; 0 for a quantity of which the closed forms know nothing.
    tells : (TELLS,) array
        Filled, see `outline` and LAST_STAGE and the following. The scrub grows with the organic, as a share of either
        start, by a slope, from what it is at no organic.
    helps : (t, p) or (t + 1, p) array
        Filled with -1 where more of a quantity should make a target easier, 1 where harder, 0 where nothing is known;
        a further row with 1 where more of it sends metals to the raffinate, -1 where to the organic.

    Returns
    -------
    int
        0, or 1 when the layout or the targets do not tell what is parted from what.
    """
    p = value.shape[0]
    for r in range(p):
        value[r] = 0.0
    mix = np.zeros((MIXES, law.row.shape[1]))
    place = np.zeros(PLACES, np.int64)
    if find_places(layout, goals, mix, place, tells) != 0:
        return 1
    tells[LAST_STAGE] = place[LAST]
    find_helps(goals, place, helps)
    if find_cut(law, goals, mix, place, tells) != 0:
        return 1
    find_losses(goals, mix, place, tells)
    lay_out_feed_stage(mix, tells, find_load(law, mix, place, tells))
    tells[BASE_FREE] = 0.0
    tells[STRENGTH_FREE] = 0.0
    for r in range(p):
        kind = goals.free[at.FREE_KIND, r]
        if kind == SAPONIFICATION or kind == BASE:
            tells[BASE_FREE] = 1.0
        elif kind == ACID and goals.free[at.FREE_INDEX, r] == place[SCRUB]:
            tells[STRENGTH_FREE] = 1.0
    _carry(law, layout, mix, place, tells)
    _write(law, layout, goals, place, tells, value)
    return 0
