"""The folders in which the machine code of kernels is kept.

Numba keys a cached kernel on its own file only: when a kernel that it calls changes in another file, the old machine
code runs on, with wrong numbers and no error. So a folder is named by a digest of all kernel sources and of what else
decides the machine code, the processor included: what is in it fits this process, wherever the sources lie, and any
change starts a fresh folder.

Code is looked for below NUMBA_CACHE_DIR when the user set it, in the user's cache, and in a private folder of the
temp directory, and kept in the first of them that can be written to. So what an image brings along is used by a user
who may only read it.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile
from numba.core.codegen import get_host_cpu_features

__all__ = ["Folders", "KernelCache", "digest_of", "folders_for"]

PREFIX = "kernels-"
KEPT = 3
"""Folders of older sources that stay."""
IN_USE_S = 3600.0
"""A folder that was in use within this time stays too [s]."""


class Folders(NamedTuple):
    """Where machine code is.

    Attributes
    ----------
    read : tuple of str
        Folders in which it is looked for, in this order.
    kept : str or None
        The one of them in which it is kept; None where nothing can be written.
    """

    read: tuple[str, ...]
    kept: str | None


def digest_of(folder: Path) -> str | None:
    """Digest of all kernel sources and of what else decides the machine code; None when they cannot be read."""
    processor = f"{numba.config.CPU_NAME or llvm.get_host_cpu_name()} "
    processor += numba.config.CPU_FEATURES or get_host_cpu_features()
    compiler = f"{numba.__version__} {numba.config.OPT} {numba.config.BOUNDSCHECK}"
    running = f"{sys.implementation.cache_tag} {sys.version} {llvm.get_process_triple()} {processor} {compiler}"
    digest = hashlib.sha256(running.encode())
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".py"))
        for name in names:
            digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    except OSError:
        return None
    return digest.hexdigest()[:24] if names else None


def folders_for(sources: Path) -> Folders:
    """Folders for the machine code of these sources; the one in which it is kept is made if need be."""
    read: list[str] = []
    digest = digest_of(sources)
    for base in _bases() if digest is not None else ():
        folder = base / f"{PREFIX}{digest}"
        kept = _made(folder, base, make=not read)
        if kept or os.access(folder, os.R_OK | os.X_OK):
            read.append(str(folder))
        if kept:
            return Folders(tuple(read), str(folder))
    return Folders(tuple(read), None)


def _bases() -> Iterator[Path]:
    """Where the folders stand: the chosen place, the user's cache, a private folder of the temp directory."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        yield Path(chosen).absolute() / "sxsim"
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache and os.path.isabs(cache):
        yield Path(cache) / "sxsim"
    else:
        with suppress(RuntimeError):  # no home folder can be found
            yield Path.home() / ".cache" / "sxsim"
    private = _private()
    if private is not None:
        yield private


def _private() -> Path | None:
    """A folder of the temp directory that nobody else can write to: machine code is run as it is read."""
    if not hasattr(os, "getuid"):
        return None  # where there is no such number everybody has a home
    try:
        folder = Path(tempfile.gettempdir()) / f"sxsim-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return folder if ours else None


def _made(folder: Path, base: Path, make: bool) -> bool:
    """Whether code can be kept in a folder, which is made if it has to be now, or else when there is something."""
    try:
        if folder.is_dir():
            os.utime(folder)
        elif make:
            folder.mkdir(parents=True, exist_ok=True)
            _clean_up(base)
        else:
            above = next(each for each in folder.parents if each.exists())
            return above.is_dir() and os.access(above, os.W_OK | os.X_OK)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _clean_up(base: Path) -> None:
    """Remove the folders of older sources: keep the newest three and any that was in use within the hour."""
    try:
        ours = [entry for entry in os.scandir(base) if entry.name.startswith(PREFIX) and entry.is_dir()]
        dated = sorted(((entry.stat().st_mtime, entry.path) for entry in ours), reverse=True)
    except OSError:
        return
    for used, path in dated[KEPT:]:
        if time.time() - used > IN_USE_S:
            shutil.rmtree(path, ignore_errors=True)


class _Locator:
    """What numba asks where the code of a function is, and of which source it is.

    Raises
    ------
    RuntimeError
        Its source is no file on disk.
    """

    def __init__(self, function: Any) -> None:
        self._py_file = inspect.getfile(function)  # under this name numba looks for it too
        self._line = function.__code__.co_firstlineno
        self._stamp = ""  # of a kernel, the name of the folder says it
        if Path(self._py_file).parent != Path(__file__).parent:
            try:
                self._stamp = hashlib.sha256(Path(self._py_file).read_bytes()).hexdigest()
            except OSError:
                raise RuntimeError(f"no file {self._py_file}") from None

    def get_cache_path(self) -> str:
        return ""

    def get_source_stamp(self) -> str:
        return self._stamp

    def get_disambiguator(self) -> str:
        return str(self._line)

    def ensure_cache_path(self) -> None:
        """Nothing to do before something is kept."""


class _Parts(CompileResultCacheImpl):
    """How numba takes code apart and names it, with a place of ours."""

    def __init__(self, function: Any) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = _Locator(function)
        name = f"{Path(inspect.getfile(function)).stem}.{function.__qualname__}"
        self._filename_base = self.get_filename_base(name, getattr(sys, "abiflags", ""))


class _Files(IndexDataCacheFile):
    """The files of one function in one folder; an index that cannot be read, or was cut short, is an empty one."""

    def _load_index(self) -> Any:
        try:
            return super()._load_index()
        except Exception:  # whatever unpickling says
            return {}


class KernelCache(FunctionCache):
    """Numba's cache of one function, in folders of ours.

    Parameters
    ----------
    function : callable
        What is compiled.
    folders : Folders
        Where its code is; at least one to read.

    Raises
    ------
    RuntimeError
        Its source is no file on disk: a zipped package, a prompt.

    Notes
    -----
    A file that cannot be read, or was cut short, is compiled again; one that cannot be written is not kept.
    """

    _impl_class = _Parts

    def __init__(self, function: Any, folders: Folders) -> None:
        super().__init__(function)
        self._kept = folders.kept
        name, stamp = self._impl.filename_base, self._impl.locator.get_source_stamp()
        self._places = [_Files(folder, name, stamp) for folder in folders.read]
        self._cache_file = self._places[-1]  # the last is the one to keep it in, if there is one

    def _load_overload(self, sig: Any, target_context: Any) -> Any:
        key = self._index_key(sig, target_context.codegen())
        for place in self._places:
            try:
                data = place.load(key)
            except Exception:  # whatever unpickling says of a file that was cut short: it is compiled again
                continue
            if data is not None:
                return self._impl.rebuild(target_context, data)
        return None

    def _save_overload(self, sig: Any, data: Any) -> None:
        if self._kept is not None:
            with suppress(OSError):  # a full disk
                os.makedirs(self._kept, exist_ok=True)
                super()._save_overload(sig, data)
