"""Where a cascade cuts the series: which elements go where, which pair decides, which purities are left to ask."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sxsim.chemistry.conditions import Conditions, ladder_at, usual_conditions
from sxsim.chemistry.factors import separation_factor
from sxsim.definition import Cascade
from sxsim.definition.reach import extraction_ladder
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.definition.tables import Target
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError, UnreachableTarget
from sxsim.foundation.freezing import Record
from sxsim.sizing.wanted import best_purities, side_meant, side_of, wanted_of
from sxsim.theory.minimum import MinimumFlows, minimum_flows, minimum_sharp
from sxsim.theory.multicomponent import minimum_sharp_cut
from sxsim.theory.specification import Split, split

__all__ = ["Cut", "find_cut", "side_of"]

USUAL = {"recovery_A": 0.99, "recovery_B": 0.99}
"""What the closed forms start from where the targets are none of theirs."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut(Record):
    """A cut of the series, told as the theory's pair A and B.

    Attributes
    ----------
    A, B : str
        Neighbours on either side of the cut; A is the more extracted.
    beta : float
        Their separation factor [-].
    organic_side, aqueous_side : tuple of str
        Elements of the feed that go with A and with B, least extracted first.
    feed_kmol_h : float
        Rare earths fed [kmol/h].
    fractions : mapping of str to float
        Mole fraction of each rare earth of the feed [-].
    wanted : Split
        The targets as purities and recoveries of the two groups, by moles, as far as the theory knows them.
    minimum : MinimumFlows
        Least S and W of any number of stages [mol per mol feed].
    best : mapping of str to float
        Highest purity that each target's product can show, by the basis the target states: what companions on its
        side of the cut leave [-].
    destinations : tuple of str
        Which neighbour goes where, a sentence each.
    conditions : str
        Where order and separation factor hold, of elements with exponents of their own; empty where they always do.
    """

    A: str
    B: str
    beta: float
    organic_side: tuple[str, ...]
    aqueous_side: tuple[str, ...]
    feed_kmol_h: float
    fractions: Mapping[str, float]
    wanted: Split
    minimum: MinimumFlows
    best: Mapping[str, float]
    destinations: tuple[str, ...]
    conditions: str = ""

    @property
    def name(self) -> str:
        """The cut as people write it, e.g. ``Nd|Pr``."""
        return f"{self.A}|{self.B}"


