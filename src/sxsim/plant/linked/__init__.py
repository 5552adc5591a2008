"""Linked (hyperlink) extraction: sections whose loaded organic and aqueous pass on unstripped, solved as one."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.plant.linked.comparison import Saving, saving
    from sxsim.plant.linked.definition import Linked, bundled_linked, load_linked
    from sxsim.plant.linked.fully import fully_linked
    from sxsim.plant.linked.result import LinkedResult
    from sxsim.plant.linked.solving import solve_linked
    from sxsim.plant.linked.third_outlet import ThreeOutlets, three_outlets

__all__ = [
    "Linked",
    "LinkedResult",
    "Saving",
    "ThreeOutlets",
    "bundled_linked",
    "fully_linked",
    "load_linked",
    "saving",
    "solve_linked",
    "three_outlets",
]

_HOMES = {
    "Linked": "definition",
    "LinkedResult": "result",
    "Saving": "comparison",
    "ThreeOutlets": "third_outlet",
    "bundled_linked": "definition",
    "fully_linked": "fully",
    "load_linked": "definition",
    "saving": "comparison",
    "solve_linked": "solving",
    "three_outlets": "third_outlet",
}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
