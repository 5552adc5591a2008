"""Reading cascade files: from disk, or by name from those that ship with the program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sxsim.definition.cascade import Cascade
from sxsim.definition.system import with_neighbour
from sxsim.foundation.reading import Shelf, toml_tables

__all__ = ["CASCADES", "bundled_names", "load", "loads"]

CASCADES = Shelf("cascade", ("cascades",))
"""Cascade files, and those that ship with the program."""


def load(path: str | os.PathLike[str]) -> Cascade:
    """Read and check a cascade file.

    Parameters
    ----------
    path : path-like
        A file, or the name of a bundled cascade: ``nd_pr_p507`` or ``cascades/nd_pr_p507.toml``. A file on disk goes
        first. A system file that it names by a relative path is looked for beside it, then in the working folder.

    Returns
    -------
    Cascade
        Without findings.

    Raises
    ------
    InputError
        The file is missing, a folder, empty or not TOML, or the cascade is wrong; all findings together.

    Examples
    --------
    >>> load("nd_pr_p507").elements
    ('Pr', 'Nd')
    """
    return _loads(CASCADES.tables(path), os.fspath(path), Path(path).parent)


def loads(text: str, source: str = "") -> Cascade:
    """Read and check a cascade from TOML text.

    Parameters
    ----------
    text : str
        What a cascade file holds.
    source : str
        File that error messages name.

    Returns
    -------
    Cascade
        Without findings.

    Raises
    ------
    InputError
        The text is empty or not TOML, or the cascade is wrong; all findings together.
    """
    return _loads(toml_tables(text, source, "a bundled cascade"), source, None)


def _loads(data: dict[str, Any], source: str, folder: Path | None) -> Cascade:
    """Check a cascade's tables; a system file that stands in the folder is named by its full path."""
    return Cascade.from_data(with_neighbour(data, folder), source)


def bundled_names() -> list[str]:
    """Return the names of the cascades that ship with the program, sorted."""
    return CASCADES.names()
