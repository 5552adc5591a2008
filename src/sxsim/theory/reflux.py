"""Total reflux, and what an error in the separation factor costs in stages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sxsim.theory._inputs import FeedPhase, check_beta, within
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.specification import Split
from sxsim.theory.stages import exact_stages

__all__ = [
    "beta_elasticity_fixed_ratio",
    "beta_elasticity_fixed_solvent",
    "beta_elasticity_total_reflux",
    "stages_factor_total_reflux",
    "total_reflux_stages",
]

_STEP = 1e-4


def total_reflux_stages(beta: ArrayLike, purity_A: ArrayLike, purity_B: ArrayLike) -> Any:
    """Fewest stages there can be, N_min = ln[P_A/(1-P_A) P_B/(1-P_B)]/ln beta.

    Parameters
    ----------
    beta : array_like
        Separation factor [-].
    purity_A, purity_B : array_like
        Purities of the two products [-].

    Returns
    -------
    array
        Real stage number at total reflux, where no product is drawn.

    Raises
    ------
    InputError
        When beta is not above 1 or a purity is not between 0 and 1.

    References
    ----------
    Fenske, M.R., Ind. Eng. Chem. 24 (1932) 482 (the distillation column at total reflux).

    Examples
    --------
    >>> round(float(total_reflux_stages(1.5, 0.999, 0.999)), 3)
    34.068
    """
    b = check_beta(beta)
    p_a = within("purity_A", purity_A, 0.0, 1.0, "between 0 and 1")
    p_b = within("purity_B", purity_B, 0.0, 1.0, "between 0 and 1")
    return (np.log(p_a / (1.0 - p_a) * p_b / (1.0 - p_b)) / np.log(b))[()]


def beta_elasticity_total_reflux(beta: ArrayLike) -> Any:
    """Relative change of stages per relative change of beta at total reflux, d ln N/d ln beta = -1/ln beta [-].

    Parameters
    ----------
    beta : array_like
        Separation factor [-].

    Returns
    -------
    array
        Negative: a smaller beta takes more stages.

    Examples
    --------
    >>> round(float(beta_elasticity_total_reflux(1.5)), 2)
    -2.47
    """
    return (-1.0 / np.log(check_beta(beta)))[()]


def stages_factor_total_reflux(beta: ArrayLike, relative_error: ArrayLike) -> Any:
    """Factor on the stages at total reflux when beta is (1 + error) times what was assumed [-].

    Parameters
    ----------
    beta : array_like
        Assumed separation factor [-].
    relative_error : array_like
        Relative error of beta [-], e.g. -0.05.

    Returns
    -------
    array
        ln beta/ln[beta (1 + error)].

    Raises
    ------
    InputError
        When either separation factor is not above 1.

    Examples
    --------
    >>> round(float(stages_factor_total_reflux(1.2, -0.05)), 2)
    1.39
    """
    b = check_beta(beta)
    real = check_beta(b * (1.0 + np.asarray(relative_error, float)), "beta * (1 + relative_error)")
    return (np.log(b) / np.log(real))[()]


def beta_elasticity_fixed_solvent(
    beta: ArrayLike, wanted: Split, solvent: ArrayLike, feed: FeedPhase = "aqueous"
) -> Any:
    """Relative change of exact stages per relative change of beta with S held [-].

    Parameters
    ----------
    beta : array_like
        Separation factor [-].
    wanted : Split
        The separation asked for.
    solvent : array_like
        S [mol per mol feed].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    array
        d ln(n+m)/d ln beta, by a central difference of the exact count. Much steeper than at total reflux, since a
        smaller beta also brings the minimum solvent nearer.
    """
    b = check_beta(beta)
    up = exact_stages(b * np.exp(_STEP), wanted, solvent, feed)
    down = exact_stages(b * np.exp(-_STEP), wanted, solvent, feed)
    return ((np.log(up.n + up.m) - np.log(down.n + down.m)) / (2.0 * _STEP))[()]


def beta_elasticity_fixed_ratio(
    beta: ArrayLike, wanted: Split, S_over_S_min: ArrayLike, feed: FeedPhase = "aqueous"
) -> Any:
    """Relative change of exact stages per relative change of beta with S/S_min held [-].

    Parameters
    ----------
    beta : array_like
        Separation factor [-].
    wanted : Split
        The separation asked for.
    S_over_S_min : array_like
        Solvent over its minimum [-].
    feed : {"aqueous", "organic"}
        Phase that brings the feed.

    Returns
    -------
    array
        d ln(n+m)/d ln beta, by a central difference of the exact count.
    """
    b, ratio = check_beta(beta), np.asarray(S_over_S_min, float)

    def total(factor: Any) -> Any:
        count = exact_stages(factor, wanted, ratio * minimum_flows(factor, wanted, feed).S, feed)
        return count.n + count.m

    return ((np.log(total(b * np.exp(_STEP))) - np.log(total(b * np.exp(-_STEP)))) / (2.0 * _STEP))[()]
