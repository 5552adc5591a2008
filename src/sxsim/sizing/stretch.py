"""Warm starts: the profile of one cascade laid over another with more or fewer stages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.profiles import Stages, Start
from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.foundation.remembering import remembered

__all__ = ["stretched"]

FLOOR = 1e-40


def stretched(result: Result | Start, cascade: Cascade) -> Start:
    """Stretch or squeeze a solution onto the stages of a cascade with the same sections, as a start for its solve.

    Parameters
    ----------
    result : Result
        Solution of a neighbour.
    cascade : Cascade
        The same sections with other stages.

    Returns
    -------
    Start
        With the free quantities of the neighbour.

    Notes
    -----
    Every section is stretched evenly between its first and last stage; concentrations are interpolated in logarithms.
    """
    wanted = tuple((part.name, int(part.stages)) for part in cascade.section)
    return Start(result.components, _laid(result.stage, wanted), result.found)


@remembered
def _laid(old: Stages, wanted: tuple[tuple[str, int], ...]) -> Stages:
    """Profiles on other stages: sections with how many each shall have. One solution starts many cases of a study."""
    places: list[NDArray[np.float64]] = []
    sections: list[str] = []
    local: list[int] = []
    begin = 0
    for name, has in wanted:
        had = old.section.count(name)
        places.append(begin + np.linspace(0.0, had - 1.0, has))
        sections += [name] * has
        local += range(1, has + 1)
        begin += had
    at = np.concatenate(places)
    below = np.floor(at).astype(int)
    above = np.minimum(below + 1, begin - 1)
    share = at - below

    def laid(array: NDArray[np.float64]) -> NDArray[np.float64]:
        logarithm = np.log(np.maximum(array, FLOOR))
        weight = share if array.ndim == 1 else share[:, None]
        return np.where(array[below] > 0.0, np.exp((1.0 - weight) * logarithm[below] + weight * logarithm[above]), 0.0)

    arrays = {name: laid(getattr(old, name)) for name in Stages.arrays()}
    return Stages(section=tuple(sections), local_stage=tuple(local), **arrays)
