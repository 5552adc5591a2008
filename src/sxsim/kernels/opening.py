"""Where a search for targets starts: flows in closed form, from the layout, the chemistry and the targets alone.

The elements are lumped into two groups at the cut that the targets ask for. A cascade of two elements at constant load
gives the load S of the organic, and the balances of charge at the feed stage and at the raffinate give the organic that
carries it and the scrub acid that sends back what is too much. No typed value of a free quantity is looked at.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.goals import (
    ACID,
    BASE,
    CONCENTRATION,
    DRAW,
    FEED_VOLUME,
    LOSS,
    ORGANIC_VOLUME,
    SAPONIFICATION,
    SPLIT,
)
from sxsim.kernels.shapes import FLOAT, GOALS, INT, LAW, LAYOUT, MATRIX, VECTOR

__all__ = ["UNKNOWN", "open_flows"]

UNKNOWN = 0.02
"""Loss that is taken where no target speaks of it."""

LEAST_LOSS = 1e-12
MOST_LOSS = 0.5
ACIDITY = 0.03
"""Protons at which the order of extraction is read [mol/L]."""

FREE_SHARE = 0.6
"""Share of the extractant that is free there."""

LIGHT = 1
HEAVY = 2


@kernel(returns=FLOAT, takes=(LAW, INT, INT, FLOAT, FLOAT, FLOAT), inner=True, counted=False)
def _ratio(law, j, i, h, F, A):
    """Distribution ratio of a component, complexes left out."""
    row = law.row
    power = row[at.A_FREE, i] * math.log(F) - (row[at.B_PROTON, i] + row[at.D_CROSS, i] * F) * math.log(h)
    power += row[at.C_ANION, i] * math.log(A)
    return law.level[at.K, j, i] * math.exp(min(max(power, -200.0), 200.0))


@kernel(returns=FLOAT, takes=(FLOAT, INT, INT, FLOAT, FLOAT, FLOAT, FLOAT), inner=True, counted=False)
def _gap(beta, n, m, S, outlet_A, x_1, w_N):
    """A fraction of the feed stage's aqueous by the march from the raffinate end, less that from the other end."""
    E = S / (S + 1.0 - outlet_A)
    E_scrub = (S - outlet_A) / S
    z = x_1
    for _ in range(n - 1):
        z = E * beta * z / (1.0 + (beta - 1.0) * z) + (1.0 - E) * x_1
        if z >= 1.0:
            z = 1.0
            break
    w = w_N
    for _ in range(m):
        w = E_scrub * beta * w / (1.0 + (beta - 1.0) * w) + (1.0 - E_scrub) * w_N
        if w >= 1.0:
            w = 1.0
            break
    return z - 1.0 + beta * w / (1.0 + (beta - 1.0) * w)


