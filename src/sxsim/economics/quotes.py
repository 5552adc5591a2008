"""Price quotes as they were read, and their conversion to US dollars for the pure substance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sxsim.chemistry.tables import read_data_file
from sxsim.errors import DataError
from sxsim.foundation.files import shipped
from sxsim.foundation.freezing import FrozenTable

__all__ = ["FILES", "Quote", "quotes", "unit_of"]

FILES = ("reagents", "utilities", "labour", "oxides", "concentrates")
"""Files of ``data/economics/prices``."""

_UNITS = {
    "diesel": "m3",
    "electricity": "kWh",
    "evaporation": "m3",
    "natural gas": "GJ",
    "operator": "h",
    "wastewater, ordinary": "m3",
    "water": "m3",
}
_KG = {"kg": 1.0, "t": 1000.0, "short ton": 907.18474}
_M3 = {"m3": 1.0, "L": 1e-3, "gal": 3.785411784e-3}
_OTHER = {"kWh": ("kWh", 1.0), "GJ": ("GJ", 1.0), "h": ("h", 1.0), "y": ("h", 1460.0)}
"""A year of one operator is 1460 h: six people fill one place around the clock, as the source counts."""


def unit_of(item: str) -> str:
    """Unit in which an item is counted: m3, kWh, GJ, h, or kg."""
    return _UNITS.get(item, "kg")


@dataclass(frozen=True, slots=True)
class Quote:
    """One quoted price.

    Attributes
    ----------
    id : str
        Its name in the price sets.
    item, kind, grade : str
        What is sold.
    basis : {"as sold", "dry", "solution", "not stated"}
        What a mass in the quote weighs.
    strength_kg_per_kg : float
        Pure substance in what is sold [kg/kg].
    region, currency, per, year : str
        Where, in what, per what, and when it was quoted.
    low, central, high : float
        As quoted.
    currency_per_usd : float
        Rate of exchange.
    density_kg_L : float
        For volumes of what is counted by mass, or the reverse [kg/L]; 0 when not needed.
    status, quality, source, note : str
        How far it can be trusted, and where it was read.
    """

    id: str
    item: str
    kind: str
    grade: str
    basis: str
    strength_kg_per_kg: float
    region: str
    low: float
    central: float
    high: float
    currency: str
    per: str
    currency_per_usd: float
    density_kg_L: float
    year: str
    status: str
    quality: str
    source: str
    note: str

    def usd(self, quoted: float) -> float:
        """Convert a quoted figure to US dollars per unit of the pure substance.

        Notes
        -----
        A price of a solution is divided by its strength, so that equal amounts of the pure substance are compared. A
        basis that is not stated is read as the strength column says; the flag stays with the number.

        Examples
        --------
        >>> round(quotes()["naoh-china-2024-05-sunsirs"].usd(790.0), 4)
        0.3429
        """
        return quoted / self.currency_per_usd / self._units_per_quoted() / self.strength_kg_per_kg

    def _units_per_quoted(self) -> float:
        """How many counting units one quoted unit holds."""
        unit = unit_of(self.item)
        if self.per in _OTHER and _OTHER[self.per][0] == unit:
            return _OTHER[self.per][1]
        if unit == "kg" and self.per in _KG:
            return _KG[self.per]
        if unit == "m3" and self.per in _M3:
            return _M3[self.per]
        if not self.density_kg_L > 0.0:
            raise DataError(f"{self.id}: {self.per} cannot become {unit} without a density")
        if unit == "kg" and self.per in _M3:
            return _M3[self.per] * 1000.0 * self.density_kg_L
        if unit == "m3" and self.per in _KG:
            return _KG[self.per] / (1000.0 * self.density_kg_L)
        raise DataError(f"{self.id}: {self.per} cannot become {unit}")


@lru_cache(maxsize=1)
def quotes() -> Mapping[str, Quote]:
    """Every shipped quote by its id.

    Raises
    ------
    DataError
        Two quotes share an id, or a figure is no number.
    """
    found: dict[str, Quote] = {}
    for name in FILES:
        place = f"prices/{name}.csv"
        file = read_data_file(shipped("data", "economics", "prices", f"{name}.csv"), place)
        for number, row in enumerate(file.rows, file.first_line):
            if row["id"] in found:
                raise DataError(f"{place}, line {number}: {row['id']} stands twice")
            try:
                found[row["id"]] = _quote(row)
            except ValueError as error:
                raise DataError(f"{place}, line {number}: {error}") from None
    return FrozenTable(found)


def _quote(row: Mapping[str, str]) -> Quote:
    """One row; a missing low or high is the central figure."""
    central = float(row["central"])
    return Quote(
        id=row["id"],
        item=row["item"],
        kind=row["kind"],
        grade=row["grade"],
        basis=row["basis"],
        strength_kg_per_kg=float(row["strength_kg_per_kg"]),
        region=row["region"],
        low=float(row["low"] or central),
        central=central,
        high=float(row["high"] or central),
        currency=row["currency"],
        per=row["per"],
        currency_per_usd=float(row["currency_per_usd"]),
        density_kg_L=float(row["density_kg_L"] or 0.0),
        year=row["year"],
        status=row["status"],
        quality=row["quality"],
        source=row["source"],
        note=row["note"],
    )
