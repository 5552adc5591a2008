"""The teaching page: from a slider that was moved to the numbers on the page, and whether they are right.

``python -m benchmarks.page`` prints a table and writes ``out/page.json``. The script of the page is run whole, as a
browser's move makes the server run it, at about 100 stages, with the tab of the theory open and with that of the
chemistry in either mode; the limits stand beside the measurements. ``--choices 600`` checks every choice of
`sxsim.app.checking`: both products meet what is asked, or the page says that they do not, the same after other choices
as before them; beside that it tells how often the solver, started from another choice's solution, finds something else.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sxsim.app.checking import Checked, check, choices_to_check
from sxsim.app.choices import Choice, Told, tell
from sxsim.app.figures import cost_figure, mccabe_thiele_figure, profile_figure
from sxsim.app.rigorous import MODES, Mode, Worked, work

__all__ = ["checked", "choice_of", "main", "parts_s", "rerun_s"]

LIMIT_S = 0.3
SEARCH_LIMIT_S = 1.0
TABS: dict[str, tuple[str, Mode | None]] = {
    "whole rerun": ("The cut", None),
    "with its chemistry, flows": ("With its chemistry", "flows"),
    "with its chemistry, search": ("With its chemistry", "search"),
}
"""What is open while the page is run."""
PAGE = Path(__file__).parents[1] / "src" / "sxsim" / "app" / "page.py"


def choice_of(stages: int, over: float = 1.2) -> Choice:
    """Nd/Pr with so many stages of extraction and scrubbing [-]."""
    return Choice("Nd/Pr", 0.75, 0.999, 1.5, over, n=stages // 2, m=stages - stages // 2)


def parts_s(stages: int, moves: int) -> dict[str, float]:
    """Least time of each part of a move [s]: theory, rigorous solution and cost, figures."""
    best: dict[str, float] = {}
    for move in range(moves + 1):
        choice = choice_of(stages, 1.2 + 0.02 * (move % 5))
        began = time.perf_counter()
        told = tell(choice)
        theory = time.perf_counter()
        worked = work(choice, told, "search")
        rigorous = time.perf_counter()
        _draw(choice, told, worked)
        spent = (theory - began, rigorous - theory, time.perf_counter() - rigorous)
        if move:  # the first loads machine code
            for name, seconds in zip(("theory", "rigorous solution and cost", "figures"), spent, strict=True):
                best[name] = min(best.get(name, seconds), seconds)
    return best


def rerun_s(stages: int, moves: int, tab: str = "The cut", mode: Mode | None = None) -> list[float]:
    """Times of whole reruns of the page's script after a slider was moved [s].

    Raises
    ------
    RuntimeError
        The page shows an error.
    """
    from streamlit.testing.v1 import AppTest

    page: Any = AppTest.from_file(str(PAGE), default_timeout=600.0)
    page.session_state["tab"] = tab
    page.run()
    if mode is not None:
        page.radio(key="mode").set_value(mode)
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


def checked(count: int, seed: int) -> dict[str, float]:
    """Check choices in both modes, in an order that mixes them, and work them out once more in the reverse order.

    Parameters
    ----------
    count : int
        How many, drawn from all.
    seed : int
        Of the draw.

    Returns
    -------
    dict of str to float
        Counts by mode, and times of a choice as the page works it out [s].
    """
    chosen = random.Random(seed).sample(choices_to_check(), count)
    figures: dict[str, float] = {}
    for mode in MODES:
        found: list[Checked] = []
        before = None
        spent: list[float] = []
        for choice in chosen:
            began = time.perf_counter()
            work(choice, tell(choice), mode)
            spent.append(time.perf_counter() - began)
            found.append(check(choice, mode, before))
            before = found[-1].result or before
            if not found[-1].true or not found[-1].steady:
                print(f"{'moved by its start' if found[-1].true else 'wrong'}: {mode}: {_said(found[-1])}")
        again = [check(choice, mode) for choice in reversed(chosen)][::-1]
        spent.sort()
        figures |= {
            f"{mode}: choices [-]": count,
            f"{mode}: meet the specification [-]": sum(each.meets for each in found),
            f"{mode}: said not to [-]": sum(not each.verdict.meets for each in found),
            f"{mode}: wrong [-]": sum(not each.true for each in found),
            f"{mode}: other after other choices [-]": sum(
                (one.verdict, one.shown) != (two.verdict, two.shown) for one, two in zip(found, again, strict=True)
            ),
            f"{mode}: solver moved by a start [-]": sum(not each.steady for each in found),
            f"{mode}: median [s]": spent[len(spent) // 2],
            f"{mode}: 95 of 100 [s]": spent[int(0.95 * len(spent))],
            f"{mode}: longest [s]": spent[-1],
        }
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 0 when the limits are kept and nothing that is said is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--stages", type=int, default=100, help="stages of extraction and scrubbing")
    parser.add_argument("--moves", type=int, default=12, help="moves of a slider")
    parser.add_argument("--choices", type=int, default=0, help="choices to check, of 600")
    parser.add_argument("--seed", type=int, default=1, help="seed of their draw")
    parser.add_argument("--json", type=Path, default=Path("out/page.json"), help="file for the figures")
    asked = parser.parse_args(arguments)
    figures = {f"{name} [s]": value for name, value in parts_s(asked.stages, asked.moves).items()}
    for name, (tab, mode) in TABS.items():
        reruns = sorted(rerun_s(asked.stages, asked.moves, tab, mode))
        figures |= {
            f"{name}, least [s]": reruns[0],
            f"{name}, median [s]": reruns[len(reruns) // 2],
            f"{name}, longest [s]": reruns[-1],
        }
    figures |= {"limit [s]": LIMIT_S, "limit with a search [s]": SEARCH_LIMIT_S}
    if asked.choices > 0:
        figures |= checked(asked.choices, asked.seed)
    for name, value in figures.items():
        print(f"{name:42s} {value:.4g}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps({"stages": asked.stages, **figures}, indent=1) + "\n", encoding="utf-8")
    kept = figures["whole rerun, median [s]"] < LIMIT_S
    kept = kept and figures["with its chemistry, search, median [s]"] < SEARCH_LIMIT_S
    flaws = (f"{mode}: {what} [-]" for mode in MODES for what in ("wrong", "other after other choices"))
    return 0 if kept and not any(figures.get(flaw, 0) for flaw in flaws) else 1


def _said(found: Checked) -> str:
    """A choice beside what is so of it."""
    return f"{found.choice}: shown {found.shown}, really {found.purity}, apart {found.apart:.3g}; {found.verdict.said}"


def _draw(choice: Choice, told: Told, worked: Worked) -> None:
    """The figures of the cut, in the form that goes to the browser."""
    for figure in (mccabe_thiele_figure(choice, told), profile_figure(choice, told, worked), cost_figure(worked)):
        figure.to_json()


if __name__ == "__main__":
    sys.exit(main())
