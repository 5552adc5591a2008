"""The arrays of the rigorous kernels, packed: few arrays to hand on keep the compiler quick.

N stages, n components, k links, f feeds, w draws, t splits, p free quantities, c = 1 + k n + p columns. The first index
of a packed array is one of the names below. Units: m3, h, kmol, mol/L.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "RESIDUAL_ACID",
    "Control",
    "Desk",
    "Flows",
    "Goals",
    "Law",
    "Layout",
    "Point",
    "Work",
    "copied",
    "copied_rows",
    "make_desk",
    "make_flows",
    "make_goals",
    "make_point",
    "make_work",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RESIDUAL_ACID = 1e-30
"""Acid that stays in the aqueous where the acid is a component [mol/L]: none, but its logarithm is taken."""

# phases of a link
AQUEOUS = 0
ORGANIC = 1
ENTRAINED = 2

# Law.level
K = 0
EFFICIENCY = 1
# Law.row
A_FREE = 0
B_PROTON = 1
C_ANION = 2
D_CROSS = 3
BOUND = 4
PROTONS = 5
CHARGE = 6
BETA1 = 7
BETA2 = 8
SAME = 9  # 1 where exponents and cross term are those of the component before
# Law.medium
EXTRACTANT = 0
KA2 = 1


class Law(NamedTuple):
    """Distribution law: level (2, N, n), row (10, n), medium (2,)."""

    level: Floats
    row: Floats
    medium: Floats


# Flows.volume
AQ_NEXT = 0  # aqueous from stage j+1
ORG_NEXT = 1  # organic entrained in it
ORG_PREVIOUS = 2  # organic from stage j-1
AQ_PREVIOUS = 3  # aqueous entrained in it
AQ_OUT = 4  # aqueous leaving in all lines
ORG_OUT = 5
ORG_IN = 6  # organic entering as an organic line
FEED_Q = 7
FEED_SULFATE = 8
# Flows.feed
ALL_FEEDS = 0
ORGANIC_FEEDS = 1
# Flows.link
FROM = 0
TO = 1
PHASE = 2


# Flows.base
FED = 0
INTO = 1
CAPACITY = 2


class Flows(NamedTuple):
    """Flows between stages: volume (9, N), feed (2, N, n), link (3, k), link_volume (k,).

    base (3,) tells of the saponification of a closed organic loop: base fed [kmol/h], the component it adds (-1 when
    the organic is not recycled) and the extractant that flows by [kmol/h].
    """

    volume: Floats
    feed: Floats
    link: Integers
    link_volume: Floats
    base: Floats


# Point.c
X = 0
Y = 1
Y_STAR = 2
# Point.s
H = 0
F = 1
Q = 2
SULFATE = 3


class Point(NamedTuple):
    """A state: concentrations c (3, N, n), stage variables s (4, N), what the links carry m (k, n)."""

    c: Floats
    s: Floats
    m: Floats


# Layout.feed_amount
VOLUME = 0
ACID = 1
CHARGE_Q = 2
SULFATES = 3
# Layout.inlet
ORGANIC_VOLUME = 0
SAPONIFIED = 1
BASE = 2
ACID_PROTONS = 3
ACID_SULFATE = 4
# Layout.flag
RECYCLED = 0
BASE_COMPONENT = 1
ACID_COMPONENT = 2


class Layout(NamedTuple):
    """Inputs of a cascade; see ``flows.Plan`` for the meaning.

    aq_to (N,), entrained (2, N) organic per aqueous and aqueous per organic, feed_place (2, f) stage and phase,
    feed_amount (4, f), feed_concentration (f, n), draw_place (2, w), draw_volume (w,), split_place (2, t) from and to,
    split_fraction (t,), organic (n,), inlet (5,), flag (3,).
    """

    aq_to: Integers
    entrained: Floats
    feed_place: Integers
    feed_amount: Floats
    feed_concentration: Floats
    draw_place: Integers
    draw_volume: Floats
    split_place: Integers
    split_fraction: Floats
    organic: Floats
    inlet: Floats
    flag: Integers


# Goals.free
FREE_KIND = 0
FREE_INDEX = 1
# Goals.target
TARGET_KIND = 0
TARGET_STAGE = 1
TARGET_PHASE = 2
TARGET_EXACT = 3
# Goals.weight
ABOVE = 0
BELOW = 1


class Goals(NamedTuple):
    """Free quantities and targets: free (2, p), target (4, t), value (t,), weight (2, t, n), sense (1,).

    See ``free.Equations``; a target is told as the logarithm of what is lost over what may be lost.
    """

    free: Integers
    target: Integers
    value: Floats
    weight: Floats
    sense: Floats


class Control(NamedTuple):
    """How one run of Newton's method behaves.

    Attributes
    ----------
    limit : int
        Most iterations.
    patience : int
        Most iterations at a residual above LOST: what comes near does so sooner.
    tolerance : float
        Largest residual, relative to what flows through a stage.
    cut : float
        A concentration that counts never falls below this share of itself in one step.
    link_cut : float
        The same for what a link carries.
    longest : float
        Longest step of ln h and ln F; a longer one is shortened as a whole.
    """

    limit: int
    patience: int
    tolerance: float
    cut: float
    link_cut: float
    longest: float


# Work.law
D = 0
SLOPE_H = 1
SLOPE_F = 2
SLOPE_A = 3
DX = 4
# Work.stage
ANION = 0
R_F = 1
DLN_H = 2
DLN_F = 3


class Work(NamedTuple):
    """Work arrays of one solve.

    Attributes
    ----------
    law : (5, N, n) array
        Distribution ratios, their slopes with respect to ln h, ln F and ln A, and the step of x.
    stage : (4, N) array
        Anion, residual of the extractant balance, step of ln h and ln F.
    R : (2, 1 + p, N, n) array
        Component balances and Murphree relation: the residual, then its derivative by each free quantity.
    r_Q : (1 + p, N) array
        Charge balance; the derivatives are those of Q.
    r_m : (1 + p, k, n) array
        What the links carry.
    own : (N, n, n + c) array
        How y of each stage answers to x of the stage, then to the columns.
    response : (2, N, n, n + c) array
        How x, and y, of each stage answer to x of the next stage, then to the columns.
    block : (1, n, n) or (N, n, n) array
        Equations of the stage in hand, or of each stage, then their factors.
    right : (n, n + c) array
        Right-hand sides of the stage in hand.
    dots : (3, n + c) array
        What they bring of ln h, ln F and ln A.
    rank : (N, 3, n) array
        Derivatives of ln h, ln F and ln A with respect to x of the stage.
    constant : (N, 4) array
        Constants of ln h and ln F.
    border, outer : (k n, k n) and (k n, 1 + p) arrays
        Links, then their factors; how they answer to the residual and to the free quantities.
    dm : (k, n) array
        Step of the links.
    swap, border_swap : (N, n) and (k n,) integer arrays
        Row that each pivot of the block and of the border was swapped with.
    """

    law: Floats
    stage: Floats
    R: Floats
    r_Q: Floats
    r_m: Floats
    own: Floats
    response: Floats
    block: Floats
    right: Floats
    dots: Floats
    rank: Floats
    constant: Floats
    border: Floats
    outer: Floats
    dm: Floats
    swap: Integers
    border_swap: Integers


class Desk(NamedTuple):
    """What a search for targets works on; p free quantities, t targets, o stages that something leaves.

    Attributes
    ----------
    nearby : Flows
        Flows beside those in hand.
    near_s : (4, N) array
        Stage variables of those.
    leaving : (2, N) array
        What leaves the cascade from each stage [m3/h].
    place : (o,) integer array
        Stages that something leaves.
    gradient : (t, o, 2, n) array
        Derivatives of the targets with respect to x and y of those stages.
    values : (1 + p, t) array
        Targets at the state, and with each free quantity moved a little.
    change : (1 + p,) array
        By how much.
    slope : (t, p) array
        Direct derivatives of the targets.
    ahead : (t,) array
        Targets after the step that makes the balances close; at a steady state what they are.
    response : (t, p) array
        Derivatives of the targets with respect to the logarithms of the free quantities, all else following.
    dp : (p,) array
        Step of the free quantities.
    least, most : (p,) arrays
        What they may be.
    helps : (t, p) array
        -1 where more of a quantity should make a target easier, 1 where harder; for places where all is lost and
        derivatives say nothing.
    guess : (4,) array
        The first two free quantities as the closed forms have them; the second at other values of the first, as a
        share of itself: its slope by the share of the first, and its value where that is nothing.
    spent : (3,) array
        Linear solves of the search, those of shorter cascades by their share of the stages; how many cascades were
        solved; and how many places of a grid could not be.
    held, spare, answer : Point
        States to return to, and the best that meets all targets.
    told : (8,) array
        What is told of the best choice, see `choices`.
    lowest : (3,) array
        Least miss that has been seen, with the logarithms of the two quantities there.
    best : (p,) array
        The free quantities of the answer.
    record : (4,) array
        Of the answer: logarithm of the first quantity, counted so that less is better, kind, slope and drift.
    bracket : (4, 5) array
        Between what the least of the first quantity is looked for, see `descent`.
    marks : (6, p) array
        Values of the free quantities to return to.
    kept : (8,) array
        What was told before.
    seen : (8, 3) array
        Best places of a grid: miss, and the logarithms of the two quantities.
    enters : (n,) array
        Work space of a residual.
    system, right : (3, 3) and (3, 1) arrays
        Work space of the rows of the targets.
    """

    nearby: Flows
    near_s: Floats
    leaving: Floats
    place: Integers
    gradient: Floats
    values: Floats
    change: Floats
    slope: Floats
    ahead: Floats
    response: Floats
    dp: Floats
    least: Floats
    most: Floats
    helps: Floats
    guess: Floats
    spent: Floats
    held: Point
    spare: Point
    answer: Point
    told: Floats
    lowest: Floats
    best: Floats
    record: Floats
    bracket: Floats
    marks: Floats
    kept: Floats
    seen: Floats
    enters: Floats
    system: Floats
    right: Floats


def make_desk(nearby: Flows, held: Point, spare: Point, answer: Point, p: int, t: int, o: int) -> Desk:
    """Allocate for p free quantities, t targets and o places, with flows and states to work on."""
    n = held.c.shape[2]
    N = nearby.volume.shape[1]
    return Desk(
        nearby=nearby,
        near_s=np.zeros((4, N)),
        leaving=np.zeros((2, N)),
        place=np.zeros(o, np.int64),
        gradient=np.zeros((t, o, 2, n)),
        values=np.zeros((1 + p, t)),
        change=np.zeros(1 + p),
        slope=np.zeros((t, p)),
        ahead=np.zeros(t),
        response=np.zeros((t, p)),
        dp=np.zeros(p),
        least=np.zeros(p),
        most=np.zeros(p),
        helps=np.zeros((t, p)),
        guess=np.zeros(4),
        spent=np.zeros(3),
        held=held,
        spare=spare,
        answer=answer,
        told=np.zeros(8),
        lowest=np.zeros(3),
        best=np.zeros(p),
        record=np.zeros(4),
        bracket=np.zeros((4, 5)),
        marks=np.zeros((6, p)),
        kept=np.zeros(8),
        seen=np.zeros((8, 3)),
        enters=np.zeros(n),
        system=np.zeros((3, 3)),
        right=np.zeros((3, 1)),
    )


def copied(lead: tuple[int, ...], array: Any, ndim: int = 1, kind: Any = np.float64) -> Any:
    """Copy of an array of `ndim` indices, or of many such with the case in front, with the given indices in front."""
    if not lead:
        return np.array(array, kind, order="C")
    held = np.empty((*lead, *array.shape[array.ndim - ndim :]), kind)
    held[...] = array
    return held


def copied_rows(lead: tuple[int, ...], *arrays: Any, kind: Any = np.float64) -> Any:
    """Copies of arrays of one index, or of many such with the case in front, below each other; else as `copied`."""
    if not lead:
        return np.array(arrays, kind)
    held = np.empty((*lead, len(arrays), arrays[0].shape[-1]), kind)
    for row, array in enumerate(arrays):
        held[..., row, :] = array
    return held


def make_work(N: int, n: int, k: int, p: int, blocks: int = 1) -> Work:
    """Allocate work arrays for N stages, n components, k links and p free quantities; N blocks keep their factors."""
    c = 1 + k * n + p
    return Work(
        law=np.zeros((5, N, n)),
        stage=np.zeros((4, N)),
        R=np.zeros((2, 1 + p, N, n)),
        r_Q=np.zeros((1 + p, N)),
        r_m=np.zeros((1 + p, k, n)),
        own=np.zeros((N, n, n + c)),
        response=np.zeros((2, N, n, n + c)),
        block=np.zeros((blocks, n, n)),
        right=np.zeros((n, n + c)),
        dots=np.zeros((3, n + c)),
        rank=np.zeros((N, 3, n)),
        constant=np.zeros((N, 4)),
        border=np.zeros((k * n, k * n)),
        outer=np.zeros((k * n, 1 + p)),
        dm=np.zeros((k, n)),
        swap=np.zeros((N, n), np.int64),
        border_swap=np.zeros(k * n, np.int64),
    )


def make_flows(N: int, n: int, k: int) -> Flows:
    """Allocate flows of N stages, n components and k links."""
    return Flows(np.zeros((9, N)), np.zeros((2, N, n)), np.zeros((3, k), np.int64), np.zeros(k), np.zeros(3))


def make_goals(p: int, t: int, n: int) -> Goals:
    """Allocate p free quantities and t targets of n components."""
    return Goals(np.zeros((2, p), np.int64), np.zeros((4, t), np.int64), np.zeros(t), np.zeros((2, t, n)), np.ones(1))


def make_point(N: int, n: int, k: int) -> Point:
    """Allocate a state of N stages, n components and k links."""
    return Point(np.zeros((3, N, n)), np.zeros((4, N)), np.zeros((k, n)))
