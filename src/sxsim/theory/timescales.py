"""How long a cascade takes: its inventory, the slow mode, and the linearised relaxation times."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sxsim.theory._inputs import Array, FeedPhase, check_phase, refuse, within

__all__ = [
    "SlowMode",
    "inventory",
    "inventory_bound",
    "phase_totals",
    "relaxation_times",
    "slow_mode",
]


class SlowMode(NamedTuple):
    """Estimate of the slow mode: tau_1 [stage residence times], I [mol per mol feed], ln of the separation [-]."""

    tau_1: Any
    I: Any  # noqa: E741 the literature's letter
    ln_separation: Any


def phase_totals(n: int, m: int, solvent: float, scrub: float, feed: FeedPhase = "aqueous") -> tuple[Array, Array]:
    """Load of the organic and of the aqueous that leaves each stage [mol per mol feed].

    Parameters
    ----------
    n, m : int
        Extraction stages (the feed stage counted) and scrub stages.
    solvent, scrub : float
        S and W [mol per mol feed].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    organic, aqueous : (n + m,) array
        The last stage sends out only the organic product, the first only the aqueous one.
    """
    organic_feed = check_phase(feed)
    if n < 1 or m < 0:
        raise refuse("stages", f"n = {n}, m = {m}", "n >= 1, m >= 0", "the feed stage counts as an extraction stage")
    organic = np.full(n + m, float(solvent))
    aqueous = np.full(n + m, float(scrub))
    if organic_feed:
        organic[n - 1 :] += 1.0
    else:
        aqueous[:n] += 1.0
    organic[-1] -= scrub
    aqueous[0] -= solvent
    if organic[-1] <= 0.0 or aqueous[0] <= 0.0:
        raise refuse("scrub", f"W = {scrub:g} at S = {solvent:g} leaves a product of no amount", "", "mend S or W")
    return organic, aqueous


def inventory(n: int, m: int, solvent: float, scrub: float, feed: FeedPhase = "aqueous") -> float:
    """Rare earth held up in the cascade, M [mol per (mol feed per stage residence time)].

    Parameters
    ----------
    n, m : int
        Extraction and scrub stages.
    solvent, scrub : float
        S and W [mol per mol feed].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    float
        Sum of both phases' loads over the stages, each held for one stage residence time.

    Examples
    --------
    >>> round(inventory(6, 5, 1.7071067811865472, 1.2071067811865472), 6)
    35.142136
    """
    organic, aqueous = phase_totals(n, m, solvent, scrub, feed)
    return float(organic.sum() + aqueous.sum())


def slow_mode(held: ArrayLike, outlet_A: ArrayLike, purity_A: ArrayLike, purity_B: ArrayLike) -> SlowMode:
    """Estimate the slow inventory mode, tau_1 = M/(I ln Sep) [stage residence times].

    Parameters
    ----------
    held : array_like
        M, see :func:`inventory`.
    outlet_A : array_like
        Amount of the organic product, f'_A [mol per mol feed].
    purity_A, purity_B : array_like
        Purities of the products [-].

    Returns
    -------
    SlowMode
        Within -28 to +55 % of the eigenvalue over 20 cases.

    Notes
    -----
    I = f'_A P_A(1-P_A) + f'_B P_B(1-P_B), Sep = P_A/(1-P_A) P_B/(1-P_B). Grows as one over the impurity, so a
    cascade of high purity never settles by itself.

    References
    ----------
    Skogestad, S., Morari, M., Comput. Chem. Eng. 11 (1987) 607 (dominant time constant of distillation columns).
    """
    f_a = within("outlet_A", outlet_A, 0.0, 1.0, "between 0 and 1")
    p_a = within("purity_A", purity_A, 0.0, 1.0, "between 0 and 1")
    p_b = within("purity_B", purity_B, 0.0, 1.0, "between 0 and 1")
    impurity_flow = f_a * p_a * (1.0 - p_a) + (1.0 - f_a) * p_b * (1.0 - p_b)
    ln_separation = np.log(p_a / (1.0 - p_a) * p_b / (1.0 - p_b))
    return SlowMode(
        (np.asarray(held, float) / (impurity_flow * ln_separation))[()], impurity_flow[()], ln_separation[()]
    )


def inventory_bound(held_A_start: ArrayLike, held_A_steady: ArrayLike, feed_A: ArrayLike) -> Any:
    """Least time until the A inventory matches when only the product with the surplus is withdrawn.

    Parameters
    ----------
    held_A_start, held_A_steady : array_like
        A held at the start and at steady state [mol per (mol feed per stage residence time)].
    feed_A : array_like
        A fraction of the feed [-].

    Returns
    -------
    array
        (start - steady)/(1 - f_A) while only A is withdrawn, or (steady - start)/f_A while only B is [stage residence
        times]. Derived from the A balance with one pure outlet.
    """
    f = within("feed_A", feed_A, 0.0, 1.0, "between 0 and 1")
    surplus = np.asarray(held_A_start, float) - np.asarray(held_A_steady, float)
    # drawing a mol of pure A while feeding a mol lowers the A held by f_B; drawing B raises it by f_A
    return np.where(surplus > 0.0, surplus / (1.0 - f), -surplus / f)[()]


def relaxation_times(
    beta: float, x: ArrayLike, n: int, solvent: float, scrub: float, feed: FeedPhase = "aqueous"
) -> Array:
    """Relaxation times of the linearised cascade, slowest first [stage residence times].

    Parameters
    ----------
    beta : float
        Separation factor [-].
    x : (stages,) array_like
        A fraction of the aqueous at the steady state about which to linearise [-].
    n : int
        Extraction stages (the feed stage counted).
    solvent, scrub : float
        S and W [mol per mol feed].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    (stages,) array
        tau_1, tau_2, ...

    Notes
    -----
    d/dt (L_i x_i + O_i y_i) = O_{i-1} y_{i-1} + L_{i+1} x_{i+1} + feed - L_i x_i - O_i y_i with hold-ups of one
    residence time. In the disturbance of the amounts held the matrix is tridiagonal with off-diagonals of one sign,
    hence similar to a symmetric one.
    """
    state = np.asarray(x, float)
    organic, aqueous = phase_totals(n, state.size - n, solvent, scrub, feed)
    slope = beta / (1.0 + (beta - 1.0) * state) ** 2
    capacity = aqueous + organic * slope
    upward = organic[:-1] * slope[:-1] / capacity[:-1]
    downward = aqueous[1:] / capacity[1:]
    off = np.sqrt(upward * downward)
    matrix = np.diag(-np.ones(state.size)) + np.diag(off, 1) + np.diag(off, -1)
    rates = -np.linalg.eigvalsh(matrix)[::-1]
    return 1.0 / rates
