"""What a separation asks of its cascade, from the layout, the chemistry and the targets alone.

Where the feed enters and which streams scrub and strip; the cut, which lumps the elements into two groups; what of
either group may go wrong; and the load of the organic with which a cascade of two elements at constant load parts them.
"""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.goals import BASE, CONCENTRATION, DRAW, FEED_VOLUME, LOSS, ORGANIC_VOLUME, SAPONIFICATION, SPLIT
from sxsim.kernels.shapes import FLOAT, GOALS, INT, INTS, LAW, LAYOUT, MATRIX, VECTOR

__all__ = [
    "AT_FEED",
    "BETA",
    "BORDERS",
    "FED",
    "FEED_VOLUME_MAIN",
    "FIRST",
    "FREE_SHARE",
    "HELD",
    "KEY",
    "KEY_B",
    "LAST",
    "LIGHT",
    "LN_D",
    "LOAD",
    "LOSS_A",
    "LOSS_B",
    "MAIN",
    "MIXES",
    "OUTLET_A",
    "PARTED",
    "PLACES",
    "SCRUB",
    "SHARE_A",
    "SIDE",
    "STAGE",
    "STRIP",
    "TOTAL",
    "distribution",
    "find_cut",
    "find_helps",
    "find_load",
    "find_losses",
    "find_places",
    "lay_out_feed_stage",
]

UNKNOWN = 0.02
"""Loss that is taken where no target speaks of it."""

LEAST_LOSS = 1e-12
MOST_LOSS = 0.5
ACIDITY = 0.03
"""Protons at which the order of extraction is read [mol/L]."""

FREE_SHARE = 0.6
"""Share of the extractant that is free there."""

LIGHT = 1.0
HEAVY = 2.0

# rows of `mix`, one column a component
FED = 0  # with all aqueous feeds [kmol/h]
HELD = 1  # with the main feed
LN_D = 2  # logarithm of the distribution ratio at which the order is read
SIDE = 3
AT_FEED = 4  # shares of the aqueous at the feed stage
MIXES = 5

# entries of `place`
MAIN = 0  # the main feed
FIRST = 1  # first stage of the extraction
STAGE = 2  # the feed stage
LAST = 3  # last stage of the scrub
SCRUB = 4  # the stream that scrubs, -1 for none
STRIP = 5
KEY = 6  # the element of the organic side next to the cut
KEY_B = 7  # and of the other
PLACES = 8

# entries of `tells`
BETA = 0  # separation factor of the cut
LOAD = 1  # of the organic, per mol fed
OUTLET_A = 2  # share of the feed that goes with the organic
LOSS_A = 3  # what of the organic side's elements may go with the other, as a share of what is fed
LOSS_B = 4
PARTED = 5  # 1 where the stages there are part two elements of that factor at some load, else 0
# 6 to 8 are told by `opening`
TOTAL = 9  # metals fed [kmol/h]
FEED_VOLUME_MAIN = 10  # of the main feed [m3/h], 1 where that is free
SHARE_A = 11  # of the elements of the organic side in what is fed
BORDERS = 12  # and the following: ln D of the lightest of the organic side, and of the heaviest of the other


@kernel(returns=FLOAT, takes=(LAW, INT, INT, FLOAT, FLOAT, FLOAT), inner=True, counted=False)
def distribution(law, j, i, h, F, A):
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


@kernel(returns=INT, takes=(LAYOUT, GOALS, MATRIX, INTS, VECTOR), inner=True, counted=False)
def find_places(layout, goals, mix, place, tells):
    """The main feed, its stage, the ends of the sections about it, and their streams. Returns 1 without a feed."""
    n = mix.shape[1]
    N = layout.aq_to.shape[0]
    feeds = layout.feed_place.shape[1]
    aq_to = layout.aq_to
    p = goals.free.shape[1]
    base_component = layout.flag[at.BASE_COMPONENT]
    acid_component = layout.flag[at.ACID_COMPONENT]
    main = -1
    most = 0.0
    for i in range(n):
        mix[FED, i] = 0.0
    for q in range(feeds):
        if layout.feed_place[1, q] != at.AQUEOUS:
            continue
        flow = layout.feed_amount[at.VOLUME, q]
        for r in range(p):
            if goals.free[at.FREE_KIND, r] == FEED_VOLUME and goals.free[at.FREE_INDEX, r] == q:
                flow = 1.0
        total = 0.0
        for i in range(n):
            if i != base_component and i != acid_component:
                mix[FED, i] += layout.feed_concentration[q, i] * flow
                total += layout.feed_concentration[q, i] * flow
        if total > most:
            most = total
            main = q
            tells[FEED_VOLUME_MAIN] = flow
    if main < 0:
        return 1
    tells[TOTAL] = 0.0
    for i in range(n):
        held = i != base_component and i != acid_component
        mix[HELD, i] = layout.feed_concentration[main, i] * tells[FEED_VOLUME_MAIN] if held else 0.0
        tells[TOTAL] += mix[FED, i]
    stage = layout.feed_place[0, main]
    first = stage
    while first > 0 and aq_to[first] == first - 1:
        first -= 1
    last = stage
    while last + 1 < N and aq_to[last + 1] == last:
        last += 1
    place[MAIN] = main
    place[FIRST] = first
    place[STAGE] = stage
    place[LAST] = last
    place[SCRUB] = -1
    place[STRIP] = -1
    for q in range(feeds):
        if q != main and layout.feed_place[1, q] == at.AQUEOUS:
            if layout.feed_place[0, q] == last and last > stage:
                place[SCRUB] = q
            elif layout.feed_place[0, q] > last:
                place[STRIP] = q
    return 0


