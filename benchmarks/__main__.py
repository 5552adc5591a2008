"""Print one table of measurements and write it as JSON: ``make bench`` or ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measures import MEASURES, Figures

__all__ = ["main"]

DEFAULT_FILE = Path("out/benchmarks.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when every group could be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").split(":")[0])
    parser.add_argument("--quick", action="store_true", help="smallest sizes: does everything run?")
    parser.add_argument("--only", help=f"groups with commas: {', '.join(MEASURES)}")
    parser.add_argument("--json", type=Path, default=DEFAULT_FILE, help=f"file for the figures ({DEFAULT_FILE})")
    asked = parser.parse_args(arguments)
    wanted = asked.only.split(",") if asked.only else list(MEASURES)
    unknown = sorted(set(wanted) - set(MEASURES))
    if unknown:
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    print(f"{'python':66s} {platform.python_version()} on {os.cpu_count()} processors, {platform.machine()}")
    groups: dict[str, Figures] = {}
    failed = False
    for name in wanted:
        print(f"\n{name}: {MEASURES[name].__doc__}")
        began = time.perf_counter()
        try:
            groups[name] = MEASURES[name](asked.quick)
        except RuntimeError as error:  # a cascade that is not solved is a result too, and the others are still wanted
            groups[name] = {"failed": str(error)}
            failed = True
        for figure, value in groups[name].items():
            print(f"  {figure:64s} {f'{value:.4g}' if isinstance(value, float) else value}")
        print(f"  ({time.perf_counter() - began:.1f} s)", flush=True)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps({"quick": asked.quick, **groups}, indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
