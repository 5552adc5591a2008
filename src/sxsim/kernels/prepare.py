"""Compiling kernels before they are first called, in two processes at once."""

from __future__ import annotations

import gc
import importlib
import logging
import math
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sxsim.kernels._jit import FOLDERS
from sxsim.kernels.linked import Linked, linked_in

__all__ = [
    "EVERYTHING",
    "PARTS",
    "SEARCH",
    "SOLVE",
    "STARTUP",
    "compile_alone",
    "duration_s",
    "missing",
    "prepare",
    "tell",
]

SOLVE = ("sxsim.kernels.ladder.climb",)
"""What a solve of typed flows calls."""

SEARCH = (*SOLVE, "sxsim.kernels.search.seek")
"""What a search for targets calls."""

STARTUP = (*SEARCH, "sxsim.kernels.transient.implicit_euler", "sxsim.kernels.transient.advance")
"""What a start-up calls."""

EVERYTHING = (
    *STARTUP,
    "sxsim.kernels.begin.begin",
    "sxsim.kernels.follow.follow_many",
    "sxsim.kernels.ladder.climb_many",
    "sxsim.kernels.search.seek_many",
)
"""What all commands call: also what goes on from a neighbour, and many cases at once."""

PARTS = 2
"""Processes; more would each spend their time on starting."""

ARRAY = 40
"""Bytes of byte code that take as long to compile as an array to take."""

SPEED = 7000.0
"""Such bytes that a process compiles in a second on two cores of 2026."""


def missing(called: Sequence[str], folders: Sequence[str]) -> list[Linked]:
    """Kernels that the named ones need and whose machine code is in none of the folders; none without a compiler."""
    return _lacking(_needed(called), folders)


def _lacking(kernels: Iterable[Linked], folders: Sequence[str]) -> list[Linked]:
    """Kernels whose machine code is in none of the folders."""
    kept = {path.name.rpartition("-")[0] for folder in folders for path in Path(folder).glob("*.nbc")}
    return [kernel for kernel in kernels if kernel.symbol.removeprefix("sxsim.kernels.") not in kept]


def tell(kernel: Linked) -> None:
    """Log that a kernel and what it calls have to be compiled, where they have; to be called before they are.

    Notes
    -----
    A warning of the logger ``sxsim``, which goes to stderr unless the caller's program says otherwise.
    """
    lacking = [each for each in _lacking(_below(kernel), FOLDERS.read) if not each.signatures]
    if lacking:
        kept = "" if FOLDERS.kept else "; no folder to keep them in, so every process does"
        told = "compiling kernels (first call, about %d s%s)"
        logging.getLogger("sxsim").warning(told, duration_s(lacking, 1), kept)


def duration_s(kernels: Sequence[Linked], processes: int) -> int:
    """What compiling kernels takes, rounded up to five seconds [s]."""
    return 5 * math.ceil(sum(sum(_efforts(kernel)) for kernel in kernels) / (5.0 * SPEED * processes))


def prepare(kernels: Sequence[Linked], called: Sequence[str]) -> None:
    """Compile kernels and keep them on the disk; does nothing where the processes cannot be had.

    Parameters
    ----------
    kernels : sequence of Linked
        Which ones.
    called : sequence of str
        Names of kernels that need them, from which the processes find them.

    Notes
    -----
    Kernels of given types know each other by name and type only, so that each can be compiled without the others.
    """
    command = (
        "import sys; from sxsim.kernels.prepare import compile_alone; compile_alone(sys.argv[2:], sys.argv[1].split())"
    )
    search = os.pathsep.join(filter(None, sys.path))
    try:
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", command, " ".join(called), *(kernel.symbol for kernel in part)],
                env={**os.environ, "PYTHONPATH": search},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for part in parts(kernels)
        ]
    except OSError:
        return
    try:
        for worker in workers:
            worker.wait()
    finally:
        for worker in workers:
            worker.kill()


def load(called: Sequence[str]) -> None:
    """Load the named kernels and what they need, and compile what is missing all the same."""
    for kernel in _needed(called):
        kernel.ready()


def compile_alone(symbols: Sequence[str], called: Sequence[str]) -> None:
    """Compile kernels, of those that the called ones need, for the disk; nothing may run in this process afterwards."""
    gc.disable()  # a compiler makes much that stays; looking through it takes a fifth of the time
    known = {kernel.symbol: kernel for kernel in _needed(called)}
    for symbol in symbols:
        known[symbol].compile_only()


def parts(kernels: Sequence[Linked]) -> list[list[Linked]]:
    """The kernels in parts of about the same work."""
    size = {kernel: sum(_efforts(kernel)) for kernel in kernels}
    bins: list[list[Linked]] = [[] for _ in range(PARTS)]
    for kernel in sorted(size, key=lambda kernel: -size[kernel]):
        min(bins, key=lambda held: sum(size[other] for other in held)).append(kernel)
    return bins


def _needed(called: Sequence[str]) -> dict[Linked, None]:
    """The named kernels and all that they call by address; none where there is no compiler."""
    needed: dict[Linked, None] = {}
    for symbol in called:
        module, _, name = symbol.rpartition(".")
        kernel = getattr(importlib.import_module(module), name)
        if isinstance(kernel, Linked):
            needed |= _below(kernel)
    return needed


def _below(kernel: Linked) -> dict[Linked, None]:
    """A kernel and all that it calls by address."""
    found = {kernel: None}
    for callee in linked_in(kernel.py_func):
        found |= _below(callee)
    return found


def _efforts(kernel: Linked) -> Iterator[int]:
    """What makes a kernel long to compile: the arrays that it takes, and the byte code of all that goes into it."""
    yield ARRAY * sum(len(kind) if hasattr(kind, "fields") else 1 for kind in kernel.signature.args)
    yield len(kernel.py_func.__code__.co_code)
    for name in kernel.py_func.__code__.co_names:
        value = kernel.py_func.__globals__.get(name)
        if value is not None and not isinstance(value, Linked) and hasattr(value, "py_func"):
            yield len(value.py_func.__code__.co_code)