@kernel(returns=INT, takes=(GOALS, INTS, MATRIX), inner=True, counted=False)
def find_helps(goals, place, helps):
    """Which free quantity makes which target easier, (t + 1, p), see `open_flows`. Returns 0."""
    t = goals.value.shape[0]
    for r in range(helps.shape[0]):
        balance = r == t
        sent_back = 1.0  # whether metals sent back by the scrub help
        kind = LOSS
        if not balance:
            kind = goals.target[at.TARGET_KIND, r]
            organic_side = goals.target[at.TARGET_STAGE, r] > place[LAST] or goals.target[at.TARGET_PHASE, r] == 1
            sent_back = -1.0 if (kind == LOSS) != organic_side else 1.0
        for q in range(helps.shape[1]):
            index = goals.free[at.FREE_INDEX, q]
            free = goals.free[at.FREE_KIND, q]
            helps[r, q] = 0.0
            if kind == CONCENTRATION or free == DRAW or free == SPLIT:
                continue
            if free == ORGANIC_VOLUME or free == SAPONIFICATION or free == BASE:
                helps[r, q] = -sent_back
            elif index == place[SCRUB]:
                helps[r, q] = sent_back
            elif index == place[STRIP] and not balance:
                helps[r, q] = -sent_back
    return 0


@kernel(returns=INT, takes=(LAW, GOALS, MATRIX, INTS, VECTOR), inner=True, counted=False)
def find_cut(law, goals, mix, place, tells):
    """Order of extraction, and between which elements the targets cut it. Returns 1 when they do not tell."""
    n = mix.shape[1]
    last = place[LAST]
    for i in range(n):
        mix[LN_D, i] = 0.0
        if mix[FED, i] > 0.0:
            D = distribution(law, place[STAGE], i, ACIDITY, FREE_SHARE * law.medium[at.EXTRACTANT], 1.0)
            mix[LN_D, i] = math.log(D + 1e-300)
    lowest_heavy = 1e300  # the organic side begins at least here
    highest_light = -1e300
    for r in range(goals.value.shape[0]):
        kind = goals.target[at.TARGET_KIND, r]
        if kind == CONCENTRATION:
            continue
        j = goals.target[at.TARGET_STAGE, r]
        organic_side = j > last or goals.target[at.TARGET_PHASE, r] == 1
        own_low = 1e300
        own_high = -1e300
        for i in range(n):
            own = goals.weight[at.ABOVE if kind == LOSS else at.BELOW, r, i] > 0.0 and mix[FED, i] > 0.0
            if own:
                own_low = min(own_low, mix[LN_D, i])
                own_high = max(own_high, mix[LN_D, i])
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
            if goals.weight[at.ABOVE, r, i] > 0.0 and mix[FED, i] > 0.0:
                if organic_side and mix[LN_D, i] < own_high:
                    near = max(near, mix[LN_D, i])
                elif not organic_side and mix[LN_D, i] > own_low:
                    near = min(near, mix[LN_D, i])
        if organic_side and near > -1e299:
            highest_light = max(highest_light, near)
        elif not organic_side and near < 1e299:
            lowest_heavy = min(lowest_heavy, near)
    if lowest_heavy > 1e299 and highest_light < -1e299:
        return 1
    if lowest_heavy > 1e299 or lowest_heavy <= highest_light:
        lowest_heavy = 1e300
        for i in range(n):
            if mix[FED, i] > 0.0 and mix[LN_D, i] > highest_light:
                lowest_heavy = min(lowest_heavy, mix[LN_D, i])
    if highest_light < -1e299:
        for i in range(n):
            if mix[FED, i] > 0.0 and mix[LN_D, i] < lowest_heavy:
                highest_light = max(highest_light, mix[LN_D, i])
    if lowest_heavy > 1e299 or highest_light < -1e299:
        return 1
    border = 0.5 * (lowest_heavy + highest_light)
    f_A = 0.0
    for i in range(n):
        mix[SIDE, i] = 0.0
        if mix[FED, i] > 0.0:
            mix[SIDE, i] = HEAVY if mix[LN_D, i] > border else LIGHT
            if mix[SIDE, i] == HEAVY:
                f_A += mix[FED, i] / tells[TOTAL]
            if mix[LN_D, i] == lowest_heavy:
                place[KEY] = i
            if mix[LN_D, i] == highest_light:
                place[KEY_B] = i
    tells[BETA] = max(math.exp(min(lowest_heavy - highest_light, 60.0)), 1.0001)
    tells[SHARE_A] = f_A
    tells[BORDERS] = lowest_heavy
    tells[BORDERS + 1] = highest_light
    return 0


