"""Light against heavy: what every order of cuts asks of the solvent, by the theory of sharp cuts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from sxsim.app.pairs import SYSTEM
from sxsim.chemistry.parameters import ladder
from sxsim.definition.system import load_system_file
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import did_you_mean
from sxsim.theory.multicomponent import minimum_linked, minimum_sharp_cut

__all__ = ["FEEDS", "Order", "Ranking", "parse_feed", "rank"]

FEEDS = {
    "Bayan Obo, light": "bayan_obo_usgs",
    "Longnan clay, heavy": "longnan_usgs",
}
"""What the page calls a feed, and its name in the data of the ores."""
TRACE = 1e-3
"""Share below which an element is left out: it would be cut off with its neighbour [mol/mol]."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order of cuts.

    Attributes
    ----------
    name : str
        What it does first.
    passes : float
        Sum of S_min over its cascades: how often the whole feed goes through organic, at least [mol per mol fed].
    entering : float
        Rare earths that enter its cascades, counted as often as they enter one [mol per mol fed].
    cuts : tuple of str
        In their order, e.g. ``Nd|Pr``.
    """

    name: str
    passes: float
    entering: float
    cuts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """A feed with its orders, best first.

    Attributes
    ----------
    fractions : dict of str to float
        Mole fractions, most extracted first [-].
    factors : dict of str to float
        Separation factor of each cut [-].
    orders : tuple of Order
        Best first.
    linked : float
        Least S of a train whose outlets pass on loaded, unstripped [mol per mol fed].
    """

    fractions: dict[str, float]
    factors: dict[str, float]
    orders: tuple[Order, ...]
    linked: float


def parse_feed(said: str) -> dict[str, float]:
    """Read a feed as people type it, e.g. ``La 25, Ce 50, Pr 5, Nd 20``.

    Parameters
    ----------
    said : str
        Symbols and shares by moles, in any measure.

    Returns
    -------
    dict of str to float
        Mole fractions [-].

    Raises
    ------
    InputError
        A word is no element of the extraction system, a share no number above zero, or fewer than two are named.

    Examples
    --------
    >>> parse_feed("Nd 3, Pr 1")
    {'Nd': 0.75, 'Pr': 0.25}
    """
    known = load_system_file(SYSTEM).elements
    shares: dict[str, float] = {}
    findings = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", said))):
        symbol, _, amount = part.replace("=", " ").replace(":", " ").partition(" ")
        try:
            value = float(amount.strip().rstrip("%"))
        except ValueError:
            value = math.nan
        if symbol not in known or not ELEMENTS[symbol].is_rare_earth:
            findings.append(
                Finding(part, f"{symbol!r} is no element here", ", ".join(known), did_you_mean(symbol, known))
            )
        elif not (math.isfinite(value) and value > 0.0):
            findings.append(
                Finding(part, f"{amount.strip() or 'nothing'!r} is no share", "above 0", f"write {symbol} 25")
            )
        elif symbol in shares:
            findings.append(Finding(part, f"{symbol} is named twice", "each element once"))
        else:
            shares[symbol] = value
    if not findings and len(shares) < 2:
        findings.append(Finding("feed", f"{len(shares)} elements are named", "2 or more", "write La 25, Ce 50, Nd 25"))
    if findings:
        raise InputError(findings)
    total = math.fsum(shares.values())
    return {symbol: value / total for symbol, value in shares.items()}


def rank(fractions: Mapping[str, float]) -> Ranking:
    """Rank orders of cuts that make every element of a feed pure.

    Parameters
    ----------
    fractions : mapping of str to float
        Mole fractions; elements below a thousandth are left out [-].

    Returns
    -------
    Ranking
        The best order, the worst, one element at a time from the light and from the heavy end, and halves.

    Raises
    ------
    InputError
        Two elements have the same constant in the data.

    Notes
    -----
    S_min of a sharp cut by Underwood, for what enters that cascade; organic products are stripped before the next one.
    Best and worst are found over all orders by dynamic programming.
    """
    kept = {name: value for name, value in fractions.items() if value >= TRACE}
    total = math.fsum(kept.values())
    heights = ladder(load_system_file(SYSTEM), list(kept))
    names = tuple(sorted(kept, key=lambda name: -heights[name]))
    shares = tuple(kept[name] / total for name in names)
    alphas = tuple(math.exp(heights[name] - heights[names[-1]]) for name in names)
    orders = _orders(names, alphas, shares)
    factors = {f"{names[k]}|{names[k + 1]}": alphas[k] / alphas[k + 1] for k in range(len(names) - 1)}
    return Ranking(dict(zip(names, shares, strict=True)), factors, orders, minimum_linked(alphas, shares))


Chooser = Callable[[int, int], int]


@lru_cache(maxsize=64)
def _orders(names: tuple[str, ...], alphas: tuple[float, ...], shares: tuple[float, ...]) -> tuple[Order, ...]:
    """Best, worst and three plain orders, best first."""
    count = len(names)

    @cache
    def solvent(first: int, last: int, cut: int) -> float:
        amount = math.fsum(shares[first:last])
        part = [share / amount for share in shares[first:last]]
        return amount * minimum_sharp_cut(alphas[first:last], part, cut - first).S

    def extreme(pick: Callable[..., tuple[float, int]]) -> Chooser:
        @cache
        def whole(first: int, last: int) -> tuple[float, int]:
            if last - first < 2:
                return 0.0, first
            return pick(
                (solvent(first, last, cut) + whole(first, cut)[0] + whole(cut, last)[0], cut)
                for cut in range(first + 1, last)
            )

        return lambda first, last: whole(first, last)[1]

    ways: dict[str, Chooser] = {
        "the best order": extreme(min),
        "the worst order": extreme(max),
        "one at a time, heaviest first": lambda first, last: first + 1,
        "one at a time, lightest first": lambda first, last: last - 1,
        "halves": lambda first, last: (first + last) // 2,
    }

    def followed(name: str, choose: Chooser) -> Order:
        passes, entering, cuts = 0.0, 0.0, []
        waiting = [(0, count)]
        while waiting:
            first, last = waiting.pop(0)
            if last - first < 2:
                continue
            cut = choose(first, last)
            passes += solvent(first, last, cut)
            entering += math.fsum(shares[first:last])
            cuts.append(f"{names[cut - 1]}|{names[cut]}")
            waiting += [(first, cut), (cut, last)]
        return Order(name, passes, entering, tuple(cuts))

    found = [followed(name, choose) for name, choose in ways.items()]
    return tuple(sorted(found, key=lambda order: (order.passes, order.name != "the best order")))
