"""Minimum flows with several elements: end splits, sharp cuts, linked and conventional trains."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sxsim.theory._inputs import Array, FeedPhase, check_phase, refuse

__all__ = [
    "EndSplit",
    "SharpCut",
    "minimum_conventional",
    "minimum_ends",
    "minimum_linked",
    "minimum_sharp_cut",
]


class EndSplit(NamedTuple):
    """Minimum flows [mol per mol feed] and organic outlet of each element when only the end elements part."""

    S: float
    W: float
    organic_outlet: Array


class SharpCut(NamedTuple):
    """Minimum flows [mol per mol feed] and Underwood's root for a sharp cut between two neighbours."""

    S: float
    W: float
    theta: float


def _check_elements(alpha: ArrayLike, feed_fractions: ArrayLike) -> tuple[Array, Array]:
    a, f = np.asarray(alpha, float), np.asarray(feed_fractions, float)
    if a.ndim != 1 or a.shape != f.shape or a.size < 2:
        raise refuse(
            "alpha", f"has shape {a.shape}, feed_fractions {f.shape}", "equal lengths, at least 2", "one per element"
        )
    if not (np.all(np.diff(a) < 0.0) and a[-1] > 0.0 and np.all(np.isfinite(a))):
        raise refuse("alpha", f"is {a.tolist()}", "strictly falling, above 0", "order from the most extractable down")
    if not (np.all(f > 0.0) and abs(f.sum() - 1.0) < 1e-9):
        raise refuse("feed_fractions", f"sum to {f.sum():.12g}", "all above 0, sum 1", "give mole fractions")
    return a / a[-1], f


def minimum_ends(alpha: ArrayLike, feed_fractions: ArrayLike, feed: FeedPhase = "aqueous") -> EndSplit:
    """Minimum flows of (A1...At-1)/(A2...At): only the first and last element part sharply.

    Parameters
    ----------
    alpha : (elements,) array_like
        Separation factors over the last element [-], falling.
    feed_fractions : (elements,) array_like
        Mole fractions of the feed [-].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    EndSplit
        S_min, W_min and the amount of each element in the organic outlet.

    Raises
    ------
    InputError
        When alpha is not falling or the fractions do not sum to 1.

    Notes
    -----
    Aqueous feed: W = 1/(alpha_1-1), S = sum(alpha f)/(alpha_1-1), d = f(alpha-1)/(alpha_1-1). Organic feed:
    S = 1/(alpha_1-1), W = alpha_1 sum(f/alpha)/(alpha_1-1), d = (S+1)f - W (f/alpha)/sum(f/alpha). Derived from the
    pinch at the feed stage; equal to Underwood's preferred split.

    References
    ----------
    Cheng, F. et al., Adv. Mater. Phys. Chem. 5 (2015), doi 10.4236/ampc.2015.58032, treats this separation.
    """
    a, f = _check_elements(alpha, feed_fractions)
    gap = a[0] - 1.0
    if check_phase(feed):
        lean = float(np.sum(f / a))
        solvent, scrub = 1.0 / gap, float(a[0]) * lean / gap
        outlet = (solvent + 1.0) * f - scrub * f / a / lean
    else:
        solvent, scrub = float(np.sum(a * f)) / gap, 1.0 / gap
        outlet = f * (a - 1.0) / gap
    return EndSplit(float(solvent), float(scrub), outlet)


