"""A cascade file that somebody uploads: text that is read, never run, and that leads nowhere outside the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sxsim.definition import Cascade
from sxsim.definition.system import system_names
from sxsim.economics.price_sets import price_set_names
from sxsim.errors import Finding, InputError
from sxsim.foundation.reading import decoded, toml_tables
from sxsim.foundation.suggestions import did_you_mean

__all__ = ["LARGEST_BYTES", "MOST_STAGES", "read_upload"]

LARGEST_BYTES = 200_000
"""A cascade file has a few kilobytes."""
MOST_STAGES = 600
"""Stages of all sections that the page solves; the command line takes more."""


def read_upload(name: str, content: bytes) -> Cascade:
    """Read and check an uploaded cascade.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    content : bytes
        What it holds.

    Returns
    -------
    Cascade
        Without findings; its system and its price set are shipped ones.

    Raises
    ------
    InputError
        Too large, not UTF-8, not TOML, a cascade with findings, one that names files of its own, or one too long.
    """
    if len(content) > LARGEST_BYTES:
        offence = f"has {len(content):,} bytes"
        raise InputError(Finding("file", offence, f"at most {LARGEST_BYTES:,} bytes", "use the command line"), name)
    data = toml_tables(decoded(content, name), name, "a bundled cascade")
    _stay_inside(data, name)
    cascade = Cascade.from_data(data, name)
    if not cascade.undecided and cascade.total_stages > MOST_STAGES:
        offence = f"{cascade.total_stages} stages in all"
        raise InputError(Finding("section", offence, f"at most {MOST_STAGES} here", "use the command line"), name)
    return cascade


def _stay_inside(data: Mapping[str, Any], name: str) -> None:
    """Refuse names that lead to files, before anything is looked up."""
    findings = []
    for table, key, allowed in (
        ("organic", "system", system_names()),
        ("economics", "price_set", price_set_names()),
    ):
        held = data.get(table)
        value = held.get(key) if isinstance(held, dict) else None
        if isinstance(value, str) and value not in allowed:
            cure = did_you_mean(value, allowed) or "an upload may use shipped data only; the command line takes files"
            findings.append(Finding(f"{table}.{key}", f"{value!r} is not shipped", ", ".join(allowed), cure))
    if findings:
        raise InputError(findings, name)
