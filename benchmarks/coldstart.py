"""What a user waits for at the command line: import, help, the first solve ever, every later one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["cached_solve_s", "first_solve_s", "help_s", "import_s", "numba_import_s"]

ROOT = Path(__file__).parents[1]
COMMAND = "import sys; from sxsim.cli import main; sys.argv[0] = 'sxsim'; main()"


def _wall_s(arguments: list[str], **extra: str) -> float:
    """Wall time of one python process [s].

    Raises
    ------
    subprocess.CalledProcessError
        It fails.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **extra}
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment, cwd=ROOT)
    return time.perf_counter() - began


def numba_import_s() -> float:
    """Bare ``import numba``: the yardstick of the rest."""
    return _wall_s(["-c", "import numba"])


def import_s() -> float:
    """``import sxsim``."""
    return _wall_s(["-c", "import sxsim"])


def help_s() -> float:
    """``sxsim --help``."""
    return _wall_s(["-c", COMMAND, "--help"])


def cached_solve_s() -> float:
    """``sxsim solve nd_pr_p507 --json`` when the machine code is on disk."""
    return _wall_s(["-c", COMMAND, "solve", "cascades/nd_pr_p507.toml", "--json"])


def first_solve_s() -> float:
    """The same with an empty cache folder: after every installation, once."""
    with tempfile.TemporaryDirectory() as folder:
        return _wall_s(["-c", COMMAND, "solve", "cascades/nd_pr_p507.toml", "--json"], NUMBA_CACHE_DIR=folder)
