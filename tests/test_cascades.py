"""Every bundled cascade, solved and compared with the headline numbers that its file opens with."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sxsim.cascade.solving import solve_quietly
from sxsim.definition import bundled_names, load
from sxsim.foundation.files import shipped

NEAR = 0.01
"""Relative tolerance of `~`, unless the line states its own as `+- value`."""


def expectations(name: str) -> list[tuple[str, str, float, float]]:
    """(path, relation, value, tolerance) of the `# expect:` lines."""
    text = shipped("cascades", f"{name}.toml").read_text(encoding="utf-8")
    found = []
    for line in re.findall(r"^# expect: (.*)$", text, re.MULTILINE):
        path, relation, value, *rest = line.split()
        own = float(rest[1]) if rest[:1] == ["+-"] else NEAR * abs(float(value))
        found.append((path, relation, float(value), own))
    return found


def at(data: Any, path: str) -> float:
    """The number at a dotted path of the JSON of a result."""
    keys = path.split(".")
    while keys:
        step = next(n for n in range(len(keys), 0, -1) if ".".join(keys[:n]) in data)
        data, keys = data[".".join(keys[:step])], keys[step:]
    return float(data)


@pytest.mark.parametrize("name", bundled_names())
def test_a_bundled_cascade_keeps_what_its_file_promises(name):
    result = solve_quietly(load(name))
    assert result.status == "converged"
    assert result.met
    data = result.to_dict()
    for path, relation, value, tolerance in expectations(name):
        found = at(data, path)
        if relation == "~":
            assert found == pytest.approx(value, abs=tolerance), path
        elif relation == ">=":
            assert found >= value - 1e-9, path
        else:
            assert relation == "<="
            assert found <= value, path


def test_the_found_flows_simulate_to_the_same_streams():
    """Typed in and nothing left free, the solution of the equations comes back."""
    result = solve_quietly(load("nd_pr_p507"))
    again = solve_quietly(result.solved_cascade)
    assert again.found == {}
    for name in ("raffinate", "strip_liquor"):
        assert again.purity(name, "Nd") == pytest.approx(result.purity(name, "Nd"), abs=1e-7)


def test_the_reference_closed_loop():
    """Flows, purities, load and pH of the reference cascade, found once by two independent solvers."""
    result = solve_quietly(load("nd_pr_p507"))
    assert result.found["organic.flow_m3_h"] == pytest.approx(17.99, rel=0.01)
    assert result.found["stream.scrub.flow_m3_h"] == pytest.approx(2.517, rel=0.01)
    assert result.purity("strip_liquor", "Nd", "mol") == pytest.approx(0.9990, abs=5e-4)
    assert result.purity("raffinate", "Pr", "mol") == pytest.approx(0.9898, abs=1e-3)
    load_mol_L = result.stage.organic_mol_L[:, :2].sum(axis=1)
    assert load_mol_L[5:60] == pytest.approx(0.177, rel=0.02)
    pH = result.stage.pH
    assert pH[0] == pytest.approx(1.59, abs=0.02)
    assert pH[20:50] == pytest.approx(1.2, abs=0.05)
    assert pH[61] == pytest.approx(0.49, abs=0.02)
    liquor = result.stream["strip_liquor"]
    assert liquor.concentration_mol_L["Nd"] == pytest.approx(1.21, rel=0.01)
    assert liquor.acid_mol_L == pytest.approx(0.38, abs=0.01)
