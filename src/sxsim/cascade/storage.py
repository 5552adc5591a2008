"""Results as JSON and CSV, exact to the last digit both ways."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.cascade.evidence import Reference
from sxsim.cascade.profiles import Stages, profile_columns
from sxsim.cascade.streams import Stream
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, Finding, InputError, UnreachableTarget
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.cascade.result import Result

__all__ = [
    "csv_text",
    "failure_to_dict",
    "fields_of",
    "from_json",
    "stream_columns",
    "tables",
    "to_dict",
    "to_json",
    "write_csv",
]


def to_dict(result: Result) -> dict[str, Any]:
    """A result as plain data, flat at the top; None for what is undefined."""
    stage = {name: getattr(result.stage, name).tolist() for name in Stages.arrays()}
    plain = {
        "title": result.cascade.title,
        "status": result.status,
        "method": result.method,
        "iterations": result.iterations,
        "closure": result.closure,
        "closure_by_component": dict(result.closure_by_component),
        "equilibrium_residual": result.equilibrium_residual,
        "charge_relation": result.charge_relation,
        "streams": {
            name: {key: value for key, value in fields_of(stream).items() if key != "name"}
            for name, stream in result.stream.items()
        },
        "targets": [fields_of(target) for target in result.targets],
        "found": dict(result.found),
        "branch": result.branch,
        "fixed": list(result.cascade.fixed),
        "loads": {name: fields_of(load) for name, load in result.load.items()},
        "warnings": list(result.warnings),
        "sources": [fields_of(reference) for reference in result.sources],
        "components": list(result.components),
        "stages": {"section": list(result.stage.section), "local_stage": list(result.stage.local_stage), **stage},
        "definition": result.cascade.to_data(),
    }
    return {key: _defined(value) for key, value in plain.items()}


def failure_to_dict(error: ConvergenceError) -> dict[str, Any]:
    """What is known of a cascade that was not solved, as plain data.

    Parameters
    ----------
    error : ConvergenceError
        What `sxsim.solve` raised.

    Returns
    -------
    dict
        Status, the best iterate or nearest state where there is one, diagnosis, `cures`; `proof` and `best` of targets
        that cannot be reached. A cure of several changes has an entry for each, all with its number as `cure`.

    Examples
    --------
    >>> failure_to_dict(ConvergenceError("no flow"))["proof"] is None
    True
    """
    refused = isinstance(error, UnreachableTarget)
    told: dict[str, Any] = {"status": "targets not reachable" if refused else "not converged"}
    if error.result is not None:
        told |= error.result.to_dict()
    proof, best = (error.proof, error.best) if isinstance(error, UnreachableTarget) else (None, None)
    figures = {
        "proof": None if proof is None else {"kind": proof.kind, "figures": dict(proof.figures)},
        "best": best,
        "cures": [
            {"cure": number, "path": path, "from": now, "to": to}
            for number, cure in enumerate(error.cures, 1)
            for path, (now, to) in cure.changes.items()
        ],
    }
    return {**told, "diagnosis": error.diagnosis, **{key: _defined(value) for key, value in figures.items()}}


def fields_of(record: Any) -> dict[str, Any]:
    """Fields of a dataclass by name, as they are: `dataclasses.asdict` copies all below them too."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def to_json(result: Result, indent: int | None = None) -> str:
    """A result as JSON text; numbers are written so that they read back exactly."""
    return json.dumps(to_dict(result), indent=indent, allow_nan=False, ensure_ascii=False)


