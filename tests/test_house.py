"""The rules of the house: one version, a lock that any machine can use, an import order that is really checked."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.lowest import lowest

import sxsim

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def python(code, checkout):
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


def sources(checkout):
    return [path for room in ("src", "tests", "benchmarks", "docs") for path in (checkout / room).rglob("*.py")]


def test_one_version_everywhere(checkout):
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = re.search(r"^version: (\S+)$", (checkout / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert citation
    assert {project["version"], citation[1]} == {sxsim.__version__}
    assert f"## {sxsim.__version__}" in (checkout / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_lock_is_hashed_and_names_no_machine(checkout):
    lines = (checkout / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if re.search(r"://|file:|--(extra-)?index|--find-links|--trusted-host", line)]
    pinned = [number for number, line in enumerate(lines) if re.match(r"[\w.-]+(\[.*\])?==", line)]
    assert len(pinned) > 20
    assert all("--hash=sha256:" in lines[number + 1] for number in pinned)


def test_the_lock_holds_every_requirement(checkout):
    setup = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    extras = setup["project"]["optional-dependencies"]
    asked = [
        *setup["project"]["dependencies"],
        *extras["app"],
        *extras["cluster"],
        *setup["dependency-groups"]["dev"],
        *setup["build-system"]["requires"],
    ]
    names = {re.split(r"[\[<>=!~ ;]", requirement)[0].lower() for requirement in asked}
    lock = (checkout / "requirements.lock").read_text(encoding="utf-8").lower()
    assert {name for name in names if not re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE)} == set()


def test_no_file_is_too_long_to_read(checkout):
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(checkout)}
    assert {path: length for path, length in lengths.items() if length > 500} == {}


def test_text_goes_out_with_the_line_ends_as_given(checkout):
    """Whoever writes text by other ways gets those of the machine."""
    other = re.compile(r"\.write_(text|html)\(|open\([^)]*\"[wa]t?\"(?!.*newline=)|\.to_csv\((?!.*lineterminator=)")
    offences = [
        f"{path.name}: {line.strip()}"
        for path in (checkout / "src").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if other.search(line) and "os.devnull" not in line
    ]
    assert offences == []


def test_the_import_order_holds(checkout):
    run = subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout / "src")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("foundation/planted.py", "import sxsim.elements", "sxsim.foundation is not allowed to import sxsim.elements"),
        ("kernels/planted.py", "import pandas", "sxsim.kernels is not allowed to import pandas"),
        ("planted.py", "", "sxsim.planted"),
    ],
    ids=["upwards", "kernel", "new-room"],
)
def test_a_planted_breach_of_the_import_order_is_found(checkout, tmp_path, file, line, said):
    shutil.copytree(checkout / "src" / "sxsim", tmp_path / "sxsim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    (tmp_path / "sxsim" / file).write_text(line + "\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert said in " ".join(run.stdout.split())


def test_importing_sxsim_loads_nothing_but_itself(checkout):
    run = python("import sys, sxsim; print(*sorted(n for n in sys.modules if n.split('.')[0] == 'sxsim'))", checkout)
    assert run.stdout.split() == ["sxsim"], run.stderr
    run = python("import sys, sxsim; print({'numpy', 'numba', 'pydantic', 'pandas'} & set(sys.modules))", checkout)
    assert run.stdout.strip() == "set()", run.stderr


@pytest.mark.parametrize("name", [name for name in sxsim.__all__ if name != "__version__"])
def test_every_public_name_is_loaded_when_asked_for(name):
    assert name in dir(sxsim)
    assert getattr(sxsim, name) is getattr(sxsim, name)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'sxsim' has no attribute 'slove'"):
        sxsim.slove  # noqa: B018


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 failed, 1 skipped, 1 xfailed"), ("", "2 skipped, 1 xfailed")])
def test_the_server_skips_nothing_that_it_can_provide(checkout, tmp_path, ci, outcome):
    shutil.copy(checkout / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_planted.py").write_text(
        "import pytest\n"
        "@pytest.mark.browser\ndef test_needs_a_browser():\n    pytest.skip('no browser')\n"
        "@pytest.mark.browser\n@pytest.mark.xfail\ndef test_known_to_fail():\n    assert False\n"
        "def test_needs_nothing():\n    pytest.skip('other')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", checkout / "pyproject.toml"]
    run = subprocess.run(
        [*command, "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(checkout / "src")},
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip().splitlines()[-1].startswith(outcome), run.stdout + run.stderr


def test_the_lowest_versions_are_those_that_are_declared(checkout):
    declared = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    pins = lowest(checkout / "pyproject.toml")
    assert {each.replace(">=", "==") for each in declared} <= set(pins)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+==[\d.]+", each) for each in pins)
