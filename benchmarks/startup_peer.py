"""The start-up's equations for other integrators: compiled rates of the concentrations, and their banded Jacobian.

Mixers hold T = V x + O y of each component, so dx/dt = (dT/dx)^-1 (in - out) with dT/dx from the slopes of the
distribution law; settler cells are mixed volumes of one phase. Nothing of sxsim's integrator is used, only its
distribution ratios, so that both see the same equations. Rates and Jacobian are machine code; the Jacobian is by
differences of columns that share no row.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import packed as at
from sxsim.kernels.equilibrium import distribution
from sxsim.kernels.packed import Flows, Law
from sxsim.startup.course import Course
from sxsim.startup.settings import flows_of

__all__ = ["Peer", "jacobian", "make_peer", "rates", "water"]

Floats = NDArray[np.float64]


class Peer(NamedTuple):
    """What the rates read.

    Attributes
    ----------
    law, flows : Law, Flows
        The cascade.
    mixer, cell : (2, N) arrays
        Volume of each phase in the mixers and in one settler cell [m3].
    start : (N, w) array
        State of each stage at the start: x and charge of the mixer (n + 1), of each aqueous cell (n + 1), organic of
        each cell (n) [mol/L].
    free : (N,) array
        Free extractant, where the next search begins [mol/L].
    """

    law: Law
    flows: Flows
    mixer: Floats
    cell: Floats
    start: Floats
    free: Floats


def make_peer(course: Course) -> Peer:
    """The equations of a course, from where it stands."""
    flows = flows_of(course.problem, course.valves.plan, course._network)
    cells = (course.amount.shape[0] - 1) // 2
    parts = [course.point.c[at.X], course.point.s[at.Q][:, None]]
    for row in range(1, 1 + cells):
        parts.append(course.amount[row, :, :-1] / course.vessels.cell[0][:, None])
    for row in range(1 + cells, 1 + 2 * cells):
        parts.append(course.amount[row, :, :-2] / course.vessels.cell[1][:, None])
    mixer, cell = course.vessels.mixer.copy(), course.vessels.cell.copy()
    return Peer(course._law, flows, mixer, cell, np.hstack(parts), course.point.s[at.F].copy())


def water(peer: Peer, flat: Floats) -> Floats:
    """Aqueous that leaves each stage, (N, n) [mol/L]."""
    state = flat.reshape(peer.start.shape)
    n = peer.law.row.shape[1]
    cells = (state.shape[1] - n - 1) // (2 * n + 1)
    return state[:, cells * (n + 1) : cells * (n + 1) + n]


@numba.njit(error_model="numpy")
def _organic(law, state, free, y, slope):
    """Organic of every stage and its derivative by the state, (N, n, n + 1); free extractant by Newton's method."""
    N, n = y.shape
    row, total = law.row, law.medium[at.EXTRACTANT]
    D, by_h, by_F, by_A = np.empty((N, n)), np.empty((N, n)), np.empty((N, n)), np.empty((N, n))
    for j in range(N):
        Q = state[j, n]
        h, A = Q, Q
        for i in range(n):
            h -= row[at.PROTONS, i] * state[j, i]
            A += (row[at.CHARGE, i] - row[at.PROTONS, i]) * state[j, i]
        h = max(h, 1e-12)
        F = free[j]
        sum_F = 0.0
        for _ in range(30):
            held, sum_F = distribution(law.level[at.K], row, 0.0, j, h, F, A, 0.0, state, D, by_h, by_F, by_A, y)
            step = (total - held) / sum_F
            F *= np.exp(min(max(step, -1.0), 1.0))
            if abs(step) < 1e-13:
                break
        free[j] = F
        # d ln F from the balance of the extractant, along the charge balance of h and A
        for q in range(n + 1):
            dh = 1.0 / h if q == n else -row[at.PROTONS, q] / h
            dA = 1.0 / A if q == n else (row[at.CHARGE, q] - row[at.PROTONS, q]) / A
            bound = 0.0
            for i in range(n):
                own = D[j, i] if i == q else 0.0
                slope[j, i, q] = own + y[j, i] * (by_h[j, i] * dh + by_A[j, i] * dA)
                bound += row[at.BOUND, i] * slope[j, i, q]
            dF = -bound / sum_F
            for i in range(n):
                slope[j, i, q] += y[j, i] * by_F[j, i] * dF


