"""From a definition to the arrays that the kernels take."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.evidence import saponifier
from sxsim.cascade.make_up import acid_is_own, aqueous_make_up, bisulfate_Ka2_mol_L, passing_ions, passing_mol_L
from sxsim.chemistry.parameters import Parameters, parameters, with_acid
from sxsim.definition import Cascade
from sxsim.definition.present import elements_present
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.definition.tables import Stream
from sxsim.errors import Finding, InputError
from sxsim.foundation.freezing import Compared
from sxsim.foundation.remembering import remembered
from sxsim.kernels.flows import Plan
from sxsim.kernels.model import AQUEOUS, ORGANIC, Chemistry, State
from sxsim.kernels.packed import RESIDUAL_ACID

__all__ = ["Problem", "compile_alike", "compile_cascade", "layout_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Problem(Compared):
    """A cascade as arrays; N stages, n components. Of many cascades (`compile_alike`) arrays have the case in front.

    Attributes
    ----------
    cascade : Cascade
        The definition it was compiled from.
    system : SystemFile
        Its extraction system.
    law : Parameters
        Constants of the components.
    components : tuple of str
        Elements in the order of the definition, then the counter-ion of a saponified organic or the acid that the
        extractant takes up.
    chemistry : Chemistry
        Arrays of the distribution law, efficiencies included.
    plan : Plan
        Layout and flows, in arrays of their own: the solver writes found quantities into them.
    section : tuple of str
        Section of each stage.
    local_stage : tuple of int
        Its number within the section, from 1 along the organic.
    feeds : tuple of str
        Streams in the order of the plan's feeds.
    """

    cascade: Cascade
    system: SystemFile
    law: Parameters
    components: tuple[str, ...]
    chemistry: Chemistry
    plan: Plan
    section: tuple[str, ...]
    local_stage: tuple[int, ...]
    feeds: tuple[str, ...]

    def stage_of(self, section: str, stage: int) -> int:
        """0-based stage of the cascade from a section and its local stage.

        Examples
        --------
        >>> from sxsim.definition import load
        >>> compile_cascade(load("nd_pr_p507")).stage_of("scrubbing", 1)
        27
        """
        return self.section.index(section) + stage - 1

    def last_stage(self, section: str) -> int:
        """0-based last stage of a section, where its aqueous enters."""
        return len(self.section) - 1 - self.section[::-1].index(section)

    def place(self, stage: int) -> str:
        """Name a stage for people: section and local number."""
        return f"{self.section[stage]} {self.local_stage[stage]}"

    def protons(self, state: State) -> NDArray[np.float64]:
        """Free protons of each stage [mol/L], shape (N,): those of the acid where it is a component of its own."""
        acid = self.plan.acid_component
        return state.h if acid < 0 else state.x[..., acid]

    def fed_acid(self, feed: int) -> tuple[float, float]:
        """Total acid and sulfate of an aqueous feed, added acid included [mol/L]."""
        plan = self.plan
        held, added = plan.feed_concentration[feed], float(plan.feed_acid[feed])
        if plan.acid_component >= 0:
            return float(held[plan.acid_component]) + added, 0.0
        acid = float(plan.feed_Q[feed]) - float(self.law.z @ held) + plan.acid_protons * added
        return acid, float(plan.feed_sulfate[feed]) + plan.acid_sulfate * added


def compile_cascade(cascade: Cascade) -> Problem:
    """Turn a definition into arrays.

    Parameters
    ----------
    cascade : Cascade
        Clean definition with all stages and flows decided.

    Returns
    -------
    Problem
        With arrays of its own, so that solving it changes nothing else.

    Raises
    ------
    InputError
        Stages or flows are left to `design`, or an element or the counter-ion is not known to the system.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> problem = compile_cascade(load("nd_pr_p507"))
    >>> problem.components, problem.plan.aq_to.size
    (('Pr', 'Nd', 'NH4'), 68)
    """
    return _compiled((cascade,), lambda values: values[0])


def compile_alike(cascades: Sequence[Cascade]) -> Problem:
    """Turn definitions of one layout into arrays that have the case in front; errors as `compile_cascade`.

    Parameters
    ----------
    cascades : sequence of Cascade
        Clean definitions with the same names, for which `layout_of` is the same.

    Returns
    -------
    Problem
        Of all cases; `cascade` is the first, and so is `law`. Places, which all share, have no case in front, nor have
        constants of the law that do not differ.
    """
    return _compiled(cascades, lambda values: values)


def layout_of(cascade: Cascade) -> Hashable:
    """What cascades that differ in numbers only must share to be compiled and solved together."""
    return (
        tuple((part.stages, part.entrainment_O_in_A > 0.0, part.entrainment_A_in_O > 0.0) for part in cascade.section),
        tuple(stream.stage for stream in cascade.stream.values()),
        tuple(draw.stage for draw in cascade.draw),
        cascade.solve.free if cascade.solve is not None else None,
        saponifier(cascade),
        elements_present(cascade),
        passing_ions(cascade, load_system_file(cascade.organic.system)),
        tuple(stream.acid for stream in cascade.stream.values()),
    )


def _compiled(cascades: Sequence[Cascade], of_case: Callable[[Floats], Floats]) -> Problem:
    """Compile definitions of one layout; `of_case` takes what becomes of an array with the case in front."""
    cascade = cascades[0]
    if cascade.undecided:
        allowed, cure = "a number", "run `design` on this cascade, or type a number"
        raise InputError([Finding(path, 'is left to design ("design")', allowed, cure) for path in cascade.undecided])
    system = load_system_file(cascade.organic.system)
    ion = saponifier(cascade)
    passing = passing_ions(cascade, system)
    laws = [
        _law(load_system_file(each.organic.system), each.elements, ion, each.organic.temperature_C, passing)
        for each in cascades
    ]
    law = laws[0]
    section, local_stage = _places(tuple((part.name, int(part.stages)) for part in cascade.section))
    # the counter-ion as well: organic that does not take part in a stage passes with all that it has exchanged
    efficiency = _per_stage(cascades, "stage_efficiency")[:, :, None].repeat(len(law.names), axis=2)
    if math.isfinite(law.acid_ln_K):
        efficiency[:, :, -1] = 1.0
    extractant = np.array([each.organic.extractant_mol_L / law.divisor for each in cascades])
    shared = all(each is law for each in laws)

    def constants(name: str) -> Floats:
        return np.asarray(getattr(law, name) if shared else [getattr(each, name) for each in laws])

    chemistry = Chemistry(
        ln_K=constants("ln_K")[..., None, :].repeat(len(section), axis=-2),
        a=constants("a"),
        b=constants("b"),
        c=constants("c"),
        d=constants("d"),
        s=constants("s"),
        z=law.z,
        charge=np.maximum(law.charge, 0.0),  # a foreign anion does not count against the medium's: no law here has one
        beta1=constants("beta1"),
        beta2=constants("beta2"),
        efficiency=of_case(efficiency),
        extractant=of_case(extractant),  # type: ignore[arg-type]  # a float, or an array of many cases
        Ka2=bisulfate_Ka2_mol_L(cascade, system),
    )
    return Problem(
        cascade=cascade,
        system=system,
        law=law,
        components=law.names,
        chemistry=chemistry,
        plan=_plan(cascades, system, law, ion is not None, of_case),
        section=section,
        local_stage=local_stage,
        feeds=tuple(cascade.stream),
    )


@remembered
def _law(
    system: SystemFile, elements: tuple[str, ...], ion: str | None, temperature_C: float, passing: tuple[str, ...]
) -> Parameters:
    """Constants of the components, which a cascade shares with its neighbours; nothing writes into them."""
    return with_acid(parameters(system, elements, ion, temperature_C, passing), system.acids[0])


@lru_cache(maxsize=64)
def _places(parts: tuple[tuple[str, int], ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Section of each stage, and its number within that, from the sections and how many stages each has."""
    section = tuple(name for name, stages in parts for _ in range(stages))
    return section, tuple(local + 1 for _, stages in parts for local in range(stages))


