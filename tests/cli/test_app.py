"""``sxsim app``: how the server is started, and what happens without streamlit."""

from __future__ import annotations

import importlib.util
import subprocess

from sxsim.cli.teaching_page import command_line


def test_it_listens_here_only_unless_told_otherwise(sxsim, monkeypatch):
    asked = []
    monkeypatch.setattr(
        subprocess, "run", lambda line, check: asked.append(line) or subprocess.CompletedProcess(line, 0)
    )
    result = sxsim("app", "--no-browser")
    assert result.exit_code == 0, result.output
    (line,) = asked
    assert line == command_line("127.0.0.1", 8501, browser=False)
    assert "--server.address=127.0.0.1" in line
    assert "--server.maxUploadSize=1" in line
    assert "--browser.gatherUsageStats=false" in line
    assert "--server.enableXsrfProtection=true" in line
    sxsim("app", "--host", "0.0.0.0", "--port", "9000")
    assert {"--server.address=0.0.0.0", "--server.port=9000", "--server.headless=false"} <= set(asked[1])


def test_the_exit_code_is_the_server_s(sxsim, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda line, check: subprocess.CompletedProcess(line, 1))
    assert sxsim("app").exit_code == 1


def test_without_streamlit_it_says_what_to_install(sxsim, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "streamlit" else find(name))
    result = sxsim("app")
    assert result.exit_code == 2
    assert "sxsim[app]" in result.stderr


def test_a_port_that_is_none_is_refused(sxsim):
    assert sxsim("app", "--port", "0").exit_code == 2
