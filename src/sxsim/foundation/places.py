"""Places that cannot be written to, said in one message."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import UNFINISHED

__all__ = ["unwritable"]

CURES = {
    errno.ENOSPC: "make room there, or name another place",
    errno.EDQUOT: "make room there, or name another place",
    errno.EFBIG: "raise the limit on the size of a file (ulimit -f), or name another place",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EISDIR: "rename that folder, or name another place",
    errno.ENOTDIR: "name a folder, or a place where none is in the way",
}
"""By the error of the system."""

OPEN_ELSEWHERE = 32
"""What Windows says of a file that another program holds open."""


def unwritable(option: str, path: str | os.PathLike[str], error: OSError | ValueError, kept: str = "") -> InputError:
    """Make the error for a place that cannot be written to.

    Parameters
    ----------
    option : str
        Option or argument that named the place.
    path : path-like
        The place: a file, or a folder for files. When the error names a file in such a folder, so does the message.
    error : OSError or ValueError
        What the system said; a ValueError is a name with a NUL.
    kept : str
        What became of the work, for people.

    Returns
    -------
    InputError
        With place, cause and cure.

    Examples
    --------
    >>> print(unwritable("--out", "plot.png", OSError(errno.ENOSPC, "No space left on device")))
    --out: plot.png cannot be written: No space left on device (allowed: a place you may write to); make room there, ...
    """
    place = os.fspath(path)
    if not isinstance(error, OSError):
        offence, cure = f"{place!r} cannot be written: {error}", "choose a name without it"
    else:
        named = os.fspath(error.filename) if isinstance(error.filename, str) else ""
        if os.path.dirname(named) == place.rstrip(os.sep) and not os.path.basename(named).startswith(UNFINISHED):
            place = named
        place = os.path.join(*(part for part in Path(place).parts if not part.startswith(UNFINISHED)))
        offence = f"{place} cannot be written: {error.strerror or error}"
        cure = CURES.get(error.errno or 0, "name a place you may write to")
        if getattr(error, "winerror", 0) == OPEN_ELSEWHERE:
            cure = "close it where it is open, or name another place"
    return InputError(
        Finding(option, f"{offence}; {kept}" if kept else offence, cure=cure, allowed="a place you may write to")
    )
