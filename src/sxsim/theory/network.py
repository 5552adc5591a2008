"""Stage graphs at constant load: cascades with draws and several feeds, and linked three-element cascades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sxsim.errors import ConvergenceError
from sxsim.foundation.freezing import Record
from sxsim.theory._inputs import Array, FeedPhase, check_phase, refuse

__all__ = ["Network", "NetworkState", "chain", "linked_three", "solve_network"]

_BALANCE = 1e-9
_ITERATIONS = 300


@dataclass(frozen=True, slots=True, eq=False)
class Network(Record):
    """Equilibrium stages joined by organic and aqueous edges; what no edge carries on leaves as product.

    Attributes
    ----------
    organic, aqueous : (stages,) array
        Total leaving each stage in either phase [mol per mol feed].
    edges : tuple of (from, to, is_organic, flow)
        Stage indices from 0, phase, and flow [mol per mol feed].
    feeds : mapping of stage to (elements,) array
        What is fed to a stage [mol], in either phase.
    products : mapping of name to (stage, is_organic, flow)
        Where each product leaves and how much [mol per mol feed].
    """

    organic: Array
    aqueous: Array
    edges: tuple[tuple[int, int, bool, float], ...]
    feeds: Mapping[int, Array]
    products: Mapping[str, tuple[int, bool, float]]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkState(Record):
    """Steady state of a network.

    Attributes
    ----------
    x, y : (stages, elements) array
        Mole fractions of the aqueous and the organic [-].
    composition : mapping of product to (elements,) array
        Mole fractions of each product [-].
    iterations : int
        Newton steps.
    closure : float
        Largest balance error of an element over a stage [mol per mol feed].
    """

    x: Array
    y: Array
    composition: Mapping[str, Array]
    iterations: int
    closure: float


def chain(
    sections: ArrayLike,
    solvent: float,
    feeds: Mapping[int, tuple[FeedPhase, ArrayLike]],
    outlet_A: float,
    draws: Mapping[int, tuple[FeedPhase, float]] | None = None,
) -> Network:
    """One cascade with feeds and draws at any stage.

    Parameters
    ----------
    sections : array_like of int
        Stages of each section, from the raffinate end; only their sum matters to the flows.
    solvent : float
        S taken up by the barren organic [mol per mol feed].
    feeds : mapping of stage to (phase, amounts)
        1-based stage, phase and amount of each element [mol].
    outlet_A : float
        Amount of the organic product [mol].
    draws : mapping of stage to (phase, flow), optional
        Side products named ``draw-<stage>`` [mol].

    Returns
    -------
    Network
        Products ``organic`` and ``aqueous``, and the draws.

    Raises
    ------
    InputError
        When a flow would not be positive or a stage does not exist.
    """
    stages = int(np.sum(np.asarray(sections)))
    taken = dict(draws or {})
    for stage in [*feeds, *taken]:
        if not 1 <= stage <= stages:
            raise refuse("stage", f"is {stage}", f"1 to {stages}", "number stages along the organic")
    organic, aqueous = np.empty(stages), np.empty(stages)
    upward = float(solvent)
    fed: dict[int, Array] = {}
    for index in range(stages):
        phase, amounts = feeds.get(index + 1, ("aqueous", ()))
        if index + 1 in feeds:
            fed[index] = np.asarray(amounts, float)
            if check_phase(phase):
                upward += float(np.sum(fed[index]))
        organic[index] = upward
        if index + 1 in taken and check_phase(taken[index + 1][0]):
            upward -= taken[index + 1][1]
    carried_up = organic.copy()
    scrub = upward - outlet_A
    downward = scrub
    carried_down = np.empty(stages)
    for index in range(stages - 1, -1, -1):
        if index in fed and not check_phase(feeds[index + 1][0]):
            downward += float(np.sum(fed[index]))
        aqueous[index] = downward
        if index + 1 in taken and not check_phase(taken[index + 1][0]):
            downward -= taken[index + 1][1]
        carried_down[index] = downward
    for stage, (phase, flow) in taken.items():
        if check_phase(phase):
            carried_up[stage - 1] -= flow
    organic[-1] -= scrub
    aqueous[0] -= solvent
    products = {"organic": (stages - 1, True, float(outlet_A)), "aqueous": (0, False, float(carried_down[0] - solvent))}
    products |= {f"draw-{stage}": (stage - 1, check_phase(phase), flow) for stage, (phase, flow) in taken.items()}
    edges = [(i, i + 1, True, float(carried_up[i])) for i in range(stages - 1)]
    edges += [(i, i - 1, False, float(carried_down[i])) for i in range(1, stages)]
    return _checked(Network(organic, aqueous, tuple(edges), fed, products))


def linked_three(
    feed_fractions: ArrayLike, stages: int, solvent: float, ends_solvent: float, ends_scrub: float
) -> Network:
    """Six sections, fully linked, that make three pure products from one aqueous feed and one solvent stream.

    Parameters
    ----------
    feed_fractions : (3,) array_like
        A, B, C from the most extractable down [-].
    stages : int
        Stages of each section.
    solvent : float
        S of the main cascade [mol per mol feed].
    ends_solvent, ends_scrub : float
        S and W of the side cascade, which parts A from C and lets B go both ways
        (:func:`sxsim.theory.multicomponent.minimum_ends`) [mol per mol feed].

    Returns
    -------
    Network
        Products ``A`` (organic), ``B`` (aqueous, drawn in the middle) and ``C`` (aqueous).

    Raises
    ------
    InputError
        When a section would be left without flow.

    Notes
    -----
    Main cascade M1-M4 from the raffinate end, side cascade P1-P2 with the feed. Part of the loaded organic that leaves
    M1 feeds P1, whose aqueous returns there; the organic of P2 joins M4, whose aqueous in part feeds P2. Nothing is
    stripped between: the equivalent of a fully coupled distillation column.
    """
    f = np.asarray(feed_fractions, float)
    k = int(stages)
    if f.shape != (3,) or k < 1 or not abs(f.sum() - 1.0) < _BALANCE:
        raise refuse("feed_fractions", f"{f.tolist()}, {k} stages", "3 fractions of sum 1, 1 stage up", "A, B, C")
    # main stages 0..4k-1 (raffinate end first), side stages 4k..6k-1
    side, last, feed_stage = 4 * k, 4 * k - 1, 5 * k - 1
    scrub = solvent - f[0]
    organic, aqueous = np.empty(6 * k), np.empty(6 * k)
    organic[:k], organic[k : 3 * k], organic[3 * k : side] = solvent, solvent - ends_solvent, solvent
    middle = scrub - ends_scrub
    aqueous[3 * k : side], aqueous[2 * k : 3 * k], aqueous[k : 2 * k] = scrub, middle, middle - f[1]
    aqueous[2 * k] = middle  # the draw leaves here, so the stage below receives less
    aqueous[:k] = solvent + f[2]
    organic[side:], aqueous[side : 5 * k], aqueous[5 * k :] = ends_solvent, ends_scrub + 1.0, ends_scrub
    organic[last], aqueous[0] = f[0], f[2]
    edges: list[tuple[int, int, bool, float]] = []
    for i in range(last):
        flow = solvent - ends_solvent if k - 1 <= i < 3 * k else solvent
        edges.append((i, i + 1, True, flow))
    for i in range(1, side):
        flow = aqueous[i]
        if i == 2 * k:
            flow -= f[1]
        elif i == 3 * k:
            flow -= ends_scrub
        edges.append((i, i - 1, False, float(flow)))
    edges += [(i, i + 1, True, ends_solvent) for i in range(side, 6 * k - 1)]
    edges += [(i, i - 1, False, float(aqueous[i])) for i in range(side + 1, 6 * k)]
    edges += [
        (k - 1, side, True, ends_solvent),
        (side, k - 1, False, ends_scrub + 1.0),
        (6 * k - 1, 3 * k, True, ends_solvent),
        (3 * k, 6 * k - 1, False, ends_scrub),
    ]
    products = {"A": (last, True, float(f[0])), "B": (2 * k, False, float(f[1])), "C": (0, False, float(f[2]))}
    return _checked(Network(organic, aqueous, tuple(edges), {feed_stage: f}, products))


def _checked(network: Network) -> Network:
    """Refuse flows that are not positive; the totals of every stage must balance."""
    entering = np.zeros_like(network.organic)
    for source, target, is_organic, flow in network.edges:
        if not flow > 0.0:
            phase = "organic" if is_organic else "aqueous"
            raise refuse(
                f"{phase} flow from stage {source + 1} to {target + 1}",
                f"is {flow:g}",
                "above 0",
                "raise S or lower the draws",
            )
        entering[target] += flow
    for stage, amounts in network.feeds.items():
        entering[stage] += float(np.sum(amounts))
    for name, (_, _, flow) in network.products.items():
        if not flow > 0.0:
            raise refuse(f"product {name}", f"is {flow:g}", "above 0", "the products must add up to the feeds")
    error = np.abs(entering - network.organic - network.aqueous)
    worst = int(np.argmax(error))
    if not error[worst] < _BALANCE:
        raise refuse(f"stage {worst + 1}", f"totals differ by {error[worst]:g}", "balanced totals", "mend the flows")
    return network


def _order(network: Network) -> Array:
    """Numbering of the stages in which joined ones lie near each other (Cuthill-McKee)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    pairs = np.array([(source, target) for source, target, _, _ in network.edges], dtype=np.int64).reshape(-1, 2)
    size = network.organic.size
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    return np.asarray(reverse_cuthill_mckee(graph, symmetric_mode=False))


