"""``make fuzz``: many inputs, each in bounds of time; ``python -m tests.fuzz --only N`` shows one again."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from multiprocessing.connection import Connection, wait
from pathlib import Path

from tests.fuzz.drawing import draw
from tests.fuzz.running import BUDGET_S, Outcome, run

from sxsim.cli.running import announce_compilation

__all__ = ["main"]

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _work(seed: int, numbers: list[int], told: Connection) -> None:
    """Run some inputs, one after the other; each is announced, so that one that never ends is known."""
    warnings.simplefilter("ignore")
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # what libraries say goes nowhere
    for number in numbers:
        told.send(number)
        with tempfile.TemporaryDirectory() as folder:
            told.send(run(draw(seed, number), Path(folder)))
    told.send(None)


def _spent(process: int) -> float:
    """Processor time of a process [s]; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


class Worker:
    """A process that runs its share of the inputs, and is replaced when one of them takes too long."""

    def __init__(self, seed: int, numbers: list[int]) -> None:
        self.seed, self.left = seed, numbers
        self.begin()

    def begin(self) -> None:
        """Start a process on what is left."""
        self.now, self.since = None, 0.0
        here, there = multiprocessing.Pipe(duplex=False)
        self.told = here
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_work, args=(self.seed, self.left, there), daemon=False)
        self.process.start()
        there.close()

    def hear(self) -> list[tuple[int, Outcome]]:
        """Outcomes that have come in."""
        found: list[tuple[int, Outcome]] = []
        while self.told.poll():
            try:
                message = self.told.recv()
            except EOFError:
                found.append((self.left[0], Outcome(-1, 0.0, ("the process died",), "")))
                self._replace()
                break
            if message is None:
                self.left = []
                break
            if isinstance(message, int):
                self.now, self.since = message, _spent(self.process.pid or 0)
            else:
                assert self.now is not None
                found.append((self.now, message))
                self.left = self.left[1:]
                self.now = None
        return found

    def stopped(self) -> tuple[int, Outcome] | None:
        """The input that takes far too long, after its process was ended and replaced."""
        spent = _spent(self.process.pid or 0) - self.since
        if self.now is None or spent < 1.5 * BUDGET_S:
            return None
        late = (self.now, Outcome(-1, spent, (f"more than {spent:.0f} s of processor time",), ""))
        self.process.kill()
        self._replace()
        return late

    def _replace(self) -> None:
        self.process.join()
        self.left = self.left[1:]
        if self.left:
            self.begin()


def main() -> int:
    """Run from the command line; 0 when no input broke a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="one input: its files are written to --keep and what it does is shown")
    parser.add_argument("--quick", action="store_true", help="with --only: as the suite draws it")
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz"))
    asked = parser.parse_args()
    if asked.only is not None:
        return _one(asked.seed, asked.only, asked.keep, asked.quick)
    announce_compilation(startup=True)
    numbers = list(range(asked.first, asked.first + asked.count))
    workers = [Worker(asked.seed, numbers[at :: asked.workers]) for at in range(asked.workers)]
    codes: Counter[int] = Counter()
    faulty: list[tuple[int, Outcome]] = []
    slowest = (0.0, -1)
    began = said = time.monotonic()
    while any(worker.left for worker in workers):
        wait([worker.told for worker in workers if worker.left], timeout=1.0)
        for worker in workers:
            if not worker.left:
                continue
            found = worker.hear()
            if late := worker.stopped():
                found.append(late)
            for number, outcome in found:
                codes[outcome.code] += 1
                slowest = max(slowest, (outcome.spent_s, number))
                if outcome.faults:
                    faulty.append((number, outcome))
                    print(f"\n--- {number}: {' '.join(draw(asked.seed, number).arguments)[:300]}", flush=True)
                    for fault in outcome.faults:
                        print(fault, flush=True)
        if time.monotonic() - said > 60.0:
            said = time.monotonic()
            print(
                f"{sum(codes.values())} of {asked.count} after {said - began:.0f} s, {len(faulty)} faulty", flush=True
            )
    for worker in workers:
        worker.process.join()
    told = ", ".join(f"{count} with exit code {code}" for code, count in sorted(codes.items()))
    print(f"\n{sum(codes.values())} inputs of seed {asked.seed} in {time.monotonic() - began:.0f} s: {told}")
    print(f"slowest {slowest[0]:.1f} s of processor time (input {slowest[1]}); {len(faulty)} broke a rule")
    return 1 if faulty else 0


def _one(seed: int, number: int, keep: Path, quick: bool) -> int:
    """Show one input again."""
    trial = draw(seed, number, quick)
    folder = keep / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    outcome = run(trial, folder.resolve())
    print(f"cd {folder}; sxsim {trial.arguments}\nexit code {outcome.code}, {outcome.spent_s:.1f} s\n{outcome.stderr}")
    print("\n".join(outcome.faults) or "no rule is broken")
    return 1 if outcome.faults else 0
