"""``sxsim app``: how the server is started and ended, and what happens without streamlit."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys

import pytest

from sxsim.cli import teaching_page
from sxsim.cli.teaching_page import command_line


def test_it_listens_here_only_unless_told_otherwise(sxsim, monkeypatch):
    asked = []
    monkeypatch.setattr(teaching_page, "_served", lambda line: asked.append(line) or 0)
    result = sxsim("app", "--no-browser")
    assert result.exit_code == 0, result.output
    (line,) = asked
    assert line == command_line("127.0.0.1", 8501, browser=False)
    assert "--server.address=127.0.0.1" in line
    assert "--server.maxUploadSize=1" in line
    assert "--browser.gatherUsageStats=false" in line
    assert "--server.enableXsrfProtection=true" in line
    assert "--server.showEmailPrompt=false" in line
    sxsim("app", "--host", "0.0.0.0", "--port", "9000")
    assert {"--server.address=0.0.0.0", "--server.port=9000", "--server.headless=false"} <= set(asked[1])


def test_the_exit_code_is_the_server_s(sxsim, monkeypatch):
    monkeypatch.setattr(teaching_page, "command_line", lambda *_: [sys.executable, "-c", "raise SystemExit(7)"])
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert sxsim("app").exit_code == 7
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_the_server_ends_with_the_command(checkout):
    server = "import sys, time; print('up', flush=True); time.sleep(60)"
    code = f"from sxsim.cli.teaching_page import _served; _served([{sys.executable!r}, '-c', {server!r}])"
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout
        assert command.stdout.readline() == "up\n"
        command.terminate()
        assert command.stdout.read() == ""  # ends only when the server has closed it too
        assert command.wait(timeout=20) == 0


def test_without_streamlit_it_says_what_to_install(sxsim, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "streamlit" else find(name))
    result = sxsim("app")
    assert result.exit_code == 2
    assert "sxsim[app]" in result.stderr


def test_a_port_that_is_none_is_refused(sxsim):
    assert sxsim("app", "--port", "0").exit_code == 2
