"""Packed tuples are handed from kernel to kernel by their address.

Numba hands on a named tuple by its members, and an array by its shape, strides and pointers: the seven tuples of a
search are six hundred numbers at every call, which the compiler takes apart and puts together again. Here a tuple is
one number, the address of where it lies, and a member is read from there. Kernels change what arrays hold, never which
arrays a tuple has, so an argument may be read at any time.
"""

from __future__ import annotations

from typing import Any

from llvmlite.ir.instructions import AllocaInstr, LoadInstr
from numba.core import cgutils
from numba.core.datamodel import default_manager, models
from numba.core.imputils import impl_ret_borrowed
from numba.extending import lower_getattr

__all__ = ["BundleModel", "hand_on_by_address"]


class BundleModel(models.TupleModel):
    """Data model of a named tuple whose argument is the address of its value."""

    def get_argument_type(self) -> Any:
        """Pointer to the value."""
        return self.get_value_type().as_pointer()

    def as_argument(self, builder: Any, value: Any) -> Any:
        """Address of the value: where it came from, or else a place on the stack."""
        address, _ = _address(builder, value)
        return cgutils.alloca_once_value(builder, value) if address is None else address

    def from_argument(self, builder: Any, value: Any) -> Any:
        """The value that lies at the address."""
        return builder.load(value)


def _address(builder: Any, value: Any) -> tuple[Any, bool]:
    """Where a value was read from, None where it was not; and whether it is an argument, which never changes."""
    if not isinstance(value, LoadInstr):
        return None, False
    pointer = value.operands[0]
    if isinstance(pointer, AllocaInstr):
        for argument in builder.function.args:
            if argument.name == f"arg.{pointer.name}":
                return argument, True
        return pointer, False
    return pointer, True


def hand_on_by_address(bundle: Any) -> None:
    """Let a type of packed tuple be handed on by its address, and its members be read from there, in this process."""
    default_manager._cache[bundle] = BundleModel(default_manager, bundle)
    for place, name in enumerate(bundle.fields):
        lower_getattr(bundle, name)(_reader(bundle, place))


def _reader(bundle: Any, place: int) -> Any:
    """How the member at a place is read."""

    def read(context: Any, builder: Any, kind: Any, value: Any) -> Any:
        address, lasting = _address(builder, value)
        if address is None:
            member = builder.extract_value(value, place)
        else:
            member = builder.load(cgutils.gep_inbounds(builder, address, 0, place))
            if lasting:
                member.set_metadata("invariant.load", builder.module.add_metadata([]))
        return impl_ret_borrowed(context, builder, bundle[place], member)

    return read
