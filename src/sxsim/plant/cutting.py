"""A cut of a train, tuned for what arrives: its targets met whatever flows are typed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sxsim.cascade.solving import steady_state
from sxsim.chemistry.parameters import ladder
from sxsim.elements import ELEMENTS
from sxsim.errors import ConvergenceError, Finding, InputError, UnreachableTarget
from sxsim.plant.cascades import ORGANIC, build, organic_outlet, system_of
from sxsim.plant.flow import Flow
from sxsim.plant.retuning import Tuning, strip_streams, tuned
from sxsim.processes import CHARGES

if TYPE_CHECKING:
    from sxsim.cascade import Result
    from sxsim.definition import Cascade
    from sxsim.plant.tables import TrainCascade

__all__ = ["CutRefused", "solve_unit", "with_present_targets"]

MORE_ACID = (1.1, 1.25, 1.5, 2.0)
"""Factors on a typed strip acid that are tried where it is what keeps a cut from its targets."""
LIKELY = 1.25
"""The factor that is tried first; a search that finds is quick, one that does not is slow."""
LEAST_ACID = 1.02
"""Acid of a strip over what the metals that are meant for it take up; less is not tried when it is raised [-]."""
LOST_IN_BRINE = 1e-3
"""Share of the rare earths arriving that a soap section may throw away before less is led back to it [-]."""
JUST_BELOW = 0.999
SOAP_ROUNDS = 4


class CutRefused(UnreachableTarget):
    """A cut of a train that cannot meet its targets for what arrives.

    Attributes
    ----------
    name : str
        The cut.
    cascade : Cascade
        Its definition for what arrives.
    refusal : UnreachableTarget
        What the search said of it.
    note : str
        What the train adds.
    in_loop : bool
        Whether what builds up in a recycle is the cause: then changes of the cut are no cure.
    """

    def __init__(
        self, name: str, cascade: Cascade, refusal: UnreachableTarget, note: str = "", in_loop: bool = False
    ) -> None:
        super().__init__(
            f"cascade {name!r}{f' ({note})' if note else ''}: {refusal.diagnosis}",
            refusal.result,
            proof=refusal.proof,
            best=refusal.best,
            cures=refusal.cures,
        )
        self.name, self.cascade, self.refusal, self.note = name, cascade, refusal, note
        self.in_loop = in_loop

    def noted(self, grown: str) -> CutRefused:
        """The same, with what has built up in a recycle."""
        note = "; ".join(part for part in (self.note, grown) if part)
        return CutRefused(self.name, self.cascade, self.refusal, note, in_loop=True)

    def cured(self) -> CutRefused:
        """The same with the changes of the cut that were tried and help."""
        from sxsim.cascade.cures import with_cures

        return CutRefused(self.name, self.cascade, with_cures(self.cascade, self.refusal), self.note)


def solve_unit(
    entry: TrainCascade,
    data: Mapping[str, Any],
    arriving: Mapping[str, Flow],
    elements: Iterable[str],
    start: Result | None,
    tuning: Tuning,
    final: bool,
) -> Result:
    """Solve one cascade for what arrives; a cut that is asked for targets meets them, whatever flows are typed.

    Parameters
    ----------
    entry : TrainCascade
        Its entry in the train.
    data : mapping
        Its tables.
    arriving : mapping of str to Flow
        What enters, by inlet.
    elements : iterable of str
        Elements to follow.
    start : Result or None
        An earlier answer; a cascade without targets starts from it.
    tuning : Tuning
        What is changed of the tables; more is written into it where the cut takes that to meet its targets.
    final : bool
        False in the rounds of a recycle: then the first answer does, and the soap is left as it is.

    Returns
    -------
    Result
        Converged; of a cut with targets, all met.

    Raises
    ------
    InputError
        The cascade has findings.
    CutRefused
        Its targets are out of reach, also with up to twice the strip acid.
    ConvergenceError
        It has no steady state; the message names the cascade.

    Notes
    -----
    Strip acid and the raffinate that goes back to a soap section are typed for one composition. With more metal to
    strip the acid is raised until the targets are met, by the first of `MORE_ACID` that does. Where a soap section
    throws rare earths away, less is led back to it.
    """
    followed = list(elements)
    data = with_present_targets(entry, data, followed)
    cascade = build(entry, tuned(data, tuning, entry.inlet), arriving, followed)
    if not cascade.free:
        return _simulated(entry, cascade, start)
    found = _reached(entry, data, arriving, followed, tuning, final)
    for _ in range(SOAP_ROUNDS if final else 0):
        if not _less_to_soap(found, arriving, tuning):
            break
        found = _reached(entry, data, arriving, followed, tuning, final)
    return found


def _simulated(entry: TrainCascade, cascade: Cascade, start: Result | None) -> Result:
    """A cascade at its typed flows, from a neighbour where that leads there."""
    if start is not None:
        try:
            return steady_state(cascade, start=start)
        except ConvergenceError:
            pass  # the neighbour is too far away: begin anew
    try:
        return steady_state(cascade)
    except ConvergenceError as error:
        raise type(error)(f"cascade {entry.name!r}: {error.diagnosis}", error.result) from None


def _reached(
    entry: TrainCascade,
    data: Mapping[str, Any],
    arriving: Mapping[str, Flow],
    followed: list[str],
    tuning: Tuning,
    final: bool,
) -> Result:
    """The cut with its targets met, by more strip acid where it takes that."""
    acids = strip_streams(data, entry.inlet)
    as_it_was = tuning.strip

    def at(factor: float) -> Result:
        tuning.strip = factor
        cascade = build(entry, tuned(data, tuning, entry.inlet), arriving, followed)
        try:
            return steady_state(cascade, check=final)
        except UnreachableTarget as refusal:
            raise CutRefused(entry.name, cascade, refusal, _note(tuning)) from None
        except ConvergenceError as error:
            raise type(error)(f"cascade {entry.name!r}: {error.diagnosis}", error.result) from None

    try:
        return at(as_it_was)
    except CutRefused as refused:
        if not acids:
            raise
        least = max(as_it_was, _least_acid(data, arriving, followed, acids))
        more = [factor for factor in MORE_ACID if factor > least]
        for probe in sorted(more, key=lambda factor: abs(factor - LIKELY)):
            with suppress(ConvergenceError):
                helps = at(probe)
                break
        else:
            tuning.strip = as_it_was
            raise refused from None
    for factor in more:
        if factor < probe:
            with suppress(ConvergenceError):
                return at(factor)
    tuning.strip = probe
    return helps


def _note(tuning: Tuning) -> str:
    """For which products the targets of a cut were tightened."""
    products = list(dict.fromkeys(name for names in tuning.why.values() for name in names))
    return f"tightened for {', '.join(map(repr, products))}" if products else ""


def _least_acid(data: Mapping[str, Any], arriving: Mapping[str, Flow], followed: list[str], acids: list[str]) -> float:
    """Factor on the strip acids below which they can hardly take the metals that are meant for them [-].

    Metals leave the organic for at least as many protons as they have charges; those meant for the strip are the ones
    from the least extracted that a target wants there.
    """
    system = system_of(data)
    up = [place for target in data.get("target", ()) if (place := _meant_up(data, target, followed)) is not None]
    if system is None or not up or system.law.protons_released <= 0.0:
        return 1.0
    order = list(ladder(system, followed))
    metals = order[min(order.index(name) for name in up) :]
    taken = math.fsum(
        CHARGES[name] * flow.amount_kmol_h.get(name, 0.0)
        for inlet, flow in arriving.items()
        if inlet != ORGANIC
        for name in metals
    )
    given = math.fsum(
        float(data["stream"][name]["flow_m3_h"]) * float(data["stream"][name].get("acid_mol_L", 0.0)) for name in acids
    )
    return LEAST_ACID * taken / given if given > 0.0 else 1.0


def _meant_up(data: Mapping[str, Any], target: Mapping[str, Any], followed: list[str]) -> str | None:
    """The element of a target that is wanted in a strip liquor."""
    wanted = target.get("element")
    least = target.get("purity_min") is not None or target.get("recovery_min") is not None
    return wanted if least and wanted in followed and _from_organic(data, target) else None


def _from_organic(data: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    """Whether the product of a target is of the organic's side of the cut."""
    kinds = {part.get("aqueous_out"): part.get("kind") for part in data.get("section", ())}
    stream = target.get("stream")
    return kinds.get(stream) == "stripping" or stream == organic_outlet(data)


