"""From a product that misses its specification to the cuts that have to part more, and to what asks that of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sxsim.elements import ELEMENTS
from sxsim.plant.retuning import Tuning, strips_weakly

if TYPE_CHECKING:
    from sxsim.definition.tables import Target
    from sxsim.plant.result import ProductResult, TrainResult

__all__ = ["tighten"]

AIM = 0.99
"""Share of the impurity or loss that a product allows at which it is aimed."""
RAISES = 3
MORE_ACID = 1.1
"""How often, and by what factor, a strip acid is raised for a product before the targets are tightened."""
LEAST_LOSS = 1e-6
"""Factor on what a target lets be lost below which it is not tightened further [-]."""

Amounts = Mapping[str, float]
Way = tuple[str, str]
"""A cascade, and the product of it that leads on to a product of the train."""


def tighten(result: TrainResult, tunings: Mapping[str, Tuning]) -> tuple[bool, list[str]]:
    """Ask more of the cuts on the way to every product that misses its specification.

    Parameters
    ----------
    result : TrainResult
        A solved train.
    tunings : mapping of str to Tuning
        What is changed of each cascade; more is written into it.

    Returns
    -------
    changed : bool
        Whether anything was.
    reasons : list of str
        For each miss that nothing can be asked for, why; empty when all can.

    Notes
    -----
    An impurity is laid at the last cut on the product's way that sends more than half of that element elsewhere: what
    its targets let be lost shrinks by the factor by which the impurity has to. In the same way what a product lacks in
    recovery is laid at the cuts that send most of it on. Where the organic keeps much of the foreign metal past the
    strip, that is given more acid first, since no target governs it.
    """
    wanted: dict[tuple[str, int], float] = {}
    raised: set[str] = set()
    reasons: list[str] = []
    for product in result.products:
        if product.met:
            continue
        if product.purity_min is not None and (product.purity or 0.0) < product.purity_min - 1e-9:
            reasons += _purer(result, product, tunings, wanted, raised)
        if product.recovery_min is not None and (product.recovery or 0.0) < product.recovery_min - 1e-9:
            reasons += _richer(result, product, tunings, wanted)
    for name in raised:
        tunings[name].strip *= MORE_ACID
        tunings[name].raised += 1
    for (name, place), factor in wanted.items():
        tunings[name].losses[place] = tunings[name].losses.get(place, 1.0) * factor
    return bool(raised or wanted), reasons


def _purer(
    result: TrainResult,
    product: ProductResult,
    tunings: Mapping[str, Tuning],
    wanted: dict[tuple[str, int], float],
    raised: set[str],
) -> list[str]:
    """Less of every other element in a product."""
    flow = result.streams[product.stream]
    basis = next(each.purity_basis for each in result.train.product if each.name == product.name)
    weighs = {name: ELEMENTS[name].equivalent_mass_g_mol("oxide") if basis == "oxide" else 1.0 for name in ELEMENTS}
    held = {name: amount * weighs[name] for name, amount in flow.rare_earths_kmol_h.items()}
    own = math.fsum(held.get(name, 0.0) for name in product.elements)
    foreign = {name: amount for name, amount in held.items() if name not in product.elements and amount > 0.0}
    least = product.purity_min or 0.0
    allowed = AIM * own * (1.0 - least) / least
    ways = _ways(result, product.stream)
    by_way: dict[Way, list[str]] = {}
    for name in foreign:  # the last cut that parts it is the one that rules what of it is left
        last = next((way for way in ways if not _sent_on(result, way, name)), None)
        if last is not None:
            by_way.setdefault(last, []).append(name)
    parted = {name for names in by_way.values() for name in names}
    through = {name: amount for name, amount in foreign.items() if name not in parted}
    left = allowed - math.fsum(through.values())
    said = f"product {product.name!r} reaches {_percent(product.purity)} of {_percent(least)}"
    if left <= 0.0:
        most = ", ".join(sorted(through, key=lambda name: -through[name])[:3])
        return [f"{said}: no cut of the train parts {most} from it"]
    factor = left / math.fsum(foreign[name] for name in parted)
    asked, mute = False, []
    for way, names in by_way.items():
        share = math.fsum(foreign[name] for name in names)
        if share < 0.02 * left:
            continue
        cut, stream = way
        tuning = tunings[cut]
        places = _targets(result, cut, stream, names)
        weak = places and tuning.raised < RAISES and strips_weakly(result.cascades[cut], names, stream)
        if weak:
            raised.add(cut)
            asked = True
            continue
        asked = _ask(product.name, cut, places, factor, tuning, wanted) or asked
        if not places:
            mute.append(
                f"cascade {cut!r} lets {', '.join(names)} into it, and no target of it that may move rules that"
            )
    return [] if asked else [f"{said}: {'; '.join(mute) or 'its cuts are asked for all that they may be asked'}"]


def _richer(
    result: TrainResult,
    product: ProductResult,
    tunings: Mapping[str, Tuning],
    wanted: dict[tuple[str, int], float],
) -> list[str]:
    """More of what is fed of its elements in a product."""
    least, now = product.recovery_min or 0.0, product.recovery or 0.0
    factor = AIM * (1.0 - least) / (1.0 - now)
    asked, mute = False, []
    for cut, stream in _ways(result, product.stream):
        names = [name for name in product.elements if _sent_on(result, (cut, stream), name)]
        if not names:
            continue
        solved = result.cascades[cut]
        others = [other.name for other in solved.stream.values() if other.kind == "product" and other.name != stream]
        places = {place for other in others for place in _targets(result, cut, other, names)}
        asked = _ask(product.name, cut, sorted(places), factor, tunings[cut], wanted) or asked
        if not places:
            mute.append(f"no target of cascade {cut!r} that may move rules what of {', '.join(names)} is lost there")
    said = f"product {product.name!r} holds {_percent(now)} of what is fed of it, for {_percent(least)}"
    return [] if asked else [f"{said}: {'; '.join(mute) or 'its cuts are asked for all that they may be asked'}"]


def _ask(
    product: str,
    cut: str,
    places: list[int],
    factor: float,
    tuning: Tuning,
    wanted: dict[tuple[str, int], float],
) -> bool:
    """Note that targets of a cut have to let less be lost; whether any may."""
    asked = False
    for place in places:
        if tuning.losses.get(place, 1.0) * factor < LEAST_LOSS:
            continue
        wanted[cut, place] = min(wanted.get((cut, place), 1.0), factor)
        names = tuning.why.setdefault(place, [])
        if product not in names:
            names.append(product)
        asked = True
    return asked


def _targets(result: TrainResult, cut: str, stream: str, foreign: list[str]) -> list[int]:
    """Places of the targets that keep foreign elements out of a product of a cut."""
    cascade = result.cascades[cut].cascade
    if not cascade.free:
        return []
    return [place for place, target in enumerate(cascade.target) if _keeps_out(target, stream, foreign)]


def _keeps_out(target: Target, stream: str, foreign: list[str]) -> bool:
    """Whether a target asks a cut to keep foreign elements out of a product."""
    if not target.enforced or target.exact:
        return False
    if target.stream != stream:
        return target.figure == "recovery"
    if target.figure == "purity":
        return not set(foreign) <= set(target.symbols)
    return target.figure != "recovery" and bool(set(foreign) & set(target.symbols))


def _ways(result: TrainResult, stream: str) -> list[Way]:
    """The cascades that a product comes through, the last first, with the product of each that leads on to it."""
    found: list[Way] = []
    seen: set[str] = set()
    waiting = [stream]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        maker = result.layout.made_by[name]
        if maker in result.cascades:
            found.append((maker, name.removeprefix(f"{maker}.")))
        waiting += result.layout.units[maker].inlet.values()
    return found


def _sent_on(result: TrainResult, way: Way, element: str) -> bool:
    """Whether a cut sends at least half of what leaves it of an element the product's way."""
    cut, stream = way
    solved = result.cascades[cut]
    leaving = [each for each in solved.stream.values() if each.kind == "product"]
    whole = math.fsum(each.amount_kmol_h(element) for each in leaving if element in solved.components)
    return whole > 0.0 and solved.stream[stream].amount_kmol_h(element) >= 0.5 * whole


def _percent(share: float | None) -> str:
    return "nothing" if share is None else f"{100.0 * share:.6g} %"
