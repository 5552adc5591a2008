"""The snippets of README.md run as they stand, and what it shows exists."""

from __future__ import annotations

import re
import shlex

import pytest
from typer.testing import CliRunner

from sxsim.cli import app
from sxsim.foundation.files import shipped


def readme(checkout):
    return (checkout / "README.md").read_text(encoding="utf-8")


def snippets(checkout, language):
    return re.findall(rf"^```{language}\n(.*?)^```", readme(checkout), re.MULTILINE | re.DOTALL)


def command_lines(checkout):
    lines = [line for snippet in snippets(checkout, "bash") for line in snippet.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.mark.filterwarnings("ignore::sxsim.errors.ValidityWarning")
def test_the_python_snippets_run(checkout, monkeypatch, capsys):
    monkeypatch.chdir(checkout)
    (snippet,) = snippets(checkout, "python")
    exec(compile(snippet, "README.md", "exec"), {})
    assert "raffinate" in capsys.readouterr().out


def test_the_sxsim_commands_run(checkout, tmp_path, monkeypatch):
    shown = [words[1:] for words in command_lines(checkout) if words[0] == "sxsim"]
    assert len(shown) > 5
    monkeypatch.chdir(checkout)
    for words in shown:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (words, result.output)


def test_every_file_that_is_named_exists(checkout):
    text = readme(checkout)
    named = set(re.findall(r"cascades/\w+\.toml", text))
    assert named
    assert all(shipped(*name.split("/")).is_file() for name in named)
    images = re.findall(r"!\[.+?\]\((.+?)\)", text)
    assert images
    assert all((checkout / image).read_bytes().startswith(b"\x89PNG") for image in images)


def test_the_make_targets_exist(checkout):
    rules = set(re.findall(r"^([\w-]+):", (checkout / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    targets = {words[1] for words in command_lines(checkout) if words[0] == "make"}
    assert targets
    assert targets <= rules


def test_every_command_that_is_named_exists(checkout):
    commands = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    named = set(re.findall(r"\bsxsim ([a-z]+)", readme(checkout)))
    assert named
    assert named <= commands | {"sxsim"}
