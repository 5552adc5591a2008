"""The teaching page: from a slider that was moved to the numbers on the page, as the server spends it.

``python -m benchmarks.page`` prints a table and writes ``out/page.json``. The script of the page is run whole, as a
browser's move makes the server run it, at about 100 stages; the limit stands beside the measurement.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sxsim.app.choices import Choice, Told, tell
from sxsim.app.figures import cost_figure, mccabe_thiele_figure, profile_figure
from sxsim.app.rigorous import Worked, work

__all__ = ["choice_of", "main", "parts_s", "rerun_s"]

LIMIT_S = 0.3
PAGE = Path(__file__).parents[1] / "src" / "sxsim" / "app" / "page.py"


def choice_of(stages: int, over: float = 1.2) -> Choice:
    """Nd/Pr with so many stages of extraction and scrubbing [-]."""
    return Choice("Nd/Pr", 0.75, 0.999, 1.5, over, n=stages // 2, m=stages - stages // 2)


def parts_s(stages: int, moves: int) -> dict[str, float]:
    """Least time of each part of a move [s]: theory, rigorous solution and cost, figures."""
    start: Worked | None = None
    best: dict[str, float] = {}
    for move in range(moves + 1):
        choice = choice_of(stages, 1.2 + 0.02 * (move % 5))
        began = time.perf_counter()
        told = tell(choice)
        theory = time.perf_counter()
        start = work(choice, told, start.result if start is not None else None)
        rigorous = time.perf_counter()
        _draw(choice, told, start)
        spent = (theory - began, rigorous - theory, time.perf_counter() - rigorous)
        if move:  # the first loads machine code
            for name, seconds in zip(("theory", "rigorous solution and cost", "figures"), spent, strict=True):
                best[name] = min(best.get(name, seconds), seconds)
    return best


def rerun_s(stages: int, moves: int) -> list[float]:
    """Times of whole reruns of the page's script after a slider was moved [s].

    Raises
    ------
    RuntimeError
        The page shows an error.
    """
    from streamlit.testing.v1 import AppTest

    page: Any = AppTest.from_file(str(PAGE), default_timeout=120.0).run()
    page.toggle(key="counted").set_value(False).run()
    page.slider(key="n").set_value(stages // 2)
    page.slider(key="m").set_value(stages - stages // 2)
    page.run()
    spent = []
    for move in range(moves):
        page.slider(key="over").set_value(round(1.22 + 0.02 * move, 2))
        began = time.perf_counter()
        page.run()
        spent.append(time.perf_counter() - began)
        if page.exception or page.error:
            raise RuntimeError(str([each.value for each in (*page.exception, *page.error)]))
    return spent


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 0 when the limit is kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--stages", type=int, default=100, help="stages of extraction and scrubbing")
    parser.add_argument("--moves", type=int, default=12, help="moves of a slider")
    parser.add_argument("--json", type=Path, default=Path("out/page.json"), help="file for the figures")
    asked = parser.parse_args(arguments)
    figures = {f"{name} [s]": value for name, value in parts_s(asked.stages, asked.moves).items()}
    reruns = sorted(rerun_s(asked.stages, asked.moves))
    figures |= {
        "whole rerun, least [s]": reruns[0],
        "whole rerun, median [s]": reruns[len(reruns) // 2],
        "whole rerun, longest [s]": reruns[-1],
        "limit [s]": LIMIT_S,
    }
    for name, value in figures.items():
        print(f"{name:36s} {value:.4f}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps({"stages": asked.stages, **figures}, indent=1) + "\n", encoding="utf-8")
    return 0 if figures["whole rerun, median [s]"] < LIMIT_S else 1


def _draw(choice: Choice, told: Told, worked: Worked) -> None:
    """The figures of the cut, in the form that goes to the browser."""
    for figure in (mccabe_thiele_figure(choice, told), profile_figure(choice, told, worked), cost_figure(worked)):
        figure.to_json()


if __name__ == "__main__":
    sys.exit(main())
