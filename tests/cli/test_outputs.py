"""What becomes of a command whose output has nowhere to go, or whose console cannot show it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-c", "from sxsim.cli import main; main()"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="devices and signals are those of POSIX")


def run(*arguments, encoding="utf-8", **streams):
    """Run the command in a process of its own."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "120"}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment} | streams
    return subprocess.run([*COMMAND, *map(str, arguments)], **options)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_the_console_cannot_show_is_escaped(encoding):
    told = run("check", "single_contact", "--set", "title=β of 2 – 3 °C", encoding=encoding)
    assert told.returncode == 0, told.stderr
    shown = told.stdout.decode(encoding)
    assert ("\\u03b2 of 2 – 3 °C" if encoding == "cp1252" else "\\u03b2 of 2 \\u2013 3 \\xb0C") in shown
    lost = run("check", "β.toml", encoding=encoding)
    assert (lost.returncode, lost.stdout) == (2, b"")
    assert "in \\u03b2.toml" in lost.stderr.decode(encoding)


@POSIX
def test_a_name_that_is_no_text_is_escaped_and_a_value_that_is_none_refused():
    told = run("check", b"\xff.toml".decode("utf-8", "surrogateescape"))
    assert told.returncode == 2
    assert b"in \\udcff.toml" in told.stderr
    told = run("check", "single_contact", "--set", b"title=\xff".decode("utf-8", "surrogateescape"))
    assert told.returncode == 2
    assert b"holds bytes that are no text" in told.stderr


@POSIX
@pytest.mark.parametrize("arguments", [("data",), ("--help",), ("--version",), ("data", "--json")])
def test_a_full_disk_below_stdout_is_said(arguments):
    with open("/dev/full", "wb") as full:
        told = run(*arguments, stdout=full)
    assert told.returncode == 2
    expected = b"Error: the report could not be written to stdout: No space left on device; send it elsewhere"
    assert told.stderr.splitlines() == [expected]


@POSIX
@pytest.mark.parametrize("kilobytes", [2, 60])
@pytest.mark.parametrize(
    "arguments",
    [("solve", "single_contact"), ("startup", "nd_pr_p507", "--days", "0.1"), ("cost", "single_contact")],
    ids=lambda arguments: arguments[0],
)
def test_a_full_disk_below_a_folder_is_said_and_the_folder_is_as_it_was(tmp_path, arguments, kilobytes):
    """As far as a limit on the size of a file is one."""
    folder, limit = tmp_path / "out", (1000 * kilobytes, 1000 * kilobytes)
    folder.mkdir()
    (folder / "report.html").write_text("of an earlier run")

    def limited():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    told = run(*arguments, "--out", folder, preexec_fn=limited)
    assert told.returncode == 2, told.stderr
    assert b"cannot be written: File too large" in told.stderr
    assert b"Traceback" not in told.stderr
    assert [(file.name, file.read_text()) for file in folder.iterdir()] == [("report.html", "of an earlier run")]


@POSIX
@pytest.mark.parametrize("arguments", [("data",), ("--help",), ("data", "--json")])
def test_a_reader_that_goes_ends_the_command_quietly(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    told = run(*arguments, stdout=writing)
    os.close(writing)
    assert (told.returncode, told.stderr) == (128 + signal.SIGPIPE, b"")


@POSIX
def test_closed_streams(tmp_path):
    def closing(*numbers):
        return {"preexec_fn": lambda: [os.close(number) for number in numbers]}

    told = run("data", **closing(1))
    assert told.returncode == 2
    assert told.stderr == b"Error: the report could not be written to stdout: it is closed; send it elsewhere\n"
    assert run("check", "single_contact", **closing(0, 2)).returncode == 0
    assert run("check", "nowhere", **closing(2)).returncode == 2


@POSIX
def test_messages_that_cannot_be_written_do_not_change_the_end():
    with open("/dev/full", "wb") as full:
        assert run("check", "nowhere", stderr=full).returncode == 2
        told = run("solve", "single_contact", "--json", stderr=full)
    assert told.returncode == 0
    assert told.stdout.startswith(b"{")


@pytest.mark.parametrize("name", ["n" * 300, "/".join(["n" * 200] * 30)], ids=["name", "path"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "single_contact", "--out", "{}"),
        ("check", "{}"),
        ("report", "{}", "--out", "elsewhere"),
        ("sweep", "{}"),
        ("sweep", "single_contact", "--axis", "organic.flow_m3_h=1,2", "--out", "{}"),
        ("train", "{}"),
        ("plot", "profile", "single_contact", "--out", "{}.png"),
        ("fit", "{}", "--system", "p507-chloride", "--out", "mine.toml"),
        ("startup", "single_contact", "--resume", "{}"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_names_that_are_too_long_are_refused(sxsim, monkeypatch, tmp_path, arguments, name):
    monkeypatch.chdir(tmp_path)
    told = sxsim(*(part.format(name) for part in arguments))
    assert told.exit_code == 2, told.output
    assert "Bad input: 1 finding" in told.stderr
    assert list(tmp_path.iterdir()) == []


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_end_from_outside_leaves_nothing_half_written(tmp_path, number):
    """Ended while it writes its files: the folder is as it was."""
    folder = tmp_path / "out"
    command = [sys.executable, "-c", f"from sxsim.cli import main\n{SLOW}\nmain()"]
    asked = [*command, "solve", "single_contact", "--out", str(folder)]
    running = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not list(folder.glob(".unfinished-*/result.json")):
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.02)
    running.send_signal(number)
    said = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert said == ("", "")
    assert not folder.exists()


SLOW = """
import sxsim.report.html.writing, time
sxsim.report.html.writing.page = lambda subject: time.sleep(60)
"""


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_end_that_comes_while_errors_are_dropped_is_heard_all_the_same(number):
    """Python drops what a function raises that it calls when an object goes."""
    code = f"""
import os, time
from sxsim.cli import main

class Going:
    def __del__(self):
        os.kill(os.getpid(), {int(number)})
        time.sleep(0.2)

def load(file):
    Going()
    time.sleep(30)

import sxsim.definition
sxsim.definition.load = load
main()
"""
    told = subprocess.run([sys.executable, "-c", code, "check", "single_contact"], capture_output=True, timeout=25)
    assert (told.returncode, told.stdout, told.stderr) == (128 + number, b"", b"")
