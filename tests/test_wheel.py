"""The wheel carries the cascades and the data, and reads them where no checkout is near."""

import email
import json
import os
import subprocess
import sys
import zipfile

import pytest

TEMPLATES = ("report.html.j2", "grid.html.j2", "report.css")
EXTRAS = ("all", "app", "cluster", "zarr")
ROOMS = ("cascades", "data/distribution_coeffs", "data/economics")
LIST_SHIPPED = f"""
import json, sxsim
from sxsim.foundation.files import shipped

def texts(folder, place):
    for entry in folder.iterdir():
        name = place + "/" + entry.name
        if entry.is_dir():
            yield from texts(entry, name)
        elif name.endswith((".toml", ".csv")):
            yield name, entry.read_text(encoding="utf-8")

seen = {{room: dict(texts(shipped(*room.split("/")), room)) for room in {ROOMS!r}}}
print(json.dumps({{"package": sxsim.__file__, "texts": seen}}))
"""


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run = subprocess.run(build, cwd=checkout, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--no-index", "--target", str(folder)]
    run = subprocess.run([*install, str(wheel)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def shipped_as_seen_by(path, cwd):
    environment = {**os.environ, "PYTHONPATH": str(path)}
    run = subprocess.run([sys.executable, "-c", LIST_SHIPPED], cwd=cwd, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def texts_of(checkout, room):
    files = [*(checkout / room).rglob("*.toml"), *(checkout / room).rglob("*.csv")]
    return {path.relative_to(checkout).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.mark.parametrize("layout", ["installed", "zipped", "checkout"])
def test_every_shipped_file_is_read_word_for_word(checkout, site, wheel, tmp_path, layout):
    path = {"installed": site, "zipped": wheel, "checkout": checkout / "src"}[layout]
    seen = shipped_as_seen_by(path, tmp_path)
    assert seen["package"].startswith(str(path))
    for room in ROOMS:
        assert seen["texts"][room]
        assert seen["texts"][room] == texts_of(checkout, room)


def test_the_wheel_holds_the_program_its_licence_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "sxsim/py.typed" in names
    assert {f"sxsim/report/templates/{name}" for name in TEMPLATES} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names} == {"sxsim", wheel.name.split("-py3")[0] + ".dist-info"}


def test_every_kind_of_cascade_is_in_the_wheel(wheel, checkout):
    names = set(zipfile.ZipFile(wheel).namelist())
    for kind in ("", "trains/", "trains/cuts/", "linked/", "studies/"):
        files = sorted((checkout / "cascades" / kind).glob("*.toml"))
        assert files
        assert {f"sxsim/_shipped/cascades/{kind}{path.name}" for path in files} <= names


def test_the_extra_all_asks_for_every_other(site):
    metadata = email.message_from_string((next(site.glob("sxsim-*.dist-info")) / "METADATA").read_text("utf-8"))
    needs = [need.replace('"', "'") for need in metadata.get_all("Requires-Dist", [])]
    asked = {extra: {need.split(";")[0] for need in needs if f"extra == '{extra}'" in need} for extra in EXTRAS}
    assert set(metadata.get_all("Provides-Extra", [])) == set(EXTRAS)
    assert all(asked.values())
    assert asked["all"] == asked["app"] | asked["cluster"] | asked["zarr"]


def test_the_console_command_is_declared(site):
    entry_points = next(site.glob("sxsim-*.dist-info")) / "entry_points.txt"
    assert "sxsim = sxsim.cli:main" in entry_points.read_text(encoding="utf-8")