def _plan(
    cascades: Sequence[Cascade],
    system: SystemFile,
    law: Parameters,
    saponified: bool,
    of_case: Callable[[Floats], Floats],
) -> Plan:
    """Layout and flows."""
    cascade = cascades[0]
    first = dict(zip((part.name for part in cascade.section), cascade.stage_offsets, strict=True))
    last = {part.name: first[part.name] + int(part.stages) - 1 for part in cascade.section}
    enters = {part.aqueous_in: last[part.name] for part in cascade.section}
    aq_to = np.arange(cascade.total_stages, dtype=np.int64) - 1
    for part in cascade.section:
        aq_to[first[part.name]] = last.get(part.aqueous_out, -1)
    streams = cascade.stream.items()
    feeds = [list(each.stream.values()) for each in cascades]
    concentration = np.zeros((len(cascades), len(streams), len(law.names)))
    concentration[:, :, : len(cascade.elements)] = [
        [[fed.get(symbol, 0.0) for symbol in cascade.elements] for fed in (feed.concentration_mol_L for feed in row)]
        for row in feeds
    ]
    charge = np.add.reduce(concentration * law.charge, axis=-1)
    made_up = np.array(_made_up(feeds, charge, bisulfate_Ka2_mol_L(cascade, system), law.medium))
    for case, row in enumerate(feeds):
        for place, feed in enumerate(row):
            if feed.phase == "aqueous":
                ions = passing_mol_L(cascades[case], feed, float(charge[case, place]), law.medium)
                for ion, held in ions.items():
                    concentration[case, place, law.names.index(ion)] = held
    acid, sulfate = made_up.reshape(len(cascades), len(streams), 2).transpose(2, 0, 1)
    acid_component = len(law.names) - 1 if math.isfinite(law.acid_ln_K) else -1
    watery = np.array([stream.phase == "aqueous" for _, stream in streams])
    if acid_component >= 0:
        concentration[:, watery, acid_component], acid[:, watery] = acid[:, watery], RESIDUAL_ACID
    acid += watery * np.add.reduce(concentration * law.z, axis=-1)
    organics = [each.organic for each in cascades]
    fresh = np.zeros((len(cascades), len(law.names)))
    fresh[:, : len(cascade.elements)] = [
        [organic.assay_mol_L.get(symbol, 0.0) for symbol in cascade.elements] for organic in organics
    ]
    inlet = np.array(
        [
            (
                float(organic.flow_m3_h),
                (organic.saponified_fraction or 0.0) * organic.extractant_mol_L if saponified else 0.0,
                (organic.base_kmol_h or 0.0) if saponified else 0.0,
            )
            for organic in organics
        ]
    )
    products = cascade.products
    return Plan(
        aq_to=aq_to,
        entrained_org=of_case(_per_stage(cascades, "entrainment_O_in_A")),
        entrained_aq=of_case(_per_stage(cascades, "entrainment_A_in_O")),
        feed_stage=_integers(
            first[stream.section] + (stream.stage or 1) - 1 if stream.section is not None else enters[name]
            for name, stream in streams
        ),
        feed_phase=_integers(AQUEOUS if stream.phase == "aqueous" else ORGANIC for _, stream in streams),
        feed_volume=of_case(np.array([[float(stream.flow_m3_h) for stream in row] for row in feeds])),
        feed_concentration=of_case(concentration),
        feed_Q=of_case(acid),
        feed_sulfate=of_case(sulfate),
        feed_acid=of_case(np.array([[_added_mol_L(stream, law.medium) for stream in row] for row in feeds])),
        acid_protons=0.0 if acid_component >= 0 else 2.0 if law.medium == "sulfate" else 1.0,
        acid_sulfate=1.0 if law.medium == "sulfate" else 0.0,
        draw_stage=_integers(first[draw.section] + draw.stage - 1 for draw in cascade.draw),
        draw_phase=_integers(AQUEOUS if draw.phase == "aqueous" else ORGANIC for draw in cascade.draw),
        draw_volume=of_case(_table([[float(draw.flow_m3_h) for draw in each.draw] for each in cascades])),
        split_from=_integers(first[products[split.from_].section] for split in cascade.split),
        split_to=_integers(enters[split.to] for split in cascade.split),
        split_fraction=of_case(_table([[split.fraction for split in each.split] for each in cascades])),
        recycled=int(cascade.organic.recycled),
        organic=of_case(fresh),
        inlet=of_case(inlet),
        base_component=len(law.names) - 1 if saponified else -1,
        acid_component=acid_component,
    )


