"""Xu's optimum extraction ratios, and the trap at their threshold."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sxsim.theory._inputs import FeedPhase, check_beta, check_phase
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.specification import Split

__all__ = ["NEAR_PINCH", "PINCHED", "Optimum", "explain_pinch", "extraction_ratios", "xu_optimum"]

PINCHED = 1.05
NEAR_PINCH = 1.25


class Optimum(NamedTuple):
    """Optimum flows after Xu Guangxian.

    Attributes
    ----------
    extraction_controls : array of bool
        True where the extraction section sets the flows, False where the scrub section does.
    E_M, E_M_scrub : array
        Mixed extraction ratios, organic over aqueous load, in the extraction and scrub section [-].
    S, W : array
        Solvent and scrub [mol per mol feed].
    S_over_S_min : array
        S over its minimum at the asked purities [-].
    pinched, near_pinch : array of bool
        S below 1.05 and 1.25 times the minimum: the simple stage counts are then too small.
    """

    extraction_controls: Any
    E_M: Any
    E_M_scrub: Any
    S: Any
    W: Any
    S_over_S_min: Any
    pinched: Any
    near_pinch: Any


def xu_optimum(
    beta: ArrayLike, wanted: Split, feed: FeedPhase = "aqueous", beta_scrub: ArrayLike | None = None
) -> Optimum:
    """Optimum solvent and scrub of a two-element cascade after Xu Guangxian.

    Parameters
    ----------
    beta : array_like
        Separation factor in the extraction section [-].
    wanted : Split
        The separation asked for.
    feed : {"aqueous", "organic"}
        Phase that brings the feed.
    beta_scrub : array_like, optional
        Separation factor in the scrub section [-]; as in the extraction section when left out.

    Returns
    -------
    Optimum
        Ratios, flows and how far they lie above the minimum.

    Raises
    ------
    InputError
        When a separation factor is not above 1.

    Notes
    -----
    Aqueous feed: extraction controls if f'_B > sqrt(b)/(1+sqrt(b)); then E_M = 1/sqrt(b), E'_M = E_M f'_B/(E_M - f'_A);
    else E'_M = sqrt(b'), E_M = E'_M f'_A/(E'_M - f'_B). Organic feed: extraction controls if f'_B > 1/(1+sqrt(b));
    then E_M = 1/sqrt(b), E'_M = (1 - E_M f'_A)/f'_B; else E'_M = sqrt(b'), E_M = (1 - E'_M f'_B)/f'_A.
    S = E_M f'_B/(1-E_M); W = S - f'_A or S + f'_B.

    At the threshold itself the optimum equals the minimum and both sections pinch at the feed stage: see
    :func:`explain_pinch`.

    References
    ----------
    Xu, G., "Theory of Countercurrent Extraction and Its Applications in Rare Earth Separation", 1985,
    doi 10.1016/b978-0-12-767661-6.50109-0 (equations from secondary accounts, algebra re-derived).

    Examples
    --------
    >>> from sxsim.theory.specification import split
    >>> best = xu_optimum(1.5, split(0.5, purity_A=0.99, purity_B=0.99))
    >>> round(float(best.S), 6), bool(best.extraction_controls)
    (2.724745, False)
    """
    b, organic = check_beta(beta), check_phase(feed)
    b_scrub = b if beta_scrub is None else check_beta(beta_scrub, "beta_scrub")
    out_a, out_b = np.asarray(wanted.outlet_A, float), np.asarray(wanted.outlet_B, float)
    root, root_scrub = np.sqrt(b), np.sqrt(b_scrub)
    with np.errstate(divide="ignore", invalid="ignore"):
        if organic:
            by_extraction = out_b > 1.0 / (1.0 + root)
            ratio_scrub = np.where(by_extraction, (1.0 - out_a / root) / out_b, root_scrub)
            ratio = np.where(by_extraction, 1.0 / root, (1.0 - root_scrub * out_b) / out_a)
        else:
            by_extraction = out_b > root / (1.0 + root)
            ratio_scrub = np.where(by_extraction, out_b / root / (1.0 / root - out_a), root_scrub)
            ratio = np.where(by_extraction, 1.0 / root, root_scrub * out_a / (root_scrub - out_b))
        solvent = ratio * out_b / (1.0 - ratio)
    scrub = solvent + out_b if organic else solvent - out_a
    over = solvent / minimum_flows(b, wanted, feed).S
    fields = (by_extraction, ratio, ratio_scrub, solvent, scrub, over, over < PINCHED, over < NEAR_PINCH)
    return Optimum(*(np.asarray(value)[()] for value in fields))


def extraction_ratios(
    solvent: ArrayLike, scrub: ArrayLike, wanted: Split, feed: FeedPhase = "aqueous"
) -> tuple[Any, Any]:
    """Mixed extraction ratios E_M and E'_M [-] of given flows.

    Parameters
    ----------
    solvent, scrub : array_like
        S and W [mol per mol feed].
    wanted : Split
        The separation; its product amounts are used.
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    E_M, E_M_scrub : array
        S/(S+f'_B) and (W+f'_A)/W: organic over aqueous load in either section, for both feeds.
    """
    check_phase(feed)
    s, w = np.asarray(solvent, float), np.asarray(scrub, float)
    return (s / (s + wanted.outlet_B))[()], ((w + wanted.outlet_A) / w)[()]


def explain_pinch(over_minimum: float) -> str:
    """Say what a solvent flow so near its minimum means; empty when it is far enough.

    Parameters
    ----------
    over_minimum : float
        S over S_min [-].

    Returns
    -------
    str
        One or two sentences for people.

    Examples
    --------
    >>> explain_pinch(1.4)
    ''
    """
    if over_minimum >= NEAR_PINCH:
        return ""
    if over_minimum <= 1.0:
        return (
            f"S is {over_minimum:.3f} of its minimum: no number of stages reaches these purities. "
            f"Raise S to about {NEAR_PINCH} times the minimum."
        )
    if over_minimum < PINCHED:
        return (
            f"S is only {over_minimum:.3f} times its minimum: both sections pinch at the feed stage, where "
            "neighbouring stages hardly differ, and the simple stage formula falls far short. Near its own control "
            "threshold Xu's optimum is this minimum. Count stages with the exact formula and take S near "
            f"{NEAR_PINCH} times the minimum."
        )
    return (
        f"S is {over_minimum:.3f} times its minimum: the stages next to the feed separate little and the simple stage "
        "formula gives too few. Count with the exact formula."
    )
