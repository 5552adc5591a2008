"""Mixers that overflow as they are mixed: phases leave in the ratio in which they are held, so that flows lag."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.balances import Lines, lines
from sxsim.errors import ConvergenceError
from sxsim.kernels.flows import Plan
from sxsim.kernels.model import AQUEOUS, ENTRAINED, ORGANIC, Network

__all__ = ["Mixers", "Piece", "set_lines"]

Floats = NDArray[np.float64]
REST = 1e-5
"""Share of a mixer by which its aqueous may be off its rest to count as resting."""
CHANGE = 0.001
"""Mean relative change of the aqueous flows within a time that is run at its mean flows."""
FINER = 4
"""Points looked at between two steps of the integration."""


class Piece(NamedTuple):
    """A time that is run at fixed flows: its end [h], mixer volumes (2, N) [m3], flow of the lines at its middle."""

    end_h: float
    mixer_m3: Floats
    lines: Lines


class Mixers:
    r"""The phases in mixers of constant volume whose outflow has the composition of what they hold.

    Parameters
    ----------
    network : Network
        Flows at which the mixers rest.
    mixer_m3 : (2, N) array
        Aqueous and organic in each mixer then [m3].

    Attributes
    ----------
    aqueous_m3 : (N,) array
        Aqueous in each mixer now [m3].

    Notes
    -----
    With q the volumes that enter, T their sum and V the mixer, as much leaves as enters, and of the aqueous

    .. math:: \frac{dV_A}{dt} = q_A - w T, \qquad w = \frac{V_A}{V_A + \kappa (V - V_A)}

    where kappa is 1. Where mixers are not run in the ratio of their flows, a constant share of one settled phase is
    recycled, and kappa is the ratio of what the phases pass on. Settlers keep their volumes, so what a mixer sends out
    reaches the next at once.
    """

    def __init__(self, network: Network, mixer_m3: Floats) -> None:
        self._volume = mixer_m3.sum(axis=0)
        self.aqueous_m3: Floats = mixer_m3[0].copy()
        self._kappa = mixer_m3[0] / mixer_m3[1] * network.org_out / network.aq_out

    def at_rest(self, network: Network) -> Floats:
        """Aqueous in each mixer once it rests at these flows [m3], shape (N,)."""
        held = self._kappa * network.aq_out
        return np.asarray(self._volume * held / (held + network.org_out))

    def outflow(self, plan: Plan, aqueous_m3: Floats) -> tuple[Floats, Floats, Floats]:
        """Aqueous and organic that leave each stage and the aqueous that enters it, (N,) arrays [m3/h].

        Raises
        ------
        ConvergenceError
            A phase stops flowing.
        """
        N = self._volume.size
        share = aqueous_m3 / (aqueous_m3 + self._kappa * (self._volume - aqueous_m3))
        both = 1.0 - plan.entrained_aq * plan.entrained_org
        drawn = np.zeros((2, N))
        for stage, phase, volume in zip(plan.draw_stage, plan.draw_phase, plan.draw_volume, strict=True):
            drawn[0 if phase == AQUEOUS else 1, stage] += volume
        # each line as gain x throughput + fixed
        gain_L = (share - plan.entrained_aq * (1.0 - share)) / both
        gain_V = (1.0 - share - plan.entrained_org * share) / both
        fixed_L = (plan.entrained_aq * drawn[1] - drawn[0]) / both
        fixed_V = (plan.entrained_org * drawn[0] - drawn[1]) / both
        from_L, from_V, fed = _receivers(plan)
        into = from_L.sum(axis=0), from_V.sum(axis=0)
        matrix = np.eye(N) - into[0] * gain_L - into[1] * gain_V
        through = np.linalg.solve(matrix, fed.sum(axis=0) + into[0] @ fixed_L + into[1] @ fixed_V)
        L, V = gain_L * through + fixed_L, gain_V * through + fixed_V
        if not ((L > 0.0).all() and (V > 0.0).all()):
            raise ConvergenceError("a phase stops flowing while the mixers fill anew; make the change smaller")
        aqueous = share * through
        return aqueous, through - aqueous, fed[0] + from_L[0] @ L + from_V[0] @ V

    def pieces(self, plan: Plan, network: Network, start_h: float, end_h: float) -> Iterator[Piece]:
        """Times of fixed flows that follow the mixers from how they stand to a time.

        Parameters
        ----------
        plan : Plan
            The cascade as its valves are set.
        network : Network
            Its flows at rest.
        start_h, end_h : float
            From and to [h].

        Yields
        ------
        Piece
            Volumes and flows at its middle, so that the error is of second order in its length.
        """
        from scipy.integrate import solve_ivp

        rest = self.at_rest(network)
        off = REST * self._volume

        def slope(time_h: float, aqueous_m3: Floats) -> Floats:
            leaving, _, entering = self.outflow(plan, aqueous_m3)
            return np.asarray(entering - leaving)

        def resting(time_h: float, aqueous_m3: Floats) -> float:
            return float((np.abs(aqueous_m3 - rest) / off).max()) - 1.0

        resting.terminal = True  # type: ignore[attr-defined]
        reached = start_h
        if resting(start_h, self.aqueous_m3) > 0.0:
            answer = solve_ivp(
                slope, (start_h, end_h), self.aqueous_m3, "RK45", dense_output=True, events=resting, rtol=1e-6,
                atol=1e-2 * float(off.min()),
            )  # fmt: skip
            for begin, reached in pairwise(self._edges(plan, answer)):
                middle = answer.sol(0.5 * (begin + reached))
                aqueous, organic, _ = self.outflow(plan, middle)
                held = np.stack((middle, self._volume - middle))
                yield Piece(reached, held, lines(plan, network._replace(aq_out=aqueous, org_out=organic)))
            self.aqueous_m3 = answer.y[:, -1].copy()
        if reached < end_h:
            self.aqueous_m3 = rest
            yield Piece(end_h, np.stack((rest, self._volume - rest)), lines(plan, network))

    def _edges(self, plan: Plan, answer: Any) -> list[float]:
        """Times between which the flows change little."""
        times = np.concatenate([np.linspace(a, b, FINER, endpoint=False) for a, b in pairwise(answer.t)])
        edges, before = [float(times[0])], self.outflow(plan, answer.sol(times[0]))[0]
        for time_h in times[1:].tolist():
            now = self.outflow(plan, answer.sol(time_h))[0]
            if float(np.mean(np.abs(now - before) / before)) > CHANGE:
                edges.append(time_h)
                before = now
        return [*edges, float(answer.t[-1])]


def _receivers(plan: Plan) -> tuple[Floats, Floats, Floats]:
    """What each stage receives of both phases: of each aqueous line, of each organic line (2, N, N), and fed (2, N)."""
    N = plan.aq_to.size
    of_L, of_V, fed = np.zeros((2, N, N)), np.zeros((2, N, N)), np.zeros((2, N))
    for stage, phase, volume in zip(plan.feed_stage, plan.feed_phase, plan.feed_volume, strict=True):
        fed[0 if phase == AQUEOUS else 1, stage] += volume
    fed[1, 0] += plan.inlet[0]
    for j, target in enumerate(plan.aq_to):
        if target >= 0:
            of_L[0, target, j] += 1.0
            of_L[1, target, j] += plan.entrained_org[j]
    for source, target, part in zip(plan.split_from, plan.split_to, plan.split_fraction, strict=True):
        of_L[0, target, source] += part
        of_L[1, target, source] += part * plan.entrained_org[source]
    following = np.arange(1, N)
    of_V[1, following, following - 1] = 1.0
    of_V[0, following, following - 1] = plan.entrained_aq[:-1]
    if plan.recycled:  # the returning organic is pumped from a tank, what it entrains comes along
        of_V[0, 0, N - 1] += plan.entrained_aq[-1]
    return of_L, of_V, fed


def set_lines(plan: Plan, rest: Network, moved: Lines, network: Network) -> None:
    """Write a network whose lines flow as given.

    Parameters
    ----------
    plan : Plan
        The cascade.
    rest : Network
        Its flows at rest.
    moved : Lines
        Flow of each line [m3/h].
    network : Network
        Filled.
    """
    L, V = moved
    before = lines(plan, rest)
    ratio_L, ratio_V = L / before.aqueous, V / before.organic
    network.aq_from_next[:-1] = rest.aq_from_next[:-1] * ratio_L[1:]
    network.org_from_next[:-1] = rest.org_from_next[:-1] * ratio_L[1:]
    network.org_from_previous[1:] = rest.org_from_previous[1:] * ratio_V[:-1]
    network.aq_from_previous[1:] = rest.aq_from_previous[1:] * ratio_V[:-1]
    network.org_in[:] = rest.org_in + network.org_from_previous - rest.org_from_previous
    network.aq_out[:] = rest.aq_out + (L - before.aqueous) + plan.entrained_aq * (V - before.organic)
    network.org_out[:] = rest.org_out + (V - before.organic) + plan.entrained_org * (L - before.aqueous)
    returning = (rest.link_from == plan.aq_to.size - 1) & (rest.link_to == 0) & bool(plan.recycled)
    by_V = (rest.link_phase == ORGANIC) | (returning & (rest.link_phase != ENTRAINED))
    network.link_volume[:] = rest.link_volume * np.where(by_V, ratio_V[rest.link_from], ratio_L[rest.link_from])
