"""Parquet files among files: their rows a few at a time, and the pictures in them as files of their own.

A picture lies at `<table>/<its name>`, so whoever reads pictures by path needs to know nothing of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from export.archive import MAX_READ, ArchiveError, check_path, parse_json
from export.files import MAX_FILES, Files

SUFFIX = ".parquet"
_TOGETHER = 16
"""Rows in memory: each may hold a picture."""
PICTURE = "image"


class Table:
    """One Parquet file. Whatever is wrong with it raises ArchiveError. Needs pyarrow."""

    def __init__(self, files: Files, path: str) -> None:
        from pyarrow import parquet

        self.path = path
        self._kept: tuple[int, list[bytes]] = (-1, [])
        self._file = TemporaryFile()  # noqa: SIM115  # closes itself when nobody holds it; the format is read from its end
        for chunk in files.chunks(path):
            self._file.write(chunk)
        with self._understood():
            self._table = parquet.ParquetFile(self._file)
            metadata = self._table.metadata
            if metadata.num_rows > MAX_FILES:
                raise ArchiveError(f"{path} has {metadata.num_rows} rows; {MAX_FILES} are the most.")
            for group in range(metadata.num_row_groups):
                if metadata.row_group(group).total_byte_size > MAX_READ:
                    raise ArchiveError(f"{path} has a group of rows of more than {MAX_READ} bytes.")

    @cached_property
    def features(self) -> Mapping[str, Any]:
        """What the columns mean to `datasets`; empty where nothing is said."""
        with self._understood():
            about = (self._table.schema_arrow.metadata or {}).get(b"huggingface", b"{}")
            found = parse_json(about, self.path)
            features: dict[str, Any] = found["info"]["features"] if found else {}
            return features

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows without their pictures; those that have one and no `file_name` have its name."""
        with self._understood():
            names = [name for name in self._table.schema_arrow.names if name != PICTURE]
            for row, name in zip(self._batches(names), self._names(), strict=True):
                yield ({"file_name": name} if name else {}) | {key: it for key, it in row.items() if it is not None}

    @cached_property
    def pictures(self) -> dict[str, int]:
        """The names of the pictures and the rows they are in."""
        with self._understood():
            return {} if not self._has_bytes() else {name: row for row, name in enumerate(self._names()) if name}

    def picture(self, row: int) -> bytes:
        """The bytes of a picture."""
        with self._understood():
            first = 0
            for group in range(self._table.num_row_groups):
                count = self._table.metadata.row_group(group).num_rows
                if row < first + count:
                    return self._of_group(group)[row - first]
                first += count
        raise ArchiveError(f"{self.path} has no row {row}.")

    def _of_group(self, group: int) -> list[bytes]:
        """The pictures of a group of rows; those of the last one asked for are kept, for the next is mostly there."""
        if self._kept[0] != group:
            column = self._table.read_row_group(group, columns=[f"{PICTURE}.bytes"]).column(PICTURE)
            self._kept = group, [(one or {}).get("bytes") or b"" for one in column.to_pylist()]
        return self._kept[1]

    def _has_bytes(self) -> bool:
        schema = self._table.schema_arrow
        return PICTURE in schema.names and "bytes" in _fields(schema.field(PICTURE).type)

    def _names(self) -> Iterator[str]:
        """How each row's picture is called: `file_name`, else the picture's own path, else the row's number."""
        schema = self._table.schema_arrow
        inner = _fields(schema.field(PICTURE).type) if PICTURE in schema.names else []
        asked = [
            *(["file_name"] if "file_name" in schema.names else []),
            *([f"{PICTURE}.path"] if "path" in inner else []),
        ]
        if not asked:
            yield from (f"{number}.png" if inner else "" for number in range(self._table.metadata.num_rows))
            return
        for number, row in enumerate(self._batches(asked)):
            own = (row.get(PICTURE) or {}).get("path")
            yield row.get("file_name") or own or (f"{number}.png" if inner else "")

    def _batches(self, columns: list[str]) -> Iterator[dict[str, Any]]:
        for batch in self._table.iter_batches(_TOGETHER, columns=columns):
            yield from batch.to_pylist()

    @contextmanager
    def _understood(self) -> Iterator[None]:
        from pyarrow import ArrowException

        try:
            yield
        except ArchiveError:
            raise
        except (
            ArrowException,
            OSError,
            ValueError,
            TypeError,
            LookupError,
            OverflowError,
            NotImplementedError,
        ) as error:
            reason = str(error).split("\n")[0][:200]
            raise ArchiveError(f"{self.path} is no Parquet that can be read: {reason}") from error


class WithTables:
    """Files, and the pictures in their tables. Without tables, or without pyarrow, they are as they were."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.tables: dict[str, Table] = {}
        self.broken: dict[str, str] = {}
        """What is wrong with tables that cannot be read."""
        self._inner: dict[str, tuple[Table, int]] = {}
        if find_spec("pyarrow") is not None:
            for path in files.paths():
                if path.lower().endswith(SUFFIX):
                    self._take(path)

    def paths(self) -> list[str]:
        """Every file's path."""
        return [*self._files.paths(), *self._inner]

    def open(self, path: str) -> IO[bytes]:
        """A file as a binary stream; raises ArchiveError when there is none."""
        return BytesIO(self._picture(path)) if path in self._inner else self._files.open(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        """A file in pieces."""
        return iter([self._picture(path)]) if path in self._inner else self._files.chunks(path)

    def read(self, path: str, limit: int = MAX_READ) -> bytes:
        """A whole file; raises ArchiveError when it is larger than `limit` bytes."""
        return self._picture(path) if path in self._inner else self._files.read(path, limit)

    def json(self, path: str) -> Any:
        """A JSON document; raises ArchiveError when it is none."""
        return self._files.json(path)

    def _take(self, path: str) -> None:
        try:
            table = Table(self._files, path)
            self._inner |= {
                f"{path}/{name}": (table, row) for name, row in table.pictures.items() if _is_safe(f"{path}/{name}")
            }
            self.tables[path] = table
        except ArchiveError as error:
            self.broken[path] = str(error)

    def _picture(self, path: str) -> bytes:
        table, row = self._inner[path]
        return table.picture(row)


def with_tables(files: Files) -> WithTables:
    """The same files with the pictures in their tables."""
    return files if isinstance(files, WithTables) else WithTables(files)


def _is_safe(path: str) -> bool:
    try:
        check_path(path)
    except ArchiveError:
        return False
    return True


def _fields(kind: Any) -> list[str]:
    """The names in a struct; none of anything else."""
    from pyarrow import types

    return [one.name for one in kind] if types.is_struct(kind) else []
