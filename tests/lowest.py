"""Print the lowest declared version of every requirement, one a line: what ``make lowest`` installs and tests."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

__all__ = ["lowest"]

ALSO = ("pytest", "hypothesis")
"""Of the development group, what the tests of the commands need."""


def lowest(project: Path) -> list[str]:
    """Pins of the core's requirements and of the extras, as declared in a ``pyproject.toml``."""
    data = tomllib.loads(project.read_text(encoding="utf-8"))
    extras = data["project"]["optional-dependencies"]
    asked = [*data["project"]["dependencies"], *extras["cluster"], *extras["zarr"]]
    asked += [each for each in data["dependency-groups"]["dev"] if re.split("[>=]", each)[0] in ALSO]
    return [re.sub(">=", "==", each) for each in asked]


if __name__ == "__main__":
    sys.stdout.write("\n".join(lowest(Path(__file__).parents[1] / "pyproject.toml")) + "\n")