@kernel(returns=INT, takes=(GOALS, MATRIX, INTS, VECTOR), inner=True, counted=False)
def find_losses(goals, mix, place, tells):
    """What of either group the targets let go wrong. Returns 0."""
    last = place[LAST]
    loss_A = 1e300
    loss_B = 1e300
    for r in range(goals.value.shape[0]):
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
        for i in range(mix.shape[1]):
            own += goals.weight[at.BELOW, r, i] * mix[FED, i]
            if mix[SIDE, i] == (LIGHT if organic_side else HEAVY):
                foreign += goals.weight[at.ABOVE, r, i] * mix[FED, i]
        share = allowed * own / foreign
        if organic_side:
            loss_B = min(loss_B, share)
        else:
            loss_A = min(loss_A, share)
    loss_A = min(max(loss_A if loss_A < 1e299 else UNKNOWN, LEAST_LOSS), MOST_LOSS)
    loss_B = min(max(loss_B if loss_B < 1e299 else UNKNOWN, LEAST_LOSS), MOST_LOSS)
    f_A = tells[SHARE_A]
    tells[LOSS_A] = loss_A
    tells[LOSS_B] = loss_B
    tells[OUTLET_A] = f_A * (1.0 - loss_A) + (1.0 - f_A) * loss_B
    return 0


@kernel(returns=FLOAT, takes=(MATRIX, VECTOR), inner=True, counted=False)
def _least_load(mix, tells):
    """Least load of all elements at endless stages, per mol fed (Underwood's equation)."""
    R = tells[TOTAL]
    low = tells[BORDERS + 1]
    high = tells[BORDERS]
    for _ in range(60):
        theta = 0.5 * (low + high)
        total = 0.0
        for i in range(mix.shape[1]):
            if mix[FED, i] > 0.0:
                total += mix[FED, i] / R / (1.0 - math.exp(min(theta - mix[LN_D, i], 200.0)))
        if total > 0.0:
            high = theta
        else:
            low = theta
    theta = 0.5 * (low + high)
    load = 0.0
    for i in range(mix.shape[1]):
        if mix[SIDE, i] == HEAVY:
            load += mix[FED, i] / R / (1.0 - math.exp(theta - mix[LN_D, i]))
    return load


@kernel(returns=FLOAT, takes=(LAW, MATRIX, INTS, VECTOR), inner=True, counted=False)
def find_load(law, mix, place, tells):
    """Load of the organic with which the stages there are part the groups. Returns the fraction at the feed stage."""
    f_A = tells[SHARE_A]
    beta = tells[BETA]
    outlet_A = tells[OUTLET_A]
    x_1 = tells[LOSS_A] * f_A / (1.0 - outlet_A)
    w_N = tells[LOSS_B] * (1.0 - f_A) / outlet_A
    E = law.level[at.EFFICIENCY, place[STAGE], place[KEY]]
    n = max(round((place[STAGE] - place[FIRST] + 1) * E), 1)
    m = round((place[LAST] - place[STAGE]) * E)
    load = _load(beta, n, m, outlet_A, x_1, w_N)
    tells[PARTED] = 1.0
    lumped = f_A + 1.0 / (beta - 1.0)
    if not load > 0.0:
        tells[PARTED] = 0.0
        load = 2.0 * lumped
    least = _least_load(mix, tells)
    scale = least / lumped if least > 0.0 and least < 1e6 else 1.0
    tells[LOAD] = max(load * min(max(scale, 0.05), 20.0), 1.01 * outlet_A)
    return min(max(_gap(beta, n, 0, load, outlet_A, x_1, 0.0) + 1.0, 0.02), 0.98)


@kernel(returns=INT, takes=(MATRIX, VECTOR, FLOAT), inner=True, counted=False)
def lay_out_feed_stage(mix, tells, x_n):
    """Composition of the aqueous at the feed stage, of which x_n is of the organic side. Returns 0."""
    middle = math.exp(0.5 * (tells[BORDERS] + tells[BORDERS + 1]) - tells[BORDERS])
    heavy = 1e-300
    light = 1e-300
    for i in range(mix.shape[1]):
        mix[AT_FEED, i] = 0.0
        if mix[FED, i] > 0.0:
            relative = math.exp(mix[LN_D, i] - tells[BORDERS])
            mix[AT_FEED, i] = mix[FED, i] / tells[TOTAL] / max(abs(relative - middle), 1e-3 * middle)
            if mix[SIDE, i] == HEAVY:
                heavy += mix[AT_FEED, i]
            else:
                light += mix[AT_FEED, i]
    for i in range(mix.shape[1]):
        if mix[FED, i] > 0.0:
            mix[AT_FEED, i] *= x_n / heavy if mix[SIDE, i] == HEAVY else (1.0 - x_n) / light
    return 0
