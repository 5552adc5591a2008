"""The one way in which a file is read: its text, TOML and CSV, within bounds that keep every later step short.

What a file of the user holds is either plain data within these bounds, or one message says where it is not.
"""

from __future__ import annotations

import csv
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.suggestions import did_you_mean

__all__ = [
    "DEEPEST",
    "LARGEST_BYTES",
    "MOST_KEYS",
    "Shelf",
    "csv_rows",
    "decoded",
    "is_file",
    "plain_findings",
    "read_text",
    "shipped_tables",
    "toml_data",
    "toml_tables",
]

LARGEST_BYTES = 2_000_000
"""A definition has a few kilobytes; what is far beyond is another kind of file."""
DEEPEST = 16
"""Tables and lists inside each other; a train with its cascades inside has 7."""
MOST_KEYS = 10_000
"""Keys of all tables together; a plant of ten cuts has about a thousand."""
LARGEST_INTEGER = 2**63 - 1
"""Whole numbers of TOML have 64 bits."""

_DOTS = 200
"""Dots of one key from which it is refused before the parser works on it: its time grows with their square."""
_SHOWN = 60
"""Letters of a key or a line that a message shows."""


def is_file(place: str | os.PathLike[str] | Traversable) -> bool:
    r"""Whether there is a file of that name; no name is too long or too odd to ask.

    Examples
    --------
    >>> is_file("no\0such"), is_file("a" * 10_000)
    (False, False)
    """
    try:
        return (place if isinstance(place, Traversable) else Path(place)).is_file()
    except (OSError, ValueError):
        return False


def read_text(
    path: str | os.PathLike[str] | Traversable,
    source: str = "",
    kind: str = "a TOML file",
    largest: int = LARGEST_BYTES,
    place: str = "file",
) -> str:
    """Return the text of a file that is there.

    Parameters
    ----------
    path : path-like or Traversable
        The file.
    source : str
        What error messages call it; the path when empty.
    kind : str
        What was expected, for people.
    largest : int
        Most bytes [-].
    place : str
        Where the file was named.

    Raises
    ------
    InputError
        It cannot be read, is too large, or is not UTF-8.
    """
    file = path if isinstance(path, Traversable) else Path(path)
    source = source or str(path)
    try:
        with file.open("rb") as opened:
            content = opened.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        cure = "check the path and the right to read it"
        raise InputError(Finding(place, f"cannot be read: {reason}", kind, cure), source) from None
    if len(content) > largest:
        offence, cure = f"has more than {largest:,} bytes", f"is it {kind}? name another file"
        raise InputError(Finding(place, offence, f"at most {largest:,} bytes", cure), source)
    return decoded(content, source, kind, place)


