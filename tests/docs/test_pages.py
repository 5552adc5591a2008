"""Everything that a page of the documentation shows is done, in its order, and gives what the page says."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import pytest
from tests.docs.snippets import Snippet, blocks, missing, snippets, words
from typer.main import get_command
from typer.testing import CliRunner

from sxsim.cli import app
from sxsim.definition import loads
from sxsim.economics import price_set
from sxsim.foundation.files import shipped
from sxsim.plant import Train

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
TOML = [(page.stem, number, text) for page in PAGES for number, text in enumerate(blocks(page, "toml"))]

SHORTENED = {
    "sxsim app": ("app", "app --help"),  # the server itself is started in tests/app
    "sxsim startup nd_pr_p507 --policy one-sided --days 30 --out run --animation": ("--days 30", "--days 1"),
    "sxsim uncertainty nd_pr_p507 --samples 100 --seed 1 --out out/uncertainty": ("100", "3 --sobol 0"),
}
"""Commands that would take half a minute, or never end: what is put in place of what to run them here."""

ONLY_READ = {
    "sxsim lock dy_tb_p507 --beta-error 0.05 --out out/lock",
    "sxsim lock nd_pr_p507 --assume retrofit_d=30 --assume handbook_quantile=0.5 --seed 7",
}
"""Commands whose like is run above on the same page, at ten seconds each: their options are read, no more."""

REFUSED = {"Bad input": 2, "Target not reachable": 3, "Not converged": 3}
"""Exit code of a command whose shown output begins so."""


@pytest.fixture
def bench(checkout, tmp_path, monkeypatch):
    """A folder of one's own beside the files that a clone has."""
    for room in ("cascades", "data"):
        (tmp_path / room).symlink_to(checkout / room)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def check_command(snippet: Snippet) -> None:
    if " ".join(words(snippet.text)) in ONLY_READ:
        name, *arguments = words(snippet.text)[1:]
        get_command(app).commands[name].make_context(name, arguments)
        return
    was, becomes = SHORTENED.get(" ".join(words(snippet.text)), ("", ""))
    done = CliRunner().invoke(app, words(snippet.text.replace(was, becomes, 1) if was else snippet.text)[1:])
    begins = snippet.shown[0].split(":")[0] if snippet.shown else ""
    assert done.exit_code == REFUSED.get(begins, 0), (snippet.text, done.output, done.exception)
    assert missing(snippet.shown, done.output) is None, (snippet.text, done.output)


@pytest.mark.filterwarnings("ignore::sxsim.errors.ValidityWarning")
@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("page", [page for page in PAGES if snippets(page)], ids=lambda page: page.stem)
def test_what_a_page_shows_is_so(page):
    names: dict[str, object] = {"__name__": "page"}
    for snippet in snippets(page):
        if snippet.kind == "file":
            Path(snippet.name).write_text(snippet.text, encoding="utf-8")
        elif snippet.kind == "python":
            exec(compile(snippet.text, str(page), "exec"), names)
        else:
            check_command(snippet)


def test_the_pages_show_enough_to_be_worth_the_test():
    kinds = [snippet.kind for page in PAGES for snippet in snippets(page)]
    assert kinds.count("command") > 30
    assert kinds.count("python") > 8
    assert kinds.count("file") >= 2


def test_every_command_that_is_shortened_is_still_shown():
    shown = {" ".join(words(each.text)) for page in PAGES for each in snippets(page) if each.kind == "command"}
    assert set(SHORTENED) | ONLY_READ <= shown


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize(("page", "number", "text"), TOML, ids=[f"{page}-{number}" for page, number, _ in TOML])
def test_every_table_that_is_shown_can_be_read(page, number, text):
    tables = tomllib.loads(text)
    if set(tables) <= {"startup", "design", "economics"}:
        whole = shipped("cascades", "nd_pr_p507.toml").read_text(encoding="utf-8")
        assert loads(f"{whole}\n{text}").check() == []
    elif {"feed", "product"} <= set(tables):  # one of several cascades is shown: tables, not where streams go
        assert Train.model_validate(tables).title == tables["title"]
    elif "price" in tables:
        Path("prices.toml").write_text(text, encoding="utf-8")
        price_set("prices.toml")


def test_every_doi_has_the_form_of_one():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = re.findall(r"\bdoi:? +(\S+?)[,;)|]*(?:\s|$)", text)
    assert len(named) > 10
    assert [doi for doi in named if not re.fullmatch(r"10\.\d{4,9}/[\w./()\-]+", doi)] == []


def test_a_line_that_the_output_does_not_hold_is_found():
    output = "flow   18.00\npurity 99.9\n"
    assert missing(("flow 18.00", "...", "purity"), output) is None
    assert missing(("purity 99.9", "flow 18.00"), output) == "flow 18.00"
    assert missing(("flow ... 00",), output) is None
    assert missing(("flow 18.01",), output) == "flow 18.01"


def test_symbols_of_the_model_are_names_of_the_code():
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    table = text[text.index("## Symbols") : text.index("## Sources")]
    places = {
        "State": ("model", "State"),
        "Chemistry": ("model", "Chemistry"),
        "Network": ("model", "Network"),
        "Equations": ("free", "Equations"),
    }
    named = [name for name in re.findall(r"`(\w+\.\w+)`", table) if not name.startswith("sxsim.")]
    assert len(named) > 25
    for name in named:
        owner, attribute = name.split(".")
        module, kind = places.get(owner, (owner, ""))
        found = importlib.import_module(f"sxsim.kernels.{module}")
        assert hasattr(getattr(found, kind) if kind else found, attribute), name


def test_symbols_of_the_theory_are_names_of_the_code(checkout):
    text = (DOCS / "theory.md").read_text(encoding="utf-8")
    table = text[text.index("| symbol |") : text.index("Flows. Aqueous feed")]
    rows = [row.rsplit("|", 2)[1] for row in table.splitlines()[2:] if row.startswith("|")]
    rooms = [checkout / "src" / "sxsim" / "theory", checkout / "src" / "sxsim" / "kernels"]
    code = "\n".join(path.read_text(encoding="utf-8") for room in rooms for path in room.glob("*.py"))
    names = [name for row in rows for name in re.findall(r"`(?:\w+\.)*(\w+)`", row)]
    assert len(names) > 15
    assert [name for name in names if not re.search(rf"\b{name}\b", code)] == []