def minimum_sharp_cut(alpha: ArrayLike, feed_fractions: ArrayLike, cut: int, feed: FeedPhase = "aqueous") -> SharpCut:
    """Minimum flows for a sharp cut after the first ``cut`` elements (Underwood).

    Parameters
    ----------
    alpha : (elements,) array_like
        Separation factors over any reference [-], falling.
    feed_fractions : (elements,) array_like
        Mole fractions of the feed [-].
    cut : int
        Number of elements that go with the organic product, 1 to elements - 1.
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    SharpCut
        S_min, W_min, and theta over the last element as reference.

    Raises
    ------
    InputError
        When the elements are not in order or there is no such cut.

    Notes
    -----
    theta between alpha_{k+1} and alpha_k solves sum alpha f/(alpha-theta) = 1-q, q = 1 for an aqueous and 0 for an
    organic feed; V = sum_{i<=k} alpha f/(alpha-theta); S = V or V - 1. Carried over from distillation at constant
    molar flow: Underwood, A.J.V., Chem. Eng. Prog. 44 (1948) 603.

    Examples
    --------
    >>> round(minimum_sharp_cut([2.0, 1.0], [0.5, 0.5], 1).S, 12)
    1.5
    """
    a, f = _check_elements(alpha, feed_fractions)
    organic = check_phase(feed)
    if not 1 <= cut < a.size:
        raise refuse("cut", f"is {cut}", f"1 to {a.size - 1}", "the cut falls after this many elements")
    goal = 1.0 if organic else 0.0

    low, high = float(a[cut]), float(a[cut - 1])
    for _ in range(200):
        theta = 0.5 * (low + high)
        if theta in (low, high):
            break
        if float(np.sum(a * f / (a - theta))) > goal:  # rises from -inf to +inf between its poles
            high = theta
        else:
            low = theta
    vapour = float(np.sum((a * f / (a - theta))[:cut]))
    solvent = vapour - 1.0 if organic else vapour
    outlet = float(np.sum(f[:cut]))
    return SharpCut(solvent, solvent + 1.0 - outlet if organic else solvent - outlet, theta)


def minimum_linked(alpha: ArrayLike, feed_fractions: ArrayLike, feed: FeedPhase = "aqueous") -> float:
    """Minimum solvent of a fully linked train that makes every element pure [mol per mol feed].

    Parameters
    ----------
    alpha : (elements,) array_like
        Separation factors over any reference [-], falling.
    feed_fractions : (elements,) array_like
        Mole fractions of the feed [-].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    float
        The largest S_min over the sharp cuts of the whole feed.

    Raises
    ------
    InputError
        When the elements are not in order.

    Notes
    -----
    In linked (hyperlink) extraction the outlets pass loaded and unstripped to the next cascade, the constant-molar-flow
    equivalent of fully coupled distillation columns, whose minimum is that of the most demanding cut.

    References
    ----------
    Halvorsen, I.J., Skogestad, S., Ind. Eng. Chem. Res. 42 (2003) 596-629 (the result for distillation).
    """
    elements = np.asarray(alpha).size
    return max(minimum_sharp_cut(alpha, feed_fractions, cut, feed).S for cut in range(1, elements))


def minimum_conventional(
    alpha: ArrayLike, feed_fractions: ArrayLike, transfer: Literal["stripped", "loaded"] = "stripped"
) -> float:
    """Minimum solvent of the best conventional train of cascades on an aqueous feed [mol per mol feed].

    Parameters
    ----------
    alpha : (elements,) array_like
        Separation factors over any reference [-], falling.
    feed_fractions : (elements,) array_like
        Mole fractions of the feed [-].
    transfer : {"stripped", "loaded"}
        How an organic product reaches its next cascade: stripped into a new aqueous feed, or as loaded organic feed.

    Returns
    -------
    float
        The least sum of S_min over all orders of cuts.

    Raises
    ------
    InputError
        When the elements are not in order or the transfer is unknown.
    """
    a, f = _check_elements(alpha, feed_fractions)
    if transfer not in ("stripped", "loaded"):
        raise refuse("transfer", f"is {transfer!r}", '"stripped" or "loaded"', "say how organic products are passed on")
    known: dict[tuple[int, int, bool], float] = {}

    def least(first: int, last: int, organic: bool) -> float:
        if last - first < 2:
            return 0.0
        key = (first, last, organic)
        if key not in known:
            part = f[first:last]
            amount = float(part.sum())
            phase: FeedPhase = "organic" if organic else "aqueous"
            known[key] = min(
                amount * minimum_sharp_cut(a[first:last], part / amount, cut, phase).S
                + least(first, first + cut, transfer == "loaded")
                + least(first + cut, last, False)
                for cut in range(1, last - first)
            )
        return known[key]

    return least(0, a.size, False)
