"""What a synthesis is asked: a feed, an extraction system, and products that stand in the order of extraction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sxsim.chemistry.factors import WORST_FIRST, Factor, separation_factor
from sxsim.chemistry.parameters import ladder
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import one_of

__all__ = ["Product", "Task", "make_task", "parse_products"]


@dataclass(frozen=True, slots=True)
class Product:
    """A single oxide, or a group that stays together.

    Attributes
    ----------
    name : str
        What it is called.
    elements : tuple of str
        Symbols; neighbours in the order of extraction.
    purity : float
        Least mole share of these elements in the product, 0-1.
    recovery : float
        Least share of what is fed of them that leaves in the product, 0-1.
    """

    name: str
    elements: tuple[str, ...]
    purity: float
    recovery: float


@dataclass(frozen=True, slots=True)
class Task:
    """A clean synthesis task; everything runs from the most extracted element down.

    Attributes
    ----------
    system : str
        Extraction system.
    elements : tuple of str
        Symbols in the order of extraction.
    fractions : tuple of float
        Mole fractions of the feed [-], sum 1.
    alpha : tuple of float
        Separation factors over the last element [-].
    products : tuple of Product
        In the same order.
    bounds : tuple of int
        Index of the first element of each product, and the number of elements.
    factors : tuple of Factor
        Separation factor of each pair of neighbouring elements, with range and status.
    """

    system: str
    elements: tuple[str, ...]
    fractions: tuple[float, ...]
    alpha: tuple[float, ...]
    products: tuple[Product, ...]
    bounds: tuple[int, ...]
    factors: tuple[Factor, ...]

    @property
    def amounts(self) -> tuple[float, ...]:
        """Moles of each product per mole fed [-]."""
        pairs = zip(self.bounds, self.bounds[1:], strict=False)
        return tuple(math.fsum(self.fractions[low:high]) for low, high in pairs)

    @property
    def status(self) -> str:
        """Worst status of a separation factor used."""
        return min((factor.status for factor in self.factors), key=WORST_FIRST.index)

    def tolerances(self, cut: int) -> tuple[float, float]:
        """What may pass the cut before product `cut` to the wrong side [mol per mol fed].

        A product between two cuts gives each of them half of its impurity and half of its loss.

        Returns
        -------
        of the aqueous side in the organic, of the organic side in the aqueous : float
        """
        upper, lower, last = cut - 1, cut, len(self.products) - 1
        share = [1.0 if place in (0, last) else 0.5 for place in (upper, lower)]
        impure = [
            part * (1.0 - self.products[g].purity) * self.amounts[g]
            for part, g in zip(share, (upper, lower), strict=True)
        ]
        lost = [
            part * (1.0 - self.products[g].recovery) * self.amounts[g]
            for part, g in zip(share, (upper, lower), strict=True)
        ]
        return min(impure[0], lost[1]), min(impure[1], lost[0])


def parse_products(texts: Sequence[str], order: Sequence[str], purity: float, recovery: float | None) -> list[Product]:
    """Read products as people type them.

    Parameters
    ----------
    texts : sequence of str
        ``Nd``, ``NdPr=Nd+Pr``, ``SEG=Sm-Gd`` (all between, in the order of extraction), each with ``@0.9999`` for a
        purity of its own; empty makes every element a product.
    order : sequence of str
        Elements of the feed, the most extracted first.
    purity, recovery : float or None
        Where none is typed; the recovery is the purity when left out.

    Returns
    -------
    list of Product
        As typed.

    Raises
    ------
    InputError
        A text that cannot be read, with every finding at once.

    Examples
    --------
    >>> parse_products(["SEG=Eu-Sm@0.99", "Nd"], ["Eu", "Sm", "Nd"], 0.999, None)[0].elements
    ('Eu', 'Sm')
    """
    found, findings = [], []
    for text in texts or list(order):
        body, _, own = text.partition("@")
        name, equals, listed = body.partition("=")
        try:
            asked = float(own) if own else purity
        except ValueError:
            findings.append(Finding(f"products {text}", f"{own!r} is no purity", "0-1", "write e.g. Nd@0.999"))
            continue
        elements: list[str] = []
        for part in (listed if equals else name).split("+"):
            low, dash, high = part.partition("-")
            wanted = [low, high] if dash else [low]
            unknown = [symbol for symbol in wanted if symbol not in order]
            for symbol in unknown:
                cure = one_of(symbol, order)
                findings.append(Finding(f"products {text}", f"{symbol!r} is not in the feed", ", ".join(order), cure))
            if unknown:
                continue
            first, last = sorted((order.index(wanted[0]), order.index(wanted[-1])))
            elements += order[first : last + 1]
        found.append(Product(name, tuple(elements), asked, asked if recovery is None else recovery))
    if findings:
        raise InputError(findings)
    return found


def make_task(
    feed_fractions: Mapping[str, float],
    system: str,
    products: Sequence[str] = (),
    *,
    purity: float = 0.999,
    recovery: float | None = None,
    factors: Mapping[str, float] | None = None,
) -> Task:
    """Check a synthesis task and bring it into the order of extraction.

    Parameters
    ----------
    feed_fractions : mapping of str to float
        Element to mole fraction or amount [mol].
    system : str
        Extraction system; its separation factors give the order.
    products : sequence of str
        As :func:`parse_products` reads them; empty makes every element a product.
    purity, recovery : float
        For every product that types no purity of its own.
    factors : mapping of str to float, optional
        Pair of neighbours, e.g. ``"Nd/Pr"``, to a separation factor that stands in for the system's [-].

    Raises
    ------
    InputError
        An element the system does not know, products that overlap, leave out an element or are torn apart by another
        in the order of extraction, figures out of range; all at once.

    Examples
    --------
    >>> task = make_task({"La": 0.3, "Ce": 0.5, "Pr": 0.05, "Nd": 0.15}, "p507-chloride", ["La", "Ce", "NdPr=Nd+Pr"])
    >>> [product.name for product in task.products]
    ['NdPr', 'Ce', 'La']
    """
    file = load_system_file(system)
    fed = {symbol: amount for symbol, amount in feed_fractions.items() if amount > 0.0}
    findings = _figures(purity, recovery)
    findings += [
        Finding("feed", f"{symbol} is not known to {system}", ", ".join(file.elements), "leave it out of the feed")
        for symbol in fed
        if symbol not in file.elements
    ]
    if findings:
        raise InputError(findings)
    order = list(ladder(file, list(fed)))[::-1]
    typed = parse_products(products, order, purity, recovery)
    findings = _layout(typed, order)
    if findings:
        raise InputError(findings)
    ranked = sorted(typed, key=lambda product: order.index(product.elements[0]))
    bounds = [0]
    for product in ranked:
        bounds.append(bounds[-1] + len(product.elements))
    total = math.fsum(fed.values())
    steps = _factors(file, order, factors or {})
    return Task(
        system=system,
        elements=tuple(order),
        fractions=tuple(fed[symbol] / total for symbol in order),
        alpha=tuple(math.prod(step.value for step in steps[place:]) for place in range(len(order))),
        products=tuple(ranked),
        bounds=tuple(bounds),
        factors=steps,
    )


def _factors(file: SystemFile, order: list[str], given: Mapping[str, float]) -> tuple[Factor, ...]:
    """Separation factors of all neighbours, the user's where there are."""
    pairs = [f"{upper}/{lower}" for upper, lower in pairwise(order)]
    wrong = [
        Finding(f"factor {pair}", "is no pair of neighbours", ", ".join(pairs), one_of(pair, pairs))
        for pair in given
        if pair not in pairs
    ]
    wrong += [
        Finding(
            f"factor {pair}",
            f"{value:g} does not keep the order of extraction",
            "above 1",
            cure="name the pair the other way round",
        )
        for pair, value in given.items()
        if not 1.0 < value < math.inf
    ]
    if wrong:
        raise InputError(wrong)
    return tuple(
        Factor(given[pair], given[pair], given[pair], "unverified", ())
        if pair in given
        else separation_factor(file, pair.partition("/")[0], pair.partition("/")[2])
        for pair in pairs
    )


