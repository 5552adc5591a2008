"""Solving a definition: compiled arrays, the solver's answer told as streams, profiles, balances and warnings."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from typing import Any

    from sxsim.cascade.evidence import Reference, sources
    from sxsim.cascade.result import Result
    from sxsim.cascade.solving import solve

__all__ = ["Reference", "Result", "solve", "sources"]

_HOMES = {"Reference": "evidence", "Result": "result", "solve": "solving", "sources": "evidence"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
