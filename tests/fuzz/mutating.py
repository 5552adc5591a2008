"""Changing plain data and bytes at random: values, types, keys, units, nesting, order, raw bytes."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzz.writing import Verbatim, toml

__all__ = ["mutated", "spoilt"]

NUMBERS: tuple[float, ...] = (
    0, 1, -1, 2, 3, 7, 100, 4999, 5000, 5001, 10**6, 2**31, 2**63 - 1, 2**63, 10**30, 0.0, -0.0, 0.5, 1.0, 1e-3, 1e-9,
    1e-30, 1e-300, 5e-324, 1e3, 1e9, 1e15, 1e30, 1e300, 1.7e308, -1e-3, -5.0, -1e300, float("nan"), float("inf"),
    float("-inf"), 14.0, 16.0, 25.0, 298.15, 36.0, 99.9, 0.999999999,
)  # fmt: skip
TEXTS = (
    "", " ", "a", "Nd", "Xx", "nd", "design", "organic", "feed", "raffinate", "extraction", "loaded_organic", "true",
    "1.0", "p507-chloride", "d2ehpa-sulfate", "nowhere.toml", "../x.toml", "/etc/passwd", "no\0where.toml", "x" * 5000,
    "Ä", "日本", "\u202e", "a.b", "a\nb", "[bold]", "%s{}", "organic.flow_m3_h", "stream.feed.flow_m3_h",
    "section.extraction.stages", "😀", "\x1b[31m", "-", "--json",
)  # fmt: skip
ODD = (
    [], {}, [[]], [{}], {"": 1}, {"a": {}}, [1, "a"], True, False, datetime.date(1979, 5, 27), datetime.time(7, 32),
    datetime.datetime(1979, 5, 27, 7, 32, tzinfo=datetime.UTC), Verbatim("1" + 5000 * "0"), Verbatim("0x" + 200 * "f"),
    Verbatim("1e999"), Verbatim("[" * 300 + "]" * 300), Verbatim("{a=" * 60 + "1" + "}" * 60), Verbatim("1_000"),
    Verbatim("'''\na'''"), Verbatim("1979-13-45"), Verbatim(""), Verbatim("01"), Verbatim("0b2"), Verbatim("nan"),
)  # fmt: skip
UNITS = {"_mol_L": "_g_L", "_g_L": "_mol_L", "_C": "_K", "_m3_h": "_L_h", "_kmol_h": "_kg_h", "_kg_h": "_kmol_h"}
MISSPELT = ("", "_", "s", "X", ".", "\0", " ", "-")

Way = tuple[Any, ...]


def _ways(value: Any, before: Way = ()) -> list[Way]:
    """The way to every value below one."""
    found: list[Way] = []
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in below:
        found.append((*before, key))
        found += _ways(each, (*before, key))
    return found


def _at(data: Any, way: Way) -> Any:
    for key in way:
        data = data[key]
    return data


def _value(random: Random, data: Any, way: Way) -> None:
    """Another value of the same type."""
    table, old = _at(data, way[:-1]), _at(data, way)
    if isinstance(old, bool):
        table[way[-1]] = not old
    elif isinstance(old, int | float):
        by = random.choice((0.1, 0.5, 0.9, 1.1, 2.0, 10.0, 1000.0, -1.0))
        kept = type(old)(old * by) if abs(old) < 1e300 else old
        table[way[-1]] = random.choice((random.choice(NUMBERS), kept, kept))
    elif isinstance(old, str):
        others = [each for each in map(lambda other: _at(data, other), _ways(data)) if isinstance(each, str)]
        table[way[-1]] = random.choice((random.choice(TEXTS), random.choice(others), old + random.choice(MISSPELT)))
    else:
        table[way[-1]] = random.choice(ODD)


def _type(random: Random, data: Any, way: Way) -> None:
    """A value of another type."""
    _at(data, way[:-1])[way[-1]] = random.choice((random.choice(NUMBERS), random.choice(TEXTS), random.choice(ODD)))


def _key(random: Random, data: Any, way: Way) -> None:
    """A key that is misspelt, missing, or one too many."""
    table, key = _at(data, way[:-1]), way[-1]
    what = random.randrange(3)
    if isinstance(table, list):
        if what:
            del table[key]
        else:
            table.insert(key, copy.deepcopy(table[key]))
    elif what == 0:
        del table[key]
    elif what == 1:
        at = random.randrange(len(key) + 1) if isinstance(key, str) else 0
        table[key[:at] + random.choice(MISSPELT) + key[at + random.randrange(2) :]] = table.pop(key)
    else:
        table[random.choice(TEXTS)] = random.choice(NUMBERS)


def _unit(random: Random, data: Any, way: Way) -> None:
    """The same figure under another unit, or a figure a thousand times as large."""
    table, key = _at(data, way[:-1]), way[-1]
    value = table[key]
    for unit, other in UNITS.items():
        if isinstance(key, str) and key.endswith(unit) and random.random() < 0.5:
            table[key.removesuffix(unit) + other] = table.pop(key)
            return
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        table[key] = random.choice((value * 1000, value / 1000.0, value + 273.15, value * 100))


def _nesting(random: Random, data: Any, way: Way) -> None:
    """A value one or many levels deeper, or what is below it in its place."""
    table, key = _at(data, way[:-1]), way[-1]
    value = table[key]
    if isinstance(value, dict | list) and value and random.random() < 0.5:
        table[key] = random.choice(list(value.values()) if isinstance(value, dict) else value)
        return
    for _ in range(random.choice((1, 1, 1, 2, 15, 40))):
        value = random.choice(([value], {"a": value}))
    table[key] = value


def _order(random: Random, data: Any, way: Way) -> None:
    """Entries in another order, twice, or exchanged with those elsewhere."""
    table, key = _at(data, way[:-1]), way[-1]
    value = table[key]
    if isinstance(value, list) and value:
        random.shuffle(value)
        if random.random() < 0.3:
            value += copy.deepcopy(value)
        return
    other = random.choice(_ways(data))
    if other[: len(way)] != way and way[: len(other)] != other:
        there = _at(data, other[:-1])
        table[key], there[other[-1]] = copy.deepcopy(there[other[-1]]), value


Change = Callable[[Random, Any, Way], None]
CHANGES: tuple[Change, ...] = (_value, _value, _value, _type, _key, _key, _unit, _nesting, _order)


def mutated(random: Random, data: dict[str, Any]) -> bytes:
    """A file like one that is sound: a few changes of its data, sometimes of its bytes.

    Parameters
    ----------
    random : Random
        Source of every choice.
    data : dict
        Tables of a sound file.
    """
    changed = copy.deepcopy(data)
    for _ in range(random.choice((0, 1, 1, 1, 1, 1, 1, 2, 3, 5))):
        ways = _ways(changed)
        figures = [way for way in ways if type(_at(changed, way)) in (int, float)]
        if figures and random.random() < 0.5:
            _value(random, changed, random.choice(figures))
        elif ways:
            random.choice(CHANGES)(random, changed, random.choice(ways))
    content = toml(changed).encode("utf-8", "replace")
    return spoilt(random, content) if random.random() < 0.08 else content


def spoilt(random: Random, content: bytes) -> bytes:
    """A file whose bytes were damaged: flipped, cut, doubled, in another code."""
    at, to = sorted(random.randrange(len(content) + 1) for _ in range(2))
    match random.randrange(9):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + random.randbytes(random.choice((1, 4, 64))) + content[at:]
        case 2:
            return content[:at] + content[to:]
        case 3:
            return content[:to] + content[at:to] + content[to:]
        case 4:
            return content.decode("utf-8", "replace").encode(random.choice(("utf-16", "utf-32", "utf-8-sig")))
        case 5:
            return content.replace(b"\n", random.choice((b"\r\n", b"\r", b"")))
        case 6:
            letters = bytearray(content)
            for _ in range(random.choice((1, 1, 3, 20))):
                if letters:
                    letters[random.randrange(len(letters))] = random.choice((0, 10, 34, 44, 46, 61, 91, 93, 128, 255))
            return bytes(letters)
        case 7:
            lines = content.split(b"\n")
            random.shuffle(lines)
            return b"\n".join(lines)
        case _:
            whole = (b"", b"\0", b"\xff\xfe", b"PK\x03\x04" + content, b"[" * 5000, b"a." * 5000 + b"a=1", content * 3)
            return random.choice(whole)
