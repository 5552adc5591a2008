"""What an operator builds: stages and organic by closed forms."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sxsim.definition import Cascade
from sxsim.errors import Finding, InputError
from sxsim.sizing.cut import Cut
from sxsim.sizing.guess import flows_from_load
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.optimum import extraction_ratios, xu_optimum
from sxsim.theory.stages import simple_stages

__all__ = ["Blueprint", "blueprint", "sections_of"]

CURED = 1.25
"""S/S_min to which textbooks' cure raises an optimum that pinches [-]."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Stages and organic that an operator works out with closed forms.

    Attributes
    ----------
    beta : float
        Separation factor that he believes in [-].
    S, S_over_S_min : float
        Load of the organic [mol per mol feed], over the minimum that he believes in [-].
    n, m : int
        Stages of extraction and of scrubbing.
    organic_m3_h : float
        Organic that carries the load [m3/h].
    """

    beta: float
    S: float
    S_over_S_min: float
    n: int
    m: int
    organic_m3_h: float


def sections_of(cascade: Cascade) -> tuple[str, str]:
    """Names of the one extraction and the one scrubbing section.

    Raises
    ------
    InputError
        There is not one of each.
    """
    names = []
    for kind in ("extraction", "scrubbing"):
        found = [part.name for part in cascade.section if part.kind == kind]
        if len(found) != 1:
            offence = f"{len(found)} sections of kind {kind}"
            raise InputError(Finding("section", offence, "one", "the closed forms of the operators know no other"))
        names += found
    return names[0], names[1]


def blueprint(cascade: Cascade, cut: Cut, beta: float, ratio: float | None = None) -> Blueprint:
    """Design by the simple stage formula.

    Parameters
    ----------
    cascade : Cascade
        Strengths, saponification, stage efficiencies.
    cut : Cut
        The cut, as it is.
    beta : float
        Separation factor that is believed in [-].
    ratio : float, optional
        S over the minimum that is believed in; Xu's optimum when left out [-].

    Raises
    ------
    InputError
        The chemistry is no cation exchange with a scrub, so no load gives flows.

    Notes
    -----
    n = ln b/ln(beta E_M), m + 1 = ln a/ln(beta/E'_M). Where Xu's optimum lies at its own threshold the formula has no
    answer; S is raised to 1.25 S_min there.
    """
    least = float(minimum_flows(beta, cut.wanted).S)
    best = xu_optimum(beta, cut.wanted)
    S = ratio * least if ratio is not None else max(float(best.S), CURED * least if bool(best.pinched) else 0.0)
    E_M, E_M_scrub = extraction_ratios(S, S - float(cut.wanted.outlet_A), cut.wanted)
    count = simple_stages(beta, cut.wanted, E_M, E_M_scrub)
    parts = {part.kind: part for part in cascade.section}
    n = math.ceil(float(count.n) / parts["extraction"].stage_efficiency)
    m = math.ceil(float(count.m) / parts["scrubbing"].stage_efficiency)
    flows = flows_from_load(cascade, cut, S)
    if flows is None:
        raise InputError(
            Finding(
                "organic",
                "no load gives flows here",
                "cation exchange, saponified, with an acid scrub",
                cure="study another cut",
            )
        )
    return Blueprint(beta, S, S / least, max(n, 1), max(m, 1), flows.organic_m3_h)
