"""The chapters of a report: what is said, drawn and tabled, in the order of the reader's questions."""

from __future__ import annotations

from dataclasses import dataclass

from sxsim.report.grids.cells import Grid
from sxsim.report.grids.costed import cost_grids
from sxsim.report.grids.evidence import assumption_grids, warnings_of
from sxsim.report.grids.planned import design_grids
from sxsim.report.grids.solved import balance_grid, found_grid, profile_grids, section_grid, stream_grid, target_grid
from sxsim.report.grids.started import policies_grid, startup_grids
from sxsim.report.html.figures import (
    Picture,
    cost_pictures,
    design_pictures,
    flow_sheet_picture,
    mccabe_thiele_pictures,
    profile_picture,
    startup_pictures,
)
from sxsim.report.html.subject import Subject

__all__ = ["Chapter", "chapters", "tables"]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter.

    Attributes
    ----------
    key : str
        Its anchor in the page, and the sheet of the workbook.
    title : str
        Its heading.
    grids : tuple of Grid
        Tables.
    pictures : tuple of Picture
        Figures, before the tables.
    notes : tuple of str
        Sentences, before the figures.
    """

    key: str
    title: str
    grids: tuple[Grid, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()


def tables(subject: Subject) -> dict[str, tuple[Grid, ...]]:
    """Tables by chapter, empty ones left out: what page and workbook share.

    Parameters
    ----------
    subject : Subject
        What the report is about.
    """
    book, solved = subject.book, subject.solved
    grids = {
        "streams": [target_grid(book, solved), found_grid(book, solved), stream_grid(book, solved)],
        "sections": [section_grid(book, solved), balance_grid(book, solved)],
        "stage profiles": profile_grids(book, solved),
        "design": design_grids(book, "/design") if subject.plan is not None else [],
        "cost": cost_grids(book, subject.costed) if subject.costed else [],
        "start-up": startup_grids(book, "/startup") if subject.run is not None else [],
        "assumptions": assumption_grids(book, solved, subject.costed),
    }
    if subject.policies is not None:
        grids["start-up"].append(policies_grid(book, "/startup"))
    return {key: kept for key, held in grids.items() if (kept := tuple(grid for grid in held if grid.rows))}


def chapters(subject: Subject) -> tuple[Chapter, ...]:
    """Chapters of the page.

    Parameters
    ----------
    subject : Subject
        What the report is about.
    """
    held = tables(subject)
    plan = subject.plan
    found = [
        Chapter("know", "What to know of these numbers", notes=tuple(warnings_of(subject.book))),
        Chapter("flow-sheet", "Flow sheet", pictures=(flow_sheet_picture(subject),)),
        Chapter("streams", "Streams", held.get("streams", ())),
        Chapter("sections", "Sections and balances", held.get("sections", ())),
        Chapter(
            "stage-profiles",
            "Stage profiles",
            held.get("stage profiles", ()),
            (profile_picture(subject), *mccabe_thiele_pictures(subject)),
        ),
        Chapter(
            "design",
            "Design",
            held.get("design", ()),
            tuple(design_pictures(subject)),
            (plan.theory.remark, *plan.differences) if plan is not None else (),
        ),
        Chapter("cost", "Cost and waste", held.get("cost", ()), tuple(cost_pictures(subject))),
        Chapter("start-up", "Start-up", held.get("start-up", ()), tuple(startup_pictures(subject))),
        Chapter("assumptions", "Assumptions and their status", held.get("assumptions", ())),
    ]
    return tuple(each for each in found if each.grids or each.pictures or any(each.notes))
