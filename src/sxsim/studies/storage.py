"""Rows on disk: one Parquet file a chunk, a manifest beside them, one table when all are there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import atomic_path, sweep_up, write_bytes, write_text
from sxsim.foundation.hashing import input_hash
from sxsim.foundation.locking import Taken, locked
from sxsim.foundation.places import unwritable
from sxsim.foundation.remembering import remembered
from sxsim.studies.cases import Rows
from sxsim.studies.study import Chunk, Study

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Store", "opened", "schema_of", "table_of"]

MANIFEST = "manifest.json"
TABLE = "sweep.parquet"
CHUNKS = "chunks"
LOCK = ".lock"
NUMBER = 6
"""Digits of the number in the name of a chunk's file."""

PROGRAM = {"version", "program"}
"""What in the description of a study says who computes it."""

KEPT = "what is finished is kept, and the same call carries on"


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


@contextmanager
def opened(folder: str | os.PathLike[str], study: Study) -> Iterator[Store]:
    """Open the folder of a study, for this run alone.

    Parameters
    ----------
    folder : path-like
        Where; made if missing. A study that was begun there is carried on.
    study : Study
        What is run.

    Raises
    ------
    InputError
        The folder is in use, holds another study, is no such folder, or cannot be written to.
    """
    place, described = Path(folder), study.describe()
    with ExitStack() as held:
        try:
            place.mkdir(parents=True, exist_ok=True)
            try:
                held.enter_context(locked(place / LOCK))
            except Taken as taken:
                cure = "wait for its end, or name another folder"
                raise InputError(Finding("--out", f"{place} is in use by {taken.holder}", "one run", cure)) from None
            except OSError:
                if not (place / TABLE).is_file():  # a whole table can be read where nothing can be written
                    raise
            store = Store(place, study, described)
        except (OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise unwritable("--out", folder, error) from None
        yield store


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Let what the system says be said.

    Raises
    ------
    InputError
        The folder cannot be written to, or not be read.
    """
    try:
        yield
    except OSError as error:
        raise unwritable("--out", folder, error, KEPT) from None


class Store:
    """The folder of one study; see `opened`.

    The name of a chunk's file ends in a digest of the study, of the chunk's number and of the file itself, and the
    manifest holds the digest of the whole table. So what was cut short, altered, mixed up or brought from elsewhere
    is known as such: chunks and tables of that kind do not count, and are run again.

    Attributes
    ----------
    folder : Path
        Where.
    chunk_cases : int
        Chunk size of the study that was begun, to which that of `study` gives way.
    finished : set of int
        Numbers of the chunks that are recorded.
    dropped : int
        Files that were no good.
    complete : bool
        Whether the whole table is there.
    """

    def __init__(self, folder: Path, study: Study, described: Mapping[str, Any]) -> None:
        self.folder = folder
        self._digest = input_hash(described)
        self._manifest = self._read_manifest(described)
        self.chunk_cases: int = self._manifest.get("chunk_cases", study.chunk_cases)
        self.dropped = 0
        self.finished: set[int] = set()
        self.complete = self._table_is_whole()
        if self.complete and not (self.folder / CHUNKS).exists():
            return
        sweep_up(self.folder, all_files=True)
        if self.complete:
            shutil.rmtree(self.folder / CHUNKS, ignore_errors=True)
            return
        (self.folder / CHUNKS).mkdir(exist_ok=True)
        if not self._manifest:
            self._manifest = {"title": study.title, "chunk_cases": self.chunk_cases, "study": described}
            self._write_manifest()
        sweep_up(self.folder / CHUNKS, all_files=True)
        self._look_through(range(-(-len(study) // self.chunk_cases)))

    def add(self, number: int, table: pa.Table) -> None:
        """Record a chunk, whole or not at all."""
        import pyarrow as pa
        from pyarrow import parquet

        written = pa.BufferOutputStream()
        parquet.write_table(table, written)
        content = written.getvalue().to_pybytes()
        with _told(self.folder):
            write_bytes(self.folder / CHUNKS / self._name(number, content), content)

    def join(self, count: int) -> None:
        """Write the whole table from its chunks, one at a time, and let these go.

        Raises
        ------
        InputError
            A chunk that was recorded is no longer there, or the folder cannot be written to.
        """
        from pyarrow import parquet

        files = {file.name[:NUMBER]: file for file in self._chunk_files()}
        with _told(self.folder), atomic_path(self.folder / TABLE) as temporary:
            first = self._chunk(files, 0)
            with parquet.ParquetWriter(temporary, first.schema) as writer:
                writer.write_table(first)
                for number in range(1, count):
                    writer.write_table(self._chunk(files, number))
            self._manifest["table"] = _digest_of(temporary)
        with _told(self.folder):
            self._write_manifest()
        shutil.rmtree(self.folder / CHUNKS, ignore_errors=True)

    def read(self) -> pa.Table:
        """Read the whole table."""
        from pyarrow import parquet

        with _told(self.folder):
            return parquet.read_table(self.folder / TABLE)

    def _chunk(self, files: Mapping[str, Path], number: int) -> pa.Table:
        """Read a chunk that was recorded.

        Raises
        ------
        InputError
            It is no longer there as it was written.
        """
        import pyarrow as pa
        from pyarrow import parquet

        file = files.get(f"{number:0{NUMBER}d}", Path())
        content = file.read_bytes() if file.is_file() else b""
        if file.name != self._name(number, content):
            offence = f"chunk {number} of {self.folder} was removed or altered while the study ran"
            raise InputError(
                Finding(
                    "--out",
                    offence,
                    cure="let one study use the folder, and run it again",
                    allowed="one study at a time",
                )
            )
        return parquet.read_table(pa.BufferReader(content))

    def _read_manifest(self, described: Mapping[str, Any]) -> dict[str, Any]:
        """What the manifest says, if it is that of this study; empty where nothing was begun.

        Raises
        ------
        InputError
            It is of another study, is none, or is missing although something was begun.
        """
        path = self.folder / MANIFEST
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            _same_study(told, described, self.folder)
            if not isinstance(told["chunk_cases"], int) or told["chunk_cases"] < 1:
                raise KeyError("chunk_cases")
        except FileNotFoundError:
            found = (self.folder / TABLE, *self._chunk_files())
            if begun := next((file for file in found if file.exists()), None):
                offence = f"{path} is missing, so nobody can say which study {begun.relative_to(self.folder)} is of"
                cure = "put it back, or name another folder, or remove this one to begin anew"
                raise InputError(
                    Finding("--out", offence, cure=cure, allowed="a folder of this study, or a new one")
                ) from None
            return {}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            offence = f"{path} is no manifest of a sweep"
            cure = "name another folder, or remove this one to begin anew"
            raise InputError(
                Finding("--out", offence, cure=cure, allowed="a folder of this study, or a new one")
            ) from None
        return dict(told)

    def _write_manifest(self) -> None:
        write_text(self.folder / MANIFEST, json.dumps(self._manifest, indent=1, ensure_ascii=False) + "\n")

    def _table_is_whole(self) -> bool:
        """Whether the whole table is there, as it was written."""
        known, path = self._manifest.get("table"), self.folder / TABLE
        if known is None:
            return False
        if path.is_file() and _digest_of(path) == known:
            return True
        self.dropped += 1
        del self._manifest["table"]
        return False

    def _look_through(self, numbers: range) -> None:
        """Find the chunks that are recorded, and remove what is none."""
        for file in self._chunk_files():
            number = int(file.name[:NUMBER]) if file.name[:NUMBER].isdecimal() else -1
            if number in numbers and file.name == self._name(number, file.read_bytes()):
                self.finished.add(number)
            else:
                file.unlink()
                self.dropped += 1

    def _chunk_files(self) -> Iterator[Path]:
        """Files of chunks, good or not."""
        return iter(sorted((self.folder / CHUNKS).glob("*.parquet")))

    def _name(self, number: int, content: bytes) -> str:
        """Name of the file of a chunk with this content."""
        digest = hashlib.sha256(f"{self._digest} {self.chunk_cases} {number} ".encode() + content)
        return f"{number:0{NUMBER}d}-{digest.hexdigest()[:16]}.parquet"


def _digest_of(path: Path) -> str:
    """Digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _same_study(kept: Mapping[str, Any], described: Mapping[str, Any], folder: Path) -> None:
    """Look whether the study that was begun is this one.

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
        if paths:
            changed[changed.index("axes")] = f"axes ({', '.join(paths)})"
    if changed and set(changed) <= PROGRAM:
        was = before.get("version", "of another version")
        now = described["version"]
        said = (
            f"sxsim {was}, and this is {now}" if was != now else f"sxsim {now} with other sources, data, numba or numpy"
        )
        offence = f"{folder} holds this study as another program computed it: {said}"
        cure = "carry on with that program, or name another folder, or remove this one to begin anew"
        raise InputError(Finding("--out", offence, "rows of one program", cure))
    if changed:
        offence = f"{folder} holds another study; what differs: {', '.join(changed)}"
        cure = "name another folder, or remove this one to begin anew"
        raise InputError(Finding("--out", offence, "the same study, to carry on with it", cure))
