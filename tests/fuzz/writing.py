"""Writing plain data as TOML, also data that no sound file would hold."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["Verbatim", "toml"]


class Verbatim(str):
    """Text that stands in the file as it is, where a value is expected."""


def toml(data: Mapping[str, Any]) -> str:
    """Tables as TOML: plain values first, then a heading for each table and each list of tables."""
    plain, headed = [], []
    for key, value in data.items():
        name = _key(key)
        if isinstance(value, dict) and value and all(isinstance(each, dict) for each in value.values()):
            headed += [f"\n[{name}.{_key(inner)}]\n{_body(table)}" for inner, table in value.items()]
        elif isinstance(value, dict):
            headed.append(f"\n[{name}]\n{_body(value)}")
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            headed += [f"\n[[{name}]]\n{_body(table)}" for table in value]
        else:
            plain.append(f"{name} = {_value(value)}\n")
    return "".join([*plain, *headed])


def _body(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _text(text: str) -> str:
    """A basic string; JSON escapes the same but for one letter."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: Any) -> str:
    if isinstance(value, Verbatim):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return repr(value)