def with_present_targets(entry: TrainCascade, data: Mapping[str, Any], followed: list[str]) -> dict[str, Any]:
    """Tables whose targets are about elements that arrive: the next on the same side instead of one that does not.

    Parameters
    ----------
    entry : TrainCascade
        Entry of the cascade in the train.
    data : mapping
        Its tables.
    followed : list of str
        What arrives.

    Returns
    -------
    dict
        The same where every element arrives.

    Raises
    ------
    InputError
        Nothing arrives of the one side of the cut; the finding names it.
    """
    system = system_of(data)
    targets = list(data.get("target", ()))
    absent = [place for place, each in enumerate(targets) if each.get("element") not in (None, *followed)]
    if not absent or system is None:
        return dict(data)
    known = list(
        ladder(system, [name for name in ELEMENTS if name in system.elements and ELEMENTS[name].is_rare_earth])
    )
    for place in absent:
        element, stream = targets[place]["element"], targets[place]["stream"]
        if element not in known:
            continue  # a finding of the cascade says so
        at = known.index(element)
        side = known[at:] if _from_organic(data, targets[place]) else known[at::-1]
        instead = next((name for name in side if name in followed), None)
        if instead is None:
            offence = f"neither {element} nor anything beyond it arrives, so that there is nothing to part"
            cure = "take the cascade and its product out of the train"
            raise InputError(
                Finding(
                    f"cascade.{entry.name}.target.{stream}.{element}",
                    offence,
                    "a target that the cascade can reach",
                    cure,
                )
            )
        targets[place] = {**targets[place], "element": instead}
    return {**data, "target": targets}


def _less_to_soap(result: Result, arriving: Mapping[str, Flow], tuning: Tuning) -> bool:
    """Lead less back to a soap section that throws rare earths away; whether there was reason to."""
    changed = False
    rare = result.cascade.elements
    enters = math.fsum(math.fsum(flow.rare_earths_kmol_h.values()) for flow in arriving.values())
    soaps = {part.aqueous_in: part.aqueous_out for part in result.cascade.section if part.kind == "soap"}
    for split in result.cascade.split:
        brine = soaps.get(split.to)
        if brine is None or brine not in result.stream:
            continue
        lost = math.fsum(result.stream[brine].amount_kmol_h(name) for name in rare)
        if lost <= LOST_IN_BRINE * enters:
            continue
        kept = math.fsum(result.stream[split.from_].amount_kmol_h(name) for name in rare)
        back = kept * split.fraction / (1.0 - split.fraction)
        tuning.split[split.from_] = split.fraction * max(0.5, JUST_BELOW * (1.0 - lost / back))
        changed = True
    return changed
