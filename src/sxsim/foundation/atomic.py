"""Writing files so that a reader, or a crash, never sees half of one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["atomic_path", "write_bytes", "write_text"]


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a temporary name in the folder of `path`; what was written there takes its place when the block ends.

    When the block raises, `path` stays as it was and the temporary file is removed.

    Parameters
    ----------
    path : path-like
        The file to write; missing parent folders are made.

    Yields
    ------
    Path
        A new name with the same suffix (some writers choose their format by it).

    Raises
    ------
    FileNotFoundError
        When the block wrote nothing.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}{target.suffix}")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path` whole or not at all; missing parent folders are made."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 to `path` whole or not at all, line ends as given; missing parent folders are made."""
    write_bytes(path, text.encode("utf-8"))
