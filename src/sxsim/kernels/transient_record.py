"""Where a run in time stands: its clock, its log and its work space, and how a step is taken into them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.shapes import CONTENTS, FLOAT, INT, POINT, VOID
from sxsim.kernels.transient_method import TABLEAU
from sxsim.kernels.transient_stage import FLOOR

__all__ = ["CLOCK", "LOG", "SPACE", "Clock", "Log", "Space", "accept", "make_space", "note", "start"]

Floats = NDArray[np.float64]


class Clock(NamedTuple):
    """Where a run stands and how it steps.

    Attributes
    ----------
    now : (4,) array
        Time [h], step to try next [h], length of the last step [h], and 1 where a step from here was refused, else 0.
    count : (4,) integer array
        Steps taken, steps refused, linearisations, implicit stages.
    limits : (4,) array
        End [h], longest step [h], relative tolerance [-], share of a vessel's contents below which a component may be
        wrong by that share times the tolerance [-].
    """

    now: Floats
    count: NDArray[np.int64]  # type: ignore[assignment]
    limits: Floats


class Log(NamedTuple):
    """One row for each step taken: time (R,) [h], outlets (R, 2, N, n + 2) and their time integrals [mol/L, mol h/L],
    protons (R, N) [mol/L], contents of each component and of the charge and sulfate (R, n + 2) [kmol].
    """  # noqa: D205

    time: Floats
    outlet: Floats
    integral: Floats
    proton: Floats
    contents: Floats


class Space(NamedTuple):
    """Work space of a run, s stages of the method; the last three are its first three, flat.

    Attributes
    ----------
    rate : (s, 1 + 2 C, N, n + 2) array
        Rates of the contents [kmol/h].
    out : (s, 2, N, n + 2) array
        Outlets [mol/L].
    contents : (3, 1 + 2 C, N, n + 2) array
        At the start of the step, without the part of a stage, and their estimated error [kmol].
    share, constant : (2, N), (2, N, n + 2) arrays
        How settlers answer.
    x, s : (s + 2, N, n), (s + 2, 4, N) arrays
        Where each stage ends up, then the start of the step, and where a stage reads the equations.
    y : (N, n) array
        Organic at the end of a stage [mol/L].
    """

    rate: Floats
    out: Floats
    contents: Floats
    share: Floats
    constant: Floats
    x: Floats
    s: Floats
    y: Floats
    flat_rate: Floats
    flat_out: Floats
    flat_contents: Floats


def make_space(stages: int, vessels: int, N: int, n: int) -> Space:
    """Allocate for a method's stages, vessels of a stage, N stages and n components."""
    rate = np.zeros((stages, vessels, N, n + 2))
    out = np.zeros((stages, 2, N, n + 2))
    contents = np.zeros((3, vessels, N, n + 2))
    flat = rate.reshape(stages, -1), out.reshape(stages, -1), contents.reshape(3, -1)
    ends = np.zeros((stages + 2, N, n)), np.zeros((stages + 2, 4, N)), np.zeros((N, n))
    return Space(rate, out, contents, np.zeros((2, N)), np.zeros((2, N, n + 2)), *ends, *flat)


CLOCK = numba.typeof(Clock(np.zeros(4), np.zeros(4, np.int64), np.zeros(4)))
LOG = numba.typeof(Log(*(np.zeros((1,) * rank) for rank in (1, 4, 4, 2, 2))))
SPACE = numba.typeof(make_space(1, 1, 1, 1))


@kernel(returns=VOID, takes=(CONTENTS, POINT, SPACE), inner=True, counted=False)
def start(amount, point, space):
    """Note where a step starts."""
    vessels, N, n2 = amount.shape
    stages = space.rate.shape[0]
    for j in range(N):
        for i in range(n2 - 2):
            space.x[stages, j, i] = point.c[at.X, j, i]
            space.y[j, i] = point.c[at.Y, j, i]
        space.s[stages, 0, j] = math.log(point.s[at.H, j])
        space.s[stages, 1, j] = math.log(point.s[at.F, j])
        space.s[stages, 2, j] = point.s[at.Q, j]
        space.s[stages, 3, j] = point.s[at.SULFATE, j]
        for k in range(stages):
            space.s[k, 3, j] = space.s[stages, 3, j]
    for r in range(vessels):
        for j in range(N):
            for i in range(n2):
                space.contents[0, r, j, i] = amount[r, j, i]


@kernel(returns=VOID, takes=(TABLEAU, FLOAT, CONTENTS, POINT, SPACE, CONTENTS), inner=True, counted=False)
def accept(tableau, dt, amount, point, space, integral):
    """Take a step: contents, outlets and the state of the mixers, where the last stage ended up."""
    last = tableau.beta.shape[0] - 1
    gamma = tableau.beta[last, last]
    vessels, N, n2 = amount.shape
    for r in range(vessels):
        for j in range(N):
            for i in range(n2):
                total = space.contents[1, r, j, i] + gamma * dt * space.rate[last, r, j, i]
                amount[r, j, i] = total
                space.contents[0, r, j, i] = total
    for phase in range(2):
        for j in range(N):
            for i in range(n2):
                total = 0.0
                for q in range(last + 1):
                    total += tableau.beta[last, q] * space.out[q, phase, j, i]
                integral[phase, j, i] += dt * total
    for j in range(N):
        for of in range(4):
            space.s[last + 1, of, j] = space.s[last, of, j]
        point.s[at.H, j] = math.exp(space.s[last, 0, j])
        point.s[at.F, j] = math.exp(space.s[last, 1, j])
        point.s[at.Q, j] = space.s[last, 2, j]
        point.s[at.SULFATE, j] = space.s[last, 3, j]
        for i in range(n2 - 2):
            # what the error control does not feel may lie on either side of nothing
            x = max(space.x[last, j, i], FLOOR)
            space.x[last + 1, j, i] = x
            point.c[at.X, j, i] = x
            point.c[at.Y, j, i] = max(space.y[j, i], 0.0)


@kernel(returns=VOID, takes=(CONTENTS, POINT, SPACE, CONTENTS, FLOAT, LOG, INT), inner=True, counted=False)
def note(amount, point, space, integral, time, log, row):
    """Write a row of the log."""
    vessels, N, n2 = amount.shape
    last = space.out.shape[0] - 1
    log.time[row] = time
    for phase in range(2):
        for j in range(N):
            for i in range(n2):
                log.outlet[row, phase, j, i] = max(space.out[last, phase, j, i], 0.0)
                log.integral[row, phase, j, i] = integral[phase, j, i]
    for j in range(N):
        log.proton[row, j] = point.s[at.H, j]
    for i in range(n2):
        total = 0.0
        for r in range(vessels):
            for j in range(N):
                total += amount[r, j, i]
        log.contents[row, i] = total
