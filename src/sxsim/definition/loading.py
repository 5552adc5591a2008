"""Reading cascade files: from disk, or by name from those that ship with the program."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

from sxsim.definition.cascade import Cascade
from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.suggestions import did_you_mean

__all__ = ["bundled_names", "load", "loads"]


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
    return _loads(_text(path), os.fspath(path), Path(path).parent)


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
    return _loads(text, source, None)


def _loads(text: str, source: str, folder: Path | None) -> Cascade:
    """Read a cascade from text; a system file that stands in the folder is named by its full path."""
    if not text.strip():
        raise InputError(Finding("file", "is empty", cure="copy a bundled cascade to begin with"), source)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_not_toml(str(error), text), source) from None
    organic = data.get("organic")
    if folder is not None and isinstance(organic, dict):
        system = organic.get("system")
        if isinstance(system, str) and system.endswith(".toml") and (folder / system).is_file():
            organic["system"] = str((folder / system).resolve())
    return Cascade.from_data(data, source)


def bundled_names() -> list[str]:
    """Return the names of the cascades that ship with the program, sorted."""
    folder = shipped("cascades")
    if not folder.is_dir():
        return []
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def _text(path: str | os.PathLike[str]) -> str:
    """Return the text of a file on disk or of a bundled cascade."""
    place, source = Path(path), os.fspath(path)
    if place.is_dir():
        raise InputError(Finding("file", "is a folder", "a TOML file", "name a file in it"), source)
    try:
        if place.is_file():
            return place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        offence = f"is not UTF-8 text (byte {error.start + 1})"
        raise InputError(Finding("file", offence, "a TOML file in UTF-8", "save it as UTF-8"), source) from None
    except OSError as error:
        raise InputError(Finding("file", f"cannot be read: {error.strerror}"), source) from None
    name = place.name.removesuffix(".toml")
    names = bundled_names()
    if not place.is_absolute() and place.parent.parts in ((), ("cascades",)) and name in names:
        return shipped("cascades", f"{name}.toml").read_text(encoding="utf-8")
    raise InputError(
        Finding(
            "file",
            "there is no such file",
            f"a path, or a bundled cascade: {', '.join(names)}",
            did_you_mean(name, names),
        ),
        source,
    )


def _not_toml(message: str, text: str) -> Finding:
    """Return where a text stops being TOML, with the line itself."""
    at = re.search(r"\(at line (\d+), column (\d+)\)", message)
    reason = re.sub(r"\s*\(at [^)]*\)", "", message)
    lines = text.splitlines()
    number, column = (int(at[1]), int(at[2])) if at else (len(lines), len(lines[-1]) + 1)
    shown = lines[number - 1].strip() if number <= len(lines) else ""
    place = f"line {number}, column {column}"
    return Finding(place, f"is not TOML: {reason}", cure=f"mend the line: {shown:.80}" if shown else "")
