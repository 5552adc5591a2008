"""Plain numbers in place of numpy's, so that a value means the same wherever it comes from."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["plain"]

_PLAIN = (float, int, str, bool, type(None))


def plain(value: Any) -> Any:
    """The same nested data with Python numbers and lists in place of numpy's; without these the very same object.

    Parameters
    ----------
    value : object
        A value, or mappings and sequences of values.

    Examples
    --------
    >>> import numpy as np
    >>> plain({"organic.flow_m3_h": np.float32(0.5), "section.extraction.stages": np.int64(27)})
    {'organic.flow_m3_h': 0.5, 'section.extraction.stages': 27}
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return _changed(value, dict(value), {key: plain(each) for key, each in value.items()})
    if kind is list or kind is tuple:
        return _changed(value, list(value), [plain(each) for each in value], kind)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic | numpy.ndarray):
        return value.tolist()
    return value


def _changed(value: Any, before: Any, after: Any, kind: Any = dict) -> Any:
    """The value as it is, unless something in it became another object."""
    pairs = zip(before.values(), after.values(), strict=True) if kind is dict else zip(before, after, strict=True)
    return value if all(one is other for one, other in pairs) else kind(after)
