"""Solving on behalf of a command: progress on stderr, the result as an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.cli.consoles import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxsim.cascade.result import Result
    from sxsim.definition import Cascade

__all__ = ["announce_compilation", "solved"]


def solved(cascade: Cascade, start: Mapping[str, float] | None = None) -> Result:
    """Solve a cascade; say beforehand when the kernels have to be compiled first.

    Parameters
    ----------
    cascade : Cascade
        Definition.
    start : mapping of str to float, optional
        Where the search for its targets begins, by path.

    Raises
    ------
    InputError, ConvergenceError
        As `sxsim.solve`.
    """
    from sxsim.cascade.solving import solve_quietly

    announce_compilation(search=cascade.solve is not None)
    return solve_quietly(cascade, start=start)


def announce_compilation(startup: bool = False, search: bool = True) -> None:
    """Say on stderr that compiling comes first when machine code is missing, and compile it.

    Parameters
    ----------
    startup : bool
        Whether a start-up follows, which calls more than a solve.
    search : bool
        Whether targets may be searched for, which calls more than a solve of typed flows.
    """
    import numba

    if numba.config.DISABLE_JIT:
        return
    from sxsim.kernels._jit import FOLDERS
    from sxsim.kernels.linked import Linked
    from sxsim.kernels.prepare import PARTS, SEARCH, SOLVE, STARTUP, duration_s, missing, prepare

    called = STARTUP if startup else SEARCH if search else SOLVE
    kernels = missing(called, FOLDERS.read)
    if kernels and FOLDERS.kept is None:
        spent, Linked.told = duration_s(kernels, 1), True
        say(f"compiling kernels (no folder to keep them in: every run takes about {spent} s longer)")
    elif kernels:
        say(f"compiling kernels (first run, about {duration_s(kernels, PARTS)} s)")
        prepare(kernels, called)
