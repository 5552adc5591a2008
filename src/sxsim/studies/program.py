"""What computed the rows of a table: one digest for the sources of the program and for what compiles them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import sxsim

__all__ = ["program_digest"]

SHOWING = ("app", "cli", "report")
"""Rooms that only show what the others compute."""


@lru_cache(maxsize=1)
def program_digest() -> str:
    """Digest of every source that a row may depend on, and of the versions of numba and numpy.

    Returns
    -------
    str
        16 hexadecimal digits; of the version of sxsim alone where its sources cannot be read.

    Notes
    -----
    A version names a release. Between two of them the sources change, and half a table computed before and half after
    such a change would be no table.

    Examples
    --------
    >>> len(program_digest())
    16
    """
    digest = hashlib.sha256(f"{sxsim.__version__} {version('numba')} {version('numpy')}".encode())
    root = Path(sxsim.__file__).parent
    for source in sorted(root.rglob("*.py")):
        inside = source.relative_to(root)
        if inside.parts[0] not in SHOWING:
            digest.update(inside.as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
