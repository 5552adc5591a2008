"""The same separation with the peers that pip installs: ``make bench-peers`` or ``python -m benchmarks.peers``.

Each peer gets an environment of its own below build/peers, as their requirements exclude each other. What a peer can
pose decides the problem: difflow one extraction section by mass action without a scrub, BioSTEAM a feed in the middle,
but distribution ratios that are fixed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import Case, chemistry, no_equations, plan
from benchmarks.residual import worst_residual
from benchmarks.sized import sized_case
from benchmarks.timing import best_time
from sxsim.kernels.flows import Plan, count_links, fill_network, make_network, pack_flows
from sxsim.kernels.solve import SOLVED, make_state, solve_case
from sxsim.kernels.transport import transport

__all__ = ["main"]

FOLDER = Path("build/peers")
SCRIPTS = Path(__file__).parent / "peer_scripts"
INSTALL_LIMIT_S = 900
RUN_LIMIT_S = 900

# thermosteam from 0.52 on does not parse before Python 3.12, though its requirements allow it
INSTALL = {
    "difflow": [["difflow"]],
    "biosteam": [["biosteam"]]
    if sys.version_info >= (3, 12)
    else [["biosteam<2.52"], ["--no-deps", "thermosteam<0.52"]],
}

MISSING = {
    "difflow": "no feed between the ends of a section, so no extraction + scrubbing in one balance; no closed loop of "
    "the organic in that model; no targets as equations; no Murphree efficiency and no entrainment",
    "biosteam": "no chemistry: no mass action, no free extractant, no acid balance, no saponification, so no pH and no "
    "loading; no targets as equations; no Murphree efficiency and no entrainment",
}

SECTION = {"extractant_mol_L": 1.0, "feed_mol_L": 0.1, "acid_mol_L": 0.01}
LOG10_K = {"Nd": -2.2, "Pr": -2.376, "Ce": -2.55, "La": -2.73, "Sm": -2.0}
FIXED = {"carrier_kmol_h": 1000.0, "A_kmol_h": 0.5, "B_kmol_h": 0.5, "O_per_A": 1.5, "K_A": 1.3, "K_B": 0.8667}


def environment(peer: str) -> Path | None:
    """Python of an environment that has the peer; None, with the reason printed, when it cannot be had."""
    folder = FOLDER / peer
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        print(f"{peer}: installing into {folder} ...", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        try:
            for wanted in INSTALL[peer]:
                subprocess.run(
                    [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *wanted],
                    check=True,
                    capture_output=True,
                    text=True,
                    timeout=INSTALL_LIMIT_S,
                )
        except subprocess.TimeoutExpired:
            print(f"{peer}: not installed after {INSTALL_LIMIT_S} s; left out")
            return None
        except subprocess.CalledProcessError as error:
            print(f"{peer}: pip could not install it, left out:\n{error.stderr[-600:]}")
            return None
        (folder / "installed").touch()
    return python


def ask(peer: str, problem: dict[str, Any]) -> list[dict[str, Any]]:
    """Answers of a peer, as many as it gave in time; it may fail half way."""
    python = environment(peer)
    if python is None:
        return []
    command = [str(python), str(SCRIPTS / f"with_{peer}.py"), json.dumps(problem)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_LIMIT_S)
        told, complaint = done.stdout, done.stderr[-400:] if done.returncode else ""
    except subprocess.TimeoutExpired as error:
        told = error.stdout.decode() if isinstance(error.stdout, bytes) else error.stdout or ""
        complaint = f"stopped after {RUN_LIMIT_S} s"
    if complaint:
        print(f"{peer}: {complaint}")
    return [json.loads(line) for line in told.splitlines() if line.startswith("{")]


def one_section(stages: int, elements: int) -> tuple[Case, Plan]:
    """An extraction section that meets fresh acidic extractant, one volume of each phase."""
    log10_K = tuple(list(LOG10_K.values())[:elements])
    base = sized_case(20, elements)
    case = Case(**{**base.__dict__, "stages": (stages,), "log10_K": log10_K, "extractant_mol_L": 1.0})
    fed = np.zeros((1, elements + 1))
    fed[0, :-1] = SECTION["feed_mol_L"] / elements
    layout = plan(base)._replace(
        aq_to=np.arange(stages, dtype=np.int64) - 1,
        entrained_org=np.zeros(stages),
        entrained_aq=np.zeros(stages),
        feed_stage=np.array([stages - 1]),
        feed_phase=np.zeros(1, np.int64),
        feed_volume=np.ones(1),
        feed_concentration=fed,
        feed_Q=np.array([SECTION["acid_mol_L"] + 3.0 * SECTION["feed_mol_L"]]),
        feed_sulfate=np.zeros(1),
        feed_acid=np.zeros(1),
        recycled=0,
        inlet=np.array([1.0, 1e-9, 0.0]),  # a trace of counter-ion, as a component must enter somewhere
    )
    return case, layout


def ours_section(stages: int, elements: int) -> tuple[float, list[float]]:
    """Time [s] and raffinate [kmol/h] of that section.

    Raises
    ------
    RuntimeError
        It is not solved.
    """
    case, layout = one_section(stages, elements)
    law, n = chemistry(case), elements + 1
    network, state = make_network(stages, n, count_links(layout)), make_state(stages, n, count_links(layout))

    def once() -> int:
        return solve_case(law, layout, no_equations(n), network, state, 0)[0]

    once()
    spent = best_time(once, 5)
    if once() != SOLVED or not worst_residual(law, layout, state.x, state.y, state.h, state.F).good:
        raise RuntimeError(f"one section of {stages} stages and {elements} elements is not solved")
    return spent, state.x[0, :-1].tolist()


def ours_fixed(stages: int) -> tuple[float, list[float]]:
    """Time [s] and raffinate [kmol/h] of two solutes at fixed distribution ratios, feed in the middle."""
    unit = FIXED["carrier_kmol_h"]  # mole ratios of thin phases: a carrier's kmol stands for its volume
    _, layout = one_section(stages, 2)
    layout = layout._replace(
        feed_stage=np.array([stages - 1 - stages // 2, stages - 1]),
        feed_phase=np.zeros(2, np.int64),
        feed_volume=np.array([unit, unit]),
        feed_concentration=np.array([[FIXED["A_kmol_h"] / unit, FIXED["B_kmol_h"] / unit, 0.0], [0.0, 0.0, 0.0]]),
        feed_Q=np.zeros(2),
        feed_sulfate=np.zeros(2),
        feed_acid=np.zeros(2),
        inlet=np.array([unit * FIXED["O_per_A"], 0.0, 0.0]),
    )
    network = make_network(stages, 3, count_links(layout))
    fill_network(layout, network)
    flows, full, none = pack_flows(network), np.ones(stages), np.zeros(stages)
    feeds = [np.ascontiguousarray(network.feed[:, i]) for i in range(2)]
    D = [np.full(stages, FIXED[name]) for name in ("K_A", "K_B")]
    x, y, m = np.zeros((2, stages)), np.zeros(stages), np.zeros(network.link_from.size)

    def once() -> None:
        for i in range(2):
            transport(flows, D[i], full, feeds[i], none, x[i], y, m)

    once()
    return best_time(once, 500), [float(flows.volume[4, 0] * x[i, 0]) for i in range(2)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", choices=sorted(MISSING), help="one peer alone")
    parser.add_argument("--quick", action="store_true", help="smallest size")
    asked = parser.parse_args(arguments)
    if asked.only in (None, "difflow"):
        sizes = [(3, 2)] if asked.quick else [(3, 2), (10, 2), (30, 2), (60, 2), (60, 5)]
        problem = {**SECTION, "sizes": [(N, dict(list(LOG10_K.items())[:n])) for N, n in sizes]}
        answers = ask("difflow", problem)
        print(
            "\ndifflow: one extraction section by mass action, acidic extractant, repeat call (the first one compiles)"
        )
        for (N, n), theirs in zip(sizes, answers, strict=False):
            spent, left = ours_section(N, n)
            _row(f"{N} stages, {n} elements", theirs, spent, left)
        print(f"  cannot: {MISSING['difflow']}")
    if asked.only in (None, "biosteam"):
        lengths = [10] if asked.quick else [10, 30, 60, 100]
        answers = ask("biosteam", {**FIXED, "sizes": lengths})
        print("\nBioSTEAM: two solutes at fixed distribution ratios, feed in the middle, repeat call")
        for N, theirs in zip(lengths, answers, strict=False):
            spent, left = ours_fixed(N)
            _row(f"{N} stages", theirs, spent, left)
        print(f"  cannot: {MISSING['biosteam']}")
    return 0


def _row(size: str, theirs: dict[str, Any], spent: float, left: list[float]) -> None:
    """One line: both times, their ratio, and how far the raffinates are apart."""
    apart = max(abs(a - b) / b for a, b in zip(theirs["raffinate"], left, strict=True))
    word = "" if theirs.get("feasible", True) else ", and it says that it did not converge"
    print(
        f"  {size:24s} theirs {1e3 * theirs['repeat_s']:9.3f} ms (first call {theirs['first_s']:.2f} s), ours "
        f"{1e3 * spent:8.4f} ms, ratio {theirs['repeat_s'] / spent:8.0f}, raffinates differ by {apart:.2g}{word}"
    )


if __name__ == "__main__":
    sys.exit(main())
