"""Where a cascade cuts the series: which elements go where, which pair decides, which purities are left to ask."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sxsim.chemistry.factors import separation_factor
from sxsim.definition import Cascade
from sxsim.definition.reach import extraction_ladder
from sxsim.definition.system import load_system_file
from sxsim.definition.tables import Target
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError, UnreachableTarget
from sxsim.theory.minimum import MinimumFlows, minimum_flows, minimum_sharp
from sxsim.theory.multicomponent import minimum_sharp_cut
from sxsim.theory.specification import Split, split

__all__ = ["Cut", "find_cut", "side_of"]


@dataclass(frozen=True, slots=True)
class Cut:
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
        The targets as purities and recoveries of the two groups, by moles.
    minimum : MinimumFlows
        Least S and W of any number of stages [mol per mol feed].
    best : mapping of str to float
        Highest purity that each target's product can show, by the basis the target states: what companions on its
        side of the cut leave [-].
    destinations : tuple of str
        Which neighbour goes where, a sentence each.
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

    @property
    def name(self) -> str:
        """The cut as people write it, e.g. ``Nd|Pr``."""
        return f"{self.A}|{self.B}"


def side_of(cascade: Cascade, product: str) -> int:
    """+1 for a product of the organic side of the cut, -1 for one of the aqueous side, 0 for anything else."""
    place = cascade.products[product]
    if place.kind == "draw":
        return 0
    if place.phase == "organic":
        return 0 if any(section.kind == "stripping" for section in cascade.section) else 1
    return {"stripping": 1, "extraction": -1}.get(cascade.section_named(place.section).kind, 0)


def find_cut(cascade: Cascade) -> Cut:
    r"""Read the cut off the targets and the feed.

    Parameters
    ----------
    cascade : Cascade
        With targets on purity or recovery at the products of both sides, or two at one side.

    Returns
    -------
    Cut
        The pair that decides, the groups, and what may be asked.

    Raises
    ------
    InputError
        There are no two targets that fix a cut, or the feed is not known.
    UnreachableTarget
        No number of stages meets the targets: the pair does not part, or a figure contradicts another.

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
    ladder = extraction_ladder(system)
    total = math.fsum(amounts.values())
    order = sorted((name for name in amounts if name in ladder), key=lambda name: ladder[name])
    fractions = {name: amounts[name] / total for name in order}
    figures = [target for target in cascade.target if target.equation and target.concentration_max_mol_L is None]
    A, B = _neighbours(cascade, order, figures)
    beta = separation_factor(system, A, B).value
    at = order.index(A)
    aqueous, organic = tuple(order[:at]), tuple(order[at:])
    best = _best(cascade, figures, fractions, organic, aqueous)
    if not beta > 1.0 + 1e-9:
        shown = "; ".join(f"{name} {value:.4%}" for name, value in best.items())
        f_A = math.fsum(fractions[name] for name in organic)
        raise UnreachableTarget(
            f"{A} and {B} do not part: their separation factor is {beta:.4g} in {system.name}, so every product keeps "
            f"the feed's {f_A:.4%} of {A} and {1.0 - f_A:.4%} of {B} (nearest reachable; with any other extractant at "
            f"most {shown}); choose a system that tells them apart"
        )
    wanted = _wanted(figures, cascade, fractions, organic, aqueous, (A, B))
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
        best=best,
        destinations=_destinations(order, A, B, fractions),
    )


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


def _neighbours(cascade: Cascade, order: Sequence[str], figures: Sequence[Target]) -> tuple[str, str]:
    """A and B: the innermost target elements of both sides, or a target element and its neighbour."""
    sides = [(side_of(cascade, target.stream), target.element) for target in figures if target.element in order]
    organic = [order.index(element) for side, element in sides if side > 0]
    aqueous = [order.index(element) for side, element in sides if side < 0]
    cure = "state purity_min or recovery_min at the products of both sides (raffinate, strip_liquor)"
    if not organic and not aqueous:
        raise InputError(Finding("target", "no target on purity or recovery at either end of the cut", cure=cure))
    if organic and aqueous and min(organic) <= max(aqueous):
        a, b = order[min(organic)], order[max(aqueous)]
        named = f"{b} is asked of the aqueous side and {a} of the organic side"
        raise UnreachableTarget(
            f"{named}, but {b} is {'the same element' if a == b else f'extracted at least as strongly as {a}'}: no "
            "number of stages turns that round (nearest reachable: the feed's own composition); swap the targets"
        )
    at = min(organic) if organic else max(aqueous) + 1
    if not 0 < at < len(order):
        raise InputError(Finding("target", f"nothing is fed on the other side of {order[at - 1]}", cure=cure))
    return order[at], order[at - 1]


