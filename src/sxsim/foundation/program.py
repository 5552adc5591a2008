"""What computed a number: one digest for the sources of the program, its data and what compiles them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path

import sxsim
from sxsim.foundation.files import shipped

__all__ = ["program_digest"]

SHOWING = ("app", "cli", "report")
"""Rooms that only show what the others compute."""


@lru_cache(maxsize=1)
def program_digest() -> str:
    """Digest of every source and data file that a number may depend on, and of the versions of numba and numpy.

    Returns
    -------
    str
        16 hexadecimal digits; of the version of sxsim alone where its sources cannot be read.

    Notes
    -----
    A version names a release. Between two of them the sources change, and half a table computed before and half after
    such a change would be no table. A price or a constant that is edited in a checkout is such a change too.

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
    for name, content in _files(shipped("data"), ""):
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]


def _files(folder: Traversable, inside: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file below a folder, in one order on every machine."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{inside}/{entry.name}"
        if entry.is_dir():
            yield from _files(entry, name)
        else:
            yield name, entry.read_bytes()