def _figures(purity: float, recovery: float | None) -> list[Finding]:
    """Purity and recovery out of range."""
    found = []
    for name, value in (("purity", purity), ("recovery", recovery)):
        if value is not None and not 0.5 <= value < 1.0:
            cure = f"for {value:g} % write {value / 100:g}" if 1.0 < value < 100.0 else "write 0.999, say"
            found.append(Finding(name, f"{value:g} is out of range", "0.5 to below 1", cure))
    return found


def _layout(products: list[Product], order: list[str]) -> list[Finding]:
    """Products that overlap, leave something out, or are torn apart."""
    found = []
    names = [product.name for product in products]
    held = [symbol for product in products for symbol in product.elements]
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(Finding(f"products {name}", "stands twice", "one name each", "rename one"))
    for symbol in sorted({symbol for symbol in held if held.count(symbol) > 1}):
        found.append(Finding(f"products {symbol}", "is in two products", "one product each", "take it out of one"))
    missing = [symbol for symbol in order if symbol not in held]
    if missing:
        offence = f"{', '.join(missing)} of the feed is in no product"
        found.append(
            Finding("products", offence, ", ".join(order), "add a product, e.g. SEG=Sm-Lu, or add it to a group")
        )
    for product in products:
        places = sorted(order.index(symbol) for symbol in product.elements)
        between = [order[at] for at in range(places[0], places[-1]) if at not in places]
        if between:
            offence = f"{', '.join(between)} stands between its elements in the order of extraction"
            cure = "take it into the product, or make two products of it"
            found.append(Finding(f"products {product.name}", offence, " > ".join(order), cure))
        if not 0.5 <= product.purity < 1.0:
            found.append(
                Finding(
                    f"products {product.name}",
                    f"purity {product.purity:g}",
                    "0.5 to below 1",
                    cure="write the share of its own elements, 0.999 say",
                )
            )
    if len(products) < 2:
        found.append(Finding("products", "there is nothing to part", "two products or more", cure="name two"))
    return found
