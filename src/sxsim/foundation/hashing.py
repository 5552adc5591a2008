"""One number for one input, the same on every machine."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Any

__all__ = ["input_hash"]


def input_hash(data: Any) -> str:
    """Digest plain nested data, so that a result can name the input it came from.

    Parameters
    ----------
    data : mapping, sequence, str, number, bool, date or None, nested
        Plain data as read from TOML.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    ValueError
        A number is NaN or infinite.
    TypeError
        Something is not plain data, or a key is not a string.

    Notes
    -----
    SHA-256 over compact JSON with sorted keys. The order of keys and the spelling of a number (18 or 18.0) do not
    count; the order of a list does.

    Examples
    --------
    >>> input_hash({"stages": 27, "flow_m3_h": 18.0}) == input_hash({"flow_m3_h": 18, "stages": 27})
    True
    """
    text = json.dumps(_canonical(data), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(data: Any) -> Any:
    """The same data in the one spelling that is hashed."""
    if isinstance(data, Mapping):
        if not all(isinstance(key, str) for key in data):
            raise TypeError("every key must be a string")
        return {key: _canonical(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_canonical(value) for value in data]
    if isinstance(data, float) and data.is_integer():
        return int(data)
    if isinstance(data, (datetime.date, datetime.time)):
        return data.isoformat()
    return data
