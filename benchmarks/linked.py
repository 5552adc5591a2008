"""What linked extraction saves, measured rigorously beside the closed forms: ``python -m benchmarks.linked``."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sxsim.errors import UnreachableTarget
from sxsim.foundation.files import shipped
from sxsim.plant.linked.comparison import Asked, saving

__all__ = ["CASES", "main", "measure", "system_with"]

CASES: dict[str, tuple[dict[str, float], dict[str, float], int]] = {
    "Nd/Pr/Ce, factors of p507-chloride": ({"Nd": 0.3713, "Pr": 0.1842, "Ce": 0.4445}, {}, 360),
    "Nd/Pr/Ce, 1.55 and 2.03": ({"Nd": 0.3713, "Pr": 0.1842, "Ce": 0.4445}, {"Nd/Pr": 1.55, "Pr/Ce": 2.03}, 360),
    "Nd/Pr/Ce, factors of p507-chloride, 240": ({"Nd": 0.3713, "Pr": 0.1842, "Ce": 0.4445}, {}, 240),
    "A/B/C equal, 2 and 2": ({"Nd": 1.0, "Pr": 1.0, "Ce": 1.0}, {"Nd/Pr": 2.0, "Pr/Ce": 2.0}, 240),
    "Nd/Pr/Ce/La, factors of p507-chloride": ({"Nd": 0.17, "Pr": 0.05, "Ce": 0.5, "La": 0.28}, {}, 360),
    "Nd/Pr/Ce/La, 1.5, 2 and 4": (
        {"Nd": 0.17, "Pr": 0.05, "Ce": 0.5, "La": 0.28},
        {"Nd/Pr": 1.5, "Pr/Ce": 2.0, "Ce/La": 4.0},
        480,
    ),
}
"""Feed by moles, separation factors that stand in for the system's, stages of either layout."""


def system_with(factors: dict[str, float], folder: Path) -> str:
    """The p507-chloride system with other separation factors, as a file in a folder; its own name without any."""
    if not factors:
        return "p507-chloride"
    text = shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    for pair, value in factors.items():
        numbers = rf'(pair = "{pair}"\n)value = .*\nlow = .*\nhigh = .*\n'
        text, changed = re.subn(numbers, rf"\g<1>value = {value}\nlow = {value}\nhigh = {value}\n", text)
        assert changed == 1, pair
    path = folder / "p507-chloride.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def measure(
    feed: dict[str, float], factors: dict[str, float], stages: int, figure: float, asked: Asked = "purity"
) -> dict[str, Any]:
    """One case: passes paid for by either layout, both asked for the same, and what the minima promise."""
    with tempfile.TemporaryDirectory() as folder:
        organic = {
            "extractant": "P507",
            "extractant_mol_L": 1.5,
            "saponified_fraction": 0.36,
            "saponifier": "NH4",
            "temperature_C": 25.0,
            "system": system_with(factors, Path(folder)),
        }
        began = time.perf_counter()
        found = saving(feed, organic, total_stages=stages, figure=figure, asked=asked)
    return {
        "stages": stages,
        "asked": asked,
        "order": found.order,
        "failed": dict(found.failed),
        "S_linked": found.S_linked,
        "S_conventional": found.S_conventional,
        "saving": found.measured,
        "S_linked_min": found.theory_linked,
        "S_conventional_min": found.theory_conventional,
        "saving_min": found.theory,
        "closure": found.linked.closure,
        "seconds": time.perf_counter() - began,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table of all cases and write it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linked", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small case: does it run?")
    parser.add_argument("--asked", choices=("purity", "recovery", "both"), default="purity", help="of every product")
    parser.add_argument("--json", type=Path, default=Path("out/linked.json"), help="file for the figures")
    asked = parser.parse_args(arguments)
    figures: tuple[Asked, ...] = ("purity", "recovery")
    head = (
        f"{'case':40s} {'asked':8s} {'stages':>6s} {'linked':>8s} {'apart':>8s} {'saved':>7s} {'theory':>7s} {'s':>6s}"
    )
    print(f"{head}  order")
    told: dict[str, dict[str, Any]] = {}
    for name, (feed, factors, stages) in CASES.items():
        if asked.quick and name != "A/B/C equal, 2 and 2":
            continue
        for figure in figures:
            if asked.asked not in ("both", figure):
                continue
            try:
                row = measure(feed, factors, 60 if asked.quick else stages, 0.97 if asked.quick else 0.999, figure)
            except UnreachableTarget as error:
                print(f"{name:40s} {figure:8s} {stages:6d} {error}", flush=True)
                continue
            told.setdefault(name, {})[figure] = row
            passes = (
                f"{row['S_linked']:8.3f} {row['S_conventional']:8.3f} {row['saving']:7.1%} {row['saving_min']:7.1%}"
            )
            print(
                f"{name:40s} {figure:8s} {row['stages']:6d} {passes} {row['seconds']:6.1f}  {row['order']}", flush=True
            )
            for order, why in row["failed"].items():
                print(f"{'':40s} {order} fails: {why}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
