"""Writing a definition as TOML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["toml_text"]


def toml_text(data: Mapping[str, Any]) -> str:
    """Return plain data as TOML, one key a line and assays as inline tables.

    Parameters
    ----------
    data : mapping
        Tables, lists and values; keys with None are left out.

    Returns
    -------
    str
        Text that `tomllib` reads back into the same data.
    """
    import tomlkit

    document = tomlkit.document()
    for key, value in data.items():
        if isinstance(value, Mapping) and value and all(isinstance(inner, Mapping) for inner in value.values()):
            table = tomlkit.table(is_super_table=True)
            for name, inner in value.items():
                table.add(name, _table(inner))
            document.add(key, table)
        elif isinstance(value, Mapping):
            document.add(key, _table(value))
        elif isinstance(value, list) and value and all(isinstance(inner, Mapping) for inner in value):
            tables = tomlkit.aot()
            for inner in value:
                tables.append(_table(inner))
            document.add(key, tables)
        elif value is not None:
            document.add(key, tomlkit.item(value))
    return tomlkit.dumps(document)


def _table(data: Mapping[str, Any]) -> Any:
    """Return one table; what is nested in it becomes inline."""
    import tomlkit

    table = tomlkit.table()
    for key, value in data.items():
        if isinstance(value, Mapping):
            inline = tomlkit.inline_table()
            inline.update(value)
            table.add(key, inline)
        elif value is not None:
            table.add(key, value)
    return table
