"""Dotted paths: the one language that names a value of a definition, from the command line to a sweep.

A path walks nested tables by key. A list of tables is walked by name: a section by its ``name``, a target by
``stream`` and ``element`` (a group of ``elements`` by all of them, joined with +), a split by ``from``, a draw by
``name``, ``stream`` or its place::

    organic.flow_m3_h
    section.scrubbing.stages
    stream.feed.assay_g_L.Nd
    target.raffinate.Pr.purity_min
    target.strip_liquor.Nd+Pr.purity_min
    split.strip_liquor.fraction

The data are plain, as read from TOML, and are never changed in place.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from sxsim.errors import Finding, InputError
from sxsim.foundation.reading import toml_data
from sxsim.foundation.suggestions import did_you_mean

__all__ = ["assign", "get", "listing", "parse_assignment"]

# What the entries of a list of tables are called by: the first of these that every entry has and no two share.
_NAMES = (("name",), ("stream", "element"), ("from",), ("from", "to"), ("stream",), ("section", "stage"))


def get(data: Mapping[str, Any], path: str) -> Any:
    """Read the value at a path.

    Parameters
    ----------
    data : mapping
        Nested tables.
    path : str
        Where to read, e.g. ``section.scrubbing.stages``.

    Returns
    -------
    object
        The value; a table when the path ends at one.

    Raises
    ------
    InputError
        Nothing stands at `path`; the finding names the nearest paths that exist.

    Examples
    --------
    >>> get({"section": [{"name": "scrubbing", "stages": 34}]}, "section.scrubbing.stages")
    34
    """
    value, missing = _walk(data, _keys(path))
    if missing:
        raise _unknown(data, path, value, missing)
    return value


def assign(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy of the data with one value set.

    The last key of the path may be new in its table, and a whole top-level table may be new with it, as optional keys
    are; whoever reads the data next decides whether the key is allowed there. An entry of a list is never made.

    Parameters
    ----------
    data : mapping
        Nested tables; left as they are.
    path : str
        Where to write, e.g. ``organic.flow_m3_h``.
    value : object
        What to write.

    Returns
    -------
    dict
        A copy with the new value; tables and lists off the path are those of `data`.

    Raises
    ------
    InputError
        The path leads through something that does not exist or holds no keys, or ends at an entry of a list.

    Examples
    --------
    >>> assign({"organic": {"flow_m3_h": 18.0}}, "organic.flow_m3_h", 19.0)
    {'organic': {'flow_m3_h': 19.0}}
    """
    keys = _keys(path)
    changed = dict(data)
    if len(keys) == 2:
        changed.setdefault(keys[0], {})
    table, left = changed, keys[:-1]
    while left and (step := _step(table, left)) is not None:
        at, left = step
        below = table[at]
        table[at] = dict(below) if isinstance(below, Mapping) else list(below) if _entries(below) else below
        table = table[at]
    if not left and isinstance(table, dict):
        table[keys[-1]] = copy.deepcopy(value)
        return changed
    reached, missing = _walk(data, keys)
    if missing:
        raise _unknown(data, path, reached, missing)
    raise InputError(
        Finding(
            path,
            "is an entry of a list and is not replaced as a whole",
            ", ".join(_children(reached)),
            cure="change a key of it",
        )
    )


def listing(data: Mapping[str, Any]) -> list[str]:
    """List the path of every value, in the order of the data.

    Parameters
    ----------
    data : mapping
        Nested tables.

    Returns
    -------
    list of str
        One path a value; a list of plain values, and an empty table, counts as one value.

    Examples
    --------
    >>> listing({"title": "x", "stream": {"feed": {"pH": 2.0}}})
    ['title', 'stream.feed.pH']
    """
    return [".".join(keys) for keys in _leaves(data)]


