"""Figures of an outcome by dotted path, as they stand in the JSON of the command."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sxsim.errors import Finding, InputError
from sxsim.foundation import paths

__all__ = ["column_at", "figure_at"]


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
    value = _value_at(told, path)
    if value is None:
        return None
    if isinstance(value, bool | int | float):
        return float(value) if math.isfinite(value) else None
    raise _no_number(value, path)


def column_at(told: Mapping[str, Any], path: str) -> list[float | None]:
    """Read the column of one figure from what many cases tell together; else as `figure_at`.

    Examples
    --------
    >>> column_at({"loads": {"scrubbing": {"S_kmol_h": np.array([1.5, np.nan])}}}, "loads.scrubbing.S_kmol_h")
    [1.5, None]
    """
    value = _value_at(told, path)
    if not isinstance(value, np.ndarray):
        raise _no_number(value, path)
    return [figure if math.isfinite(figure) else None for figure in value.astype(np.float64).tolist()]


def _value_at(told: Mapping[str, Any], path: str) -> Any:
    """What stands at a path."""
    head, _, rest = path.partition(".")
    table = told.get(head)
    if rest and isinstance(table, Mapping) and rest in table:
        return table[rest]
    if head in told:
        return paths.get({head: table}, path) if rest else table
    return paths.get(told, path)


def _no_number(value: Any, path: str) -> InputError:
    """The complaint about a path that ends at something else."""
    cure = ", ".join(f"{path}.{key}" for key in value) if isinstance(value, Mapping) else ""
    return InputError(
        Finding(
            f"outputs.{path}",
            "is no number",
            "the path of a number",
            f"name one below it: {cure}" if cure else "name another figure",
        )
    )
