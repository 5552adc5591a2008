"""The files that ship with the program: cascade definitions and cited data."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

__all__ = ["shipped"]

_CHECKOUT = Path(__file__).parents[3]


def shipped(*parts: str) -> Traversable:
    """Find a shipped file or folder: inside an installed package, or beside ``src/`` in a checkout.

    Parameters
    ----------
    *parts : str
        The way to it, one name each, e.g. ``"data", "distribution_coeffs", "sources.toml"``.

    Returns
    -------
    Traversable
        To be read with ``read_text`` or walked with ``iterdir``; not always a file on disk (the package may be zipped).

    Examples
    --------
    >>> shipped("data", "distribution_coeffs").is_dir()
    True
    """
    root: Traversable = files("sxsim") / "_shipped"
    if not root.is_dir():
        root = _CHECKOUT
    return root.joinpath(*parts)