def _weight(target: Target, symbol: str) -> float:
    return ELEMENTS[symbol].equivalent_mass_g_mol("oxide") if target.purity_basis == "oxide" else 1.0


def _best(
    cascade: Cascade,
    figures: Sequence[Target],
    fractions: Mapping[str, float],
    organic: Sequence[str],
    aqueous: Sequence[str],
) -> dict[str, float]:
    """Highest purity of each product, by ``stream.element``."""
    found = {}
    for target in figures:
        group = organic if side_of(cascade, target.stream) > 0 else aqueous
        if target.purity_min is not None and target.element in group:
            own = _weight(target, target.element) * fractions[target.element]
            whole = math.fsum(_weight(target, name) * fractions[name] for name in group)
            found[f"{target.stream}.{target.element}"] = own / whole
    return found


def _wanted(
    figures: Sequence[Target],
    cascade: Cascade,
    fractions: Mapping[str, float],
    organic: Sequence[str],
    aqueous: Sequence[str],
    neighbours: tuple[str, str],
) -> Split:
    """The targets as figures of the two groups."""
    asked: dict[str, float] = {}
    for target in figures:
        up = side_of(cascade, target.stream) > 0
        letter, group, other = ("A", organic, neighbours[1]) if up else ("B", aqueous, neighbours[0])
        if target.element not in group:
            continue
        if target.recovery_min is not None:
            asked[f"recovery_{letter}"] = target.recovery_min
        elif target.purity_min is not None:
            whole = math.fsum(fractions[name] for name in group)
            own = _weight(target, target.element) * fractions[target.element]
            room = own / target.purity_min - math.fsum(_weight(target, name) * fractions[name] for name in group)
            intruder = room / _weight(target, other)
            if intruder <= 1e-12 * whole:
                companions = ", ".join(name for name in group if name != target.element)
                most = own / (own + math.fsum(_weight(target, n) * fractions[n] for n in group if n != target.element))
                raise UnreachableTarget(
                    f"{target.stream}: {target.element} {target.purity_min:.6%} leaves no room beside {companions}, "
                    f"which leave with it; nearest reachable {most:.6%}; take {companions} out in a cut of their own"
                )
            asked[f"purity_{letter}"] = whole / (whole + intruder)
    if len(asked) != 2:
        said = ", ".join(asked) or "none"
        cure = "state two of purity and recovery of both products; write equation = false where one is only watched"
        raise InputError(Finding("target", f"{len(asked)} figures fix the cut: {said}", "two", cure))
    f_A = math.fsum(fractions[name] for name in organic)
    try:
        return split(f_A, **asked)
    except InputError as error:
        asked_text = ", ".join(f"{key} {value:.6g}" for key, value in asked.items())
        raise UnreachableTarget(
            f"the targets ({asked_text}, by moles) contradict the balances of a feed with {f_A:.4%} for the organic: "
            f"{_nearest(asked, f_A) or error.findings[0].offence}"
        ) from None


def _nearest(asked: Mapping[str, float], f_A: float) -> str:
    """What the balances allow of a purity and the other side's recovery."""
    for letter, other, share in (("A", "B", f_A), ("B", "A", 1.0 - f_A)):
        purity, recovery = asked.get(f"purity_{letter}"), asked.get(f"recovery_{other}")
        if purity is not None and recovery is not None and share < purity < 1.0:
            factor = purity / (1.0 - purity) * (1.0 - share) / share
            sides = {"A": "organic", "B": "aqueous"}
            return (
                f"a purity of {purity:.4%} on the {sides[letter]} side leaves no more than {1.0 / factor:.4%} of the "
                f"other side's elements there; nearest reachable: their recovery between {1.0 - 1.0 / factor:.4%} and "
                "100 %; ask for that, or for a lower purity"
            )
    return ""


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
