"""Compiling everything ahead: for images, and for machines on which nobody wants to wait."""

from __future__ import annotations

from sxsim.errors import Finding, InputError

__all__ = ["prepare"]


def prepare() -> str:
    """Compile all machine code now and keep it on disk, so that no later call has to.

    Returns
    -------
    str
        Folder that holds it.

    Raises
    ------
    InputError
        The compiler is off, or there is no folder to keep anything in.

    Notes
    -----
    The code is kept below ``NUMBA_CACHE_DIR`` when that is set, else in the user's cache. It fits the processor on
    which it was compiled: build an image where it runs, or set ``NUMBA_CPU_NAME=generic``, there and where it runs.
    Whoever may read the folder uses it, and need not be able to write to it.
    """
    import numba

    from sxsim.kernels._jit import FOLDERS
    from sxsim.kernels.prepare import EVERYTHING, load, missing
    from sxsim.kernels.prepare import prepare as compile_ahead

    if numba.config.DISABLE_JIT:
        raise InputError(Finding("NUMBA_DISABLE_JIT", "the compiler is off", "0", "unset NUMBA_DISABLE_JIT"))
    if FOLDERS.kept is None:
        cure = "set NUMBA_CACHE_DIR to a folder that you may write to"
        raise InputError(Finding("NUMBA_CACHE_DIR", "no folder can be written to", "a folder for machine code", cure))
    compile_ahead(missing(EVERYTHING, FOLDERS.read), EVERYTHING)
    load(EVERYTHING)
    _call_the_others()
    return FOLDERS.kept


def _call_the_others() -> None:
    """Call what takes its types from its arguments: the kernels of constant load and of shaking."""
    from sxsim.startup.shaken import shaken_start_up
    from sxsim.theory.network import chain, solve_network

    shaken_start_up(2.0, 17, 14, 2.9033, 2.0529, 0.85, 0.999, policy="matched-reflux", reflux=100.0, step=0.5)
    solve_network(chain([12, 10], 2.7, {12: ("aqueous", [0.5, 0.5])}, 0.5), [1.5, 1.0])
