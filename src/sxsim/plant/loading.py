"""Reading train files: from disk, or by name from those that ship with the program."""

from __future__ import annotations

import os
from pathlib import Path

from sxsim.foundation.reading import Shelf, toml_tables
from sxsim.plant.definition import Train

__all__ = ["TRAINS", "bundled_trains", "load_train", "loads_train"]

TRAINS = Shelf("train", ("cascades", "trains"))
"""Train files, and those that ship with the program."""


def load_train(path: str | os.PathLike[str]) -> Train:
    """Read and check a train file.

    Parameters
    ----------
    path : path-like
        A file, or the name of a bundled train: ``bayan_obo`` or ``cascades/trains/bayan_obo.toml``. A file on disk
        goes first.

    Returns
    -------
    Train
        Without findings.

    Raises
    ------
    InputError
        The file is missing, empty or not TOML, or the train is wrong; all findings together.

    Examples
    --------
    >>> [each.name for each in load_train("nd_pr_in_two_cuts").cascade]
    ['rough', 'polish']
    """
    folder = None if TRAINS.shipped_name(path) else str(Path(path).parent)
    return Train.from_data(TRAINS.tables(path), os.fspath(path), folder)


def loads_train(text: str, source: str = "", folder: str | None = "") -> Train:
    """Read and check a train from TOML text.

    Parameters
    ----------
    text : str
        What a train file holds.
    source : str
        File that error messages name.
    folder : str or None
        Where cascade files are looked for first; None looks for bundled ones only.

    Raises
    ------
    InputError
        The text is empty or not TOML, or the train is wrong; all findings together.
    """
    return Train.from_data(toml_tables(text, source, "a bundled train"), source, folder)


def bundled_trains() -> list[str]:
    """Return the names of the trains that ship with the program, sorted."""
    return TRAINS.names()