def _made_up(
    feeds: Sequence[Sequence[Stream]], charge: Floats, Ka2_mol_L: float, medium: str
) -> list[list[tuple[float, float]]]:
    """Acid and sulfate of each feed of each case, without acid added [mol/L]; nothing for an organic."""
    return [
        [
            aqueous_make_up(stream, ions, Ka2_mol_L, medium) if stream.phase == "aqueous" else (0.0, 0.0)
            for stream, ions in zip(row, charges, strict=True)
        ]
        for row, charges in zip(feeds, charge.tolist(), strict=True)
    ]


def _added_mol_L(stream: Stream, medium: str) -> float:
    """Acid of the medium that is added to a feed [mol/L]; another acid is part of its make-up."""
    return (stream.acid_mol_L or 0.0) if acid_is_own(stream, medium) else 0.0


def _per_stage(cascades: Sequence[Cascade], key: str) -> Floats:
    """A number of each section, repeated for its stages; shape (cases, N)."""
    values = np.array([[getattr(part, key) for part in cascade.section] for cascade in cascades], dtype=np.float64)
    return values.repeat([int(part.stages) for part in cascades[0].section], axis=1)


def _table(rows: list[list[float]]) -> Floats:
    """Rows of equal length, also of none."""
    return np.array(rows, dtype=np.float64).reshape(len(rows), -1 if rows[0] else 0)


def _integers(values: Iterable[int]) -> NDArray[np.int64]:
    """An integer array from any iterable, also an empty one."""
    return np.array(list(values), dtype=np.int64)
