"""The names an extractant goes by, and the one name sxsim uses for it."""

from __future__ import annotations

__all__ = ["ALIASES", "EXTRACTANTS", "canonical_extractant"]

EXTRACTANTS: dict[str, tuple[str, ...]] = {
    "P507": ("PC88A", "PC-88A", "EHEHPA", "HEHEHP", "HEH[EHP]"),
    "P204": ("D2EHPA", "HDEHP"),
    "Cyanex 272": ("Cyanex272", "P229", "BTMPPA"),
    "Cyanex 572": ("Cyanex572",),
    "naphthenic acid": ("NA", "HNaph"),
    "Versatic": ("Versatic 10", "Versatic acid"),
    "TBP": ("tributyl phosphate",),
    "Aliquat 336": ("Aliquat336", "N263"),
}
"""Canonical extractant name to the other names it goes by."""

ALIASES: dict[str, str] = {
    alias.casefold(): name for name, aliases in EXTRACTANTS.items() for alias in (name, *aliases)
}
"""Every accepted spelling, in lower case, to the canonical name."""


def canonical_extractant(name: str) -> str | None:
    """Return the name sxsim uses for an extractant.

    Parameters
    ----------
    name : str
        Any of its names; case does not matter.

    Returns
    -------
    str or None
        The canonical name, or None when the extractant is not known.

    Examples
    --------
    >>> canonical_extractant("PC-88A")
    'P507'
    >>> canonical_extractant("unobtainium") is None
    True
    """
    return ALIASES.get(name.strip().casefold())
