"""Writing files so that a reader, or a crash, never sees half of one."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR, ENOTDIR
from pathlib import Path

from sxsim.foundation.locking import Taken, locked

__all__ = ["UNFINISHED", "atomic_path", "staged", "sweep_up", "write_bytes", "write_text"]

UNFINISHED = ".unfinished-"
"""What the names of files and folders begin with that are still being written."""

BEFORE = ".before"
"""In a folder that is being written: what stood in the places of its files."""

COMPLETE = ".complete"
"""In such a folder: a file that says that everything is written, and on its way to its place."""

LOCK = ".lock"
"""In such a folder: a file on which whoever writes holds a lock."""

ABANDONED_S = 3600.0
"""Age from which an unfinished file on which there is no lock belongs to nobody any more [s]."""


def _new_name(suffix: str = "") -> str:
    return f"{UNFINISHED}{secrets.token_hex(4)}{suffix}"


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend a temporary name in the folder of `path`; what was written there takes its place when the block ends.

    When the block raises, `path` stays as it was and the temporary file is removed. A device or a pipe (``/dev/null``)
    is written into and never replaced.

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
    special = target.exists() and not (target.is_file() or target.is_dir())
    folder = Path(tempfile.gettempdir()) if special else target.parent
    temporary = folder / _new_name(target.suffix)
    try:
        yield temporary
        if special:
            with temporary.open("rb") as held, target.open("wb") as into:
                shutil.copyfileobj(held, into)
        else:
            temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path` whole or not at all; missing parent folders are made."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 to `path` whole or not at all, line ends as given; missing parent folders are made."""
    write_bytes(path, text.encode("utf-8"))


@contextmanager
def staged(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Lend an empty folder inside `folder`; its files take their places in `folder` together when the block ends.

    When the block raises, or one of the files cannot take its place, `folder` is as it was, and gone if it was not
    there. What killed processes left unfinished there is removed first.

    Parameters
    ----------
    folder : path-like
        Made, with its parents, before the block runs, so that a place nobody can write to is found before any work.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    OSError
        The place cannot be written to; `filename` is the file that could not take its place.
    """
    place = Path(folder)
    missing = [each for each in (place, *place.parents) if not os.path.lexists(each)]
    stage = place / _new_name()
    done = False
    try:
        stage.mkdir(parents=True)
        with locked(stage / LOCK):
            sweep_up(place)
            yield stage
            _put_in_place(stage, place)
        done = True
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        for empty in missing if not done else ():
            with suppress(OSError):
                empty.rmdir()


def sweep_up(folder: str | os.PathLike[str], *, all_files: bool = False) -> None:
    """Remove what killed processes left unfinished in a folder; what is being written now stays.

    Parameters
    ----------
    folder : path-like
        Looked through, not below. Nothing happens where it is missing or cannot be read.
    all_files : bool
        Whether single files go too that are younger than an hour: nobody else writes here.

    Notes
    -----
    Files that were complete and just taking their places take the places that are left.
    """
    with suppress(OSError):
        for entry in list(os.scandir(folder)):
            if entry.name.startswith(UNFINISHED):
                with suppress(OSError, Taken):
                    abandoned = time.time() - entry.stat().st_mtime > ABANDONED_S
                    if not entry.is_dir(follow_symlinks=False):
                        if all_files or abandoned:
                            os.unlink(entry.path)
                    elif abandoned or os.path.exists(os.path.join(entry.path, LOCK)):  # else it is just being made
                        _sweep_up_stage(Path(entry.path), Path(folder))


def _sweep_up_stage(stage: Path, folder: Path) -> None:
    """Remove a folder that nobody writes in any more.

    Raises
    ------
    Taken
        Somebody does.
    """
    with locked(stage / LOCK):
        if (stage / COMPLETE).exists():
            for name in _written(stage):
                _move(stage, name, folder)
    shutil.rmtree(stage)


def _put_in_place(stage: Path, folder: Path) -> None:
    """Move what was written from the stage to the folder: all of it, or nothing.

    Raises
    ------
    OSError
        One of them could not be moved; `filename` is its place.
    """
    written = _written(stage)
    (stage / BEFORE).mkdir()
    (stage / COMPLETE).touch()
    with ExitStack() as undo:
        undo.callback(_put_back, stage, written, folder)
        for name in written:
            try:
                _move(stage, name, folder)
            except OSError as error:
                error.filename = os.fspath(folder / name)
                raise
        undo.pop_all()


def _written(stage: Path) -> list[str]:
    """What was written in a stage."""
    return sorted(entry.name for entry in os.scandir(stage) if entry.name not in (LOCK, BEFORE, COMPLETE))


def _move(stage: Path, name: str, folder: Path) -> None:
    """Move one file or folder to its place; what stood there is laid aside.

    Raises
    ------
    OSError
        It cannot be moved, or a folder stands in the place of a file, or a file in that of a folder.
    """
    new, place = stage / name, folder / name
    if place.is_dir() != new.is_dir() and place.exists():
        raise (
            IsADirectoryError(EISDIR, os.strerror(EISDIR))
            if place.is_dir()
            else NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
        )
    if os.path.lexists(place):
        place.rename(stage / BEFORE / name)
    new.rename(place)


def _put_back(stage: Path, written: list[str], folder: Path) -> None:
    """Undo what was moved, as far as it goes."""
    with suppress(OSError):
        (stage / COMPLETE).unlink()
    for name in written:
        with suppress(OSError):
            if not os.path.lexists(stage / name):
                (folder / name).rename(stage / name)
            if os.path.lexists(stage / BEFORE / name):
                (stage / BEFORE / name).rename(folder / name)