def decoded(content: bytes, source: str = "", kind: str = "a TOML file", place: str = "file") -> str:
    """Return the text that bytes hold, with or without a byte order mark.

    Raises
    ------
    InputError
        They are not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        offence = f"is not UTF-8 text (byte {error.start + 1}){', but UTF-16' if utf16 else ''}"
        finding = Finding(place, offence, f"{kind} in UTF-8", "save it as UTF-8")
        raise InputError(finding, source) from None


def toml_tables(text: str, source: str = "", copy: str = "a bundled file") -> dict[str, Any]:
    """Return the tables that a text holds.

    Parameters
    ----------
    text : str
        TOML.
    source : str
        File that error messages name.
    copy : str
        What somebody with an empty file may begin with.

    Returns
    -------
    dict
        Plain data: tables, lists, text, numbers, dates.

    Raises
    ------
    InputError
        The text is empty or not TOML, or its data are beyond the bounds of `plain_findings`.

    Examples
    --------
    >>> toml_tables("stages = 27")
    {'stages': 27}
    """
    if not text.strip():
        raise InputError(Finding("file", "is empty", "TOML", f"copy {copy} to begin with"), source)
    try:
        return toml_data(text, source)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_not_toml(str(error), text), source) from None


def toml_data(text: str, source: str = "") -> dict[str, Any]:
    """Return what a text holds, for a caller who has something else to say of a text that is not TOML.

    Parameters
    ----------
    text : str
        TOML.
    source : str
        File that error messages name.

    Raises
    ------
    tomllib.TOMLDecodeError
        It is not TOML.
    InputError
        Its data are beyond the bounds of `plain_findings`.
    """
    if finding := _dotted(text):
        raise InputError(finding, source)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise InputError(_too_deep("file"), source) from None
    except (ValueError, OverflowError):  # Python converts no text of more than 4,300 digits
        raise InputError(_too_long(text), source) from None
    if findings := plain_findings(data):
        raise InputError(findings, source)
    return data


def plain_findings(data: Any) -> list[Finding]:
    """What is beyond the bounds in which every later step works: depth, number of keys, whole numbers.

    Parameters
    ----------
    data : mapping, list or plain value
        As read, or as a caller in Python made it.

    Returns
    -------
    list of Finding
        Empty when the data are within; each has its dotted place.

    Examples
    --------
    >>> print(plain_findings({"section": {"stages": 2**64}})[0])
    section.stages: is a whole number beyond 64 bits (allowed: up to 9.22e+18); write it with a decimal point
    """
    found: list[Finding] = []
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), data)]
    keys = 0
    while waiting:
        way, value = waiting.pop()
        if isinstance(value, dict | list | tuple):
            if len(way) > DEEPEST:
                return [_too_deep(_place(way))]
            if isinstance(value, dict):
                keys += len(value)
                if keys > MOST_KEYS:
                    cure = "is this the file that was meant? divide what is larger"
                    return [Finding("file", f"has more than {MOST_KEYS:,} keys", f"at most {MOST_KEYS:,}", cure)]
            below = (
                value.items()
                if isinstance(value, dict)
                else [(_called(each, n), each) for n, each in enumerate(value, 1)]
            )
            waiting += [((*way, key), each) for key, each in below if isinstance(each, int | dict | list | tuple)]
        elif isinstance(value, int) and not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
            offence = "is a whole number beyond 64 bits"
            found.append(Finding(_place(way), offence, "up to 9.22e+18", "write it with a decimal point"))
    return found[::-1]


def csv_rows(lines: Iterable[str], source: str = "", first_line: int = 1) -> list[list[str]]:
    """Return the fields of every line of a table with commas.

    Parameters
    ----------
    lines : iterable of str
        The table, a line each.
    source : str
        File that error messages name.
    first_line : int
        Number of the first line in the file [-].

    Raises
    ------
    InputError
        A field has more letters than a reader of tables takes, or a quote is never closed.
    """
    reader = csv.reader(lines, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        place = f"line {first_line + max(reader.line_num, 1) - 1}"
        longest = f"fields of at most {csv.field_size_limit():,} letters, with commas between them"
        cure = "close every quote, and leave out what is no table"
        raise InputError(Finding(place, f"is no line of a table: {error}", longest, cure), source) from None


def shipped_tables(*way: str) -> dict[str, Any]:
    """Return the tables of a TOML file that ships with the program.

    Parameters
    ----------
    *way : str
        Folders and name, as for `shipped`.
    """
    return toml_tables(read_text(shipped(*way), "/".join(way)), "/".join(way))


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of definition, and the folder of those that ship with the program.

    Attributes
    ----------
    kind : str
        What people call it: cascade, train.
    folder : tuple of str
        Way to the shipped files.

    Examples
    --------
    >>> Shelf("study", ("cascades", "studies")).names()
    ['nd_pr_feed', 'nd_pr_stages']
    """

    kind: str
    folder: tuple[str, ...]

    def names(self) -> list[str]:
        """Names of the shipped files, sorted."""
        folder = shipped(*self.folder)
        if not folder.is_dir():
            return []
        return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))

    def tables(self, path: str | os.PathLike[str]) -> dict[str, Any]:
        """Return the tables of a file on disk, or of a shipped one by its name; the file on disk goes first.

        Parameters
        ----------
        path : path-like
            A file, or the name of a shipped one, with or without the last of its folders before it.

        Raises
        ------
        InputError
            There is no such file, or it cannot be read as TOML within bounds.
        """
        source = os.fspath(path)
        name = self.shipped_name(path)
        if name:
            text = read_text(shipped(*self.folder, f"{name}.toml"), source)
        elif is_file(path):
            text = read_text(path, source)
        else:
            raise InputError(self.missing(source), source)
        return toml_tables(text, source, f"a bundled {self.kind}")

    def shipped_name(self, path: str | os.PathLike[str]) -> str:
        """Name of the shipped file that a path means; empty where it means a file on disk, or nothing."""
        place = Path(path)
        name, parents = place.name.removesuffix(".toml"), place.parent.parts
        known = not parents or (len(parents) <= len(self.folder) and parents == self.folder[-len(parents) :])
        return name if known and not is_file(path) and name in self.names() else ""

    def missing(self, name: str) -> Finding:
        """The finding of a name that leads nowhere."""
        names = self.names()
        allowed = f"a path, or a bundled {self.kind}: {', '.join(names)}"
        if os.path.isdir(name):
            return Finding("file", "is a folder", "a TOML file", "name a file in it")
        cure = did_you_mean(Path(name).name.removesuffix(".toml"), names) or "check the path"
        return Finding("file", "there is no such file", allowed, cure)


def _called(entry: Any, number: int) -> Any:
    """Name of an entry of a list, or its number counted from 1."""
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else number


def _place(way: Iterable[Any]) -> str:
    """A way as a dotted path that fits into a message."""
    parts = [f"{part!s:.{_SHOWN}}" for part in way]
    return ".".join([*parts[:DEEPEST], *(["..."] if len(parts) > DEEPEST else [])]) or "file"


def _too_deep(place: str) -> Finding:
    """The finding of tables inside tables without end."""
    offence = f"holds tables or lists more than {DEEPEST} deep"
    return Finding(place, offence, f"at most {DEEPEST} inside each other", "write them beside each other")


def _too_long(text: str) -> Finding:
    """Where a text has a whole number of thousands of digits."""
    long = re.search(r"[0-9_]{4000,}", text)
    number = text.count("\n", 0, long.start()) + 1 if long else 1
    offence = "holds a whole number of thousands of digits"
    return Finding(f"line {number}", offence, "whole numbers of 64 bits, up to 9.22e+18", "write it as 1e20, say")


def _dotted(text: str) -> Finding | None:
    """The finding of a key with so many dots that no parser should work on it."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") <= _DOTS or line.lstrip().startswith("#"):
            continue
        for piece in re.split(r"[=,{#]", line):
            if piece.count(".") > _DOTS and not re.search(r"\.\s*\.|\.\s*$", piece):
                return _too_deep(f"line {number}")
    return None


def _not_toml(message: str, text: str) -> Finding:
    """Where a text stops being TOML, with the line itself."""
    at = re.search(r"\(at line (\d+), column (\d+)\)", message)
    reason = re.sub(r"\s*\(at [^)]*\)", "", message)
    lines = text.splitlines() or [""]
    number, column = (int(at[1]), int(at[2])) if at else (len(lines), len(lines[-1]) + 1)
    shown = lines[number - 1].strip() if number <= len(lines) else ""
    cure = f"mend the line: {shown:.80}" if shown else "end what is begun in the line before"
    return Finding(f"line {number}, column {column}", f"is not TOML: {reason:.200}", "TOML", cure)
