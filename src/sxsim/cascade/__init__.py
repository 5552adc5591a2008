"""Solving a definition: compiled arrays, the solver's answer told as streams, profiles, balances and warnings."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.cascade.evidence import Reference, sources
    from sxsim.cascade.result import Result
    from sxsim.cascade.solving import solve

__all__ = ["Reference", "Result", "solve", "sources"]

_HOMES = {"Reference": "evidence", "Result": "result", "solve": "solving", "sources": "evidence"}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
