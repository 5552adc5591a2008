"""Extraction systems that no file holds: drawn from ranges, or with one number changed, for the cascades of a study."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from sxsim.foundation.hashing import input_hash

if TYPE_CHECKING:
    from sxsim.definition.system import SystemFile

__all__ = ["lend", "lent"]

KEPT = 1024
"""Systems that are kept; the oldest goes first."""

_systems: OrderedDict[str, SystemFile] = OrderedDict()


def lend(system: SystemFile) -> str:
    """Let the cascades of this process use a system that no file holds.

    Parameters
    ----------
    system : SystemFile
        The system.

    Returns
    -------
    str
        What to write under ``organic.system``, made of the system's name and its content; it means nothing to another
        process.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> system = load_system_file("p507-chloride")
    >>> load_system_file(lend(system)) is system
    True
    """
    name = f"{system.name}~{input_hash(system.model_dump(mode='json', by_alias=True))[:16]}"
    _systems[name] = system
    _systems.move_to_end(name)
    while len(_systems) > KEPT:
        _systems.popitem(last=False)
    return name


def lent(name: str) -> SystemFile | None:
    """A system that was lent, or None."""
    return _systems.get(name)
