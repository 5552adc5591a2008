"""The site is built without a warning, needs no network, and its links lead somewhere."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest

ROOMS = ("cascade", "definition", "economics", "equipment", "plant", "processes", "sizing", "startup", "studies")
FETCHED = re.compile(r"<(?:script|img|iframe|link|source)\b[^>]*?\b(?:src|href)=\"((?:https?:)?//[^\"]+)\"")
LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]+)\"")
TARGET = re.compile(r"\bid=\"([^\"]+)\"")


@pytest.fixture(scope="module")
def site(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    options = ["-W", "--keep-going", "-q", "-d", str(folder / "trees")]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(checkout / "docs"), str(folder / "html")],
        env={**os.environ, "PYTHONPATH": str(checkout / "src")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}


def test_nothing_is_fetched_from_elsewhere(site, pages):
    assert {name: found for name, text in pages.items() if (found := FETCHED.findall(text))} == {}
    styles = {path.name: path.read_text(encoding="utf-8") for path in site.rglob("*.css")}
    assert {name for name, text in styles.items() if re.search(r"(@import|url\()\s*['\"]?(https?:)?//", text)} == set()


def test_equations_are_mathml(pages):
    assert pages["model.html"].count("<math") > 50
    assert pages["model.html"].count('class="eqno"') == 10
    assert "<math" in pages["reference/chemistry.html"]


def test_every_link_within_the_site_leads_somewhere(site, pages):
    targets = {name: set(TARGET.findall(text)) for name, text in pages.items()}
    dead = []
    for name, text in pages.items():
        for link in map(unescape, LINK.findall(text)):
            parts = urlsplit(link)
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            place = (site / name).parent / unquote(parts.path) if parts.path else site / name
            if not place.exists():
                dead.append((name, link))
            elif parts.fragment and place.suffix == ".html":
                key = place.resolve().relative_to(site.resolve()).as_posix()
                if unquote(parts.fragment) not in targets[key]:
                    dead.append((name, link))
    assert dead == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_has_its_place_in_the_reference(pages, room):
    text = "".join(page for name, page in pages.items() if name.startswith("reference/"))
    module = importlib.import_module(f"sxsim.{room}")
    names = {name for name in module.__all__ if callable(getattr(module, name))}
    assert names
    assert {name for name in names if f'id="sxsim.{room}.{name}"' not in text} == set()


def test_every_name_of_the_top_level_is_in_the_reference(pages):
    import sxsim

    named = [name for name in sxsim.__all__ if name != "__version__"]
    assert [name for name in named if f".{name}</span>" not in pages["reference.html"]] == []
