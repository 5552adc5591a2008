"""What a page of the documentation shows: files with a caption, Python, commands with the output they claim."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r"^:caption: (\S+)\n", re.MULTILINE)
COMMAND = re.compile(r"^(?:\$ )?(sxsim .*)$")


@dataclass(frozen=True)
class Snippet:
    """One thing to do: write a file, run Python, run a command.

    Attributes
    ----------
    kind : {"file", "python", "command"}
    text : str
        The file, the code, the words of the command.
    name : str
        Name of the file.
    shown : tuple of str
        Lines of output that the page shows; `...` stands for any number of lines, or for part of one.
    """

    kind: str
    text: str
    name: str = ""
    shown: tuple[str, ...] = ()


def snippets(page: Path) -> list[Snippet]:
    """Everything on a page that can be carried out, in its order."""
    text = page.read_text(encoding="utf-8")
    found: list[tuple[int, Snippet]] = []
    for fence in FENCE.finditer(text):
        info, body = fence["info"].strip(), fence["body"]
        caption = CAPTION.search(body)
        if caption:
            found.append((fence.start(), Snippet("file", body[caption.end() :], caption[1])))
        elif info == "python":
            found.append((fence.start(), Snippet("python", body)))
        elif info in ("", "console", "sh", "bash"):
            found += [(fence.start(), each) for each in _commands(body.splitlines())]
    rest = FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence[0]), text)
    for line in re.finditer(r"^ {4}(sxsim .*)$", rest, re.MULTILINE):
        found.append((line.start(), Snippet("command", line[1])))
    return [snippet for _, snippet in sorted(found, key=lambda pair: pair[0])]


def blocks(page: Path, language: str) -> list[str]:
    """Fenced blocks of a language that carry no caption."""
    text = page.read_text(encoding="utf-8")
    return [fence["body"] for fence in FENCE.finditer(text) if fence["info"].strip() == language]


def words(command: str) -> list[str]:
    """What a shell would make of a command; a comment at its end is left out."""
    return shlex.split(command, comments=True)


def missing(shown: tuple[str, ...], output: str) -> str | None:
    """The first shown line that the output does not hold in its place; None when all are there."""
    lines = [" ".join(line.split()) for line in output.splitlines()]
    at = 0
    for line in shown:
        if line.strip() in ("", "..."):
            continue
        pattern = ".*".join(re.escape(" ".join(part.split())) for part in line.split("..."))
        hit = next((place for place in range(at, len(lines)) if re.search(pattern, lines[place])), None)
        if hit is None:
            return line
        at = hit + 1
    return None


def _commands(lines: list[str]) -> list[Snippet]:
    found: list[Snippet] = []
    for line in lines:
        command = COMMAND.match(line)
        if command:
            found.append(Snippet("command", command[1]))
        elif found:
            last = found.pop()
            found.append(Snippet("command", last.text, shown=(*last.shown, line)))
    return found
