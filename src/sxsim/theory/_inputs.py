"""Checks shared by the theory's functions: every refusal names place, offence, allowed range and cure."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sxsim.errors import Finding, InputError

__all__ = ["Array", "FeedPhase", "check_beta", "check_feed", "check_phase", "refuse", "within"]

FeedPhase: TypeAlias = Literal["aqueous", "organic"]
Array: TypeAlias = NDArray[np.float64]


def refuse(place: str, offence: str, allowed: str = "", cure: str = "") -> InputError:
    """Make the error for one finding."""
    return InputError(Finding(place, offence, allowed, cure))


def within(place: str, value: ArrayLike, low: ArrayLike, high: ArrayLike, allowed: str, cure: str = "") -> Array:
    """Return the value as an array if all of it lies strictly between low and high."""
    array = np.asarray(value, dtype=np.float64)
    good = (array > np.asarray(low, float)) & (array < np.asarray(high, float))
    if not np.all(good):
        shown = array if array.ndim == 0 else array[~np.broadcast_to(good, array.shape)].flat[0]
        raise refuse(place, f"is {float(shown):g}", allowed, cure)
    return array


def check_beta(beta: ArrayLike, place: str = "beta") -> Array:
    """Separation factor A over B: finite and above 1."""
    return within(
        place, beta, 1.0, np.inf, "above 1", "A must be the more extractable element; at beta = 1 nothing separates"
    )


def check_feed(feed_A: ArrayLike) -> Array:
    """A fraction of the feed: between 0 and 1."""
    return within("feed_A", feed_A, 0.0, 1.0, "between 0 and 1", "give the mole fraction of A among A and B")


def check_phase(feed: str) -> bool:
    """True for an organic feed, False for an aqueous one."""
    if feed not in ("aqueous", "organic"):
        raise refuse("feed", f"is {feed!r}", '"aqueous" or "organic"', "name the phase that brings the feed")
    return feed == "organic"
