"""Design: from purity targets to stages and flows, at least cost."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.sizing.designing import design
    from sxsim.sizing.plan import Plan

__all__ = ["Plan", "design"]

_HOMES = {"Plan": "plan", "design": "designing"}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
