"""Cases of a chunk that are solved in machine code together, without a word of Python between them."""

from __future__ import annotations

from sxsim.cascade.together import HEADS, solve_together
from sxsim.definition import Cascade
from sxsim.errors import InputError
from sxsim.foundation.remembering import remembered
from sxsim.studies.neighbours import start_near
from sxsim.studies.study import Chunk, Study
from sxsim.studies.told import column_at

__all__ = ["figures_together", "runs_together"]


@remembered
def runs_together(study: Study) -> bool:
    """Whether the cases can be solved together: they differ in numbers, and many of them tell what is recorded."""
    cascade = study.cascade
    if study.action != "solve" or not isinstance(cascade, Cascade):
        return False
    told = {*cascade.products, *(f"{split.from_}_to_{split.to}" for split in cascade.split)}
    for head, _, rest in (path.partition(".") for path in study.outputs):
        if head not in HEADS or (head == "streams" and rest.partition(".")[0] not in told):
            return False
    values = (value for column in study.cases.values() for value in column)
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def figures_together(study: Study, chunk: Chunk) -> dict[int, list[float | None]]:
    """Figures of those cases of a chunk that are solved at the first attempt.

    Parameters
    ----------
    study : Study
        What is done, and what is recorded.
    chunk : Chunk
        The cases.

    Returns
    -------
    dict of int to list of float or None
        Place in the chunk to the value of each output. What is missing is refused, or takes more than one attempt, or
        fails; running it by itself tells.
    """
    if not runs_together(study):
        return {}
    heads = {path.partition(".")[0] for path in study.outputs}
    places: list[int] = []
    cascades: list[Cascade] = []
    figures: dict[int, list[float | None]] = {}
    for place, values in enumerate(chunk.values):
        try:
            cascades.append(study.cascade_of(values))
        except InputError:
            continue
        places.append(place)
    try:
        for many in solve_together(cascades, lambda cascade: start_near(study.base, cascade)):
            told = many.told(heads)
            rows = zip(*(column_at(told, path) for path in study.outputs), strict=True)
            figures |= {places[at]: list(row) for at, row in zip(many.places, rows, strict=True)}
    except Exception:  # a figure that does not exist, a fault of the program: met again, and named, case by case
        return {}
    return figures
