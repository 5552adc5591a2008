"""Size, simulate and cost counter-current mixer-settler cascades that separate adjacent rare earths.

Names are loaded on first use, so ``import sxsim`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers read it as true; importing it from typing would take longer than all the rest
if TYPE_CHECKING:
    from typing import Any

    from sxsim import elements, errors
    from sxsim.cascade import solve, sources
    from sxsim.definition import load
    from sxsim.economics import cost
    from sxsim.plant import load_train, solve_train
    from sxsim.sizing import design
    from sxsim.startup import start_up
    from sxsim.studies import prepare, sweep, uncertainty

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "cost",
    "design",
    "elements",
    "errors",
    "load",
    "load_train",
    "prepare",
    "solve",
    "solve_train",
    "sources",
    "start_up",
    "sweep",
    "uncertainty",
]

# Where each public name lives: a module, or "module:attribute". A new name is one line here, one in __all__ and
# one above for type checkers.
_HOMES = {
    "cost": "sxsim.economics:cost",
    "design": "sxsim.sizing:design",
    "elements": "sxsim.elements",
    "errors": "sxsim.errors",
    "load": "sxsim.definition:load",
    "load_train": "sxsim.plant:load_train",
    "prepare": "sxsim.studies:prepare",
    "solve": "sxsim.cascade:solve",
    "solve_train": "sxsim.plant:solve_train",
    "sources": "sxsim.cascade:sources",
    "start_up": "sxsim.startup:start_up",
    "sweep": "sxsim.studies:sweep",
    "uncertainty": "sxsim.studies:uncertainty",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    loaded = import_module(module)
    value = getattr(loaded, attribute) if attribute else loaded
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
