"""Cases of a chunk that are solved in machine code together, without a word of Python between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sxsim.cascade.together import HEADS, Posed, pose_together
from sxsim.definition import Cascade
from sxsim.errors import InputError
from sxsim.foundation.remembering import remembered
from sxsim.studies.study import Chunk, Study
from sxsim.studies.told import column_at

__all__ = ["Ahead", "lines_of", "runs_together"]

LOT = 250
"""Cases at a time: enough that what is done once, or waits for the interpreter, does not count; few enough that their
arrays are small. Lines end there."""


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


def _runs_on_lines(study: Study) -> bool:
    """Whether no case has free quantities, so that each may start from where its neighbours point to."""
    solve = study.cascade.solve if isinstance(study.cascade, Cascade) else None
    return solve is None or set(solve.free) <= set(study.paths)


def lines_of(cases: Sequence[Sequence[Any]]) -> list[tuple[int, float]]:
    """Lines on which cases lie that stand one after the other, each differing from the last in the same one value.

    Parameters
    ----------
    cases : sequence of sequence of number
        Values of the axes.

    Returns
    -------
    list of (int, float)
        For each case the number of its line, and where it stands: the value that differs.

    Examples
    --------
    >>> lines_of([(0.3, 1.0), (0.3, 1.5), (0.3, 2.0), (0.4, 1.0), (0.4, 1.5)])
    [(0, 1.0), (0, 1.5), (0, 2.0), (1, 1.0), (1, 1.5)]
    """
    lines: list[tuple[int, int, int | None]] = []  # first case, case after the last, axis
    for place, values in enumerate(cases):
        changed = [at for at, value in enumerate(values) if place and value != cases[place - 1][at]]
        first, _, axis = lines[-1] if lines else (0, 0, None)
        if place and (not changed or (len(changed) == 1 and axis in (None, changed[0]))):
            lines[-1] = first, place + 1, changed[0] if changed else axis
        else:
            lines.append((place, place + 1, None))
    return [
        (number, 0.0 if axis is None else float(cases[place][axis]))
        for number, (first, after, axis) in enumerate(lines)
        for place in range(first, after)
    ]


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
            first, end = chunk.first, chunk.first + len(chunk.values)
            if _runs_on_lines(study):  # what lies before on the line of the first case is solved too
                first -= first % LOT
            while first < end:
                after = min(first - first % LOT + LOT, end)
                self._guarded(self._pose, range(first, after))
                first = after

    def run(self) -> None:
        """Solve them; other threads may go on meanwhile."""
        for _, lot in self._posed:
            for posed in lot:
                self._guarded(posed.run)

    def figures(self) -> dict[int, list[float | None]]:
        """Figures of the cases that are solved, after `run`.

        Returns
        -------
        dict of int to list of float or None
            Place in the chunk to the value of each output. What is missing is refused or fails; running it by itself
            tells why.
        """
        figures: dict[int, list[float | None]] = {}
        for places, lot in self._posed:
            for posed in lot:
                self._guarded(self._tell, places, posed, figures)
        return {} if self._fault else figures

    def _pose(self, numbers: Sequence[int]) -> None:
        """Make some cases ready."""
        places, cascades, lines = [], [], []
        drawn = [self.study.case(number) for number in numbers]
        for number, values, on in zip(numbers, drawn, lines_of(drawn), strict=True):
            try:
                cascades.append(self.study.cascade_of(values))
            except InputError:
                continue
            places.append(number - self.chunk.first)
            lines.append(on)
        self._posed.append((places, pose_together(cascades, lines)))

    def _tell(self, places: Sequence[int], posed: Posed, figures: dict[int, list[float | None]]) -> None:
        """Add the figures of those that are solved."""
        many = posed.solved()
        if many is None:
            return
        told = many.told(self.study.heads)
        columns = [column_at(told, path) for path in self.study.outputs]
        for at, *row in zip(many.places, *columns, strict=True):
            if places[at] >= 0:
                figures[places[at]] = row

    def _guarded(self, work: Callable[..., None], *arguments: object) -> None:
        """Do a part of the work unless an earlier part failed.

        A figure that does not exist, or a fault of the program, is met again case by case, and named there.
        """
        if not self._fault:
            try:
                work(*arguments)
            except Exception:
                self._fault = True
