"""Rows on disk: one Parquet file a chunk, a manifest beside them, one table when all are there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import atomic_path, write_text
from sxsim.foundation.remembering import remembered
from sxsim.studies.cases import Rows
from sxsim.studies.study import Chunk, Study

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Store", "schema_of", "table_of"]

MANIFEST = "manifest.json"
TABLE = "sweep.parquet"
CHUNKS = "chunks"

PROGRAM = {"version", "program"}
"""What in the description of a study says who computes it."""


@remembered
def schema_of(study: Study) -> pa.Schema:
    """Columns of a study's table and their types; every case is looked at, so once for all chunks."""
    import pyarrow as pa

    fields = [pa.field("case", pa.int64())]
    fields += [pa.field(path, _kind(values)) for path, values in study.cases.items()]
    fields += [pa.field("status", pa.string()), pa.field("reason", pa.string())]
    fields += [pa.field(path, pa.float64()) for path in study.outputs]
    return pa.schema(fields)


def table_of(study: Study, chunk: Chunk, rows: Rows) -> pa.Table:
    """Rows of a chunk as a table."""
    import pyarrow as pa

    schema = schema_of(study)
    columns: list[Any] = [list(range(chunk.first, chunk.first + len(chunk.values)))]
    for at, path in enumerate(study.paths):
        textual = pa.types.is_string(schema.field(path).type)
        drawn = [values[at] for values in chunk.values]
        columns.append([str(value) for value in drawn] if textual else drawn)
    columns += [rows.status, rows.reason, *rows.figures]
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _kind(values: list[Any]) -> pa.DataType:
    """Type of an axis' column; text when it mixes."""
    import pyarrow as pa

    if all(isinstance(value, bool) for value in values):
        return pa.bool_()
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < len(values):
        return pa.string()
    return pa.int64() if all(isinstance(value, int) for value in numbers) else pa.float64()


class Store:
    """The folder of one study.

    Parameters
    ----------
    folder : path-like
        Where; made if missing. A study that was begun there is carried on.
    study : Study
        What is run; its chunk size gives way to that of the study that was begun.

    Raises
    ------
    InputError
        The folder holds another study, is no such folder, or cannot be written to.
    """

    def __init__(self, folder: str | os.PathLike[str], study: Study) -> None:
        self.folder = Path(folder)
        described = study.describe()
        path = self.folder / MANIFEST
        try:
            if not self.complete:
                (self.folder / CHUNKS).mkdir(parents=True, exist_ok=True)
            if path.is_file():
                self.chunk_cases = _same_study(json.loads(path.read_text(encoding="utf-8")), described, self.folder)
            else:
                self.chunk_cases = study.chunk_cases
                told = {"title": study.title, "chunk_cases": self.chunk_cases, "study": described}
                write_text(path, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
            offence = f"{path} is no manifest of a sweep"
            raise InputError(Finding("--out", offence, cure="name another folder")) from None
        except OSError as error:
            cure = "name a place you may write to"
            raise InputError(Finding("--out", f"{folder} cannot be used: {error.strerror}", cure=cure)) from None

    def finished(self) -> set[int]:
        """Numbers of the chunks that are recorded."""
        return {int(file.stem) for file in (self.folder / CHUNKS).glob("[0-9]*.parquet")}

    @property
    def table_path(self) -> Path:
        """The whole table, once there."""
        return self.folder / TABLE

    @property
    def complete(self) -> bool:
        """Whether the whole table is there."""
        return self.table_path.is_file()

    def add(self, number: int, table: pa.Table) -> None:
        """Record a chunk, whole or not at all."""
        from pyarrow import parquet

        with atomic_path(self._chunk(number)) as temporary:
            parquet.write_table(table, temporary)

    def join(self, count: int) -> None:
        """Write the whole table from its chunks, one at a time, and let these go."""
        from pyarrow import parquet

        schema = parquet.read_schema(self._chunk(0))
        with atomic_path(self.table_path) as temporary, parquet.ParquetWriter(temporary, schema) as writer:
            for number in range(count):
                writer.write_table(parquet.read_table(self._chunk(number), schema=schema))
        shutil.rmtree(self.folder / CHUNKS, ignore_errors=True)

    def read(self) -> pa.Table:
        """Read the whole table."""
        from pyarrow import parquet

        return parquet.read_table(self.table_path)

    def rows_of(self, numbers: Iterable[int]) -> int:
        """How many cases some recorded chunks hold."""
        from pyarrow import parquet

        return sum(parquet.read_metadata(self._chunk(number)).num_rows for number in numbers)

    def _chunk(self, number: int) -> Path:
        return self.folder / CHUNKS / f"{number:06d}.parquet"


def _same_study(kept: Mapping[str, Any], described: Mapping[str, Any], folder: Path) -> int:
    """Chunk size of the study that was begun, if it is this one.

    Raises
    ------
    InputError
        It is another one.
    """
    before = kept["study"]
    changed = [key for key in described if before.get(key) != described[key]]
    if "axes" in changed:
        names = {*before["axes"], *described["axes"]}
        paths = [path for path in sorted(names) if before["axes"].get(path) != described["axes"].get(path)]
        changed[changed.index("axes")] = f"axes ({', '.join(paths)})"
    if changed and set(changed) <= PROGRAM:
        was = before.get("version", "of another version")
        now = described["version"]
        said = f"sxsim {was}, and this is {now}" if was != now else f"sxsim {now} with other sources, numba or numpy"
        offence = f"{folder} holds this study as another program computed it: {said}"
        cure = "carry on with that program, or name another folder, or remove this one to begin anew"
        raise InputError(Finding("--out", offence, "rows of one program", cure))
    if changed:
        offence = f"{folder} holds another study; what differs: {', '.join(changed)}"
        cure = "name another folder, or remove this one to begin anew"
        raise InputError(Finding("--out", offence, "the same study, to carry on with it", cure))
    return int(kept["chunk_cases"])