@kernel(returns=FLOAT, takes=(FLOAT, INT, INT, FLOAT, FLOAT, FLOAT), inner=True, counted=False)
def _load(beta, n, m, outlet_A, x_1, w_N):
    """Least load of the organic with which n + m stages part two elements, per mol fed; 0 where none does."""
    low = math.log(1.001 * outlet_A)
    high = math.log(1e3 * max(outlet_A, 1.0))
    if _gap(beta, n, m, math.exp(high), outlet_A, x_1, w_N) < 0.0:
        return 0.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _gap(beta, n, m, math.exp(middle), outlet_A, x_1, w_N) < 0.0:
            low = middle
        else:
            high = middle
    return math.exp(high)


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, VECTOR, VECTOR, MATRIX), inner=True)
def open_flows(law, layout, goals, value, tells, helps):
    """Start of each free quantity.

    Parameters
    ----------
    law, layout, goals
        Of the case.
    value : (p,) array
        Filled; 0 for a quantity of which the closed forms know nothing.
    tells : (9,) array
        Filled with the separation factor of the cut, the load S and the share of the feed that goes with the organic
        (both per mol fed), and the losses of either group that are allowed; then 1 where two elements of that factor
        can be parted by the stages there are at any load, else 0; and the last stage of the scrub (0-based); then
        how the scrub grows with the organic, as a share of either start: its slope, and what it is at no organic.
    helps : (t, p) or (t + 1, p) array
        Filled with -1 where more of a quantity should make a target easier, 1 where harder, 0 where nothing is known;
        a further row with 1 where more of it sends metals to the raffinate, -1 where to the organic.

    Returns
    -------
    int
        0, or 1 when the layout or the targets do not tell what is parted from what.
    """
    row = law.row
    n = row.shape[1]
    N = layout.aq_to.shape[0]
    feeds = layout.feed_place.shape[1]
    aq_to = layout.aq_to
    p = value.shape[0]
    held = np.zeros((feeds, n))
    fed = np.zeros(n)
    base_component = layout.flag[at.BASE_COMPONENT]
    acid_component = layout.flag[at.ACID_COMPONENT]
    unit = 1.0  # flow of the main feed where that is free
    main = -1
    most = 0.0
    for q in range(feeds):
        if layout.feed_place[1, q] != at.AQUEOUS:
            continue
        total = 0.0
        for i in range(n):
            if i != base_component and i != acid_component:
                held[q, i] = layout.feed_concentration[q, i]
                total += held[q, i]
        flow = layout.feed_amount[at.VOLUME, q]
        for r in range(p):
            if goals.free[at.FREE_KIND, r] == FEED_VOLUME and goals.free[at.FREE_INDEX, r] == q:
                flow = unit
        for i in range(n):
            held[q, i] *= flow
            fed[i] += held[q, i]
        if total * flow > most:
            most = total * flow
            main = q
    for r in range(p):
        value[r] = 0.0
    if main < 0:
        return 1
    R = 0.0
    for i in range(n):
        R += fed[i]
    t = goals.value.shape[0]
    jf = layout.feed_place[0, main]
    first = jf
    while first > 0 and aq_to[first] == first - 1:
        first -= 1
    last = jf
    while last + 1 < N and aq_to[last + 1] == last:
        last += 1
    feed_free = False
    V_F = layout.feed_amount[at.VOLUME, main]
    for r in range(p):
        if goals.free[at.FREE_KIND, r] == FEED_VOLUME and goals.free[at.FREE_INDEX, r] == main:
            feed_free = True
            V_F = unit
    scrub = -1
    strip = -1
    for q in range(feeds):
        if q != main and layout.feed_place[1, q] == at.AQUEOUS:
            if layout.feed_place[0, q] == last and last > jf:
                scrub = q
            elif layout.feed_place[0, q] > last:
                strip = q
    tells[6] = last
    for r in range(t):
        kind = goals.target[at.TARGET_KIND, r]
        organic_side = goals.target[at.TARGET_STAGE, r] > last or goals.target[at.TARGET_PHASE, r] == 1
        sent_back = -1.0 if (kind == LOSS) != organic_side else 1.0  # whether metals sent back by the scrub help
        for q in range(p):
            index = goals.free[at.FREE_INDEX, q]
            free = goals.free[at.FREE_KIND, q]
            helps[r, q] = 0.0
            if kind == CONCENTRATION or free == DRAW or free == SPLIT:
                continue
            if free == ORGANIC_VOLUME or free == SAPONIFICATION or free == BASE:
                helps[r, q] = -sent_back
            elif index == scrub:
                helps[r, q] = sent_back
            elif index == strip:
                helps[r, q] = -sent_back
    for q in range(p if helps.shape[0] > t else 0):
        free = goals.free[at.FREE_KIND, q]
        if free == ORGANIC_VOLUME or free == SAPONIFICATION or free == BASE:
            helps[t, q] = -1.0
        elif free != DRAW and free != SPLIT and goals.free[at.FREE_INDEX, q] == scrub:
            helps[t, q] = 1.0
    # order of extraction, and the cut
    extractant = law.medium[at.EXTRACTANT]
    ln_D = np.zeros(n)
    for i in range(n):
        if fed[i] > 0.0:
            ln_D[i] = math.log(_ratio(law, jf, i, ACIDITY, FREE_SHARE * extractant, 1.0) + 1e-300)
    lowest_heavy = 1e300  # the organic side begins at least here
    highest_light = -1e300
    for r in range(t):
        kind = goals.target[at.TARGET_KIND, r]
        if kind == CONCENTRATION:
            continue
        j = goals.target[at.TARGET_STAGE, r]
        organic_side = j > last or goals.target[at.TARGET_PHASE, r] == 1
        own_low = 1e300
        own_high = -1e300
        for i in range(n):
            own = goals.weight[at.ABOVE if kind == LOSS else at.BELOW, r, i] > 0.0 and fed[i] > 0.0
            if own:
                own_low = min(own_low, ln_D[i])
                own_high = max(own_high, ln_D[i])
        if own_high < -1e299:
            continue
        if kind == LOSS:
            if organic_side:
                lowest_heavy = min(lowest_heavy, own_low)
            else:
                highest_light = max(highest_light, own_high)
            continue
        near = -1e300 if organic_side else 1e300  # the foreign element that is next to what is meant
        for i in range(n):
            if goals.weight[at.ABOVE, r, i] > 0.0 and fed[i] > 0.0:
                if organic_side and ln_D[i] < own_high:
                    near = max(near, ln_D[i])
                elif not organic_side and ln_D[i] > own_low:
                    near = min(near, ln_D[i])
        if organic_side and near > -1e299:
            highest_light = max(highest_light, near)
        elif not organic_side and near < 1e299:
            lowest_heavy = min(lowest_heavy, near)
    if lowest_heavy > 1e299 and highest_light < -1e299:
        return 1
    if lowest_heavy > 1e299 or lowest_heavy <= highest_light:
        lowest_heavy = 1e300
        for i in range(n):
            if fed[i] > 0.0 and ln_D[i] > highest_light:
                lowest_heavy = min(lowest_heavy, ln_D[i])
    if highest_light < -1e299:
        for i in range(n):
            if fed[i] > 0.0 and ln_D[i] < lowest_heavy:
                highest_light = max(highest_light, ln_D[i])
    if lowest_heavy > 1e299 or highest_light < -1e299:
        return 1
    border = 0.5 * (lowest_heavy + highest_light)
    side = np.zeros(n, np.int64)
    f_A = 0.0
    key = 0
    key_B = 0
    for i in range(n):
        if fed[i] > 0.0:
            side[i] = HEAVY if ln_D[i] > border else LIGHT
            if side[i] == HEAVY:
                f_A += fed[i] / R
            if ln_D[i] == lowest_heavy:
                key = i
            if ln_D[i] == highest_light:
                key_B = i
    beta = max(math.exp(min(lowest_heavy - highest_light, 60.0)), 1.0001)
    # what may go wrong
    loss_A = 1e300
    loss_B = 1e300
    for r in range(t):
        kind = goals.target[at.TARGET_KIND, r]
        if kind == CONCENTRATION:
            continue
        organic_side = goals.target[at.TARGET_STAGE, r] > last or goals.target[at.TARGET_PHASE, r] == 1
        allowed = math.exp(goals.value[r])
        if kind == LOSS:
            if organic_side:
                loss_A = min(loss_A, allowed)
            else:
                loss_B = min(loss_B, allowed)
            continue
        own = 0.0
        foreign = 1e-300
        for i in range(n):
            own += goals.weight[at.BELOW, r, i] * fed[i]
            if side[i] == (LIGHT if organic_side else HEAVY):
                foreign += goals.weight[at.ABOVE, r, i] * fed[i]
        share = allowed * own / foreign
        if organic_side:
            loss_B = min(loss_B, share)
        else:
            loss_A = min(loss_A, share)
    loss_A = min(max(loss_A if loss_A < 1e299 else UNKNOWN, LEAST_LOSS), MOST_LOSS)
    loss_B = min(max(loss_B if loss_B < 1e299 else UNKNOWN, LEAST_LOSS), MOST_LOSS)
    outlet_A = f_A * (1.0 - loss_A) + (1.0 - f_A) * loss_B
    x_1 = loss_A * f_A / (1.0 - outlet_A)
    w_N = loss_B * (1.0 - f_A) / outlet_A
    E = law.level[at.EFFICIENCY, jf, key]
    stages_n = max(round((jf - first + 1) * E), 1)
    stages_m = round((last - jf) * E)
    load = _load(beta, stages_n, stages_m, outlet_A, x_1, w_N)
    tells[5] = 1.0
    # the least load of all elements beside that of the two groups
    theta_low = highest_light
    theta_high = lowest_heavy
    for _ in range(60):
        theta = 0.5 * (theta_low + theta_high)
        total = 0.0
        for i in range(n):
            if fed[i] > 0.0:
                total += fed[i] / R / (1.0 - math.exp(min(theta - ln_D[i], 200.0)))
        if total > 0.0:
            theta_high = theta
        else:
            theta_low = theta
    theta = 0.5 * (theta_low + theta_high)
    S_min = 0.0
    for i in range(n):
        if side[i] == HEAVY:
            S_min += fed[i] / R / (1.0 - math.exp(theta - ln_D[i]))
    S_lumped = f_A + 1.0 / (beta - 1.0)
    if not load > 0.0:
        tells[5] = 0.0
        load = 2.0 * S_lumped
    scale = S_min / S_lumped if S_min > 0.0 and S_min < 1e6 else 1.0
    S = max(load * min(max(scale, 0.05), 20.0), 1.01 * outlet_A)
    tells[0] = beta
    tells[1] = S
    tells[2] = outlet_A
    tells[3] = loss_A
    tells[4] = loss_B
    # composition of the aqueous at the feed stage
    x_n = _gap(beta, stages_n, 0, load, outlet_A, x_1, 0.0) + 1.0
    x_n = min(max(x_n, 0.02), 0.98)
    middle = math.exp(0.5 * (lowest_heavy + highest_light) - lowest_heavy)
    at_feed = np.zeros(n)
    heavy = 1e-300
    light = 1e-300
    for i in range(n):
        if fed[i] > 0.0:
            relative = math.exp(ln_D[i] - lowest_heavy)
            at_feed[i] = fed[i] / R / max(abs(relative - middle), 1e-3 * middle)
            if side[i] == HEAVY:
                heavy += at_feed[i]
            else:
                light += at_feed[i]
    for i in range(n):
        if fed[i] > 0.0:
            at_feed[i] *= x_n / heavy if side[i] == HEAVY else (1.0 - x_n) / light
    mean = 1e-300  # constant of what is at the feed stage, and of what leaves with the raffinate
    mean_1 = 1e-300
    for i in range(n):
        mean += at_feed[i] * law.level[at.K, jf, i]
        if side[i] == LIGHT:
            mean_1 += fed[i] / R / (1.0 - f_A) * law.level[at.K, first, i]
    # flows
    z = row[at.PROTONS, key]
    a = row[at.A_FREE, key]
    b = row[at.B_PROTON, key]
    bound = max(row[at.BOUND, key], 1e-3)
    outlet_B = 1.0 - outlet_A
    strength = 0.0
    if scrub >= 0:
        strength = layout.feed_amount[at.ACID, scrub] * layout.inlet[at.ACID_PROTONS]
        strength += layout.feed_amount[at.CHARGE_Q, scrub]
    scrub_free = False
    saponified = layout.inlet[at.SAPONIFIED]
    base = layout.inlet[at.BASE]
    V_free = False
    base_free = False
    for r in range(p):
        kind = goals.free[at.FREE_KIND, r]
        index = goals.free[at.FREE_INDEX, r]
        if kind == ACID and index == scrub:
            strength = 3.0
            scrub_free = True
        if kind == ORGANIC_VOLUME:
            V_free = True
        if kind == SAPONIFICATION or kind == BASE:
            base_free = True
    Q_F = layout.feed_amount[at.CHARGE_Q, main] + layout.feed_amount[at.ACID, main] * layout.inlet[at.ACID_PROTONS]
    h_F = Q_F * V_F
    for i in range(n):
        h_F -= row[at.PROTONS, i] * held[main, i]
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
                D = _ratio(law, first, key, h_1, F, 1.0) * _ratio(law, first, key_B, h_1, F, 1.0)
                V = math.sqrt(V * max(L / math.sqrt(max(D, 1e-300)), 1.05 * full))
    else:
        anion = h_F / V_F
        for i in range(n):
            anion += row[at.CHARGE, i] * held[main, i] / V_F
        F = FREE_SHARE * extractant
        D = math.sqrt(_ratio(law, jf, key, 1.0, F, anion) * _ratio(law, jf, key_B, 1.0, F, anion))
        V = max(V_F / max(D, 1e-6), 1.05 * bound * S * R / extractant)
        if scrub >= 0:
            there = max(layout.feed_amount[at.CHARGE_Q, scrub], 0.5 * anion)
            D = math.sqrt(_ratio(law, jf, key, 1.0, F, there) * _ratio(law, jf, key_B, 1.0, F, there))
            W = min(max(V * D, 0.02 * V_F), 5.0 * V_F)
    tells[7] = 1.0
    tells[8] = 0.0
    if z > 0.0 and saponified > 0.0 and not base_free and V_free and W > 0.0:
        tells[7] = min(max(saponified * V / (max(strength, 0.05) * W), 1.0), 50.0)
        tells[8] = 1.0 - tells[7]
    elif not V_free:
        tells[7] = 0.0
        tells[8] = 1.0
    given = layout.inlet[at.ORGANIC_VOLUME]
    if not V_free and not feed_free and z > 0.0 and given > 0.0 and saponified > 0.0 and not base_free:
        grows = min(max(saponified * V / (max(strength, 0.05) * W), 1.0), 50.0)
        W *= max(1.0 + grows * (given / V - 1.0), 0.05)
    grown = 1.0
    if not V_free and (feed_free or scrub_free):
        grown = layout.inlet[at.ORGANIC_VOLUME] / V if feed_free else 1.0
    for r in range(p):
        kind = goals.free[at.FREE_KIND, r]
        index = goals.free[at.FREE_INDEX, r]
        if kind == ORGANIC_VOLUME:
            value[r] = V
        elif kind == SAPONIFICATION:
            volume = V if V_free else layout.inlet[at.ORGANIC_VOLUME]
            value[r] = min(max(needed, 0.1 * z * S * R) * grown / volume, 0.9 * extractant)
        elif kind == BASE:
            value[r] = max(needed, 0.1 * z * S * R) * grown
        elif kind == FEED_VOLUME:
            if index == main:
                value[r] = unit * grown
            elif index == scrub:
                value[r] = W * grown
            elif index == strip:
                acid = layout.feed_amount[at.ACID, index] * layout.inlet[at.ACID_PROTONS]
                acid += layout.feed_amount[at.CHARGE_Q, index]
                value[r] = 1.3 * max(z, 1.0) * outlet_A * R * grown / max(acid, 0.3)
            else:
                value[r] = 0.5 * V_F * grown
        elif kind == ACID:
            flow = layout.feed_amount[at.VOLUME, index]
            if index == scrub:
                value[r] = min(max(z * (S - outlet_A) * R * grown / max(flow, 1e-9), 0.05), 10.0)
            elif index == strip:
                value[r] = min(max(1.3 * z * outlet_A * R * grown / max(flow, 1e-9), 0.3), 10.0)
            else:
                value[r] = 0.1
        elif kind == DRAW:
            value[r] = 0.1 * (V_F + W)
        elif kind == SPLIT:
            value[r] = 0.5
    return 0
