"""Design: from purity targets to stages and flows, at least cost."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from typing import Any

    from sxsim.sizing.designing import design
    from sxsim.sizing.plan import Plan

__all__ = ["Plan", "design"]

_HOMES = {"Plan": "plan", "design": "designing"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
