"""One process at a time: a lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["Taken", "locked"]

WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What a file system answers that knows no locks."""

LOCKED_BYTE = 1 << 20
"""Which byte is locked where locks are on bytes: none that is written, for a locked byte cannot be read."""


class Taken(Exception):
    """Another process holds the lock.

    Attributes
    ----------
    holder : str
        Who, as far as that was written down; for people.
    """

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def locked(path: str | os.PathLike[str]) -> Iterator[None]:
    """Hold a lock on a file, which is made for it and removed again.

    Parameters
    ----------
    path : path-like
        The file; its folder has to be there.

    Raises
    ------
    Taken
        Another process, or another part of this one, holds it.
    OSError
        The file cannot be made.

    Notes
    -----
    The system lets go of it when the process ends, so that no lock outlives a crash; the file may, and means nothing
    then. On a file system without locks nobody is kept out.
    """
    place = Path(path)
    while True:
        handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _take(handle)
            if _is_still(place, handle):  # whoever held it before may have removed it meanwhile
                break
        except OSError as error:
            if error.errno in WITHOUT_LOCKS:
                break
            holder = _text(handle)
            os.close(handle)
            raise Taken(holder) from None
        os.close(handle)
    try:
        with suppress(OSError):  # a full disk
            os.truncate(handle, 0)
            os.write(handle, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield
    finally:
        if sys.platform == "win32":  # a file that is open cannot be removed there
            os.close(handle)
            handle = -1
        with suppress(OSError):
            place.unlink()
        if handle >= 0:
            os.close(handle)


def _take(handle: int) -> None:
    """Take the lock, or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still(place: Path, handle: int) -> bool:
    """Whether the open file is the one that stands there."""
    try:
        return os.path.samestat(os.stat(place), os.fstat(handle))
    except OSError:
        return False


def _text(handle: int) -> str:
    """What the holder wrote about itself."""
    try:
        return os.read(handle, 200).decode("utf-8", "replace") or "another process"
    except OSError:
        return "another process"