def from_json(text: str) -> Result:
    """Restore a result from its JSON text; further top-level keys are left alone."""
    from sxsim.cascade.result import Load, Result, TargetResult

    try:
        data = json.loads(text)
        stages = data["stages"]
        arrays = {name: np.array(_numbers(stages[name]), dtype=np.float64) for name in Stages.arrays()}
        cascade = Cascade.model_validate(data["definition"])
        cascade._assigned = tuple(data.get("fixed", ()))
        return Result(
            cascade=cascade,
            status=data["status"],
            method=data["method"],
            iterations=data["iterations"],
            components=tuple(data["components"]),
            stage=Stages(section=tuple(stages["section"]), local_stage=tuple(stages["local_stage"]), **arrays),
            stream={name: Stream(name=name, **held) for name, held in data["streams"].items()},
            closure=_number(data["closure"]),
            closure_by_component={name: _number(value) for name, value in data["closure_by_component"].items()},
            equilibrium_residual=_number(data["equilibrium_residual"]),
            charge_relation=_number(data["charge_relation"]),
            load={name: Load(**held) for name, held in data["loads"].items()},
            targets=tuple(TargetResult(**held) for held in data["targets"]),
            found=data["found"],
            warnings=tuple(data["warnings"]),
            sources=tuple(Reference(**{**held, "numbers": tuple(held["numbers"])}) for held in data["sources"]),
            branch=data.get("branch", ""),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as reason:
        cure = "give the text that Result.to_json or `sxsim solve --json` wrote"
        raise InputError(
            Finding("result", f"is no JSON of a result ({type(reason).__name__})", cure=cure, allowed="one JSON object")
        ) from reason


def stream_columns(result: Result) -> dict[str, list[Any]]:
    """Columns of the stream table; None where a figure is undefined."""
    components = list(dict.fromkeys(name for stream in result.stream.values() for name in stream.concentration_mol_L))
    rare = list(dict.fromkeys(name for stream in result.stream.values() for name in stream.purity))
    columns: dict[str, list[Any]] = {
        key: [] for key in ("stream", "kind", "phase", "flow_m3_h", "pH", "acid_mol_L", "entrained_m3_h")
    }
    for stream in result.stream.values():
        for key in columns:
            columns[key].append(stream.name if key == "stream" else getattr(stream, key))
    held = [stream.concentration_mol_L for stream in result.stream.values()]
    columns |= {f"{name}_mol_L": [each.get(name) for each in held] for name in components}
    columns |= {f"{name}_purity": [each.purity.get(name) for each in result.stream.values()] for name in rare}
    for name in result.cascade.elements:
        columns[f"{name}_recovery"] = [each.recovery.get(name) for each in result.stream.values()]
    return columns


def tables(result: Result) -> dict[str, dict[str, list[Any]]]:
    """Every table of a result: name to columns."""
    targets = [fields_of(target) for target in result.targets]
    keys = ("stream", "element", "figure", "asked", "value", "purity", "recovery", "met", "room")
    loads = [{"section": name, **fields_of(load)} for name, load in result.load.items()]
    figures: dict[str, Any] = {**result.stats, **{f"closure_{k}": v for k, v in result.closure_by_component.items()}}
    figures |= {f"found_{path}": value for path, value in result.found.items()}
    figures |= {"branch": result.branch, "fixed": " ".join(result.cascade.fixed)}
    return {
        "streams": stream_columns(result),
        "profile_organic": profile_columns(result.components, result.stage, "organic"),
        "profile_aqueous": profile_columns(result.components, result.stage, "aqueous"),
        "targets": {key: [target[key] for target in targets] for key in keys},
        "loads": {key: [load[key] for load in loads] for key in (loads[0] if loads else ())},
        "figures": {"figure": list(figures), "value": list(figures.values())},
    }


def write_csv(result: Result, folder: str | os.PathLike[str]) -> list[str]:
    """Write every table as a CSV file, whole or not at all; returns the names of the files."""
    names = []
    for name, columns in tables(result).items():
        write_text(Path(folder) / f"{name}.csv", csv_text(columns))
        names.append(f"{name}.csv")
    return names


def csv_text(columns: Mapping[str, Sequence[Any]]) -> str:
    """Columns as CSV text; numbers to the last digit, an empty field for None.

    Examples
    --------
    >>> print(csv_text({"stage": [1], "Nd_mol_L": [0.1]}), end="")
    stage,Nd_mol_L
    1,0.1
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def _defined(value: Any) -> Any:
    """The same data with None for NaN and infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _defined(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_defined(each) for each in value]
    return value


def _number(value: float | None) -> float:
    """A number that was undefined comes back as NaN."""
    return float("nan") if value is None else value


def _numbers(values: Any) -> Any:
    """Nested lists with NaN for None."""
    return [_numbers(each) for each in values] if isinstance(values, list) else _number(values)
