"""Plants: trains of cascades from an ore feed to separate oxides, cut sequences, linked extraction."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.plant.comparison import compare_trains
    from sxsim.plant.costing import cost_train
    from sxsim.plant.definition import Train
    from sxsim.plant.loading import bundled_trains, load_train
    from sxsim.plant.result import TrainResult
    from sxsim.plant.solving import solve_train

__all__ = ["Train", "TrainResult", "bundled_trains", "compare_trains", "cost_train", "load_train", "solve_train"]

_HOMES = {
    "Train": "definition",
    "TrainResult": "result",
    "bundled_trains": "loading",
    "compare_trains": "comparison",
    "cost_train": "costing",
    "load_train": "loading",
    "solve_train": "solving",
}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
