"""Reading train files: from disk, or by name from those that ship with the program."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.suggestions import did_you_mean
from sxsim.plant.definition import Train

__all__ = ["bundled_trains", "load_train", "loads_train"]


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
    place, source = Path(path), os.fspath(path)
    try:
        if place.is_file():
            return loads_train(place.read_text(encoding="utf-8-sig"), source, str(place.parent))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Finding("file", f"cannot be read: {error}", "a TOML file in UTF-8"), source) from None
    name, names = place.name.removesuffix(".toml"), bundled_trains()
    if not place.is_absolute() and place.parent.parts in ((), ("trains",), ("cascades", "trains")) and name in names:
        text = shipped("cascades", "trains", f"{name}.toml").read_text(encoding="utf-8")
        return loads_train(text, source, None)
    allowed = f"a path, or a bundled train: {', '.join(names)}"
    raise InputError(Finding("file", "there is no such file", allowed, did_you_mean(name, names)), source)


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
    if not text.strip():
        raise InputError(Finding("file", "is empty", cure="copy a bundled train to begin with"), source)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(Finding("file", f"is not TOML: {error}", cure="mend the line"), source) from None
    return Train.from_data(data, source, folder)


def bundled_trains() -> list[str]:
    """Return the names of the trains that ship with the program, sorted."""
    folder = shipped("cascades", "trains")
    if not folder.is_dir():
        return []
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
