"""Minimum solvent and scrub of a two-element cascade: the floor of the reagent bill."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sxsim.theory._inputs import Array, FeedPhase, check_beta, check_feed, check_phase, within
from sxsim.theory.specification import Split

__all__ = [
    "DoubleFeed",
    "MinimumFlows",
    "equilibrium_aqueous",
    "equilibrium_organic",
    "minimum_double_feed",
    "minimum_flows",
    "minimum_sharp",
    "third_outlet_bound",
]


class MinimumFlows(NamedTuple):
    """S_min and W_min [mol per mol feed]."""

    S: Any
    W: Any


class DoubleFeed(NamedTuple):
    """Minimum flows with an aqueous and an organic feed [mol]; the pinch of either feed, and both in one stage."""

    S: Any
    W: Any
    S_aqueous_pinch: Any
    S_organic_pinch: Any
    S_same_stage: Any


def equilibrium_organic(beta: ArrayLike, x: ArrayLike) -> Array:
    """A fraction of the organic in equilibrium, y = beta x/(1+(beta-1)x) [-]."""
    b, x = np.asarray(beta, float), np.asarray(x, float)
    return b * x / (1.0 + (b - 1.0) * x)


def equilibrium_aqueous(beta: ArrayLike, y: ArrayLike) -> Array:
    """A fraction of the aqueous in equilibrium, x = y/(beta-(beta-1)y) [-]."""
    b, y = np.asarray(beta, float), np.asarray(y, float)
    return y / (b - (b - 1.0) * y)


def minimum_sharp(beta: ArrayLike, feed_A: ArrayLike, feed: FeedPhase = "aqueous") -> MinimumFlows:
    """Minimum flows for a perfect separation of two elements.

    Parameters
    ----------
    beta : array_like
        Separation factor [-].
    feed_A : array_like
        A fraction of the feed [-].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    MinimumFlows
        Aqueous feed: W_min = 1/(beta-1), S_min = f_A + W_min. Organic feed: S_min = 1/(beta-1), W_min = f_B + S_min.

    References
    ----------
    Cheng, F. et al., Adv. Mater. Phys. Chem. 4 (2014) 275-283, doi 10.4236/ampc.2014.412030; re-derived from the
    pinch at the feed stage.

    Examples
    --------
    >>> [float(flow) for flow in minimum_sharp(1.5, 0.5)]
    [2.5, 2.0]
    """
    b, f, organic = check_beta(beta), check_feed(feed_A), check_phase(feed)
    base = 1.0 / (b - 1.0) + 0.0 * f
    return MinimumFlows((base if organic else base + f)[()], (base + 1.0 - f if organic else base)[()])


def minimum_flows(beta: ArrayLike, wanted: Split, feed: FeedPhase = "aqueous") -> MinimumFlows:
    """Minimum flows at finite purities: S_min = f'_B (x_F - x_1)/(y_F - x_F).

    Parameters
    ----------
    beta : array_like
        Separation factor [-].
    wanted : Split
        The separation asked for.
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    MinimumFlows
        S_min and W_min [mol per mol feed].

    Raises
    ------
    InputError
        When beta is not above 1 or the feed phase is unknown.

    Notes
    -----
    (x_F, y_F) is the equilibrium pair through the feed composition, x_1 = 1 - P_B. Derived from the A balance over the
    extraction section with the feed stage in equilibrium with its neighbours.
    """
    b, organic = check_beta(beta), check_phase(feed)
    x_f = equilibrium_aqueous(b, wanted.feed_A) if organic else np.asarray(wanted.feed_A)
    y_f = equilibrium_organic(b, x_f)
    solvent = wanted.outlet_B * (x_f - (1.0 - wanted.purity_B)) / (y_f - x_f)
    return MinimumFlows(solvent[()], (solvent + wanted.outlet_B if organic else solvent - wanted.outlet_A)[()])


def minimum_double_feed(
    beta: ArrayLike, aqueous: ArrayLike, aqueous_A: ArrayLike, organic: ArrayLike, organic_A: ArrayLike
) -> DoubleFeed:
    """Minimum flows for a sharp split of an aqueous and an organic feed in separate stages.

    Parameters
    ----------
    beta : array_like
        Separation factor [-].
    aqueous, organic : array_like
        Amount of either feed [mol].
    aqueous_A, organic_A : array_like
        A fraction of either feed, x_F and y_F [-].

    Returns
    -------
    DoubleFeed
        The larger pinch decides; both feeds in one stage never need less.

    Notes
    -----
    Derived from the balances. With y_F at most y*(x_F) the organic feed enters on the raffinate side:
    S = max{A_t/[(beta-1)x_F] + A_t - F_o; B_t/[(beta-1)(1-y_F)]}; else it enters on the product side:
    S = max{B_t[1+(beta-1)x_F]/[(beta-1)(1-x_F)]; A_t[beta-(beta-1)y_F]/[(beta-1)y_F] + A_t - F_o}.
    W = S + F_o - A_t.
    """
    b = check_beta(beta)
    f_a = within("aqueous", aqueous, 0.0, np.inf, "above 0")
    f_o = within("organic", organic, 0.0, np.inf, "above 0")
    x_f = within("aqueous_A", aqueous_A, 0.0, 1.0, "between 0 and 1")
    y_f = within("organic_A", organic_A, 0.0, 1.0, "between 0 and 1")
    total_a = f_a * x_f + f_o * y_f
    total_b = f_a + f_o - total_a
    gap = b - 1.0
    raffinate_side = y_f <= equilibrium_organic(b, x_f)
    at_aqueous = np.where(
        raffinate_side, total_a / (gap * x_f) + total_a - f_o, total_b * (1.0 + gap * x_f) / (gap * (1.0 - x_f))
    )
    at_organic = np.where(
        raffinate_side, total_b / (gap * (1.0 - y_f)), total_a * (b - gap * y_f) / (gap * y_f) + total_a - f_o
    )
    share = f_a / (f_a + f_o)
    mixed = total_a / (f_a + f_o)
    # share x + (1-share) y*(x) = mixed, as the positive root of a quadratic in x
    linear = share + (1.0 - share) * b - gap * mixed
    x = 2.0 * mixed / (linear + np.sqrt(linear * linear + 4.0 * gap * share * mixed))
    same = total_b * x / (equilibrium_organic(b, x) - x)
    solvent = np.maximum(at_aqueous, at_organic)
    return DoubleFeed(*(v[()] for v in (solvent, solvent + f_o - total_a, at_aqueous, at_organic, same)))


def third_outlet_bound(
    alpha: ArrayLike, feed_C: ArrayLike, aqueous: ArrayLike, solvent: ArrayLike, phase: FeedPhase = "aqueous"
) -> Array:
    """Highest purity of a middle element B drawn from the extraction section as a third product [-].

    Parameters
    ----------
    alpha : array_like
        Separation factor of B over C, the less extractable element that must pass the draw [-].
    feed_C : array_like
        C fed [mol per mol feed].
    aqueous, solvent : array_like
        Aqueous and organic flows just above the draw, L and S [mol per mol feed].
    phase : {"aqueous", "organic"}
        Phase of the draw.

    Returns
    -------
    array
        Aqueous draw: 1 - f_C/(L - S/alpha); organic draw: 1 - f_C/(alpha L - S). Derived from the C balance.

    Examples
    --------
    >>> round(float(third_outlet_bound(2.0, 0.4, 2.6, 2.0)), 12)
    0.75
    """
    a, organic = check_beta(alpha, "alpha"), check_phase(phase)
    water, oil, f_c = (np.asarray(v, float) for v in (aqueous, solvent, feed_C))
    return (1.0 - f_c / (a * water - oil if organic else water - oil / a))[()]