def parse_assignment(text: str) -> tuple[str, Any]:
    """Split ``path=value`` as typed on a command line.

    The value is read by the rules of TOML (18.0, true, "x", [1, 2], { Pr = 42.0 }); a bare word that is none of
    these is a string, so that no quotes are needed inside those of the shell.

    Parameters
    ----------
    text : str
        Such as ``organic.flow_m3_h=18.5``.

    Returns
    -------
    path : str
        What stands before the first equals sign.
    value : object
        What stands after it.

    Raises
    ------
    InputError
        There is no equals sign, the path or the value is empty, or a quoted value, list or table is malformed.

    Examples
    --------
    >>> parse_assignment("section.scrubbing.stages=36")
    ('section.scrubbing.stages', 36)
    >>> parse_assignment("organic.system=p507-chloride")
    ('organic.system', 'p507-chloride')
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if not (path and equals and written):
        raise InputError(Finding(text or "(empty)", "is not an assignment", "path=value", "write organic.flow_m3_h=18"))
    _keys(path)
    try:
        table = toml_data(f"value = {written}")
    except InputError as error:
        raise InputError([Finding(path, each.offence, each.allowed, each.cure) for each in error.findings]) from None
    except tomllib.TOMLDecodeError as error:
        if written[0] in "\"'[{":
            raise InputError(
                Finding(
                    path,
                    f"{written} is not a TOML value: {error}",
                    cure="end what is begun, or leave the quotes out",
                    allowed='a number, true, false, "text", [list] or { table }',
                )
            ) from error
        return path, written
    return (path, table["value"]) if len(table) == 1 else (path, written)


def _keys(path: str) -> list[str]:
    """The steps of a path; none may be empty."""
    keys = path.split(".")
    if not all(keys):
        raise InputError(
            Finding(
                path or "(empty)", "is not a path", "keys joined by single dots", cure="write organic.flow_m3_h, say"
            )
        )
    return keys


def _walk(value: Any, keys: list[str]) -> tuple[Any, list[str]]:
    """Go down as far as the keys lead: what was reached, and the keys that found nothing."""
    while keys and (step := _step(value, keys)) is not None:
        value, keys = value[step[0]], step[1]
    return value, keys


def _step(value: Any, keys: list[str]) -> tuple[Any, list[str]] | None:
    """The first step of a way: the key or the place in a list, and the keys that are left; None where it ends."""
    if isinstance(value, Mapping):
        return (keys[0], keys[1:]) if keys[0] in value else None
    for at, name in enumerate(_entries(value)):
        if list(name) == keys[: len(name)]:
            return at, keys[len(name) :]
    return None


def _entries(value: Any) -> dict[tuple[str, ...], Any]:
    """The tables of a list by their names; empty when `value` is no list of tables or its entries share all names."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(entry, Mapping) for entry in value):
        return {}
    for labels in _NAMES:
        names = [tuple(_name(entry, label) for label in labels) for entry in value]
        if all(all(name) for name in names) and len(set(names)) == len(value):
            return dict(zip(names, value, strict=True))
    return {}


def _name(entry: Mapping[str, Any], label: str) -> str:
    """What an entry is called under a label, a group of elements by all of them; empty when it has no such name."""
    called = entry.get(label)
    if called is None and label == "element" and isinstance(entry.get("elements"), (list, tuple)):
        return "+".join(map(str, entry["elements"]))
    return "" if called is None else str(called)


def _leaves(value: Any) -> Iterator[tuple[str, ...]]:
    """The keys that lead to each value below `value`."""
    children = {(key,): child for key, child in value.items()} if isinstance(value, Mapping) else _entries(value)
    if not children:
        yield ()
    for key, child in children.items():
        for rest in _leaves(child):
            yield *key, *rest


def _children(value: Any) -> list[str]:
    """What the next step below `value` may be called; empty when it holds no names."""
    return [str(key) for key in value] if isinstance(value, Mapping) else [".".join(name) for name in _entries(value)]


def _unknown(data: Mapping[str, Any], path: str, reached: Any, missing: list[str]) -> InputError:
    """The error of a path that leads nowhere: what stands where it broke off, and which paths are near."""
    sought = ".".join(missing)
    place = path.removesuffix(sought)
    here, names = place.rstrip(".") or "the top level", _children(reached)
    if names:
        offence = f"there is no {sought} in {here}"
    elif isinstance(reached, (Mapping, list, tuple)):
        offence = f"{here} holds no names"
    else:
        offence = f"{here} is {reached!r} and holds no keys"
    below = [*names, *(".".join(keys) for keys in _leaves(reached) if keys)]
    cure = did_you_mean(sought, below, prefix=place) or did_you_mean(path, listing(data))
    cure = cure or ("take one of those that are allowed" if names else "leave it out")
    return InputError(Finding(path, offence, ", ".join(names) or "a path that is there", cure))
