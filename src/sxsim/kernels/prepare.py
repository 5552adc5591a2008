"""Compiling the kernels of a solve before the first one, in two processes at once."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from sxsim.kernels.ladder import climb
from sxsim.kernels.linked import Linked, linked_in

__all__ = ["compile_part", "prepare"]

PARTS = 2
"""Processes; more would each spend their time on starting."""

ARRAY = 40
"""Bytes of byte code that take as long to compile as an array to take."""


def prepare() -> None:
    """Compile what a solve needs and keep it on the disk; does nothing where the processes cannot be had.

    Notes
    -----
    Kernels of given types know each other by name and type only, so that each can be compiled without the others.
    """
    if not isinstance(climb, Linked):  # no compiler
        return
    command = "import sys; from sxsim.kernels.prepare import compile_part; compile_part(int(sys.argv[1]))"
    search = os.pathsep.join(filter(None, sys.path))
    try:
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", command, str(part)],
                env={**os.environ, "PYTHONPATH": search},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for part in range(PARTS)
        ]
    except OSError:
        return
    try:
        for worker in workers:
            worker.wait()
    finally:
        for worker in workers:
            worker.kill()


def compile_part(part: int) -> None:
    """Compile one part of the kernels for the disk; nothing may run in this process afterwards."""
    gc.disable()  # a compiler makes much that stays; looking through it takes a fifth of the time
    for kernel in parts()[part]:
        kernel.compile_only()


def parts() -> list[list[Linked]]:
    """The kernels of a solve in parts of about the same work."""
    solve: Any = climb
    size = {kernel: sum(_efforts(kernel)) for kernel in _below(solve)}
    bins: list[list[Linked]] = [[] for _ in range(PARTS)]
    for kernel in sorted(size, key=lambda kernel: -size[kernel]):
        min(bins, key=lambda held: sum(size[other] for other in held)).append(kernel)
    return bins


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
