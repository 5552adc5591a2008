"""Price sets: one price for each item, picked from the quotes or typed by the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sxsim.economics.prices import Price, typed_price
from sxsim.economics.quotes import Quote, quotes, unit_of
from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.freezing import FrozenTable, Record
from sxsim.foundation.reading import is_file, read_text, shipped_tables, toml_tables
from sxsim.foundation.suggestions import did_you_mean, one_of

__all__ = ["DEFAULT_SET", "PriceSet", "price_set", "price_set_names"]

DEFAULT_SET = "china-2024"

_KINDS: tuple[tuple[str, type, str, str], ...] = (
    ("schema", int, "1", "write schema = 1, or leave it out"),
    ("title", str, "text in quotes", "put it in quotes"),
    ("region", str, "text in quotes", "put it in quotes"),
    ("year", int, "a whole number", "write the year in four digits"),
    ("price", dict, "a table for each item", 'write [price."HCl"] and usd_per_unit = ... below it'),
    ("oxide", dict, "a table for each element", "write [oxide.Nd] and usd_per_unit = ... below it"),
)
"""Keys of a file of prices, the types they take and how they are written."""


@dataclass(frozen=True, slots=True, eq=False)
class PriceSet(Record):
    """Prices of one place and time.

    Attributes
    ----------
    name, title, region : str
        What it is called and where it holds.
    year : int
        Currency year.
    prices : mapping of str to Price
        Reagents, utilities, labour and credits by item.
    oxides : mapping of str to Price
        Separated oxides by the symbol of their element.
    """

    name: str
    title: str
    region: str
    year: int
    prices: Mapping[str, Price]
    oxides: Mapping[str, Price]

    def price(self, item: str) -> Price:
        """Price of an item.

        Raises
        ------
        InputError
            The set has none; the finding says how to give one.

        Examples
        --------
        >>> price_set("china-2024").price("HCl").unit
        'kg'
        """
        if item in self.prices:
            return self.prices[item]
        raise self._missing("price", item, self.prices, f"usd_per_unit = ... # per {unit_of(item)}")

    def oxide(self, symbol: str) -> Price:
        """Price of a separated oxide.

        Raises
        ------
        InputError
            The set has none; the finding says how to give one.
        """
        if symbol in self.oxides:
            return self.oxides[symbol]
        raise self._missing("oxide", symbol, self.oxides, "usd_per_unit = ... # per kg")

    def replace(self, changes: Mapping[str, float]) -> PriceSet:
        """Return a set with some prices typed over; an unknown item is a new one.

        Parameters
        ----------
        changes : mapping of str to float
            Item to price [USD per unit of the pure substance].

        Raises
        ------
        InputError
            A price is negative or not finite.
        """
        prices = dict(self.prices)
        for item, value in changes.items():
            table = {"usd_per_unit": value}
            prices[item] = typed_price(f"price.{item}", item, table)
        return replace(self, prices=FrozenTable(prices))

    def with_price(self, price: Price) -> PriceSet:
        """Return a set in which one item takes a price with its own evidence, for instance that of another set."""
        return replace(self, prices=FrozenTable({**self.prices, price.item: price}))

    def _missing(self, table: str, item: str, known: Mapping[str, Price], line: str) -> InputError:
        """Say that a price is missing and how to give one."""
        cure = f'write a file with base = "{self.name}" and [{table}."{item}"] {line}, and name it as the price set'
        return InputError(
            Finding(f"{table}.{item}", f"price set {self.name!r} has no price for {item}", ", ".join(known), cure)
        )


def price_set_names() -> list[str]:
    """Return the names of the shipped price sets, sorted.

    Examples
    --------
    >>> price_set_names()
    ['china-2024', 'europe-2025', 'us-2024']
    """
    folder = shipped("data", "economics", "price_sets")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def price_set(name: str | PriceSet = DEFAULT_SET) -> PriceSet:
    """Read a price set.

    Parameters
    ----------
    name : str or PriceSet
        A shipped set, or a TOML file of the user's own; a price set is returned as it is.

    Returns
    -------
    PriceSet
        With the evidence of each price.

    Raises
    ------
    InputError
        There is no such set or file, or a price is negative, not finite or unknown.

    Notes
    -----
    A file of the user's own names the set it starts from and what it changes::

        base = "china-2024"
        title = "our contract of May"

        [price.HCl]
        usd_per_unit = 0.21           # per kg of pure HCl
        source = "contract"
    """
    if isinstance(name, PriceSet):
        return name
    if name in price_set_names():
        return _shipped(name)
    if is_file(name):
        return _user_file(Path(name))
    cure = one_of(name, price_set_names())
    raise InputError(
        Finding("prices", f"there is no price set {name!r}", f"{', '.join(price_set_names())}, or a TOML file", cure)
    )


@lru_cache(maxsize=8)
def _shipped(name: str) -> PriceSet:
    """One of the sets that ship with the program."""
    table = shipped_tables("data", "economics", "price_sets", f"{name}.toml")
    prices = {item: _quoted(item, entry) for item, entry in table["use"].items()}
    oxides = {symbol: _quoted("", entry) for symbol, entry in table["oxide"].items()}
    return PriceSet(name, table["title"], table["region"], table["year"], FrozenTable(prices), FrozenTable(oxides))


def _quoted(item: str, entry: Mapping[str, str]) -> Price:
    """The price that a set takes from a quote."""
    quote: Quote = quotes()[entry["row"]]
    notes = [note for note in (entry.get("why", ""), quote.note) if note]
    return Price(
        item=item or quote.item,
        usd_per_unit=quote.usd(quote.central),
        low=quote.usd(quote.low),
        high=quote.usd(quote.high),
        unit=unit_of(quote.item),
        strength_kg_per_kg=quote.strength_kg_per_kg,
        basis=quote.basis,
        region=quote.region,
        year=quote.year,
        status=quote.status,
        quality=quote.quality,
        source=quote.source,
        note="; ".join(notes),
    )


def _user_file(path: Path) -> PriceSet:
    """A file of the user's own, on top of the set it names."""
    table = toml_tables(read_text(path), str(path), "the example of docs/cost.md")
    allowed = ("schema", "title", "region", "year", "base", "price", "oxide")
    findings = [
        Finding(key, "is not a key of a price set", ", ".join(allowed), did_you_mean(key, allowed) or "drop it")
        for key in table
        if key not in allowed
    ]
    base = table.get("base", DEFAULT_SET)
    if base not in price_set_names():
        findings.append(
            Finding("base", f"there is no price set {base!r}", ", ".join(price_set_names()), "name a shipped set")
        )
    findings += [
        Finding(key, f"{table[key]!r:.60} is of the wrong type", takes, cure)
        for key, kind, takes, cure in _KINDS
        if key in table and (isinstance(table[key], bool) or not isinstance(table[key], kind))
    ]
    if findings:
        raise InputError(findings, str(path))
    start = _shipped(base)
    prices, oxides = dict(start.prices), dict(start.oxides)
    for name, entries, target in (("price", table.get("price", {}), prices), ("oxide", table.get("oxide", {}), oxides)):
        for item, entry in entries.items():
            try:
                target[item] = typed_price(f"{name}.{item}", item, entry)
            except InputError as error:
                findings += error.findings
    if findings:
        raise InputError(findings, str(path))
    return PriceSet(
        path.stem,
        table.get("title", path.stem),
        table.get("region", start.region),
        table.get("year", start.year),
        FrozenTable(prices),
        FrozenTable(oxides),
    )
