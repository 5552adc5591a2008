"""What has to fit together in the `[startup]` table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.errors import Finding
from sxsim.foundation.suggestions import one_of

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade

__all__ = ["operable_paths", "startup_findings"]

VOLUMES = ("mixer_aqueous_m3", "mixer_organic_m3", "settler_aqueous_m3", "settler_organic_m3")
RULES = ("mixer_residence_min", "settler_flux_m3_h_m2", "settler_depth_m")


def operable_paths(cascade: Cascade) -> list[str]:
    """Return the paths that an event may change while the cascade runs.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of str
        Flows, acids, assays and saponification that have a value, and shares of splits.
    """
    keys = ("flow_m3_h", "saponified_fraction", "base_kmol_h")
    paths = [f"organic.{key}" for key in keys if getattr(cascade.organic, key) is not None]
    for name, stream in cascade.stream.items():
        paths += [
            f"stream.{name}.{key}" for key in ("flow_m3_h", "pH", "acid_mol_L") if getattr(stream, key) is not None
        ]
        for table in ("assay_g_L", "assay_mol_L"):
            paths += [f"stream.{name}.{table}.{element}" for element in getattr(stream, table)]
    paths += [f"split.{split.from_}.fraction" for split in cascade.split]
    return paths + [f"draw.{draw.name}.flow_m3_h" for draw in cascade.draw]


def startup_findings(cascade: Cascade) -> list[Finding]:
    """Return what is wrong with the start-up: places, events and hold-ups.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Empty without `[startup]`.
    """
    if cascade.startup is None:
        return []
    return [*_events(cascade), *_controller(cascade), *_hold_up(cascade)]


def _events(cascade: Cascade) -> list[Finding]:
    """Events on paths that do not exist, or without exactly one new value."""
    findings, paths = [], operable_paths(cascade)
    events = cascade.startup.event if cascade.startup is not None else ()
    for number, event in enumerate(events, start=1):
        place = f"startup.event.{number}"
        if event.path not in paths:
            cure = one_of(event.path, paths)
            findings.append(Finding(f"{place}.path", f"{event.path!r} cannot change in a run", ", ".join(paths), cure))
        given = [key for key in ("to", "factor", "drift_per_day") if getattr(event, key) is not None]
        if len(given) != 1:
            offence = f"{' and '.join(given)} in one event" if given else "an event without a new value"
            findings.append(Finding(place, offence, "exactly one of to, factor, drift_per_day", "say what changes"))
        elif given == ["drift_per_day"] and event.over_h == 0.0:
            findings.append(Finding(f"{place}.over_h", "a drift of no duration", "above 0 h", "say how long it drifts"))
        elif event.drift_per_day is not None and 1.0 + event.drift_per_day * event.over_h / 24.0 < 0.0:
            findings.append(
                Finding(
                    f"{place}.drift_per_day",
                    "drifts below zero",
                    "at least 0 to the end of the run",
                    "make it shorter or the drift smaller",
                )
            )
    return findings


def _controller(cascade: Cascade) -> list[Finding]:
    """A monitored stage that does not exist."""
    controller = cascade.startup.controller if cascade.startup is not None else None
    if controller is None or (controller.section is None and controller.stage is None):
        return []
    names = [section.name for section in cascade.section]
    place = "startup.controller"
    if controller.section is None or controller.stage is None:
        missing = "section" if controller.section is None else "stage"
        return [
            Finding(
                f"{place}.{missing}",
                "missing",
                "a section and a stage of it",
                "say section and stage, or neither for the steepest",
            )
        ]
    if controller.section not in names:
        cure = one_of(controller.section, names)
        return [Finding(f"{place}.section", f"no section named {controller.section!r}", ", ".join(names), cure)]
    stages = cascade.section[names.index(controller.section)].stages
    if isinstance(stages, int) and controller.stage > stages:
        offence = f"stage {controller.stage} of {controller.section!r}, which has {stages}"
        return [Finding(f"{place}.stage", offence, f"1 to {stages}", "stages count from 1 along the organic")]
    return []


def _hold_up(cascade: Cascade) -> list[Finding]:
    """Volumes given in part, or beside the rules that would give them."""
    hold_up = cascade.startup.hold_up if cascade.startup is not None else None
    given = [key for key in VOLUMES if getattr(hold_up, key, None) is not None]
    rules = [key for key in RULES if getattr(hold_up, key, None) is not None]
    if not given:
        return []
    if rules:
        cure = "give the volumes or the rules of sizing"
        return [Finding(f"startup.hold_up.{rules[0]}", f"stands beside {given[0]}", "one of the two", cure)]
    missing = [key for key in VOLUMES if key not in given]
    if not missing:
        return []
    return [
        Finding(f"startup.hold_up.{missing[0]}", f"missing beside {given[0]}", "above 0 m3", "give all four volumes")
    ]
