"""The technology lock: one feed, one target, three operators who know different things."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.studies.lock.outcome import Lock, Operator
    from sxsim.studies.lock.running import technology_lock

__all__ = ["Lock", "Operator", "technology_lock"]

_HOMES = {"Lock": "outcome", "Operator": "outcome", "technology_lock": "running"}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
