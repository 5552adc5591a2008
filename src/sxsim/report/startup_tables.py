"""Start-ups as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sxsim.report.layout import MISSING, number, percent, plain_table

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from sxsim.startup import StartUp

__all__ = ["comparison_frame", "comparison_table", "startup_tables"]

HOURS_A_DAY = 24.0


def startup_tables(run: StartUp) -> Iterator[Any]:
    """Products, reagents, time scales and warnings of one start-up."""
    from rich.text import Text

    yield Text(f"{run.steady.cascade.title}: policy {run.policy}, {_days(float(run.time_h[-1]))} days", style="bold")
    head = (
        "product",
        "element",
        "asked %",
        "reached at d",
        "lasting from d",
        "at the end %",
        "off-spec kg",
        "on-spec kg",
    )
    table = plain_table("Products (kg of oxides)", *head)
    for each in run.products:
        table.add_row(
            each.stream,
            each.element,
            percent(each.asked),
            _days(each.reached_h),
            _days(each.lasting_h),
            percent(each.final),
            number(each.off_spec_kg),
            number(each.on_spec_kg),
        )
    yield table
    until = "specification" if run.time_to_spec_h is not None else "the end"
    begin = f"from day {_days(float(run.time_h[0]))} " if run.time_h[0] > 0.0 else ""
    spent = plain_table(f"Spent {begin}until {until}", "what", "amount")
    for name, value in run.spent.items():
        spent.add_row(name, number(value))
    yield spent
    scales = run.scales
    reached = f"after {_days(run.time_to_spec_h)} days" if run.time_to_spec_h is not None else "at no time of this run"
    told = f"All on specification {reached}.  Watch {scales.watch_section} "
    told += f"{scales.watch_stage}.  tau_1 {_days(scales.tau_1_h)} days (formula {_days(scales.tau_1_formula_h)}), "
    told += f"tau_2 {_days(scales.tau_2_h)} days; stage residence {number(scales.stage_residence_h)} h"
    yield Text(told)
    if (tuning := run.tuning) is not None:
        chosen = f"gain {number(tuning.gain)}, integral time {number(tuning.integral_h)} h"
        rest_on = f"dead time {number(tuning.dead_time_h)} h, slope {number(tuning.slope_per_h)} 1/h"
        yield Text(f"Controller as the model chooses it: {chosen} ({rest_on})")
    yield Text(f"in - out - held: {max(run.closure.values()):.1e}; {run.counts['steps']} steps")
    for warning in run.warnings:
        yield Text(f"! {warning}", style="yellow")


def comparison_table(runs: Mapping[Any, StartUp | str]) -> Table:
    """Times to specification of several policies beside each other."""
    head = ("policy", "opened d", "on spec d", "lasting from d", "off-spec kg", "fed kg", "said")
    table = plain_table("Policies (kg of oxides; fed until specification, or the end)", *head)
    for policy, run in runs.items():
        if isinstance(run, str):
            table.add_row(policy, *[MISSING] * 5, run)
            continue
        table.add_row(
            policy,
            _days(run.opened_h),
            _days(run.time_to_spec_h),
            _days(run.lasting_spec_h),
            number(run.off_spec_kg),
            number(run.spent.get("rare_earths_kg_oxide")),
            _said(run),
        )
    return table


def comparison_frame(runs: Mapping[Any, StartUp | str]) -> pd.DataFrame:
    """Return what `comparison_table` shows as a table of numbers, one row a policy.

    Parameters
    ----------
    runs : mapping of str to StartUp or str
        What `compare` gave.

    Returns
    -------
    DataFrame
        `policy`, `status`, times [h], masses [kg oxide], and for each product when it was reached and its last purity.
    """
    import pandas as pd

    rows: list[dict[str, object]] = []
    for policy, run in runs.items():
        if isinstance(run, str):
            rows.append({"policy": policy, "status": f"not carried out: {run}"})
            continue
        row: dict[str, object] = {
            "policy": policy,
            "status": _said(run) or "on specification",
            "opened_h": run.opened_h,
            "time_to_spec_h": run.time_to_spec_h,
            "lasting_spec_h": run.lasting_spec_h,
            "off_spec_kg": run.off_spec_kg,
            "fed_kg": run.spent.get("rare_earths_kg_oxide"),
        }
        for each in run.products:
            row[f"{each.stream}_{each.element}_reached_h"] = each.reached_h
            row[f"{each.stream}_{each.element}_purity"] = each.final
        rows.append(row)
    return pd.DataFrame(rows)


def _said(run: StartUp) -> str:
    """What the times leave unsaid."""
    if run.time_to_spec_h is None:
        return "not on specification"
    return "" if run.lasting_spec_h is not None else "left it again"


def _days(hours: float | None) -> str:
    """Hours told in days."""
    return number(hours / HOURS_A_DAY if hours is not None else None, 3)
