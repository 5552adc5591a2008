"""Sweeps that are killed again and again end in the same bytes as one that nobody disturbs.

``python -m benchmarks.kills [--small] [--kills N] [--seed N] [--json FILE]`` runs ``sxsim sweep --out`` in processes of
its own, in every way (1 worker, 2 workers, a Dask cluster of two), and ends each at a random moment of its course by
SIGKILL, SIGTERM or SIGINT; an interrupt goes to its workers too, as from a terminal. On the cluster a worker is killed
now and then instead. What was killed is begun anew in the same folder, and killed again, until it is complete; then the
next folder is begun. At the end every folder has to hold the same files, byte for byte, as the sweep that nobody
disturbed; no process may be left, nobody may have shown a traceback, and every exit code has to mean what happened.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-c", "from sxsim.cli import main; main()"]

STUDY = """
schema = 1
title = "killed"
cascade = "nd_pr_p507"
chunk_cases = {chunk_cases}

[[axis]]
path = "organic.saponified_fraction"
low = 0.33
high = 0.40
count = {count}

[[axis]]
path = "stream.feed.pH"
values = [1.5, 2.0, 2.5]
"""

PATIENCE_S = 120.0
"""How long a command may take to end [s]."""

WAYS = ("1 worker", "2 workers", "Dask")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
WORKER = "SIGKILL of a worker"
KINDS = [*((WAYS[i % 3], SIGNALS[(i + i // 3) % 3].name) for i in range(9)), ("Dask", WORKER)]
"""The way of each kill, and how it is done."""


@dataclass
class Sweep:
    """A folder and the command that works on it, in one way."""

    folder: Path
    arguments: list[str]

    def begin(self) -> subprocess.Popen[str]:
        """Begin the command, or begin it anew, in a group of processes of its own."""
        pipes: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*COMMAND, *self.arguments, "--out", str(self.folder)], start_new_session=True, **pipes)

    def files(self) -> dict[str, bytes]:
        """All that its folder holds."""
        found = self.folder.rglob("*")
        return {str(each.relative_to(self.folder)): each.read_bytes() for each in found if each.is_file()}


def ended(running: subprocess.Popen[str], codes: set[int]) -> None:
    """Wait for the end of a command and of its workers.

    Raises
    ------
    RuntimeError
        It showed a traceback, ended with another exit code, or left a process behind.
    """
    _, said = running.communicate(timeout=PATIENCE_S)
    if "Traceback" in said or running.returncode not in codes:
        raise RuntimeError(f"ended with {running.returncode}, not {sorted(codes)}, and said: {said}")
    until = time.monotonic() + PATIENCE_S / 4.0
    while time.monotonic() < until:
        try:
            os.killpg(running.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise RuntimeError("a process was left behind")


def kill(running: subprocess.Popen[str], how: str, cluster: Any) -> set[int]:
    """Kill a command, or a worker of the cluster that works for it; the exit codes that may follow."""
    if how == WORKER:
        worker = random.choice(list(cluster.workers.values()))
        if worker.process is not None and worker.process.process is not None:
            worker.process.process.kill()
        return {0}
    number = signal.Signals[how]
    try:
        if number is signal.SIGINT:
            os.killpg(running.pid, number)
        else:
            running.send_signal(number)
    except ProcessLookupError:
        return {0}
    # what comes before there is anybody to listen ends the process by itself
    return {0, -number} if number is signal.SIGKILL else {0, 128 + number, -number}


@contextmanager
def cluster_of(workers: int) -> Iterator[Any]:
    """A Dask cluster of processes with one thread each."""
    from distributed import LocalCluster

    options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options, silence_logs=50) as cluster:
        yield cluster


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=(__doc__ or "").split(":")[0])
    parser.add_argument("--small", action="store_true", help="a short sweep and 3 kills: does everything run?")
    parser.add_argument("--kills", type=int, help="how many (40)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (1)")
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args(arguments)
    random.seed(asked.seed)
    size = {"count": 8, "chunk_cases": 2} if asked.small else {"count": 80, "chunk_cases": 4}
    with tempfile.TemporaryDirectory() as place, cluster_of(2) as cluster:
        study = Path(place) / "study.toml"
        study.write_text(STUDY.format(**size), encoding="utf-8")
        found = killed(Path(place), study, cluster, asked.kills or (3 if asked.small else 40))
    found |= {"seed": asked.seed, "cases": 3 * size["count"]}
    for name, value in found.items():
        print(f"{name:40s} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def killed(place: Path, study: Path, cluster: Any, kills: int) -> dict[str, Any]:
    """Kill sweeps in all ways, and compare what comes of them.

    Raises
    ------
    RuntimeError
        A folder holds anything else than that of the sweep that nobody disturbed.
    """
    options = {"1 worker": ["--workers", "1"], "2 workers": ["--workers", "2"]}
    options["Dask"] = ["--cluster", cluster.scheduler_address]
    command = ["sweep", str(study)]
    undisturbed = Sweep(place / "alone", [*command, *options["1 worker"]])
    running = undisturbed.begin()
    lasts_s = -until_begun(running, undisturbed)
    ended(running, {0})
    lasts_s += time.monotonic()
    alone = undisturbed.files()
    counts, complete, sweeps = Counter[str](), 0, dict[str, Sweep]()
    for number, (way, how) in enumerate(itertools.cycle(KINDS)):
        if counts.total() == kills:
            break
        sweep = sweeps.setdefault(way, Sweep(place / f"{number}", [*command, *options[way]]))
        running = sweep.begin()
        until_begun(running, sweep)
        try:
            running.wait(random.uniform(0.0, 1.0) * lasts_s)
        except subprocess.TimeoutExpired:
            ended(running, kill(running, how, cluster))
            counts[f"{way}, {how}"] += 1
        else:
            ended(running, {0})
        if running.returncode == 0:
            compare(alone, sweeps.pop(way))
            complete += 1
    for sweep in sweeps.values():
        ended(sweep.begin(), {0})
        compare(alone, sweep)
        complete += 1
    told = {"kills": counts.total(), "folders, all the same": complete, "undisturbed [s]": round(lasts_s, 1)}
    return {**counts, **told, **{f"{name} [bytes]": len(content) for name, content in sorted(alone.items())}}


def until_begun(running: subprocess.Popen[str], sweep: Sweep) -> float:
    """Wait until a command is at work in its folder, or has ended; when that was [s]."""
    while running.poll() is None and not (sweep.folder / ".lock").exists():
        time.sleep(0.01)
    return time.monotonic()


def compare(alone: dict[str, bytes], sweep: Sweep) -> None:
    """Refuse a folder that holds anything else.

    Raises
    ------
    RuntimeError
        It does.
    """
    found = sweep.files()
    if found != alone:
        differ = [name for name in {*found, *alone} if found.get(name) != alone.get(name)]
        raise RuntimeError(f"{sweep.arguments} left other files: {', '.join(sorted(differ))}")


if __name__ == "__main__":
    main()
