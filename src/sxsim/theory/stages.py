"""Stage numbers of a two-element cascade: simple, high-purity, exact, and the smallest integer cascade."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sxsim.theory._inputs import Array, FeedPhase, check_beta, check_phase, refuse
from sxsim.theory.minimum import equilibrium_aqueous, equilibrium_organic, minimum_flows
from sxsim.theory.optimum import extraction_ratios
from sxsim.theory.specification import Split

__all__ = [
    "IntegerStages",
    "StageCount",
    "binary_purities",
    "exact_stages",
    "high_purity_stages",
    "integer_stages",
    "simple_stages",
]

_MOST_STAGES = 2000


class StageCount(NamedTuple):
    """Real stage numbers: n extraction (the feed stage counted) and m scrub; inf below the minimum flow."""

    n: Any
    m: Any


class IntegerStages(NamedTuple):
    """The smallest whole cascade that meets both purities, its best feed stage, and what it reaches."""

    n: int
    m: int
    purity_A: float
    purity_B: float


def _scrub_flow(solvent: ArrayLike, wanted: Split, organic: bool) -> Array:
    s = np.asarray(solvent, float)
    return s + wanted.outlet_B if organic else s - wanted.outlet_A


def _ends(beta: Array, wanted: Split, organic: bool) -> tuple[Array, Array]:
    """Aqueous A fraction x_n and organic B fraction w_n of the feed stage."""
    x_n = equilibrium_aqueous(beta, wanted.feed_A) if organic else np.asarray(wanted.feed_A, float)
    return x_n, 1.0 - equilibrium_organic(beta, x_n)


def simple_stages(
    beta: ArrayLike, wanted: Split, E_M: ArrayLike, E_M_scrub: ArrayLike, beta_scrub: ArrayLike | None = None
) -> StageCount:
    """Stage numbers by the simple formula: n = ln b/ln(beta E_M), m + 1 = ln a/ln(beta'/E'_M).

    Parameters
    ----------
    beta : array_like
        Separation factor in the extraction section [-].
    wanted : Split
        The separation asked for.
    E_M, E_M_scrub : array_like
        Mixed extraction ratios [-].
    beta_scrub : array_like, optional
        Separation factor in the scrub section [-].

    Returns
    -------
    StageCount
        Too few where S is near its minimum (:func:`sxsim.theory.optimum.explain_pinch`).

    References
    ----------
    Xu, G., 1985, doi 10.1016/b978-0-12-767661-6.50109-0.
    """
    b = check_beta(beta)
    b_scrub = b if beta_scrub is None else check_beta(beta_scrub, "beta_scrub")
    n = np.log(wanted.factor_b) / np.log(b * np.asarray(E_M, float))
    m = np.log(wanted.factor_a) / np.log(b_scrub / np.asarray(E_M_scrub, float)) - 1.0
    return StageCount(n[()], m[()])


def high_purity_stages(
    beta: ArrayLike,
    wanted: Split,
    solvent: ArrayLike,
    feed: FeedPhase = "aqueous",
    beta_scrub: ArrayLike | None = None,
) -> StageCount:
    """Stage numbers by the closed form for high purity.

    Parameters
    ----------
    beta : array_like
        Separation factor in the extraction section [-].
    wanted : Split
        The separation asked for.
    solvent : array_like
        S [mol per mol feed].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.
    beta_scrub : array_like, optional
        Separation factor in the scrub section [-].

    Returns
    -------
    StageCount
        Within 0.03 stage of the exact count at 99.99 %, 0.25 at 99.9 %, 1.7 at 99 %; nan where a section pinches.

    Notes
    -----
    n = 1 + {ln(x_n/x_1) + ln(x*/E_M) + ln[(x*-x_1)/(x*-x_n)]}/ln(beta E_M), x* = (beta E_M - 1)/(beta-1), and
    m = {ln(w_n/w_N) + ln(w* E'_M) + ln[(w*-w_N)/(w*-w_n)]}/ln(beta'/E'_M), w* = (beta'/E'_M - 1)/(beta'-1).
    Derived from the exact count for small x_1 and w_N.
    """
    b, organic = check_beta(beta), check_phase(feed)
    b_scrub = b if beta_scrub is None else check_beta(beta_scrub, "beta_scrub")
    ratio, ratio_scrub = extraction_ratios(solvent, _scrub_flow(solvent, wanted, organic), wanted, feed)
    x_n, w_n = _ends(b, wanted, organic)
    x_1, w_last = 1.0 - np.asarray(wanted.purity_B), 1.0 - np.asarray(wanted.purity_A)
    x_pinch = (b * ratio - 1.0) / (b - 1.0)
    w_pinch = (b_scrub / ratio_scrub - 1.0) / (b_scrub - 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        n = 1.0 + np.log(x_n / x_1 * x_pinch / ratio * (x_pinch - x_1) / (x_pinch - x_n)) / np.log(b * ratio)
        m = np.log(w_n / w_last * w_pinch * ratio_scrub * (w_pinch - w_last) / (w_pinch - w_n)) / np.log(
            b_scrub / ratio_scrub
        )
    return StageCount(n[()], m[()])


def _steps(beta: Array, ratio: Array, end: Array, target: Array) -> Array:
    """Steps of z -> ratio y(z) + (1-ratio) z_end from z_end to the target; inf where the map stops short of it."""
    gap = beta - 1.0
    q = (1.0 - ratio) * end
    p = ratio * beta + q * gap
    spread = np.sqrt((1.0 - p) ** 2 + 4.0 * gap * q)
    # both forms of either root, the one without cancellation
    up = p >= 1.0
    high = np.where(up, (p - 1.0 + spread) / (2.0 * gap), 2.0 * q / (1.0 - p + spread))
    low = np.where(up, -2.0 * q / (p - 1.0 + spread), (p - 1.0 - spread) / (2.0 * gap))
    multiplier = (p - gap * low) / (p - gap * high)
    with np.errstate(invalid="ignore", divide="ignore"):
        count = np.log((target - low) / (high - target) * (high - end) / (end - low)) / np.log(multiplier)
    return np.where(target < high, count, np.inf)


def exact_stages(
    beta: ArrayLike,
    wanted: Split,
    solvent: ArrayLike,
    feed: FeedPhase = "aqueous",
    beta_scrub: ArrayLike | None = None,
) -> StageCount:
    """Exact stage numbers at constant load and separation factor.

    Parameters
    ----------
    beta : array_like
        Separation factor in the extraction section [-].
    wanted : Split
        The separation asked for.
    solvent : array_like
        S [mol per mol feed].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.
    beta_scrub : array_like, optional
        Separation factor in the scrub section [-].

    Returns
    -------
    StageCount
        Real n and m; ceil(n + m) is the smallest whole cascade. inf where S does not exceed its minimum.

    Raises
    ------
    InputError
        When a separation factor is not above 1.

    Notes
    -----
    The stage recurrence z_{i+1} = E beta z_i/(1+(beta-1)z_i) + (1-E) z_1 is a Moebius map with fixed points z_lo, z_hi,
    the roots of (beta-1)z^2 + (1-p)z - q = 0, p = E beta + (1-E)z_1(beta-1), q = (1-E)z_1. The ratio
    (z-z_lo)/(z_hi-z) grows by lambda = (p-(beta-1)z_lo)/(p-(beta-1)z_hi) per stage. Extraction: z = x, E = S/(S+f'_B),
    n = 1 + steps; scrub: z = B fraction of the organic, E = W/(W+f'_A), m = steps. The same device solves the
    McCabe-Thiele ladder of a distillation column in closed form (Smoker, 1938).

    Examples
    --------
    >>> from sxsim.theory.specification import split
    >>> count = exact_stages(1.5, split(0.5, purity_A=0.99, purity_B=0.99), 2.7247448713915894)
    >>> round(float(count.n), 6), round(float(count.m), 6)
    (25.751039, 24.420133)
    """
    b, organic = check_beta(beta), check_phase(feed)
    b_scrub = b if beta_scrub is None else check_beta(beta_scrub, "beta_scrub")
    scrub = _scrub_flow(solvent, wanted, organic)
    ratio, ratio_scrub = extraction_ratios(solvent, scrub, wanted, feed)
    x_n, w_n = _ends(b, wanted, organic)
    n = 1.0 + _steps(b, np.asarray(ratio), 1.0 - np.asarray(wanted.purity_B), x_n)
    m = _steps(b_scrub, 1.0 / np.asarray(ratio_scrub), 1.0 - np.asarray(wanted.purity_A), w_n)
    good = scrub > 0.0
    return StageCount(np.where(good, n, np.inf)[()], np.where(good, m, np.inf)[()])


def binary_purities(
    beta: float,
    feed_A: float,
    n: int,
    m: int,
    solvent: float,
    scrub: float,
    feed: FeedPhase = "aqueous",
    beta_scrub: float | None = None,
) -> tuple[float, float]:
    """Purities P_A and P_B of a given cascade at steady state (runs the compiled kernel).

    Parameters
    ----------
    beta, feed_A : float
        Separation factor and A fraction of the feed [-].
    n, m : int
        Extraction stages (the feed stage counted) and scrub stages.
    solvent, scrub : float
        S and W [mol per mol feed].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.
    beta_scrub : float, optional
        Separation factor in the scrub section [-].

    Returns
    -------
    purity_A, purity_B : float
        Mole fraction of A in the organic product and of B in the aqueous one [-].

    Raises
    ------
    InputError
        When a flow, a product amount or a stage number is not positive.

    Examples
    --------
    >>> p_a, p_b = binary_purities(1.5, 0.5, 20, 22, 2.7247448713915894, 2.2247448713915894)
    >>> round(p_a, 9)
    0.979998683
    """
    from sxsim.kernels.constant_load import CONSTANT_LOAD_OK, binary_steady

    organic = check_phase(feed)
    b_scrub = beta if beta_scrub is None else beta_scrub
    fed_aqueous, fed_organic = (0.0, 1.0) if organic else (1.0, 0.0)
    answer = binary_steady(
        float(beta), float(b_scrub), int(n), int(m), float(solvent), float(scrub), fed_aqueous, fed_organic,
        float(feed_A), np.empty(0),
    )  # fmt: skip
    if answer.status != CONSTANT_LOAD_OK:
        raise refuse(
            "cascade",
            f"n = {n}, m = {m}, S = {solvent:g}, W = {scrub:g}, f_A = {feed_A:g}, beta = {beta:g} cannot run",
            "n >= 1, m >= 0, S and W above 0, both product amounts between 0 and 1, beta above 0",
            "S - W (aqueous feed) or S + 1 - W (organic feed) is the amount of the organic product",
        )
    return 1.0 - answer.impurity_A_end, 1.0 - answer.impurity_B_end


def integer_stages(
    beta: float, wanted: Split, solvent: float, feed: FeedPhase = "aqueous", beta_scrub: float | None = None
) -> IntegerStages:
    """Smallest whole cascade that meets both purities, by simulation (runs the compiled kernel).

    Parameters
    ----------
    beta : float
        Separation factor [-].
    wanted : Split
        The separation asked for (plain numbers).
    solvent : float
        S [mol per mol feed]; W follows from the product amounts.
    feed : {"aqueous", "organic"}
        Phase that brings the feed.
    beta_scrub : float, optional
        Separation factor in the scrub section [-].

    Returns
    -------
    IntegerStages
        Of the feed stages that meet both purities, the one with the largest spare factor in the worse impurity.

    Raises
    ------
    InputError
        When S does not exceed its minimum, or more than 2000 stages would be needed.

    Notes
    -----
    The search starts three stages below the exact count and tries every feed stage of each total, so the answer does
    not rest on the closed form.

    Examples
    --------
    >>> from sxsim.theory.specification import split
    >>> found = integer_stages(2.0, split(0.5, purity_A=0.99, purity_B=0.99), 1.7071067811865472)
    >>> found.n + found.m
    27
    """
    organic = check_phase(feed)
    count = exact_stages(beta, wanted, solvent, feed, beta_scrub)
    total = float(count.n + count.m)
    if not total < _MOST_STAGES:
        floor = float(minimum_flows(beta, wanted, feed).S)
        raise refuse(
            "solvent",
            f"S = {solvent:g} needs {'infinitely many' if math.isinf(total) else round(total)} stages",
            f"above the minimum {floor:.6g} by some margin",
            f"try S = {1.25 * floor:.4g}",
        )
    scrub = float(_scrub_flow(solvent, wanted, organic))
    for stages in range(max(1, math.floor(total) - 3), _MOST_STAGES):
        best: IntegerStages | None = None
        best_spare = 0.0
        for n in range(1, stages + 1):
            p_a, p_b = binary_purities(beta, float(wanted.feed_A), n, stages - n, solvent, scrub, feed, beta_scrub)
            spare = min(
                (1.0 - float(wanted.purity_A)) / max(1.0 - p_a, 1e-300),
                (1.0 - float(wanted.purity_B)) / max(1.0 - p_b, 1e-300),
            )
            if spare >= 1.0 - 1e-12 and spare > best_spare:
                best, best_spare = IntegerStages(n, stages - n, p_a, p_b), spare
        if best is not None:
            return best
    raise refuse("solvent", f"S = {solvent:g} needs more than {_MOST_STAGES} stages", "", "raise S")