def find_cut(cascade: Cascade) -> Cut:
    r"""Read the cut off the targets and the feed.

    Parameters
    ----------
    cascade : Cascade
        With two targets or more on the products of the cut, of elements or groups: purity, recovery, impurity or
        concentration.

    Returns
    -------
    Cut
        The pair that decides, the groups, and what may be asked.

    Raises
    ------
    InputError
        There are no two targets that fix a cut, or the feed is not known.
    UnreachableTarget
        No number of stages meets the targets: the pair does not part, or a figure contradicts a balance of two
        products. Where metals may leave otherwise, or elements stand between those of the targets, nothing is refused
        here: `wanted` is then only where a search for stages begins.

    Notes
    -----
    Elements on one side of the cut leave together; B's share of the impurity in A's product decides the stages. With
    f the mole fractions, w the weights of the basis and G the group of the target's element,

    .. math:: i = (w_{own} f_{own}/P - \sum_G w f)/w_{neighbour}, \quad P_{group} = \sum_G f/(\sum_G f + i)

    Derived from the balances at complete recovery of the group.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> cut = find_cut(load("nd_pr_p507"))
    >>> cut.name, cut.beta, round(float(cut.minimum.S), 3)
    ('Nd|Pr', 1.5, 2.733)
    """
    amounts = _fed(cascade)
    system = load_system_file(cascade.organic.system)
    ladder, conditions = _ladder(cascade, system, amounts)
    total = math.fsum(amounts.values())
    order = sorted((name for name in amounts if name in ladder), key=lambda name: ladder[name])
    fractions = {name: amounts[name] / total for name in order}
    targets = [target for target in cascade.target if target.enforced]
    if len(targets) < 2:
        named = ", ".join(target.path for target in targets) or "none"
        cure = "state two of purity and recovery of both products; write equation = false where one is only watched"
        raise InputError(Finding("target", f"{len(targets)} figures fix the cut: {named}", "two", cure))
    places = _places(cascade, order, targets)
    first: UnreachableTarget | None = None
    found: list[tuple[float, int, Split]] = []
    for at in places:
        A, B = order[at], order[at - 1]
        beta = separation_factor(system, A, B, conditions).value
        try:
            if not beta > 1.0 + 1e-9:
                best = best_purities(cascade, targets, fractions, order[at:], order[:at])
                raise _alike(A, B, beta, system.name, math.fsum(fractions[name] for name in order[at:]), best)
            wanted = wanted_of(targets, cascade, fractions, order[at:], order[:at], (A, B))
        except UnreachableTarget as refusal:
            first = first or refusal
            continue
        found.append((math.log(float(wanted.factor_a * wanted.factor_b)) / math.log(beta), at, wanted))
    if not found and first is not None and not (len(places) > 1 or _open(cascade)):
        raise first
    # elements between the two that are asked for may go either way: with the side that takes fewer stages
    at = min(found)[1] if found else places[-1]
    A, B = order[at], order[at - 1]
    aqueous, organic = tuple(order[:at]), tuple(order[at:])
    beta = max(separation_factor(system, A, B, conditions).value, 1.0 + 1e-6)
    wanted = min(found)[2] if found else split(math.fsum(fractions[name] for name in organic), **USUAL)
    return Cut(
        A=A,
        B=B,
        beta=beta,
        organic_side=organic,
        aqueous_side=aqueous,
        feed_kmol_h=total,
        fractions=fractions,
        wanted=wanted,
        minimum=_minimum(beta, wanted, ladder, fractions, organic),
        best=best_purities(cascade, targets, fractions, organic, aqueous),
        destinations=_destinations(order, A, B, fractions),
        conditions="" if conditions is None else str(conditions),
    )


def _ladder(
    cascade: Cascade, system: SystemFile, amounts: Mapping[str, float]
) -> tuple[Mapping[str, float], Conditions | None]:
    """How strongly each rare earth is extracted, at the pH of the feed where that matters, and those conditions."""
    ladder = extraction_ladder(system)
    if all(symbol in ladder for symbol in amounts):
        return ladder, None
    acids = [
        stream.free_acid_mol_L
        for stream in cascade.stream.values()
        if stream.phase == "aqueous" and any(value > 0.0 for value in stream.concentration_mol_L.values())
    ]
    pH = -math.log10(max(*acids, 1e-7)) if acids else usual_conditions(system)[1].pH
    at = Conditions(round(pH, 2), cascade.organic.extractant_mol_L)
    return ladder_at(system, [symbol for symbol in amounts if symbol in system.elements], at), at


def _alike(A: str, B: str, beta: float, system: str, f_A: float, best: Mapping[str, float]) -> UnreachableTarget:
    """Neighbours that no stage tells apart."""
    shown = "; ".join(f"{name} {value:.4%}" for name, value in best.items())
    return UnreachableTarget(
        f"{A} and {B} do not part: their separation factor is {beta:.4g} in {system}, so every product keeps "
        f"the feed's {f_A:.4%} of {A} and {1.0 - f_A:.4%} of {B} (nearest reachable; with any other extractant at "
        f"most {shown}); choose a system that tells them apart"
    )


def _open(cascade: Cascade) -> bool:
    """Whether metals may leave by more ways than the two products that the theory knows."""
    strips = sum(part.kind == "stripping" for part in cascade.section)
    return bool(cascade.draw) or strips > 1 or not cascade.organic.recycled


