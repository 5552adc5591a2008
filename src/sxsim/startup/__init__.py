"""Start-up, upsets and control: the cascade in time."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from typing import Any

    from sxsim.startup.outcome import StartUp
    from sxsim.startup.running import compare, start_up
    from sxsim.startup.shaken import shaken_start_up

__all__ = ["StartUp", "compare", "shaken_start_up", "start_up"]

_HOMES = {"StartUp": "outcome", "compare": "running", "shaken_start_up": "shaken", "start_up": "running"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
