"""The one decorator that compiles kernels.

Numba also compiles whatever a function calls once more within it, so that deep towers of kernels are compiled many
times over. A kernel whose types are given is compiled once instead, and others reach it by its address: see `linked`.
Machine code is kept on disk: see `_cache`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numba

from sxsim.kernels._cache import Folders, KernelCache, folders_for
from sxsim.kernels.linked import Linked

__all__ = ["FOLDERS", "kernel"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

FOLDERS: Folders = folders_for(Path(__file__).parent)
"""Where the machine code of this process is."""


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
        made = numba.njit(**chosen)(function)
        if numba.config.DISABLE_JIT:
            return made
        if FOLDERS.read:
            with suppress(RuntimeError):  # the source is no file on disk: a zipped package, a prompt
                made._cache = KernelCache(function, FOLDERS)
        for types in signature:
            made.compile(types)
            made.disable_compile()
        return made

    def wrap(function: _Function) -> _Function:
        if takes is None or numba.config.DISABLE_JIT:
            return compiled(function)
        return Linked(function, returns(*takes), compiled, inner)  # type: ignore[return-value]

    return wrap
