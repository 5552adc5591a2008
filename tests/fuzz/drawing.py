"""One input of the fuzz: a command line and the files it names, drawn from a seed and a number."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.mutating import NUMBERS, TEXTS, mutated, spoilt

from sxsim.foundation.files import shipped

__all__ = ["Trial", "draw", "single_contact"]

CORPUS = Path(__file__).with_name("corpus")
SHIPPED = {
    "cascade": ("cascades",),
    "train": ("cascades", "trains"),
    "linked": ("cascades", "linked"),
    "system": ("data", "distribution_coeffs", "systems"),
}
KINDS = ("cascade", "cascade", "cascade", "cascade", "train", "linked", "study", "system", "prices", "points", "line")
"""What is mutated; cascades most often."""


@dataclass
class Trial:
    """A command line with the files it names.

    Attributes
    ----------
    number : int
        Which of its seed.
    arguments : list of str
        Of `sxsim`; files by their names in the folder where it runs.
    files : dict of str to bytes
        What stands in that folder.
    """

    number: int
    arguments: list[str]
    files: dict[str, bytes] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _sound() -> dict[str, list[Any]]:
    """Data of sound files by their kind, in one order on every machine; those of the corpus were a cause once."""
    found: dict[str, list[Any]] = {
        kind: [
            tomllib.loads(entry.read_text(encoding="utf-8"))
            for entry in sorted(shipped(*way).iterdir(), key=lambda entry: entry.name)
            if entry.name.endswith(".toml")
        ]
        for kind, way in SHIPPED.items()
    }
    found |= {"study": [], "prices": [], "points": [file.read_bytes() for file in sorted(CORPUS.glob("*.csv"))]}
    for file in sorted(CORPUS.glob("*.toml")):
        kind = file.stem if file.stem in found else "cascade"
        found[kind].append(tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def draw(seed: int, number: int, quick: bool = False) -> Trial:
    """Draw an input; the same seed and number give the same for ever, as long as corpus and shipped files are those.

    Parameters
    ----------
    seed, number : int
        Each number has random choices of its own.
    quick : bool
        Whether commands are left out that take seconds for a sound file.
    """
    random = Random(f"{seed} {number}")
    kind = random.choice(KINDS)
    trial = Trial(number, [])
    _MAKERS[kind](random, trial, quick)
    if random.random() < 0.04:
        _damaged_line(random, trial.arguments)
    trial.arguments = [each.replace("\0", "") for each in trial.arguments]  # no shell hands one over
    return trial


def single_contact() -> dict[str, Any]:
    """Tables of the smallest bundled cascade."""
    return tomllib.loads(shipped("cascades", "single_contact.toml").read_text(encoding="utf-8"))


def _options(random: Random, *offered: str) -> list[str]:
    """Some of the options a command takes."""
    found: list[str] = []
    if "--set" in offered:
        while random.random() < 0.25:
            found += ["--set", _assignment(random)]
    if "--json" in offered and random.random() < 0.5:
        found.append("--json")
    if "--out" in offered and random.random() < 0.06:
        found += ["--out", random.choice(("out", "out/deep", "out", "case.toml"))]
    return found


def _assignment(random: Random) -> str:
    paths = (
        "organic.flow_m3_h", "section.extraction.stages", "stream.feed.pH", "organic.extractant_mol_L", "title", "draw",
        "stream.feed.assay_mol_L.Nd", "elements", "solve.free", "organic", "section", "a.b.c", "stream.scrub.acid",
        "target.strip_liquor.Nd.purity_min", "organic.saponified_fraction", "organic.temperature_C", "solve",
    )  # fmt: skip
    values = (
        "1e999",
        "[" * 200,
        "{a=1}",
        "[]",
        "'x'",
        "1" * 5000,
        "0x" + "f" * 40,
        "nan",
        "-inf",
        "true",
        "[1,2]",
        '"',
    )
    value = random.choice((repr(random.choice(NUMBERS)), random.choice(TEXTS), random.choice(values)))
    return random.choice((f"{random.choice(paths)}={value}",) * 9 + (value, "=", "a=", random.choice(TEXTS) + "=1"))


def _cascade(random: Random, trial: Trial, quick: bool) -> None:
    trial.files["case.toml"] = mutated(random, random.choice(_sound()["cascade"]))
    name, number = "case.toml", str(random.choice(NUMBERS))
    common = _options(random, "--set", "--json", "--out")
    lines: list[list[str]] = [["check", name, *_options(random, "--set", "--json")]] * 8
    lines += [["solve", name, *common]] * 6
    lines += [["cost", name, *common]] * 2
    lines += [["sources", name], ["plot", "profile", name, "--out", random.choice(("a.png", "a.svg", "a.txt"))]]
    lines += [["synthesize", name, "--products", random.choice(("", "Nd,Pr", "NdPr=Nd+Pr", *TEXTS))]]
    lines += [["sweep", name, "--axis", _axis(random), *_options(random, "--set", "--json")]] * 2
    if not quick:
        lines += [["solve", name, *common]] * 6
        lines += [["design", name, *common]] * 2
        lines += [["startup", name, "--days", random.choice(("0.05", "0.05", number)), *common]] * 2
        lines += [["report", name, "--out", "out", *random.choice(([], ["--cost"], ["--design"]))]]
        lines += [["uncertainty", name, "--samples", "1", "--sobol", "0", *_options(random, "--set", "--json")]]
        lines += [["lock", name, "--newcomers", random.choice(("1", number)), *_options(random, "--set", "--json")]]
        lines += [["startup", name, "--days", "0.05", "--resume", "state.npz"]]
        trial.files["state.npz"] = random.choice((b"", b"PK\x03\x04", random.randbytes(200), trial.files["case.toml"]))
    trial.arguments = random.choice(lines)


def _axis(random: Random) -> str:
    low, high = random.choice(NUMBERS), random.choice(NUMBERS)
    counts = ("2", "3", "0", "-1", "1000000000", "1" + 30 * "0", "x", "2:log", "3:linear")
    paths = ("organic.flow_m3_h", "section.extraction.stages", "stream.feed.pH", "beta.Nd/Pr", "a", "title", "elements")
    forms: tuple[str, ...] = (f"{low}:{high}:{random.choice(counts)}", f"0.9:1.1:{random.choice(counts)}")
    forms += (f"{low},{high}", f"{low}:{high}")
    forms += ("[[1],[2]]", "[{a=1}]", "[]", ",", "1,2,3", "a,b", ":", "1::2", random.choice(TEXTS))
    return f"{random.choice(paths)}={random.choice(forms)}"


def _train(random: Random, trial: Trial, quick: bool) -> None:
    trains = _sound()["train"]
    trial.files["train.toml"] = mutated(random, trains[-1] if quick or random.random() < 0.7 else random.choice(trains))
    if random.random() < 0.2:
        trial.files["mine.toml"] = mutated(random, random.choice(_sound()["cascade"]))
        trial.files["train.toml"] = trial.files["train.toml"].replace(b"nd_pr_p507_soap", b"mine.toml")
    lines = [["train", "train.toml", *_options(random, "--set", "--json", "--out")]] * 6
    lines += [["sweep", "train.toml", "--action", "train", "--axis", _axis(random)], ["check", "train.toml"]]
    lines += [["train", "nd_pr_in_two_cuts", "--against", "train.toml"], ["report", "train.toml", "--out", "out"]]
    trial.arguments = random.choice(lines)


def _linked(random: Random, trial: Trial, quick: bool) -> None:
    trial.files["linked.toml"] = mutated(random, _sound()["linked"][0 if quick else random.randrange(2)])
    trial.arguments = ["linked", "linked.toml", *_options(random, "--set", "--json", "--out")]


def _study(random: Random, trial: Trial, quick: bool) -> None:
    del quick
    trial.files["study.toml"] = mutated(random, random.choice(_sound()["study"]))
    trial.arguments = ["sweep", "study.toml", *_options(random, "--set", "--json", "--out")]


def _system(random: Random, trial: Trial, quick: bool) -> None:
    trial.files["system.toml"] = mutated(random, random.choice(_sound()["system"]))
    trial.files["points.csv"] = random.choice(_sound()["points"])
    lines = [["data", "system.toml", *_options(random, "--json")]] * 3
    lines += [["data", "compare", "system.toml", "p507-chloride", "--pair", random.choice(("Nd/Pr", "Pr/Nd", *TEXTS))]]
    lines += [["check", "single_contact", "--set", "organic.system=system.toml"]] * 2
    lines += [["solve", "single_contact", "--set", "organic.system=system.toml", *_options(random, "--json")]] * 2
    if not quick:
        lines += [["fit", "points.csv", "--system", "system.toml", "--out", "mine.toml"]]
        lines += [["data", "system.toml", "--plot", "a.png"]]
        lines += [["solve", "nd_pr_p507", "--set", "organic.system=system.toml"]]
    trial.arguments = random.choice(lines)


def _prices(random: Random, trial: Trial, quick: bool) -> None:
    trial.files["prices.toml"] = mutated(random, random.choice(_sound()["prices"]))
    lines = [["cost", "nd_pr_p507_soap", "--prices", "prices.toml", *_options(random, "--json", "--out")]] * 3
    lines += [["check", "single_contact", "--set", "economics.price_set=prices.toml"]]
    lines += [["cost", "single_contact", "--set", "economics.price_set=prices.toml"]]
    if not quick:
        lines += [["train", "nd_pr_in_two_cuts", "--prices", "prices.toml"]]
    trial.arguments = random.choice(lines)


def _points(random: Random, trial: Trial, quick: bool) -> None:
    del quick
    content = random.choice(_sound()["points"])
    lines = [line.split(b",") for line in content.split(b"\n")]
    fields = (
        b"", b"nan", b"inf", b"-1", b"1e999", b"0", b"9" * 200_000, b'"', b'"a', b"Xx", b"\xff", b"1,0", b"1e-300",
        b"=1+1",
    )  # fmt: skip
    for _ in range(random.choice((0, 1, 1, 2, 5))):
        line = random.choice(lines)
        at, how = random.randrange(len(line)), random.randrange(3)
        if how == 2 and len(line) > 1:
            del line[at]
        else:
            line[at : at + how] = [random.choice(fields)]
    content = b"\n".join(b",".join(line) for line in lines)
    trial.files["points.csv"] = spoilt(random, content) if random.random() < 0.2 else content
    trial.arguments = ["fit", "points.csv", "--system", random.choice(("p507-chloride", "d2ehpa-chloride", *TEXTS))]
    trial.arguments += ["--out", random.choice(("mine.toml", "mine.toml", "mine.json"))]
    while random.random() < 0.3:
        trial.arguments += ["--free", random.choice(("levels", "level.Nd", "law.a", "separation_factor.Nd/Pr", *TEXTS))]


def _line(random: Random, trial: Trial, quick: bool) -> None:
    """A command line without a file of its own."""
    number, text = str(random.choice(NUMBERS)), random.choice(TEXTS)
    lines = [
        ["check", random.choice(("nd_pr_p507", text)), "--set", _assignment(random)],
        ["solve", "single_contact", "--set", _assignment(random), "--json"],
        ["solve", "nd_pr_p507", "--start", random.choice((f"organic.flow_m3_h={number}", text, f"a={number}"))],
        ["sweep", "single_contact", "--axis", _axis(random), "--axis", _axis(random)],
        ["sweep", "single_contact", "--axis", "organic.flow_m3_h=1:2", "--samples", number, "--method", "sobol"],
        ["sweep", "single_contact", "--axis", "organic.flow_m3_h=1,2", "--output", text, "--seed", number],
        ["synthesize", random.choice(("bayan_obo_usgs", f"La={number},Ce=0.5,Nd=0.2", text)), "--purity", number],
        ["synthesize", "bayan_obo_usgs", "--products", text, "--factor", f"Nd/Pr={number}"],
        ["data", text], ["data", "compare", "p507-chloride", "d2ehpa-chloride", "--pair", text],
        ["linked", "nd_pr_ce", "--set", _assignment(random)],
        ["train", "nd_pr_in_two_cuts", "--set", _assignment(random)],
        ["solve", "single_contact", "--out", text],
    ]  # fmt: skip
    if not quick:
        lines += [
            ["design", "nd_pr_p507", "--set", _assignment(random)],
            ["lock", "nd_pr_p507", "--assume", f"{text}={number}"],
        ]
        lines += [["startup", "nd_pr_p507", "--days", "0.05", "--policy", text]]
        lines += [["uncertainty", "nd_pr_p507", "--samples", "1", "--efficiency", f"{number}:{number}"]]
    trial.arguments = random.choice(lines)


def _damaged_line(random: Random, arguments: list[str]) -> None:
    """An argument that is dropped, doubled or another."""
    at = random.randrange(1, len(arguments) + 1) if len(arguments) > 1 else 1
    match random.randrange(3):
        case 0:
            del arguments[at:]
        case 1:
            arguments[at:at] = arguments[at - 1 :]
        case _:
            arguments.insert(at, random.choice(TEXTS))


_MAKERS: dict[str, Callable[[Random, Trial, bool], None]] = {
    "cascade": _cascade,
    "train": _train,
    "linked": _linked,
    "study": _study,
    "system": _system,
    "prices": _prices,
    "points": _points,
    "line": _line,
}
