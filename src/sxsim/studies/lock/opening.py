"""Opening an operator's cascade: rigorous start-ups, how it is held, and the money until it is on specification."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition.startup_tables import Policy
from sxsim.economics import Cost
from sxsim.errors import SxsimError
from sxsim.foundation.freezing import Record
from sxsim.sizing.task import numbered
from sxsim.startup import StartUp, start_up

__all__ = ["Loss", "Opening", "Way", "held_untrimmed", "loss_of", "open_by"]

HOURS_A_DAY = 24.0
HOURS_A_YEAR = 8760.0


@dataclass(frozen=True, slots=True)
class Way:
    """A policy of starting up, with its total reflux where one is set [h]."""

    policy: Policy
    reflux_h: float | None = None

    @property
    def name(self) -> str:
        """As people write it."""
        return self.policy if self.reflux_h is None else f"{self.policy}, {self.reflux_h:g} h of total reflux"


@dataclass(frozen=True, slots=True, eq=False)
class Opening(Record):
    """A start-up as it was run, and the time scales of theory beside it.

    Attributes
    ----------
    way : str
        Policy.
    first_h, lasting_h : float or None
        When both products first meet what start-up accepts, and from when they do until the end; None for not within
        the run [h].
    run_h : float
        How long it was followed [h].
    off_spec_kg : float
        Rare earths that left below specification [kg oxide].
    tau_1_h, tau_2_h : float or None
        Slowest relaxation times, of the linearised model [h].
    tau_1_theory_h : float
        M/(I ln Sep), the closed form of the slowest [h].
    stage_h : float
        Residence time of a stage, the mean of extraction and scrubbing [h].
    tried : mapping of str to float or None
        Lasting time of every policy that was run [h].
    """

    way: str
    first_h: float | None
    lasting_h: float | None
    run_h: float
    off_spec_kg: float
    tau_1_h: float | None
    tau_2_h: float | None
    tau_1_theory_h: float
    stage_h: float
    tried: dict[str, float | None]

    @property
    def charged_h(self) -> float:
        """Time that is charged: until specification for good, else all of the run [h]."""
        return self.lasting_h if self.lasting_h is not None else self.run_h


def open_by(result: Result, ways: Sequence[Way], days: float, impurity_factor: float) -> Opening:
    """Run start-ups of one cascade and keep the one that is on specification for good first.

    Parameters
    ----------
    result : Result
        Its steady state.
    ways : sequence of Way
        What is tried.
    days : float
        Length of each run [d].
    impurity_factor : float
        Impurity that counts as reached, of what the targets leave [-].

    Raises
    ------
    InputError, ConvergenceError
        As `start_up`, when none of them can be carried out.
    """
    typed = result.solved_cascade.model_copy(update={"solve": None})
    runs: dict[str, StartUp] = {}
    tried: dict[str, float | None] = {}
    failed: SxsimError | None = None
    for way in ways:
        changes = {"startup.impurity_factor": impurity_factor, "startup.days": days}
        if way.reflux_h is not None:
            changes["startup.reflux_h"] = way.reflux_h
        try:
            runs[way.name] = start_up(typed.replace(changes), policy=way.policy, days=days)
        except SxsimError as error:
            failed, tried[way.name] = error, None
            continue
        tried[way.name] = runs[way.name].lasting_spec_h
    if not runs:
        assert failed is not None
        raise failed
    name = min(runs, key=lambda each: (runs[each].lasting_spec_h or float("inf"), runs[each].off_spec_kg))
    run = runs[name]
    scales = run.scales
    return Opening(
        way=name,
        first_h=run.time_to_spec_h,
        lasting_h=run.lasting_spec_h,
        run_h=float(run.log.time[-1]),
        off_spec_kg=run.off_spec_kg,
        tau_1_h=scales.tau_1_h,
        tau_2_h=scales.tau_2_h,
        tau_1_theory_h=scales.tau_1_formula_h,
        stage_h=scales.stage_residence_h,
        tried=tried,
    )


def held_untrimmed(result: Result, scrub: str, error: float) -> float | None:
    """How many times the impurity that its target leaves the worse product has when the scrub is off for good [-].

    Parameters
    ----------
    result : Result
        A solved cascade.
    scrub : str
        Name of the scrub stream.
    error : float
        Lasting relative error of its flow, tried to either side [-].

    Returns
    -------
    float or None
        None where there is no such steady state.
    """
    typed = result.solved_cascade
    flow = typed.stream[scrub].flow_m3_h
    assert isinstance(flow, float)
    worst = 0.0
    for sign in (-1.0, 1.0):
        moved = numbered(typed, {f"stream.{scrub}.flow_m3_h": flow * (1.0 + sign * error)}, ())
        try:
            found = steady_state(moved, start=result)
        except SxsimError:
            return None
        for target in moved.target:
            if target.purity_min is not None:
                impurity = 1.0 - math.fsum(found.purity(target.stream, symbol) for symbol in target.symbols)
                worst = max(worst, impurity / (1.0 - target.purity_min))
    return worst


@dataclass(frozen=True, slots=True)
class Loss:
    """Money between the first fill and products on specification.

    Attributes
    ----------
    running_h, idle_h : float
        Hours run without a product to sell, hours stood still [h].
    spent_usd : float
        Cost of these hours: all of it while running, capital alone while idle [USD].
    sales_missed_usd : float
        What the oxides would have fetched, feed not paid [USD].
    at_least : bool
        Whether the start-up was not on specification when its run ended, so that time and money are lower bounds.
    """

    running_h: float
    idle_h: float
    spent_usd: float
    sales_missed_usd: float
    at_least: bool

    @property
    def days(self) -> float:
        """From the first fill [d]."""
        return (self.running_h + self.idle_h) / HOURS_A_DAY


def loss_of(cost: Cost, sales_usd_h: float, opening: Opening, trial_h: float, idle_h: float) -> Loss:
    """Price the time until specification.

    Parameters
    ----------
    cost : Cost
        Of the cascade at last.
    sales_usd_h : float
        What its oxides fetch in an hour [USD/h].
    opening : Opening
        Its start-up.
    trial_h, idle_h : float
        Running before the shortfall was believed, and standing still for the stages that were added [h].

    Returns
    -------
    Loss
        Cost a running hour is that of a year over its operating hours; an idle one that of capital over 8760 h.
    """
    hours = cost.basis["operating_h_per_y"].value
    capital = cost.breakdown_usd_per_kg_oxide.get("capital", 0.0) * cost.oxide_kg_per_y
    running_h = trial_h + opening.charged_h
    return Loss(
        running_h=running_h,
        idle_h=idle_h,
        spent_usd=running_h * cost.usd_per_y / hours + idle_h * capital / HOURS_A_YEAR,
        sales_missed_usd=sales_usd_h * (running_h + idle_h * hours / HOURS_A_YEAR),
        at_least=opening.lasting_h is None,
    )
