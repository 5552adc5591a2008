"""Figures of an outcome by dotted path, as they stand in the JSON of the command."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sxsim.errors import Finding, InputError
from sxsim.foundation import paths

__all__ = ["figure_at"]


def figure_at(told: Mapping[str, Any], path: str) -> float | None:
    """Read one number.

    Parameters
    ----------
    told : mapping
        An outcome as plain data.
    path : str
        Such as ``targets.strip_liquor.Nd.purity``; keys that hold dots themselves (``found.organic.flow_m3_h``) are
        understood.

    Returns
    -------
    float or None
        None for what is undefined; true and false as 1 and 0.

    Raises
    ------
    InputError
        There is nothing at the path, or it is no number.

    Examples
    --------
    >>> figure_at({"found": {"organic.flow_m3_h": 17.9}}, "found.organic.flow_m3_h")
    17.9
    """
    head, _, rest = path.partition(".")
    table = told.get(head)
    if rest and isinstance(table, Mapping) and rest in table:
        value = table[rest]
    elif head in told:
        value = paths.get({head: table}, path) if rest else table
    else:
        value = paths.get(told, path)
    if value is None:
        return None
    if isinstance(value, bool | int | float):
        return float(value) if math.isfinite(value) else None
    cure = ", ".join(f"{path}.{key}" for key in value) if isinstance(value, Mapping) else ""
    raise InputError(Finding(f"outputs.{path}", "is no number", "", f"name one below it: {cure}" if cure else ""))