@numba.njit(error_model="numpy")
def rates(peer, flat, answer):
    """Fill the rates of the state, both flat [mol/(L h)]."""
    law, flows = peer.law, peer.flows
    N, width = peer.start.shape
    n = law.row.shape[1]
    cells = (width - n - 1) // (2 * n + 1)
    state, rate = flat.reshape(N, width), answer.reshape(N, width)
    y, slope = np.empty((N, n)), np.empty((N, n, n + 1))
    _organic(law, state, peer.free, y, slope)
    water = cells * (n + 1)  # where the aqueous that leaves stands
    out = y if cells == 0 else state[:, width - n :]
    volume = flows.volume
    left_over = flows.base[at.FED] - flows.base[at.CAPACITY]
    for j in range(N):
        for i in range(n + 1):
            moved = volume[at.FEED_Q, j] if i == n else flows.feed[at.ALL_FEEDS, j, i]
            moved -= volume[at.AQ_OUT, j] * state[j, i]
            if j + 1 < N:
                moved += volume[at.AQ_NEXT, j] * state[j + 1, water + i]
            if i < n:
                moved -= volume[at.ORG_OUT, j] * y[j, i]
                if j > 0:
                    moved += volume[at.ORG_PREVIOUS, j] * out[j - 1, i]
            rate[j, i] = moved
        for c in range(cells):
            for i in range(n + 1):
                place = (c + 1) * (n + 1) + i
                moved = state[j, place - n - 1] - state[j, place]
                rate[j, place] = volume[at.AQ_OUT, j] / peer.cell[0, j] * moved
            for i in range(n):
                place = (cells + 1) * (n + 1) + c * n + i
                before = y[j, i] if c == 0 else state[j, place - n]
                rate[j, place] = volume[at.ORG_OUT, j] / peer.cell[1, j] * (before - state[j, place])
    for q in range(flows.link.shape[1]):
        source, target = flows.link[at.FROM, q], flows.link[at.TO, q]
        aqueous = flows.link[at.PHASE, q] == at.AQUEOUS
        for i in range(n + 1 if aqueous else n):
            carried = state[source, water + i] if aqueous else out[source, i]
            rate[target, i] += flows.link_volume[q] * carried
            if not aqueous:
                left_over += law.row[at.BOUND, i] * flows.link_volume[q] * carried
    if left_over > 0.0 and flows.base[at.INTO] >= 0.0:
        rate[0, int(flows.base[at.INTO])] -= left_over
    block = np.empty((n, n))
    for j in range(N):
        rate[j, n] /= peer.mixer[0, j]
        for i in range(n):
            rate[j, i] -= peer.mixer[1, j] * slope[j, i, n] * rate[j, n]
            for q in range(n):
                block[i, q] = peer.mixer[1, j] * slope[j, i, q]
            block[i, i] += peer.mixer[0, j]
        for k in range(n):  # the diagonal dominates: no pivots
            for r in range(k + 1, n):
                factor = block[r, k] / block[k, k]
                for q in range(k, n):
                    block[r, q] -= factor * block[k, q]
                rate[j, r] -= factor * rate[j, k]
        for k in range(n - 1, -1, -1):
            for q in range(k + 1, n):
                rate[j, k] -= block[k, q] * rate[j, q]
            rate[j, k] /= block[k, k]


@numba.njit(error_model="numpy")
def jacobian(peer, flat, corner, band):
    """Fill the band of the Jacobian, (2 b + 1, M) with b = 2 w - 1, and its corner, (w, w).

    The corner tells how the first stage answers to the last, whose organic returns to it.
    """
    N, width = peer.start.shape
    size = flat.shape[0]
    reach = 2 * width - 1
    base, near, moved = np.empty(size), np.empty(size), flat.copy()
    rates(peer, flat, base)
    for colour in range(4):
        for i in range(width):
            for j in range(N):
                if colour == (3 if j == N - 1 else j % 3):
                    moved[j * width + i] += 1e-7 * abs(flat[j * width + i]) + 1e-14
            rates(peer, moved, near)
            for j in range(N):
                if colour == (3 if j == N - 1 else j % 3):
                    column = j * width + i
                    step = moved[column] - flat[column]
                    for r in range(max(0, (j - 1) * width), min(size, (j + 2) * width)):
                        band[reach + r - column, column] = (near[r] - base[r]) / step
                    if j == N - 1 and N > 2:
                        for r in range(width):
                            corner[r, i] = (near[r] - base[r]) / step
                    moved[column] = flat[column]
