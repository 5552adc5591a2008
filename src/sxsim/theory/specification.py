"""Purification factors and yields from any two specifications of the products."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sxsim.theory._inputs import Array, check_feed, refuse, within

__all__ = ["Split", "purification_factor_A", "purification_factor_B", "split"]


class Split(NamedTuple):
    """How a feed of A and B divides between the two products; every field a number or an array [-].

    Attributes
    ----------
    feed_A : array
        A fraction of the feed, f_A.
    purity_A, purity_B : array
        Mole fraction of A in the organic product, of B in the aqueous one: P_A, P_B.
    recovery_A, recovery_B : array
        Share of the A fed that leaves with the organic product, of the B with the aqueous: Y_A, Y_B.
    factor_a, factor_b : array
        Purification factors a and b.
    outlet_A, outlet_B : array
        Amount of either product [mol per mol feed]: f'_A, f'_B.
    """

    feed_A: Any
    purity_A: Any
    purity_B: Any
    recovery_A: Any
    recovery_B: Any
    factor_a: Any
    factor_b: Any
    outlet_A: Any
    outlet_B: Any


def purification_factor_A(purity_A: ArrayLike, feed_A: ArrayLike) -> Array:
    """Purification factor of A, a = [P_A/(1-P_A)]/[f_A/f_B] [-].

    Parameters
    ----------
    purity_A, feed_A : array_like
        Mole fractions of A in its product and in the feed [-].

    Returns
    -------
    array
        a, above 1.

    Raises
    ------
    InputError
        When the purity is not between that of the feed and 1.

    Examples
    --------
    >>> round(float(purification_factor_A(0.99, 0.5)), 6)
    99.0
    """
    f = check_feed(feed_A)
    p = within("purity_A", purity_A, f, 1.0, "between the feed's A fraction and 1", "ask for more than the feed has")
    return p / (1.0 - p) * (1.0 - f) / f


def purification_factor_B(purity_B: ArrayLike, feed_A: ArrayLike) -> Array:
    """Purification factor of B, b = [P_B/(1-P_B)]/[f_B/f_A] [-].

    Parameters
    ----------
    purity_B : array_like
        Mole fraction of B in its product [-].
    feed_A : array_like
        Mole fraction of A in the feed [-].

    Returns
    -------
    array
        b, above 1.

    Raises
    ------
    InputError
        When the purity is not between that of the feed and 1.
    """
    f = check_feed(feed_A)
    p = within(
        "purity_B", purity_B, 1.0 - f, 1.0, "between the feed's B fraction and 1", "ask for more than the feed has"
    )
    return p / (1.0 - p) * f / (1.0 - f)


def split(
    feed_A: ArrayLike,
    *,
    purity_A: ArrayLike | None = None,
    purity_B: ArrayLike | None = None,
    recovery_A: ArrayLike | None = None,
    recovery_B: ArrayLike | None = None,
) -> Split:
    """Complete the specification of a two-product separation from any two of its four figures.

    Parameters
    ----------
    feed_A : array_like
        Mole fraction of A in the feed [-].
    purity_A, purity_B, recovery_A, recovery_B : array_like, optional
        Exactly two of them [-].

    Returns
    -------
    Split
        All purities, recoveries, purification factors and product amounts.

    Raises
    ------
    InputError
        When not exactly two are given, a figure is out of range, or the two contradict each other.

    Notes
    -----
    With a = Y_A/(1-Y_B) and b = Y_B/(1-Y_A), which follow from the balances of A and B:
    Y_A = a(b-1)/(ab-1), Y_B = b(a-1)/(ab-1) from both purities; b = (a-Y_A)/[a(1-Y_A)] from P_A and Y_A, and likewise
    for B. Product amount f'_A = f_A Y_A/P_A.

    References
    ----------
    Yan, C. et al., Tsinghua Sci. Technol. 11 (2006) 241-247 (survey of the theory; the relations are re-derived here).

    Examples
    --------
    >>> s = split(0.75, purity_A=0.99, purity_B=0.99)
    >>> round(float(s.recovery_A), 6), round(float(s.recovery_B), 6)
    (0.996735, 0.969796)
    """
    f = check_feed(feed_A)
    given = {
        name: value
        for name, value in (
            ("purity_A", purity_A),
            ("purity_B", purity_B),
            ("recovery_A", recovery_A),
            ("recovery_B", recovery_B),
        )
        if value is not None
    }
    if len(given) != 2:
        raise refuse(
            "specification",
            f"{len(given)} figures given: {', '.join(given) or 'none'}",
            "exactly two of purity_A, purity_B, recovery_A, recovery_B",
            "two figures fix the other two",
        )
    a = purification_factor_A(given["purity_A"], f) if "purity_A" in given else None
    b = purification_factor_B(given["purity_B"], f) if "purity_B" in given else None
    y_a = _recovery("recovery_A", given.get("recovery_A"))
    y_b = _recovery("recovery_B", given.get("recovery_B"))
    if a is not None and b is not None:
        y_a, y_b = a * (b - 1.0) / (a * b - 1.0), b * (a - 1.0) / (a * b - 1.0)
    elif a is not None and y_a is not None:
        b = (a - y_a) / (a * (1.0 - y_a))
        y_b = 1.0 - y_a / a
    elif b is not None and y_b is not None:
        a = (b - y_b) / (b * (1.0 - y_b))
        y_a = 1.0 - y_b / b
    elif a is not None and y_b is not None:
        y_a = within("recovery_B", a * (1.0 - y_b), 0.0, 1.0, _CONTRADICTION, _ASK_MORE_B)
        b = y_b / (1.0 - y_a)
    elif b is not None and y_a is not None:
        y_b = within("recovery_A", b * (1.0 - y_a), 0.0, 1.0, _CONTRADICTION, _ASK_MORE_A)
        a = y_a / (1.0 - y_b)
    elif y_a is not None and y_b is not None:
        a, b = y_a / (1.0 - y_b), y_b / (1.0 - y_a)
    assert a is not None and b is not None and y_a is not None and y_b is not None  # noqa: PT018 one fact
    if np.any(a <= 1.0) or np.any(b <= 1.0):
        raise refuse(
            "specification",
            "a product would be no purer than the feed",
            "recovery_A + recovery_B above 1",
            "raise one of the recoveries or a purity",
        )
    p_a = a * f / (a * f + 1.0 - f)
    p_b = b * (1.0 - f) / (b * (1.0 - f) + f)
    outlet_a = f * y_a / p_a
    return Split(*(value[()] for value in np.broadcast_arrays(f, p_a, p_b, y_a, y_b, a, b, outlet_a, 1.0 - outlet_a)))


_CONTRADICTION = "the other element's recovery, which these two imply, between 0 and 1"
_ASK_MORE_B = "at this purity of A a larger share of B must be recovered: raise recovery_B or lower purity_A"
_ASK_MORE_A = "at this purity of B a larger share of A must be recovered: raise recovery_A or lower purity_B"


def _recovery(place: str, value: ArrayLike | None) -> Array | None:
    if value is None:
        return None
    return within(place, value, 0.0, 1.0, "between 0 and 1", "complete recovery takes infinitely many stages")
