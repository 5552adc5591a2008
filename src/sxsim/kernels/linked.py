"""Kernels that are compiled once and called by others through their address.

What a numba function calls is linked into it as source for the compiler, optimised and translated again: a tower of
calls costs its height. Here the caller holds only the name of what it calls. The name is given an address when the
callee is loaded, which comes first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core import cgutils
from numba.core.compiler_lock import global_compiler_lock
from numba.core.types import Function
from numba.core.types.misc import unliteral
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.extending import lower_builtin

__all__ = ["Linked"]

_NOWHERE = 8
"""Address of a kernel that is not there; for a process that only compiles."""


class Linked:
    """A kernel of given types.

    Parameters
    ----------
    function : callable
        What is compiled.
    signature : numba signature
        Its types.
    compiled : callable
        Takes the function and the signature; compiles it, or loads it from the disk.
    inner : bool
        Whether it is compiled without a door for Python; one is built when Python calls it all the same.
    """

    alone = False
    """Whether this process compiles kernels without what they call."""

    told = False
    """Whether the user of this process was told that kernels are compiled, and is not to be told again."""

    def __init__(self, function: Callable[..., Any], signature: Any, compiled: Callable[..., Any], inner: bool) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.signature = signature
        self.symbol = f"{function.__module__}.{function.__qualname__}"
        self._compiled = compiled
        self._inner = inner
        self._ready: Any = None
        self._door: Any = None
        _teach(self)

    def __call__(self, *arguments: Any) -> Any:
        """Call it from Python."""
        if self._door is None:
            if self._ready is None and not Linked.told:
                from sxsim.kernels.prepare import tell

                tell(self)
            self._door = _door_of(self) if self._inner else self.ready()
        return self._door(*arguments)

    @property
    def signatures(self) -> list[Any]:
        """Argument types that it is compiled for: one tuple, or none before the first call."""
        return [] if self._ready is None else list(self._ready.signatures)

    def ready(self) -> Any:
        """Compile or load it, and all that it calls; returns what Python calls."""
        with global_compiler_lock:  # numba's own, which it holds when it asks for a callee
            if self._ready is None:
                for callee in linked_in(self.py_func):
                    callee.ready()
                self._ready = self._load()
        return self._ready

    def compile_only(self) -> None:
        """Compile it for the disk without what it calls; nothing may run in this process any more."""
        Linked.alone = True
        for callee in linked_in(self.py_func):
            if callee._ready is None:
                llvm.add_symbol(callee.symbol, _NOWHERE)
        self._load()

    def _load(self) -> Any:
        dispatcher = self._compiled(self.py_func, self.signature)
        result = dispatcher.overloads[self.signature.args]
        address = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
        llvm.add_symbol(self.symbol, address)
        return dispatcher


def linked_in(function: Callable[..., Any]) -> Iterator[Linked]:
    """All kernels of given types that a function calls itself, or by way of functions that are compiled within it."""
    space = function.__globals__
    for name in function.__code__.co_names:
        value = space.get(name)
        if isinstance(value, Linked):
            yield value
        elif value is not None and hasattr(value, "py_func"):
            yield from linked_in(value.py_func)


def _door_of(kernel: Linked) -> Any:
    """A function of the same types that Python may call."""
    names = ", ".join(f"a{i}" for i in range(len(kernel.signature.args)))
    space = {"kernel": kernel}
    exec(f"def door({names}):\n    return kernel({names})", space)
    return numba.njit(kernel.signature, nogil=True)(space["door"])


def _teach(kernel: Linked) -> None:
    """Tell numba the types of a kernel, and how it is called."""
    signature = kernel.signature

    class Template(AbstractTemplate):
        key = kernel

        def generic(self, args: Any, kws: Any) -> Any:
            return signature if not kws and tuple(map(unliteral, args)) == signature.args else None

    infer_global(kernel, Function(Template))

    @lower_builtin(kernel, *signature.args)
    def call(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        if not Linked.alone:
            kernel.ready()  # the name has an address before anybody may ask for it
        convention = context.call_conv
        kind = convention.get_function_type(signature.return_type, signature.args)
        target = cgutils.get_or_insert_function(builder.module, kind, kernel.symbol)
        status, answer = convention.call_function(builder, target, signature.return_type, signature.args, values)
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return answer
