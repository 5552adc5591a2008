"""The fully linked extraction of any number of elements, from theory to a definition that can be solved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sxsim.chemistry.factors import separation_factor
from sxsim.chemistry.parameters import ladder
from sxsim.definition.system import load_system_file
from sxsim.errors import Finding, InputError
from sxsim.plant.linked.columns import Loads, linked_loads
from sxsim.plant.linked.definition import Linked

__all__ = ["alphas", "fully_linked"]

_FREE_ACID = 0.06
"""Free acid of the aqueous on the plateau that the first guess of the scrub assumes [mol/L]."""


def alphas(system: str, elements: list[str]) -> tuple[list[str], list[float]]:
    """Elements from the most extractable down, and their separation factors over the last.

    Parameters
    ----------
    system : str
        Extraction system.
    elements : list of str
        Symbols.

    Examples
    --------
    >>> alphas("p507-chloride", ["Ce", "Nd", "Pr"])[0]
    ['Nd', 'Pr', 'Ce']
    """
    file = load_system_file(system)
    order = list(ladder(file, elements))[::-1]
    return order, [separation_factor(file, name, order[-1]).value for name in order]


def fully_linked(
    feed_fractions: Mapping[str, float],
    *,
    organic: Mapping[str, Any],
    stages: int,
    S_over_S_min: float = 1.15,
    sides: float | None = None,
    feed_mol_L: float = 1.0,
    scrub_mol_L: float = 3.0,
    strip_mol_L: float = 4.0,
    strip_stages: int = 8,
    purity: float | None = None,
) -> Linked:
    """Lay out a fully linked extraction that makes every element of a feed pure.

    Parameters
    ----------
    feed_fractions : mapping of str to float
        Element to mole fraction of the feed [-]; at least three.
    organic : mapping
        Table `[organic]` without its flow: extractant, its strength, saponification, system.
    stages : int
        Stages of each section.
    S_over_S_min : float
        Solvent over its linked minimum [-].
    sides : float, optional
        Solvent of the side columns over their minima [-]; as the whole when left out.
    feed_mol_L, scrub_mol_L, strip_mol_L : float
        Rare earths of 1 m3/h of feed, acid of scrub and strip [mol/L].
    strip_stages : int
        Stages of the stripping section.
    purity : float, optional
        Mole purity of every product as a target, with scrub and draws free; without it the flows are simulated.

    Returns
    -------
    Linked
        Sections `c1_1` to `c{t-1}_{2t-2}` by column and place from the raffinate end, then `strip`.

    Raises
    ------
    InputError
        With fewer than three elements, or flows that leave a section dry.

    Notes
    -----
    Between columns c and c+1 every outlet of the one is a feed place of the other: an organic line one way, an aqueous
    line the other way. The flows are those of :func:`sxsim.plant.linked.columns.linked_loads` at the load that the
    saponification gives.
    """
    if len(feed_fractions) < 3:
        offence = f"{len(feed_fractions)} elements"
        raise InputError(Finding("feed_fractions", offence, "three or more", "two part in a plain cascade"))
    total = sum(feed_fractions.values())
    order, alpha = alphas(organic["system"], list(feed_fractions))
    f = np.array([feed_fractions[name] / total for name in order])
    loads = linked_loads(alpha, f, S_over_S_min, sides)
    data: dict[str, Any] = {
        "schema": 1,
        "title": f"{'/'.join(order)} fully linked, {stages} stages a section",
        "elements": order[::-1],
        "organic": dict(organic),
        "section": _sections(order, stages, strip_stages),
        "branch": _branches(order, loads, f),
    }
    load_mol_L = organic["extractant_mol_L"] * organic["saponified_fraction"] / 3.0
    data["organic"] |= {"flow_m3_h": float(loads.S * feed_mol_L / load_mol_L), "recycled": True}
    scrub = loads.aqueous[-1][-1] * feed_mol_L * 3.0 / (scrub_mol_L - _FREE_ACID)
    strip = 1.02 * 3.0 * float(f[0]) * feed_mol_L / (strip_mol_L - 0.4)
    data["stream"] = {
        "feed": {
            "section": "c1_1",
            "flow_m3_h": 1.0,
            "pH": 2.0,
            "assay_mol_L": {name: float(part * feed_mol_L) for name, part in zip(order, f, strict=True)},
        },
        "scrub": {"section": _top(order), "flow_m3_h": float(scrub), "acid": "HCl", "acid_mol_L": scrub_mol_L},
        "strip_acid": {"section": "strip", "flow_m3_h": strip, "acid": "HCl", "acid_mol_L": strip_mol_L},
    }
    if purity is not None:
        products = [_product(order, place) for place in range(len(order))]
        pairs = list(zip(products, order, strict=True))
        data["target"] = [
            {"stream": product, "element": name, "purity_min": purity, "purity_basis": "mol"} for product, name in pairs
        ]
        draws = [f"branch.{product}.fraction" for product in products[1:-1]]
        data["solve"] = {"free": ["organic.flow_m3_h", "stream.scrub.flow_m3_h", *draws]}
    return Linked.from_data(data)


def _product(order: list[str], place: int) -> str:
    """Name of the product of an element: strip liquor, draws, raffinate."""
    last = len(order) - 1
    return f"{order[place].lower()}_{'liquor' if place == 0 else 'raffinate' if place == last else 'draw'}"


def _top(order: list[str]) -> str:
    """The last section of the last column."""
    return f"c{len(order) - 1}_{2 * len(order) - 2}"


def _sections(order: list[str], stages: int, strip_stages: int) -> list[dict[str, Any]]:
    """Sections of all columns, the last column first: the fresh organic enters it."""
    t = len(order)
    found = []
    for c in range(t - 1, 0, -1):
        for s in range(1, 2 * c + 1):
            lower = f"c{c}_{s - 1}" if s > 1 else f"c{c + 1}_1" if c < t - 1 else _product(order, t - 1)
            upper = f"c{c}_{s + 1}" if s < 2 * c else f"c{c + 1}_{2 * c + 2}" if c < t - 1 else "strip"
            kind = "extraction" if s <= c else "scrubbing"
            found.append(
                {"name": f"c{c}_{s}", "kind": kind, "stages": stages, "organic_to": upper, "aqueous_to": lower}
            )
        if c == t - 1:
            found.append(
                {
                    "name": "strip",
                    "kind": "stripping",
                    "stages": strip_stages,
                    "organic_to": "stripped_organic",
                    "aqueous_to": _product(order, 0),
                }
            )
    return found


def _branches(order: list[str], loads: Loads, f: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    """What passes between the columns, and the draws, as shares of what leaves a section."""
    t = len(order)
    found = []

    def branch(name: str, source: tuple[int, int], phase: str, to: str, flow: float) -> None:
        column, section = source
        held = (loads.organic if phase == "organic" else loads.aqueous)[column - 1][section - 1]
        data = {"name": name, "from": f"c{column}_{section}", "phase": phase, "to": to, "fraction": float(flow / held)}
        found.append(data)

    for c in range(1, t - 1):
        V, L = loads.organic[c - 1], loads.aqueous[c - 1]
        branch(f"organic_to_c{c}_1", (c + 1, 1), "organic", f"c{c}_1", V[0])
        branch(f"aqueous_to_c{c}_{2 * c}", (c + 1, 2 * c + 2), "aqueous", f"c{c}_{2 * c}", L[-1])
        for m in range(1, c):
            below, above, far = 2 * m, 2 * m + 1, 2 * m + 1
            rise, fall = V[above - 1] - V[below - 1], L[above - 1] - L[below - 1]
            if rise > 0.0:
                branch(f"organic_to_c{c}_{above}", (c + 1, far), "organic", f"c{c}_{above}", rise)
            elif rise < 0.0:
                branch(f"organic_from_c{c}_{below}", (c, below), "organic", f"c{c + 1}_{far + 1}", -rise)
            if fall > 0.0:
                branch(f"aqueous_from_c{c}_{above}", (c, above), "aqueous", f"c{c + 1}_{far}", fall)
            elif fall < 0.0:
                branch(f"aqueous_to_c{c}_{below}", (c + 1, far + 1), "aqueous", f"c{c}_{below}", -fall)
    for place in range(1, t - 1):
        section = 2 * (t - 1 - place) + 1
        branch(_product(order, place), (t - 1, section), "aqueous", _product(order, place), float(f[place]))
    return found
