"""Solving on behalf of a command: progress on stderr, the result as an object."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sxsim.cli.consoles import say

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.definition import Cascade

__all__ = ["announce_compilation", "solved"]

COMPILATION_S = 20
"""What compiling the kernels of a solve takes on two cores of 2026, rounded up [s]."""


def solved(cascade: Cascade) -> Result:
    """Solve a cascade; say beforehand when the kernels have to be compiled first.

    Raises
    ------
    InputError, ConvergenceError
        As `sxsim.solve`.
    """
    from sxsim.cascade.solving import solve_quietly

    announce_compilation()
    return solve_quietly(cascade)


def announce_compilation() -> None:
    """Say on stderr that compiling comes first when no machine code is kept yet."""
    import numba

    from sxsim.kernels._jit import CACHE_FOLDER

    if numba.config.DISABLE_JIT:
        return
    if CACHE_FOLDER is None:
        say(f"compiling kernels (no folder to keep them in: every run takes about {COMPILATION_S} s longer)")
    elif not _has_files(CACHE_FOLDER):
        say(f"compiling kernels (first run, about {COMPILATION_S} s)")
        from sxsim.kernels.prepare import prepare

        prepare()


def _has_files(folder: str | os.PathLike[str]) -> bool:
    """Whether machine code lies anywhere below a folder."""
    return next(Path(folder).rglob("*.nbi"), None) is not None
