"""Cases of a chunk that are solved in machine code together, without a word of Python between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sxsim.cascade.together import HEADS, Posed, pose_together
from sxsim.definition import Cascade
from sxsim.errors import InputError
from sxsim.foundation.remembering import remembered
from sxsim.studies.neighbours import start_near
from sxsim.studies.study import Chunk, Study
from sxsim.studies.told import column_at

__all__ = ["Ahead", "runs_together"]

LOT = 125
"""Cases at a time: enough that what is done once does not count, few enough that their arrays are small."""


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


class Ahead:
    """Cases of a chunk on the way to their figures: made ready, then run without the interpreter, then told.

    Parameters
    ----------
    study : Study
        What is done, and what is recorded.
    chunk : Chunk
        The cases.
    """

    def __init__(self, study: Study, chunk: Chunk) -> None:
        self.study, self.chunk = study, chunk
        self._posed: list[tuple[Sequence[int], list[Posed]]] = []
        self._fault = False
        if runs_together(study):
            for first in range(0, len(chunk.values), LOT):
                self._guarded(self._pose, range(first, min(first + LOT, len(chunk.values))))

    def run(self) -> None:
        """Solve them; other threads may go on meanwhile."""
        for _, lot in self._posed:
            for posed in lot:
                self._guarded(posed.run)

    def figures(self) -> dict[int, list[float | None]]:
        """Figures of the cases that are solved at the first attempt, after `run`.

        Returns
        -------
        dict of int to list of float or None
            Place in the chunk to the value of each output. What is missing is refused, or takes more than one attempt,
            or fails; running it by itself tells.
        """
        figures: dict[int, list[float | None]] = {}
        for places, lot in self._posed:
            for posed in lot:
                self._guarded(self._tell, places, posed, figures)
        return {} if self._fault else figures

    def _pose(self, cases: Sequence[int]) -> None:
        """Make some cases ready."""
        places, cascades = [], []
        for place in cases:
            try:
                cascades.append(self.study.cascade_of(self.chunk.values[place]))
            except InputError:
                continue
            places.append(place)
        base = self.study.base
        self._posed.append((places, pose_together(cascades, lambda cascade: start_near(base, cascade))))

    def _tell(self, places: Sequence[int], posed: Posed, figures: dict[int, list[float | None]]) -> None:
        """Add the figures of those that are solved."""
        many = posed.solved()
        if many is None:
            return
        outputs = self.study.outputs
        told = many.told({path.partition(".")[0] for path in outputs})
        columns = [column_at(told, path) for path in outputs]
        for place, *row in zip(many.places, *columns, strict=True):
            figures[places[place]] = row

    def _guarded(self, work: Callable[..., None], *arguments: object) -> None:
        """Do a part of the work unless an earlier part failed.

        A figure that does not exist, or a fault of the program, is met again case by case, and named there.
        """
        if not self._fault:
            try:
                work(*arguments)
            except Exception:
                self._fault = True
