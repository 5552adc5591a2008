"""Studies over the tools: sweeps on one core, all cores or a cluster; uncertainty of what the data leave open."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.studies.axes import Range
    from sxsim.studies.outcome import Uncertainty
    from sxsim.studies.preparing import prepare
    from sxsim.studies.propagation import uncertainty
    from sxsim.studies.study import Study
    from sxsim.studies.study_file import load_study
    from sxsim.studies.sweeping import run, sweep

__all__ = ["Range", "Study", "Uncertainty", "load_study", "prepare", "run", "sweep", "uncertainty"]

_HOMES = {
    "Range": "axes",
    "Study": "study",
    "Uncertainty": "outcome",
    "load_study": "study_file",
    "prepare": "preparing",
    "run": "sweeping",
    "sweep": "sweeping",
    "uncertainty": "propagation",
}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