def _fed(cascade: Cascade) -> dict[str, float]:
    """Rare earths fed [kmol/h]."""
    amounts: dict[str, float] = {}
    for name, stream in cascade.stream.items():
        held = {symbol: value for symbol, value in stream.concentration_mol_L.items() if value > 0.0}
        if held and stream.flow_m3_h == "design":
            offence = "is left to design, and brings the metals"
            raise InputError(Finding(f"stream.{name}.flow_m3_h", offence, "a number", "type how much is to be treated"))
        for symbol, value in held.items():
            if ELEMENTS[symbol].is_rare_earth:
                amounts[symbol] = amounts.get(symbol, 0.0) + float(stream.flow_m3_h) * value
    if len(amounts) < 2:
        named = ", ".join(amounts) or "none"
        offence = f"{named} of the rare earths is fed"
        raise InputError(Finding("stream", offence, "two rare earths or more", "give the feed an assay"))
    return amounts


def _places(cascade: Cascade, order: Sequence[str], targets: Sequence[Target]) -> list[int]:
    """Places in the order of extraction where the cut may be made: right behind each of the last elements of B."""
    asked = [
        (side_meant(cascade, target), symbol, target)
        for target in targets
        for symbol in target.symbols
        if symbol in order
    ]
    organic = [order.index(symbol) for side, symbol, _ in asked if side > 0]
    aqueous = [order.index(symbol) for side, symbol, _ in asked if side < 0]
    cure = "state purity_min or recovery_min at the products of both sides (raffinate, strip_liquor)"
    if not organic and not aqueous:
        raise InputError(
            Finding(
                "target",
                "no target on purity or recovery at either end of the cut",
                cure=cure,
                allowed="purity_min or recovery_min of a product",
            )
        )
    if organic and aqueous and min(organic) <= max(aqueous):
        a, b = order[min(organic)], order[max(aqueous)]
        if all(target.at_least and target.asked >= 0.5 for _, symbol, target in asked if symbol in (a, b)):
            named = f"{b} is asked of the aqueous side and {a} of the organic side"
            raise UnreachableTarget(
                f"{named}, but {b} is {'the same element' if a == b else f'extracted at least as strongly as {a}'}: no "
                "number of stages turns that round (nearest reachable: the feed's own composition); swap the targets"
            )
        return [min(max(min(organic), 1), len(order) - 1)]
    low = max(aqueous) + 1 if aqueous else min(organic)
    high = min(organic) if organic else low
    if not 0 < low <= high < len(order):
        raise InputError(
            Finding(
                "target",
                f"nothing is fed on the other side of {order[low - 1]}",
                cure=cure,
                allowed="elements on both sides of the cut",
            )
        )
    return list(range(low, high + 1))


def _minimum(
    beta: float, wanted: Split, ladder: Mapping[str, float], fractions: Mapping[str, float], organic: Sequence[str]
) -> MinimumFlows:
    """Least flows: of the pair, with what the other elements add to a sharp cut (Underwood)."""
    pair = minimum_flows(beta, wanted)
    if len(fractions) == 2:
        return MinimumFlows(float(pair.S), float(pair.W))
    falling = sorted(fractions, key=lambda name: -ladder[name])
    alpha = [math.exp(ladder[name] - ladder[falling[-1]]) for name in falling]
    for at in range(1, len(alpha)):  # neighbours that extract alike are told apart by less than any plant could
        alpha[at] = min(alpha[at], alpha[at - 1] * (1.0 - 1e-9))
    shares = [fractions[name] for name in falling]
    sharp = minimum_sharp_cut(alpha, shares, len(organic))
    f_A = math.fsum(fractions[name] for name in organic)
    factor = float(pair.S / minimum_sharp(beta, f_A).S)
    S = sharp.S * factor
    return MinimumFlows(S, S - float(wanted.outlet_A))


def _destinations(order: Sequence[str], A: str, B: str, fractions: Mapping[str, float]) -> tuple[str, ...]:
    """A sentence for each element beside the pair."""
    sentences = []
    for name in order:
        if name in (A, B):
            continue
        up = order.index(name) > order.index(A)
        towards, key = ("organic", A) if up else ("aqueous", B)
        sentences.append(
            f"{name} ({fractions[name]:.3%} of the feed) goes with {key} to the {towards} side: it is extracted "
            f"{'more' if up else 'less'} than {key}"
        )
    return tuple(sentences)
