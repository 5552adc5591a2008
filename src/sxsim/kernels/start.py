"""Where the solver starts: a short cascade first, from a crude guess, and its profile stretched to the full length.

Stages that follow each other with nothing between them do alike, so a section of four stages shows already where the
loads, the acid and the elements are. Fronts that Newton's method would carry through a long section a few stages an
iteration have nowhere to go in a short one; the stages put in between repeat what stands beside them.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import distribution
from sxsim.kernels.newton import FLOOR
from sxsim.kernels.packed import Flows, Law, Point
from sxsim.kernels.shapes import FLOAT, FLOW, INT, INTS, LAW, POINT, SHORTENED

__all__ = ["alkaline_guess", "crude_guess", "find_runs", "shorten", "stretch", "take_stages"]

ALIKE = 0.01  # largest relative difference of the flows of two stages in one run
LOADED = 0.2  # share of the extractant that the crude guess takes as loaded
ACID = 0.3  # share of the conserved charge that it takes as protons
TRACE = 1e-6  # what the alkaline guess leaves of the metals of the crude one
FREE_OF_METAL = 0.1  # share of the rest that it gives to what is no metal


@kernel(returns=INTS, takes=(LAW, FLOW))
def find_runs(law, flows):
    """Number the runs of stages that do alike, (N,): nothing enters, leaves or changes between them."""
    level = law.level
    volume = flows.volume
    feed = flows.feed
    link = flows.link
    N, n = level.shape[1:]
    run = np.zeros(N, np.int64)
    number = 0
    alone = True  # whether the stage before is a run of its own
    for j in range(N):
        own = volume[at.FEED_Q, j] > 0.0
        for i in range(n):
            own = own or feed[at.ALL_FEEDS, j, i] > 0.0
        for q in range(link.shape[1]):
            own = own or link[at.FROM, q] == j or link[at.TO, q] == j
        starts = own or alone
        if j > 0:
            for q in range(at.FEED_Q):
                difference = abs(volume[q, j] - volume[q, j - 1])
                starts = starts or difference > ALIKE * max(volume[q, j], volume[q, j - 1])
            for i in range(n):
                starts = starts or level[at.K, j, i] != level[at.K, j - 1, i]
                starts = starts or level[at.EFFICIENCY, j, i] != level[at.EFFICIENCY, j - 1, i]
            if starts:
                number += 1
        run[j] = number
        alone = own
    return run


@kernel(returns=INT, takes=(INTS, INT, INTS))
def take_stages(run, longest, place):
    """Choose the stages of a shorter cascade: of each run the first and the last few, ``longest`` at most.

    Fills place (N,) with the number that a stage, or the one that stands for it, has in the shorter cascade. Returns
    how many are taken.
    """
    N = run.shape[0]
    count = 0
    first = 0
    for j in range(1, N + 1):
        if j == N or run[j] != run[first]:
            taken = min(longest, j - first)
            front = (taken + 1) // 2
            middle = (first + front + j - (taken - front)) // 2
            for q in range(first, j):
                if q < middle:
                    place[q] = count + min(q - first, front - 1)
                else:
                    place[q] = count + max(taken - (j - q), min(front, taken - 1))
            count += taken
            first = j
    return count


@kernel(returns=SHORTENED, takes=(LAW, FLOW, POINT, INTS, INT))
def shorten(law, flows, point, place, count):
    """Law, flows and an empty state of the cascade that the chosen stages make."""
    level = law.level
    N, n = level.shape[1:]
    k = flows.link.shape[1]
    short_level = np.zeros((2, count, n))
    volume = np.zeros((flows.volume.shape[0], count))
    feed = np.zeros((2, count, n))
    link = np.zeros((3, k), np.int64)
    s = np.zeros((4, count))
    c = np.zeros((3, count, n))
    for back in range(N):
        j = N - 1 - back  # of the stages that share a place the first one stays
        p = place[j]
        for q in range(volume.shape[0]):
            volume[q, p] = flows.volume[q, j]
        for q in range(4):
            s[q, p] = point.s[q, j]
        for q in range(2):
            for i in range(n):
                short_level[q, p, i] = level[q, j, i]
                feed[q, p, i] = flows.feed[q, j, i]
    for q in range(k):
        link[at.FROM, q] = place[flows.link[at.FROM, q]]
        link[at.TO, q] = place[flows.link[at.TO, q]]
        link[at.PHASE, q] = flows.link[at.PHASE, q]
    short_flows = Flows(volume, feed, link, flows.link_volume, flows.base)
    return Law(short_level, law.row, law.medium), short_flows, Point(c, s, point.m)


@kernel(returns=INT, takes=(POINT, INTS, INTS, POINT))
def stretch(short, place, near, point):
    """Write into each stage of a state what stands in the stage of a shorter one that does for it.

    ``place`` and ``near`` are the numbers of all stages in the shorter cascade and in the one of ``point``. Returns 0.
    """
    n = point.c.shape[2]
    for j in range(place.shape[0]):
        p = place[j]
        q = near[j]
        point.s[at.H, q] = short.s[at.H, p]
        point.s[at.F, q] = short.s[at.F, p]
        for i in range(n):
            for phase in range(3):
                point.c[phase, q, i] = short.c[phase, p, i]
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT, FLOAT))
def crude_guess(law, flows, point, least):
    """A crude feasible point: everywhere the composition of all feeds together, and a fixed share of acid and load.

    The acid is taken lower where so much would keep the organic empty, down to the share ``least`` of the charge.
    Returns 0.
    """
    row = law.row
    s = point.s
    N, n = point.c.shape[1:]
    Ka2 = law.medium[at.KA2]
    ratio = np.zeros((4, N, n))
    entering = np.zeros(n)
    metals = FLOOR
    others = 0.0
    for i in range(n):
        for j in range(N):
            entering[i] += flows.feed[at.ALL_FEEDS, j, i]
        if row[at.PROTONS, i] > 1.5:
            metals += row[at.PROTONS, i] * entering[i]
        elif row[at.PROTONS, i] > 0.0:
            others += 1.0
    extractant = law.medium[at.EXTRACTANT]
    for j in range(N):
        F = (1.0 - LOADED) * extractant
        h = ACID * s[at.Q, j]
        rest = s[at.Q, j] - h
        for i in range(n):
            if row[at.PROTONS, i] > 1.5:
                x = (1.0 - FREE_OF_METAL) * rest * entering[i] / metals
            elif row[at.PROTONS, i] > 0.0:
                x = FREE_OF_METAL * rest / (others * row[at.PROTONS, i])
            else:
                x = entering[i] / max(flows.volume[at.AQ_OUT, j], FLOOR)
            point.c[at.X, j, i] = max(x, FLOOR)
        for _ in range(20):  # less acid until the organic takes up its share, by steps that do not overshoot
            held, _ = distribution(
                law.level[at.K],
                row,
                Ka2,
                j,
                h,
                F,
                s[at.Q, j],
                s[at.SULFATE, j],
                point.c[at.X],
                ratio[0],
                ratio[1],
                ratio[2],
                ratio[3],
                point.c[at.Y_STAR],
            )
            load = held - F + FLOOR
            steepest = -1.0
            for i in range(n):
                steepest = min(steepest, ratio[1, j, i])
            if load > 0.5 * LOADED * extractant or h < least * s[at.Q, j]:
                break
            h *= math.exp(max(math.log(LOADED * extractant / load) / steepest, -3.0))
        for i in range(n):
            most = LOADED * extractant / (max(row[at.BOUND, i], 1.0) * ratio[0, j, i])
            point.c[at.X, j, i] = min(point.c[at.X, j, i], most)
        s[at.F, j] = F
        s[at.H, j] = h
    for q in range(point.m.shape[0]):
        for i in range(n):
            point.m[q, i] = max(1e-6 * entering[i], FLOOR)
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT))
def alkaline_guess(law, flows, point):
    """A crude feasible point with an organic that the counter-ion loads, all metals next to nothing. Returns 0.

    Where base is close to all that can be taken up, the stages without metal are the ones that decide, and metal that
    a guess puts there drives Newton's method out of what is feasible.
    """
    row = law.row
    s = point.s
    N, n = point.c.shape[1:]
    crude_guess(law, flows, point, 0.01)
    extractant = law.medium[at.EXTRACTANT]
    F = (1.0 - LOADED) * extractant
    for j in range(N):
        h = ACID * s[at.Q, j]
        for i in range(n):
            if 0.0 < row[at.PROTONS, i] <= 1.5:
                h = min(h, law.level[at.K, j, i] * s[at.Q, j] * F / (LOADED * extractant))
        rest = s[at.Q, j] - h
        for i in range(n):
            if row[at.PROTONS, i] > 1.5:
                most = LOADED * extractant / row[at.BOUND, i] / (law.level[at.K, j, i] * (F / h) ** row[at.PROTONS, i])
                point.c[at.X, j, i] = max(min(TRACE * point.c[at.X, j, i], most), FLOOR)
                rest -= row[at.PROTONS, i] * point.c[at.X, j, i]
        for i in range(n):
            if 0.0 < row[at.PROTONS, i] <= 1.5:
                point.c[at.X, j, i] = max(rest, FLOOR)
        s[at.F, j] = F
        s[at.H, j] = h
    return 0
