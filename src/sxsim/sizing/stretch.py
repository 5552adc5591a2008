"""Warm starts: the profile of one cascade laid over another with more or fewer stages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.profiles import Stages
from sxsim.cascade.result import Result
from sxsim.definition import Cascade

__all__ = ["stretched"]

FLOOR = 1e-40


def stretched(result: Result, cascade: Cascade) -> Result:
    """Stretch or squeeze a solution onto the stages of a cascade with the same sections, as a start for its solve.

    Parameters
    ----------
    result : Result
        Solution of a neighbour.
    cascade : Cascade
        The same sections with other stages.

    Returns
    -------
    Result
        Not a solution: only its profiles mean something.

    Notes
    -----
    Every section is stretched evenly between its first and last stage; concentrations are interpolated in logarithms.
    """
    old = result.stage
    places: list[NDArray[np.float64]] = []
    sections: list[str] = []
    local: list[int] = []
    begin = 0
    for part in cascade.section:
        had, has = old.section.count(part.name), int(part.stages)
        places.append(begin + np.linspace(0.0, had - 1.0, has))
        sections += [part.name] * has
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
    stage = Stages(section=tuple(sections), local_stage=tuple(local), **arrays)
    return replace(result, stage=stage)
