"""Loads of a fully linked extraction by constant-load theory: which section carries how much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sxsim.errors import Finding, InputError
from sxsim.theory.multicomponent import minimum_sharp_cut

__all__ = ["Loads", "PreferredSplit", "linked_loads", "preferred_split"]

Floats = NDArray[np.float64]


class PreferredSplit(NamedTuple):
    """Least solvent [mol per mol feed] that parts two keys of one aqueous feed, and what goes with the organic."""

    S: float
    organic_outlet: Floats


class Loads(NamedTuple):
    """Rare earths that each section carries, per mole fed.

    Attributes
    ----------
    organic, aqueous : tuple of tuple of float
        One tuple a column, one number a section, from the raffinate end [mol/mol].
    S : float
        Organic of the last column [mol/mol].
    S_min : float
        Its minimum: the most demanding cut of the whole feed [mol/mol].
    """

    organic: tuple[tuple[float, ...], ...]
    aqueous: tuple[tuple[float, ...], ...]
    S: float
    S_min: float


def preferred_split(alpha: ArrayLike, feed_fractions: ArrayLike, light: int, heavy: int) -> PreferredSplit:
    r"""Least solvent that sends element `light` up and `heavy` down while those between go both ways.

    Parameters
    ----------
    alpha : (elements,) array_like
        Separation factors over any reference [-], falling.
    feed_fractions : (elements,) array_like
        Mole fractions of the feed [-].
    light, heavy : int
        The keys, counted from 0 at the most extractable; `light` < `heavy`.

    Returns
    -------
    PreferredSplit
        S_min and the amount of each element in the organic outlet.

    Raises
    ------
    InputError
        When the keys are not in order, or the elements are not.

    Notes
    -----
    All of Underwood's roots between the keys are active: :math:`S = \sum \alpha_i d_i/(\alpha_i - \theta_k)` for each
    :math:`\theta_k` with :math:`\sum \alpha_i f_i/(\alpha_i - \theta_k) = 0`, linear in S and the d between the keys.
    With the first and last element as keys it is :func:`sxsim.theory.multicomponent.minimum_ends`, with neighbours
    :func:`~sxsim.theory.multicomponent.minimum_sharp_cut`.

    References
    ----------
    Halvorsen, I.J., Skogestad, S., Ind. Eng. Chem. Res. 42 (2003) 596-604 (the diagram of minimum energy, for
    distillation).

    Examples
    --------
    >>> split = preferred_split([4.0, 2.0, 1.0], [0.3, 0.3, 0.4], 0, 2)
    >>> round(split.S, 6), split.organic_outlet.round(6).tolist()
    (0.733333, [0.3, 0.1, 0.0])
    """
    a, f = np.asarray(alpha, float), np.asarray(feed_fractions, float)
    if not 0 <= light < heavy < a.size:
        raise InputError(
            Finding(
                "keys", f"are {light} and {heavy}", f"0 to {a.size - 1}, light before heavy", cure="take two neighbours"
            )
        )
    a = a / a[-1]
    roots = [minimum_sharp_cut(a, f, k).theta for k in range(light + 1, heavy + 1)]
    between = range(light + 1, heavy)
    matrix = np.array([[1.0, *(-a[i] / (a[i] - theta) for i in between)] for theta in roots])
    known = np.array([sum(a[i] * f[i] / (a[i] - theta) for i in range(light + 1)) for theta in roots])
    solution = np.linalg.solve(matrix, known)
    outlet = np.zeros_like(f)
    outlet[: light + 1] = f[: light + 1]
    outlet[light + 1 : heavy] = solution[1:]
    return PreferredSplit(float(solution[0]), outlet)


def linked_loads(alpha: ArrayLike, feed_fractions: ArrayLike, S_over_S_min: float, sides: float | None = None) -> Loads:
    """Loads of all sections of a fully linked extraction.

    Parameters
    ----------
    alpha : (elements,) array_like
        Separation factors over any reference [-], falling.
    feed_fractions : (elements,) array_like
        Mole fractions of the feed [-].
    S_over_S_min : float
        Solvent over its linked minimum [-].
    sides : float, optional
        Solvent of the side columns over their minima [-]; raised like the whole when left out.

    Returns
    -------
    Loads
        Column c of t - 1 has 2c sections; column 1 takes the feed, the last one makes the products.

    Raises
    ------
    InputError
        When a section would be left without flow, or the elements are not in order.

    Notes
    -----
    Pair m (from the raffinate end) of column c parts two keys that stand t - c apart in the order; columns 1 to c
    together carry the S of that preferred split, so a section of column c carries it less what the column before
    carries beside it. The aqueous is the organic less what goes up on balance. Every pair then works at its own
    minimum, times the factor: the constant-molar-flow result for fully coupled distillation columns.
    """
    a, f = np.asarray(alpha, float), np.asarray(feed_fractions, float)
    t = a.size
    splits = [[preferred_split(a, f, c - m, t - m) for m in range(1, c + 1)] for c in range(1, t)]
    least = max(split.S for split in splits[-1])
    S = S_over_S_min * least
    raised = S_over_S_min if sides is None else sides
    through = [[raised * split.S for split in column] for column in splits[:-1]] + [[S] * (t - 1)]
    up = [[float(split.organic_outlet.sum()) for split in column] for column in splits]
    organic, aqueous = [], []
    for c in range(1, t):
        V, N = [through[c - 1][0]], [up[c - 1][0] - 1.0]
        for m in range(1, c):
            V += [through[c - 1][m - 1] - through[c - 2][m - 1], through[c - 1][m] - through[c - 2][m - 1]]
            N += [up[c - 1][m - 1] - up[c - 2][m - 1], up[c - 1][m] - up[c - 2][m - 1]]
        V.append(through[c - 1][-1])
        N.append(up[c - 1][-1])
        L = [v - n for v, n in zip(V, N, strict=True)]
        if min(V) <= 0.0 or min(L) <= 0.0:
            offence = f"leaves a section of column {c} without flow"
            raise InputError(Finding("S_over_S_min", offence, "above 1 for most feeds", "raise it"))
        organic.append(tuple(V))
        aqueous.append(tuple(L))
    return Loads(tuple(organic), tuple(aqueous), S, least)
