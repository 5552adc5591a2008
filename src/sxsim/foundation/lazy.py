"""Public names of a room that are loaded on first use, so that importing the room costs next to nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["load_on_use"]


def load_on_use(
    package: str, namespace: dict[str, Any], homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the module functions ``__getattr__`` and ``__dir__`` of a package whose names live in its modules.

    Parameters
    ----------
    package : str
        Full name of the package.
    namespace : dict
        Its globals; a name that was loaded is kept there.
    homes : mapping of str to str
        For each public name the module of the package that holds it.

    Returns
    -------
    get, names : callable
        What to call ``__getattr__`` and ``__dir__``.

    Examples
    --------
    >>> get, names = load_on_use("sxsim.foundation", {}, {"did_you_mean": "suggestions"})
    >>> get("did_you_mean").__name__
    'did_you_mean'
    >>> names()
    ['did_you_mean']
    """

    def get(name: str) -> Any:
        """Load a public name when it is first asked for."""
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        namespace[name] = value
        return value

    def names() -> list[str]:
        """Name what the package offers, loaded or not."""
        return sorted({*namespace, *homes})

    return get, names