def solve_network(network: Network, alpha: ArrayLike, start: ArrayLike | None = None) -> NetworkState:
    """Steady state of a stage graph at constant load and separation factors (runs the compiled kernel).

    Parameters
    ----------
    network : Network
        Stages, flows and feeds.
    alpha : (elements,) array_like
        Separation factors over a common reference [-], positive.
    start : (stages, elements) array_like, optional
        Aqueous mole fractions to start from [-]; the mixed feed when left out.

    Returns
    -------
    NetworkState
        Compositions of all stages and products.

    Raises
    ------
    InputError
        When a separation factor is not positive, or the totals of a stage do not balance.
    ConvergenceError
        When Newton does not settle.
    """
    from sxsim.kernels.constant_load import CONSTANT_LOAD_OK, network_steady

    a = np.array(alpha, dtype=np.float64)
    if a.ndim != 1 or a.size < 2 or not (np.all(a > 0.0) and np.all(np.isfinite(a))):
        raise refuse("alpha", f"is {a.tolist()}", "two or more positive numbers", "one separation factor per element")
    _checked(network)
    stages, elements = network.organic.size, a.size
    if any(amounts.shape != (elements,) for amounts in network.feeds.values()):
        raise refuse("feeds", "do not have one amount per element", f"{elements} amounts", "match alpha")
    order = _order(network)
    place = np.empty(stages, dtype=np.int64)
    place[order] = np.arange(stages)
    edges = network.edges
    source = place[[edge[0] for edge in edges]]
    target = place[[edge[1] for edge in edges]]
    feed = np.zeros((stages, elements))
    for stage, amounts in network.feeds.items():
        feed[place[stage]] += amounts
    x = np.tile(feed.sum(axis=0) / feed.sum(), (stages, 1)) if start is None else np.array(start, float)[order]
    y = np.zeros_like(x)
    half = (int(np.max(np.abs(source - target), initial=0)) + 1) * elements - 1
    answer: Any = network_steady(
        a,
        network.organic[order],
        network.aqueous[order],
        source,
        target,
        np.array([edge[2] for edge in edges], dtype=np.int64),
        np.array([edge[3] for edge in edges], dtype=np.float64),
        feed,
        _ITERATIONS,
        x,
        y,
        np.zeros((stages * elements, 3 * half + 1)),
        np.zeros(stages * elements),
    )
    x, y = x[place], y[place]
    composition = {
        name: (y if is_organic else x)[stage].copy() for name, (stage, is_organic, _) in network.products.items()
    }
    state = NetworkState(x, y, composition, int(answer.iterations), float(answer.residual))
    if answer.status != CONSTANT_LOAD_OK:
        raise ConvergenceError(
            f"the stage graph did not settle in {answer.iterations} Newton steps (last step {answer.step:.1g}, largest "
            f"balance error {answer.residual:.1g}); start from a neighbouring case",
            state,
        )
    return state
