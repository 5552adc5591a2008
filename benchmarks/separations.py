"""Separations that others ran or simulated, posed to this program: ``python -m benchmarks.separations``.

What was reported is quoted; what had to be assumed is named, as is what keeps the two from being the same. Each row is
the least organic that `sxsim.solve` finds, at the stages that were given or at the fewest that do.
``--markdown FILE`` writes the tables of docs/separations.md, ``--json FILE`` the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.posing import Row, Separation, posed
from benchmarks.separations_posed import NOT_POSED, SEPARATIONS
from sxsim.definition import load

__all__ = ["SEPARATIONS", "Row", "Separation", "main", "posed"]


def _markdown(told: Sequence[tuple[Separation, list[Row]]]) -> str:
    lines = []
    for separation, rows in told:
        lines += [f"### {separation.number}. {separation.title}", ""]
        lines += [f"{separation.source}. Reported: {separation.reported}.", ""]
        lines += ["| posed | stages | organic, m3/h | scrub, m3/h | found | s |", "|---|---|---|---|---|---|"]
        for row in rows:
            flows = " | ".join("-" if flow is None else f"{flow:.4g}" for flow in (row.organic_m3_h, row.scrub_m3_h))
            lines.append(f"| {row.what} | {row.stages} | {flows} | {row.figures} | {row.time_s:.2g} |")
        lines += ["", "Assumed (A): " + "; ".join(separation.assumed) + ".", ""]
        lines += ["Differs: " + "; ".join(separation.differs) + ".", ""]
    lines += ["### Not posed", ""]
    lines += [f"* {number}. {title}: {why}." for number, title, why in NOT_POSED]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when all were posed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.separations", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--only", help="numbers of separations, with commas")
    parser.add_argument("--smallest", action="store_true", help="the first variant of each: does everything run?")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    parser.add_argument("--markdown", type=Path, help="write the tables of docs/separations.md to this file")
    asked = parser.parse_args(arguments)
    only = {int(number) for number in asked.only.split(",")} if asked.only else None
    told = []
    posed(load("nd_pr_p507"))  # loads the machine code
    for separation in SEPARATIONS:
        if only is not None and separation.number not in only:
            continue
        print(f"{separation.number}. {separation.title}: {separation.reported}", flush=True)
        rows = []
        for row in separation.rows(asked.smallest):
            rows.append(row)
            flows = "/".join("-" if flow is None else f"{flow:.4g}" for flow in (row.organic_m3_h, row.scrub_m3_h))
            print(f"   {row.what}: {row.stages} stages, {flows} m3/h, {row.figures} ({row.time_s:.2g} s)", flush=True)
        told.append((separation, rows))
    if asked.json:
        figures = {separation.number: [row._asdict() for row in rows] for separation, rows in told}
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if asked.markdown:
        asked.markdown.write_text(_markdown(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
