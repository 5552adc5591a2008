"""The `[startup]` table: how a cascade is filled, opened, disturbed and steered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sxsim.definition.values import Listed, NotNegative, Positive, Stages, Table

__all__ = ["POLICIES", "Controller", "Event", "HoldUp", "Policy", "Startup"]

Policy = Literal["open", "organic-first", "reflux", "one-sided", "matched-reflux", "feedback"]

POLICIES: dict[Policy, str] = {
    "open": "fill with feed and open",
    "organic-first": "fill with organic and metal-free liquors, then feed",
    "reflux": "fill with feed, total reflux, then open",
    "one-sided": "fill with feed, withdraw one product until the inventory matches, then open",
    "matched-reflux": "fill with the inventory of the steady state, total reflux, then open",
    "feedback": "fill with feed and open, the product split steered by a monitored stage",
}
"""What each policy does, in one line."""


class HoldUp(Table):
    """What the stages hold; what is left out comes from cited rules of sizing.

    Attributes
    ----------
    model : {"mixer-settler", "lumped"}
        A mixer at equilibrium and settlers that only hold, or all of a stage at equilibrium.
    mixer_residence_min, settler_flux_m3_h_m2, settler_depth_m : float or None
        Rules of sizing: residence time [min], flow per area [m3/(h m2)], depth of both layers [m].
    mixer_aqueous_m3, mixer_organic_m3 : float or None
        Each phase in every mixer, instead of the rules [m3]; with the two settler volumes.
    settler_aqueous_m3, settler_organic_m3 : float or None
        Each phase in every settler, instead of the rules [m3].
    settler_cells : int
        Well-mixed cells in a row that a settled phase passes; 1 to 10.
    mixer_phases : {"fixed", "as-mixed"}
        What a change of flow does to the mixers: each phase keeps its volume and flows pass at once, or the mixture
        overflows as it is, so that phase ratios follow the flows and flows lag by the residence times.
    """

    model: Literal["mixer-settler", "lumped"] = "mixer-settler"
    mixer_residence_min: Positive | None = None
    settler_flux_m3_h_m2: Positive | None = None
    settler_depth_m: Positive | None = None
    mixer_aqueous_m3: Positive | None = None
    mixer_organic_m3: Positive | None = None
    settler_aqueous_m3: Positive | None = None
    settler_organic_m3: Positive | None = None
    settler_cells: Annotated[int, Field(ge=1, le=10)] = 1
    mixer_phases: Literal["fixed", "as-mixed"] = "fixed"


class Controller(Table):
    """A PI controller of the product split.

    Attributes
    ----------
    section, stage : str, int or None
        Monitored stage, counted from 1 along the organic; None takes the steepest of the profile.
    adjusts : {"scrub", "organic"}
        Flow that is changed.
    gain : float or None
        Change of the share of the feed that leaves with the organic, per change of the monitored mole fraction [-];
        None lets the model choose, and the integral time with it.
    integral_h : float or None
        Integral time [h]; None beside a gain leaves the integral part out.
    sample_h, delay_h : float
        Time between samples, and from a sample to its answer [h].
    noise : float
        Standard deviation of an analysis, absolute mole fraction [-].
    seed : int
        Start of the random numbers.
    """

    section: str | None = None
    stage: Stages | None = None
    adjusts: Literal["scrub", "organic"] = "scrub"
    gain: Positive | None = None
    integral_h: Positive | None = None
    sample_h: Positive = 4.0
    delay_h: NotNegative = 2.0
    noise: NotNegative = 0.0
    seed: Annotated[int, Field(ge=0)] = 0


class Event(Table):
    """A step, a ramp or a drift of one quantity.

    Attributes
    ----------
    path : str
        What changes: a flow, an acid, an assay, the saponification, the share of a split.
    at_h : float
        When [h].
    to : float or None
        New value, in the unit of the path.
    factor : float or None
        New value beside the one before.
    drift_per_day : float or None
        Relative change a day from then on, as of a pump that is not trimmed [1/d].
    over_h : float
        Duration of the change [h]; 0 for a step.
    """

    path: str
    at_h: NotNegative
    to: NotNegative | None = None
    factor: NotNegative | None = None
    drift_per_day: float | None = None
    over_h: NotNegative = 0.0


class Startup(Table):
    """How the cascade is brought to its steady state.

    Attributes
    ----------
    policy : str
        One of `POLICIES`.
    days : float
        Length of the run [d].
    tolerance : float
        Relative error that a step may make.
    reflux_h : float or None
        Duration of a total reflux [h]; None ends it when both ends of the profile meet specification.
    check_h : float
        Time between looks at a profile, on which reflux and one-sided withdrawal end [h].
    impurity_factor : float
        Impurity that a start-up accepts, in multiples of what a target leaves; a cascade that is designed to its
        targets exactly reaches them only in the end, so 2 is a fair question where 1 has no answer.
    hold_up : HoldUp
        What the stages hold.
    controller : Controller
        Of the policy `feedback`.
    event : tuple of Event
        Disturbances.
    """

    policy: Policy = "open"
    days: Annotated[float, Field(gt=0.0, le=36500.0)] = 30.0
    tolerance: Annotated[float, Field(ge=1e-9, le=1e-2)] = 1e-4
    reflux_h: NotNegative | None = None
    check_h: Positive = 2.0
    impurity_factor: Annotated[float, Field(ge=1.0, le=100.0)] = 1.0
    hold_up: HoldUp = Field(default_factory=HoldUp)
    controller: Controller = Field(default_factory=Controller)
    event: Annotated[tuple[Event, ...], Listed] = ()
