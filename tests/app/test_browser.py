"""The page in a real browser: a slider moves the numbers, a bad file is answered, the console stays silent."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from sxsim.app.choices import Choice, tell
from sxsim.app.rigorous import MODES, work
from sxsim.cli.teaching_page import command_line
from sxsim.definition import load

CHOICE = Choice("Nd/Pr", 0.75, 0.999, 1.5, 1.2)
"""How the controls stand when the page is opened."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def address(checkout, tmp_path_factory):
    """Where a server of the page listens; the machine code that it needs lies on disk before it starts."""
    for mode in MODES:
        work(CHOICE, tell(CHOICE), mode)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "HOME": str(tmp_path_factory.mktemp("home"))}
    environment["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    log = tmp_path_factory.mktemp("log") / "server.txt"
    with log.open("w") as told:
        server = subprocess.Popen(
            command_line("127.0.0.1", port, browser=False), env=environment, stdout=told, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + 60.0
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                    assert answer.status == 200
                break
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visit(browser, address):
    """Open the page; what the console says and what is asked for elsewhere must stay empty."""
    said, elsewhere, pages = [], [], []

    def go(width, height=1400):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(120_000)  # the first solve of a machine compiles meanwhile
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: elsewhere.append(request.url) if outside(request.url, address) else None)
        page.goto(address)
        page.get_by_text("Reagents").wait_for()
        pages.append(page)
        return page

    yield go
    for page in pages:
        page.close()
    assert said == []
    assert elsewhere == []


def outside(url, address):
    return not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))


def metric(page, label):
    """The number under a label."""
    return (
        page.locator('[data-testid="stMetric"]', has_text=label).locator('[data-testid="stMetricValue"]').inner_text()
    )


OVERHANG = "node => node.scrollWidth - node.clientWidth"


def soon(page, holds):
    """Whether something holds within five seconds: the page settles a little after what it is asked for."""
    for _ in range(50):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False


def test_a_slider_moves_the_numbers_and_they_are_the_library_s(visit):
    page = visit(1280)
    told = tell(CHOICE)
    assert metric(page, "Stages") == f"{told.n} + {told.m}"
    assert metric(page, "Nd product") == f"{100.0 * told.purity_A:.4f} %"
    slider = page.get_by_role("slider", name="S/S_min: solvent over its minimum")
    for _ in range(3):
        slider.press("ArrowRight")
    moved = tell(Choice("Nd/Pr", 0.75, 0.999, 1.5, 1.23))
    page.get_by_text(f"{moved.S:.4f}", exact=True).wait_for()
    assert metric(page, "Stages") == f"{moved.n} + {moved.m}"
    assert metric(page, "Pr product") == f"{100.0 * moved.purity_B:.4f} %"
    charts = page.locator(".js-plotly-plot")
    assert soon(page, lambda: charts.count() == 2)  # those before the move stand beside the new ones for a while


def test_the_chemistry_is_asked_in_two_modes(visit):
    page = visit(1280)
    page.get_by_role("tab", name="With its chemistry").click()
    found = work(CHOICE, tell(CHOICE), "search").flows_m3_h[0]
    page.get_by_text(f"On specification with {found:.4g} m3 organic").wait_for()
    page.get_by_text("what these flows give").click()
    page.get_by_text("Too much goes with the organic").wait_for()


def test_a_bad_file_is_answered_and_a_good_one_solved(visit):
    page = visit(1280)
    page.get_by_role("tab", name="Your own cascade").click()
    chooser = page.locator('input[type="file"]')
    text = load("single_contact").to_toml()
    bad = text.replace("stages = 1", "stages = -1").encode()
    chooser.set_input_files({"name": "bad.toml", "mimeType": "text/plain", "buffer": bad})
    alert = page.get_by_role("alert").filter(has_text="stages")
    alert.wait_for()
    assert "allowed" in alert.inner_text()
    page.get_by_role("button", name=re.compile("Remove")).click()
    chooser.set_input_files({"name": "good.toml", "mimeType": "text/plain", "buffer": text.encode()})
    page.get_by_text("converged by").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Numbers (JSON)").click()
    assert waiting.value.suggested_filename == "result.json"


def test_every_tab_fits_a_desk_and_a_telephone(visit):
    page = visit(1280)
    main = page.locator('[data-testid="stMain"]')
    for tab, landmark in LANDMARKS.items():
        page.get_by_role("tab", name=tab).click()
        page.locator('[data-testid="stTabs"]').get_by_text(landmark).first.wait_for()
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 1400})
            assert soon(page, lambda: main.evaluate(OVERHANG) <= 1), (tab, width)  # charts take a new width later
        assert page.locator('[data-testid="stException"]').count() == 0
        if tab == "Start-up":
            page.get_by_text("residence times: 0").wait_for()
            page.locator(".updatemenu-button", has_text="Play").click()
            page.get_by_text("residence times: 0", exact=True).wait_for(state="detached")


LANDMARKS = {
    "The cut": "Reagents",
    "With its chemistry": "Cost:",
    "Start-up": "The worse product of each policy",
    "Light against heavy": "13 cuts",
    "The technology lock": "It stands on an edge",
    "Your own cascade": "read and checked here",
}
