"""Start-up, upsets and control: the cascade in time."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.startup.outcome import StartUp
    from sxsim.startup.running import compare, start_up
    from sxsim.startup.shaken import shaken_start_up

__all__ = ["StartUp", "compare", "shaken_start_up", "start_up"]

_HOMES = {"StartUp": "outcome", "compare": "running", "shaken_start_up": "shaken", "start_up": "running"}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
