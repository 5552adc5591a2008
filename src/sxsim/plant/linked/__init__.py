"""Linked (hyperlink) extraction: sections whose loaded organic and aqueous pass on unstripped, solved as one."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.plant.linked.definition import Linked, bundled_linked, load_linked
    from sxsim.plant.linked.result import LinkedResult
    from sxsim.plant.linked.solving import solve_linked

__all__ = ["Linked", "LinkedResult", "bundled_linked", "load_linked", "solve_linked"]

_HOMES = {
    "Linked": "definition",
    "LinkedResult": "result",
    "bundled_linked": "definition",
    "load_linked": "definition",
    "solve_linked": "solving",
}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
