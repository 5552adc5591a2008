"""What a reader of a result must know: limits of the data, crud, overload, missed targets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sxsim.cascade.diagnose import FULL, missed
from sxsim.cascade.foreseen import foreseen
from sxsim.cascade.profiles import Stages
from sxsim.cascade.streams import ORGANIC_IN, Stream
from sxsim.chemistry import evidence
from sxsim.chemistry.hydroxide import WATCHED_pH, hydroxide_onset_pH
from sxsim.definition.present import elements_present
from sxsim.elements import ELEMENTS
from sxsim.foundation.remembering import remembered

if TYPE_CHECKING:
    from sxsim.cascade.compile import Problem
    from sxsim.cascade.result import Load, TargetResult
    from sxsim.definition.system import SystemFile

__all__ = ["hydroxide_onset_pH", "remarks"]

IN_MIXER = 2.0
"""Phase ratio inside a mixer, either way, up to which it disperses one phase in the other (see `equipment`)."""

MOST_SKEWED = 40.0
"""Phase ratio of a stage, either way, up to which plants reach that by recycling from the settler; strips run at 30."""

SHARE = 0.01
"""An element counts in a section when it makes up this share of the rare earths there."""


def remarks(
    problem: Problem,
    stage: Stages,
    table: Mapping[str, Stream],
    targets: Sequence[TargetResult],
    load: Mapping[str, Load],
) -> tuple[str, ...]:
    """Everything a reader of the numbers must know, most urgent first.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    stage : Stages
        Solution.
    table : mapping of str to Stream
        Its streams.
    targets : sequence of TargetResult
        Targets beside what was reached.
    load : mapping of str to Load
        Loads by section.

    Returns
    -------
    tuple of str
        One sentence each.
    """
    found = [missed(problem, stage, table, target) for target in targets if not target.met]
    found += _overload(problem, stage, table)
    found += _crud(problem, stage)
    found += foreseen(problem.cascade, problem.system)
    found += _phase_ratios(stage)
    found += _validity(problem, stage)
    ion = problem.components[-1] if problem.plan.base_component >= 0 else None
    present = elements_present(problem.cascade)
    elements = tuple(symbol for symbol in problem.cascade.elements if symbol in present)
    found += _unverified(problem.system, elements, ion)
    return tuple(found)


@remembered
def _unverified(system: SystemFile, elements: tuple[str, ...], ion: str | None) -> tuple[str, ...]:
    """Numbers that nobody could check, one line each."""
    return tuple(f"unverified number: {text}" for text in evidence.unverified(system, elements, ion))


def _overload(problem: Problem, stage: Stages, table: Mapping[str, Stream]) -> list[str]:
    """Organic beyond what the extractant can bind, and base beyond what is free."""
    found = []
    worst = int(np.argmax(stage.loading_fraction))
    if stage.loading_fraction[worst] > 1.0:
        found.append(
            f"stage {stage.place(worst)}: organic loading at {stage.loading_fraction[worst]:.0%} of capacity "
            f"({problem.law.loading_s:g} extractant per metal); a plant would see a third phase or gel"
        )
    held = table[ORGANIC_IN].concentration_mol_L
    bound = math.fsum(s * held[name] for name, s in zip(problem.components, problem.law.s, strict=True))
    capacity = problem.chemistry.extractant
    if bound > FULL * capacity:
        found.append(
            f"{ORGANIC_IN}: base and metals left by stripping claim all of the extractant, so part of the base is not "
            "taken up; lower the base, or strip further"
        )
    return found


def _phase_ratios(stage: Stages) -> list[str]:
    """Phase ratios at which no mixer is run, and what would have to be recycled inside to run one."""
    found = []
    with np.errstate(all="ignore"):
        ratio = stage.organic_m3_h / stage.aqueous_m3_h
    for section in dict.fromkeys(stage.section):
        here = [j for j, name in enumerate(stage.section) if name == section]
        for j, phase in (
            (max(here, key=lambda j: ratio[j]), "aqueous"),
            (min(here, key=lambda j: ratio[j]), "organic"),
        ):
            skewed = float(ratio[j] if phase == "aqueous" else 1.0 / ratio[j])
            if skewed > MOST_SKEWED and math.isfinite(skewed):
                again = skewed / IN_MIXER - 1.0
                found.append(
                    f"stage {stage.place(j)}: O/A of {ratio[j]:.3g}, and mixers run at {1.0 / IN_MIXER:g} to "
                    f"{IN_MIXER:g}: {again:.3g} times the {phase} would have to come back from the settler; change the "
                    "flows"
                )
    return found


def _crud(problem: Problem, stage: Stages) -> list[str]:
    """Stages in which a rare earth would precipitate as hydroxide."""
    pH = stage.pH
    found = []
    for row, name in enumerate(problem.components):
        if not (pH > WATCHED_pH).any() or name not in ELEMENTS:
            continue
        onset = hydroxide_onset_pH(name, 1.0)
        if onset is None:
            continue
        limit = onset - np.log10(np.maximum(stage.aqueous_mol_L[:, row], 1e-30)) / 3.0
        above = np.flatnonzero((pH > limit) & (stage.aqueous_mol_L[:, row] > 1e-9))
        if above.size:
            worst = int(above[np.argmax(pH[above] - limit[above])])
            found.append(
                f"stage {stage.place(worst)}: pH {pH[worst]:.2f} is above {limit[worst]:.2f}, where {name}(OH)3 begins "
                f"to precipitate; a plant would make crud there ({above.size} stages)"
            )
    return found


def _validity(problem: Problem, stage: Stages) -> list[str]:
    """Quantities outside the box that the data cover, one short line each."""
    formal = problem.cascade.organic.extractant_mol_L
    rows = {name: row for row, name in enumerate(problem.components) if name in ELEMENTS}
    rare = [row for name, row in rows.items() if ELEMENTS[name].is_rare_earth]
    most = int(np.argmax(stage.organic_mol_L[:, rare].sum(axis=1)))
    stripping = {part.name for part in problem.cascade.section if part.kind == "stripping"}
    strips = [j for j, name in enumerate(stage.section) if name in stripping]
    acid = {}
    if strips:
        entering = stage.organic_mol_L[max(strips[0] - 1, 0)]
        total = float(entering[rare].sum())
        strongest = float(stage.proton_mol_L[strips].max())
        acid = {name: strongest for name, row in rows.items() if entering[row] > SHARE * total}
    findings = evidence.validity_findings(
        problem.system,
        extractant_mol_L=formal,
        temperature_C=problem.cascade.organic.temperature_C,
        pH=(float(stage.pH.min()), float(stage.pH.max())),
        acid_mol_L=float(stage.proton_mol_L.max()),
        aqueous_mol_L=float(stage.aqueous_mol_L[:, rare].sum(axis=1).max()),
        loading_mol_per_mol={name: float(stage.organic_mol_L[most, row]) / formal for name, row in rows.items()},
        acid_by_element_mol_L=acid,
    )
    return [
        str(found) if found.cure else f"{found.place}: {found.offence} (data: {found.allowed})" for found in findings
    ]
