"""The page: one HTML file that holds its style, its drawings and its pictures, and asks for nothing outside."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sxsim.report.grids.cells import Cell, Column, shown

if TYPE_CHECKING:
    from jinja2 import Environment

    from sxsim.report.html.subject import Reportable

__all__ = ["page"]


def page(subject: Reportable) -> str:
    """Write the report as HTML.

    Parameters
    ----------
    subject : Reportable
        What the report is about: a `Subject`, or a `TrainSubject`.

    Returns
    -------
    str
        The page; the same for the same results. Numbers carry their place in the JSON as ``data-json``.
    """
    return _environment().get_template("report.html.j2").render(subject=subject)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Templates of this package, with everything escaped that is not marked as safe."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("sxsim.report").joinpath("templates")
    loader = FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8"))
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = shown
    environment.filters["head"] = _head
    environment.tests["a_number"] = _a_number
    return environment


def _head(column: Column) -> str:
    """Words of a column with their unit."""
    return f"{column.head} [{column.unit}]" if column.unit else column.head


def _a_number(value: Any) -> bool:
    """Whether a cell belongs to a column of numbers: one that was fetched, even when it is undefined."""
    return isinstance(value, Cell) and (value.is_number or (bool(value.pointer) and value.kind != "verdict"))
