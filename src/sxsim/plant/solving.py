"""Solving a train: unit after unit in the order of its graph, recycles by Anderson acceleration on the cut streams."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.errors import ConvergenceError, InputError, UnreachableTarget
from sxsim.plant.acceleration import settle
from sxsim.plant.cascades import ORGANIC, scaled
from sxsim.plant.cutting import CutRefused, solve_unit, with_present_targets
from sxsim.plant.feeding import Fed, fed
from sxsim.plant.flow import Flow
from sxsim.plant.layout import Layout, layout_of
from sxsim.plant.retuning import Retuned, Tuning, retuned
from sxsim.plant.specification import tighten
from sxsim.plant.steps import StepResult, take_step
from sxsim.plant.travel import arriving_elements, phases
from sxsim.plant.unit import streams_out
from sxsim.processes import process_parameters

if TYPE_CHECKING:
    from sxsim.cascade import Result
    from sxsim.plant.definition import Train
    from sxsim.plant.result import TrainResult

__all__ = ["State", "solve_train"]

TRACE = 1e-13
"""Share of what is fed of an element below which a cascade does not follow it."""
TOLERANCE = 1e-10
"""Largest change of a cut stream at the end, beside what is fed."""
ROUNDS = 60
TIGHTENINGS = 12
"""Times that more is asked of the cuts, at most, before a product is given up."""
SALTS = ("H", "NH4", "Na", "Cl", "NO3", "SO4")


@dataclass(slots=True)
class State:
    """What a walk through the units has found so far.

    Attributes
    ----------
    streams : dict of str to Flow
        Streams.
    cascades, arriving, steps, fed : dict
        Results, what entered each cascade, steps, feeds.
    neglected_kmol_h : dict of str to float
        Traces that cascades did not follow.
    retuned : list of Retuned
        Values of cuts that are not those of the file.
    """

    streams: dict[str, Flow] = field(default_factory=dict)
    cascades: dict[str, Result] = field(default_factory=dict)
    arriving: dict[str, dict[str, Flow]] = field(default_factory=dict)
    steps: dict[str, StepResult] = field(default_factory=dict)
    fed: dict[str, Fed] = field(default_factory=dict)
    neglected_kmol_h: dict[str, float] = field(default_factory=dict)
    retuned: list[Retuned] = field(default_factory=list)


def solve_train(
    train: Train, *, start: TrainResult | None = None, progress: Callable[[str], None] | None = None
) -> TrainResult:
    """Find the steady state of a whole train.

    Parameters
    ----------
    train : Train
        Definition; it stays as it is.
    start : TrainResult, optional
        Solution of a neighbour to start from.
    progress : callable, optional
        Takes a line for each cascade that is solved.

    Returns
    -------
    TrainResult
        Streams, cascades, balances, products.

    Raises
    ------
    InputError
        The train has findings, or a cascade has for what arrives in it.
    ConvergenceError
        A cascade has no steady state, or a recycle does not settle; the message names the cascade, or the element
        that builds up.
    UnreachableTarget
        A cut cannot meet its targets (`.proof`, `.best`, and in `.cures` what was tried and helps), or a product misses
        its specification and no cut that may be asked for more would mend that.

    Notes
    -----
    Units follow each other in the order of the graph. Loops are cut at some streams; what these carry is found by
    Anderson acceleration. A cascade with targets is solved by them for whatever arrives, one without starts from its
    last answer. Where a product misses its specification the cuts that let the impurity through, or lose the metal, are
    asked for more, until every product is met; `TrainResult.retuned` tells each value that is not the file's.

    Examples
    --------
    >>> from sxsim.plant import load_train
    >>> found = solve_train(load_train("nd_pr_in_two_cuts"))
    >>> found.met, found.closure < 1e-8
    (True, True)
    """
    if findings := train.check():
        raise InputError(findings)
    layout = layout_of(train)
    order, cut = layout.order()
    walk = _Walk(train, layout, order, progress or (lambda line: None))
    walk.begin(start)
    try:
        return _to_specification(walk, cut, start)
    except CutRefused as refused:
        raise refused if refused.in_loop else refused.cured() from None


def _to_specification(walk: _Walk, cut: list[str], start: TrainResult | None) -> TrainResult:
    """Solve the train, and ask more of its cuts until every product is what it is to be."""
    from sxsim.plant.result import assemble

    rounds = 0
    found: TrainResult | None = start
    for _ in range(TIGHTENINGS):
        if cut:
            rounds += _with_recycles(walk, cut, found)
        else:
            rounds = 1
            walk.once({})
        found = assemble(walk.train, walk.layout, walk.order, cut, rounds, walk.state)
        if found.met:
            return found
        changed, reasons = tighten(found, walk.tunings)
        if reasons or not changed:
            break
        walk.tell(f"asked more of the cuts for {', '.join(each.name for each in found.products if not each.met)}")
    else:
        missed = [each.name for each in found.products if not each.met] if found is not None else []
        reasons = [
            f"product {name!r} misses its specification after {TIGHTENINGS} times asking more" for name in missed
        ]
    assert found is not None  # the train is solved at least once
    if any(result.cascade.free for result in found.cascades.values()):
        raise UnreachableTarget("; ".join(reasons), found)
    return found  # flows as typed: what they miss is told, and nothing was asked of them


def _with_recycles(walk: _Walk, cut: list[str], start: TrainResult | None) -> int:
    """Find what the cut streams carry; the rounds it took."""
    phase, held = phases(walk.train, walk.layout), arriving_elements(walk.train, walk.layout)
    names = [
        (stream, ion)
        for stream in cut
        for ion in (*sorted(held[stream]), *(SALTS if phase[stream] == "aqueous" else SALTS[1:3]), "")
    ]
    whole = math.fsum(walk.fed_kmol_h.values())
    tolerance = np.array([TOLERANCE * walk.fed_kmol_h.get(ion, whole) for _, ion in names])

    def flows(x: NDArray[np.float64]) -> dict[str, Flow]:
        found: dict[str, dict[str, float]] = {stream: {} for stream in cut}
        for (stream, ion), value in zip(names, x.tolist(), strict=True):
            found[stream][ion] = value
        return {
            stream: Flow(
                stream,
                "organic" if phase[stream] == "organic" else "aqueous",
                each[""],
                {ion: amount for ion, amount in each.items() if ion and amount > 0.0},
            )
            for stream, each in found.items()
        }

    def vector(streams: Mapping[str, Flow]) -> NDArray[np.float64]:
        return np.array(
            [
                (streams[stream].amount_kmol_h.get(ion, 0.0) if ion else streams[stream].flow_m3_h)
                if stream in streams
                else 0.0
                for stream, ion in names
            ]
        )

    def step(x: NDArray[np.float64]) -> NDArray[np.float64]:
        try:
            walk.once(flows(x))
        except ConvergenceError as error:
            grown = _grown(walk, flows(x))
            if isinstance(error, CutRefused):
                raise error.noted(grown.removeprefix("; ")) if grown else error from None
            raise type(error)(f"{error.diagnosis}{grown}", error.result) from None
        return vector(walk.state.streams)

    x = vector(dict(start.streams) if start is not None else _first_guess(walk, cut))
    rounds = 0
    before = {name: tuning.copy() for name, tuning in walk.tunings.items()}
    for walk.final in (False, True):  # the first answer of each cut does until the loop has settled
        walk.tunings = {name: tuning.copy() for name, tuning in before.items()}  # what only a guess took is not kept
        ended = settle(step, x, tolerance, ROUNDS)
        if not ended.converged:
            raise ConvergenceError(_build_up(walk, names, ended.gap / tolerance, ended.x))
        x, rounds = ended.x, rounds + ended.steps
    return rounds


def _first_guess(walk: _Walk, cut: list[str]) -> dict[str, Flow]:
    """Nothing comes round at first, but for an organic: that flows as its cascade types it, without metals."""
    found = {}
    for stream in cut:
        for name, _ in walk.layout.taken_by[stream]:
            if name in walk.entries and walk.entries[name].inlet.get(ORGANIC) == stream:
                flow = walk.layout.tables[name]["organic"].get("flow_m3_h", 0.0)
                found[stream] = Flow(stream, "organic", float(flow), {})
    return found


def _grown(walk: _Walk, flows: Mapping[str, Flow]) -> str:
    """What to add to the message of a cascade that fails inside a recycle; empty on the first round."""
    most, told = 3.0, ""
    for stream, flow in flows.items():
        for element, amount in flow.rare_earths_kmol_h.items():
            times = amount / walk.fed_kmol_h.get(element, math.inf)
            if times > most:
                most = times
                told = f"; the recycle {stream!r} has built up {element} to {times:.3g} times what is fed: bleed it"
    return told


def _build_up(walk: _Walk, names: list[tuple[str, str]], gap: NDArray[np.float64], x: NDArray[np.float64]) -> str:
    """Say which element keeps growing in which recycle, and what to do."""
    worst = max(range(len(names)), key=lambda row: abs(gap[row]) if names[row][1] in walk.fed_kmol_h else 0.0)
    stream, element = names[worst]
    fed_of_it = walk.fed_kmol_h.get(element, 0.0)
    return (
        f"the recycle {stream!r} does not settle: {element} builds up, {x[worst]:.3g} kmol/h go round while "
        f"{fed_of_it:.3g} are fed; give it a way out (a bleed by a step of kind split, a product, or a sharper cut)"
    )


class _Answer(NamedTuple):
    """What a cascade was last solved for, and how; only that again need not be solved."""

    arriving: Mapping[str, Flow]
    tuning: Tuning
    final: bool
    result: Result

    def holds(self, arriving: Mapping[str, Flow], tuning: Tuning, final: bool) -> bool:
        """Whether nothing has changed."""
        return self.final >= final and self.tuning == tuning and self.arriving == arriving


class _Walk:
    """One pass after the other through the units, each cascade starting from its last answer."""

    def __init__(self, train: Train, layout: Layout, order: list[str], tell: Callable[[str], None]) -> None:
        self.train, self.layout, self.order, self.tell = train, layout, order, tell
        self.process = process_parameters()
        self.feeds = {each.name: fed(each, self.process) for each in train.feed}
        self.entries = {each.name: each for each in train.cascade}
        self.steps = {each.name: each for each in train.step}
        self.fed_kmol_h: dict[str, float] = {}
        for each in self.feeds.values():
            for element, amount in each.liquor.rare_earths_kmol_h.items():
                self.fed_kmol_h[element] = self.fed_kmol_h.get(element, 0.0) + amount
        self.last: dict[str, Result] = {}
        self.tunings = {each.name: Tuning() for each in train.cascade}
        self.final = True
        self.answered: dict[str, _Answer] = {}
        self.state = State()

    def begin(self, start: TrainResult | None) -> None:
        """Take the answers of a neighbour to start from."""
        if start is not None:
            self.last.update(start.cascades)

    def once(self, cut: Mapping[str, Flow]) -> None:
        """Solve every unit once, with guesses for the streams that are cut."""
        state = State(streams=dict(cut), fed=self.feeds)
        for name in self.order:
            unit = self.layout.units[name]
            if unit.kind == "feed":
                state.streams[name] = self.feeds[name].liquor
            elif unit.kind == "step":
                entering = [state.streams[stream] for stream in unit.inlet.values()]
                made = take_step(self.steps[name], entering, self.process)
                state.steps[name] = made
                state.streams.update(made.outlets)
            else:
                self._cascade(name, state)
        self.state = state

    def _cascade(self, name: str, state: State) -> None:
        """Solve one cascade."""
        entry, unit = self.entries[name], self.layout.units[name]
        arriving = {inlet: state.streams[stream] for inlet, stream in unit.inlet.items()}
        amounts: dict[str, float] = {}
        for flow in arriving.values():
            for element, amount in flow.rare_earths_kmol_h.items():
                amounts[element] = amounts.get(element, 0.0) + amount
        followed = [each for each in self.fed_kmol_h if amounts.get(each, 0.0) > TRACE * self.fed_kmol_h[each]]
        for element, amount in amounts.items():
            if element not in followed and amount > 0.0:
                state.neglected_kmol_h[element] = state.neglected_kmol_h.get(element, 0.0) + amount
        if not followed:  # nothing has come round yet
            state.streams.update({stream: Flow(stream, "aqueous", 0.0, {}) for stream in unit.outlet.values()})
            return
        table = self.layout.tables[name]
        if entry.reference_kmol_h is not None:
            table = scaled(table, math.fsum(amounts.values()) / entry.reference_kmol_h)
        tuning = self.tunings[name]
        known = self.answered.get(name)
        if known is not None and known.holds(arriving, tuning, self.final):
            result = known.result
        else:
            result = solve_unit(entry, table, arriving, followed, self.last.get(name), tuning, self.final)
            self.answered[name] = _Answer(arriving, tuning.copy(), self.final, result)
            self.tell(f"{name}: {len(followed)} elements, {len(result.stage.section)} stages, {result.method}")
        self.last[name] = result
        state.retuned += retuned(name, with_present_targets(entry, table, followed), tuning, entry.inlet)
        state.cascades[name], state.arriving[name] = result, arriving
        state.streams.update(streams_out(name, result, arriving))
