"""The one decorator that compiles kernels, and the folder in which their machine code is kept.

Numba keys a cached kernel on its own file only: when a kernel that it calls changes in another file, the old machine
code runs on, with wrong numbers and no error. So the cache folder is named by a digest of all kernel sources, and any
change to any of them starts a fresh folder.

Numba also compiles whatever a function calls once more within it, so that deep towers of kernels are compiled many
times over. A kernel whose types are given is compiled once instead, and others reach it by its address: see `linked`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

from sxsim.kernels.linked import Linked

__all__ = ["CACHE_FOLDER", "kernel"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_PREFIX = "kernels-"
_KEPT = 3
_IN_USE_S = 3600.0


def _digest(folder: Path) -> str | None:
    """Digest of all kernel sources and of what else decides the machine code; None when they cannot be read."""
    running = f"{numba.__version__} {sys.implementation.cache_tag} {sys.version} {numba.config.BOUNDSCHECK}"
    digest = hashlib.sha256(running.encode())
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".py"))
        for name in names:
            digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    except OSError:
        return None
    return digest.hexdigest()[:24] if names else None


def _base_folder() -> Path | None:
    """Where the folders stand: below NUMBA_CACHE_DIR when the user set it, else in the user's cache."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen).absolute() / "sxsim"
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache and os.path.isabs(cache):
        return Path(cache) / "sxsim"
    try:
        return Path.home() / ".cache" / "sxsim"
    except RuntimeError:  # no home folder can be found
        return None


def _clean_up(base: Path) -> None:
    """Remove the folders of older sources: keep the newest three and any that was in use within the hour."""
    try:
        ours = [entry for entry in os.scandir(base) if entry.name.startswith(_PREFIX) and entry.is_dir()]
        dated = sorted(((entry.stat().st_mtime, entry.path) for entry in ours), reverse=True)
    except OSError:
        return
    for used, path in dated[_KEPT:]:
        if time.time() - used > _IN_USE_S:
            shutil.rmtree(path, ignore_errors=True)


def _cache_folder(sources: Path) -> str | None:
    """The folder for the machine code of these sources, made if need be; None when nothing can be kept."""
    digest, base = _digest(sources), _base_folder()
    if digest is None or base is None:
        return None
    folder = base / (_PREFIX + digest)
    try:
        if folder.is_dir():
            os.utime(folder)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            _clean_up(base)
    except OSError:
        return None
    return str(folder) if os.access(folder, os.W_OK | os.X_OK) else None


CACHE_FOLDER: str | None = _cache_folder(Path(__file__).parent)


def kernel(
    *,
    returns: Any = None,
    takes: tuple[Any, ...] | None = None,
    inner: bool = False,
    counted: bool = True,
    **options: Any,
) -> Callable[[_Function], _Function]:
    """Compile a function with numba: no Python objects, IEEE division, the GIL released, kept on disk.

    Parameters
    ----------
    returns, takes : numba type, tuple of numba types, optional
        Types of the answer and of the arguments. A kernel that has them is compiled once, when it is first called, and
        other kernels call it by its address; without them it is compiled within each of its callers.
    inner : bool
        True for a function that only other kernels call: no door for Python is built, which saves compile time.
    counted : bool
        False for a function that neither makes nor returns arrays: references to those it takes are
        not counted, which saves time; the compiler refuses it where an array is made.
    **options
        Further options of ``numba.njit``. ``fastmath`` is not for kernels: it makes ``isnan`` answer False.

    Returns
    -------
    callable
        The decorator.

    Notes
    -----
    With ``NUMBA_DISABLE_JIT=1`` the function is returned as it is and runs as plain Python.

    Examples
    --------
    >>> @kernel()
    ... def twice(x):
    ...     return 2.0 * x
    >>> twice(1.5)
    3.0
    """
    chosen = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True} | options
    if inner:
        chosen |= {"no_cpython_wrapper": True}
    if not counted:
        chosen |= {"_nrt": False}

    def compiled(function: _Function, *signature: Any) -> Any:
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = CACHE_FOLDER or before
        try:
            try:
                return numba.njit(*signature, cache=CACHE_FOLDER is not None, **chosen)(function)
            except RuntimeError:  # the source is no file on disk: a zipped package, a prompt
                return numba.njit(*signature, **chosen)(function)
        finally:
            numba.config.CACHE_DIR = before

    def wrap(function: _Function) -> _Function:
        if takes is None or numba.config.DISABLE_JIT:
            return compiled(function)
        return Linked(function, returns(*takes), compiled, inner)  # type: ignore[return-value]

    return wrap
