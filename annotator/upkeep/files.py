"""A list of files on disk, however many there are: which rows need them, and what has become of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotator.lib.holdings import Held, Kind
from annotator.lib.scratch import work_folder

_TABLE = """
CREATE TABLE files (
    name TEXT PRIMARY KEY, kind TEXT, of TEXT, optional INTEGER,
    sha256 TEXT NOT NULL DEFAULT '', bytes INTEGER NOT NULL DEFAULT 0, fresh INTEGER NOT NULL DEFAULT 0,
    needed INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID
"""
# Needed by one row and optional for another is needed.
_ADD = """
INSERT INTO files (name, kind, of, optional) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET
    optional = CASE needed WHEN 1 THEN min(optional, excluded.optional) ELSE excluded.optional END,
    kind = excluded.kind, of = excluded.of, needed = 1
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file: `sha256` and `bytes` once it was copied, `fresh` when that was now."""

    name: str
    kind: Kind
    of: str
    optional: bool
    sha256: str
    bytes: int
    fresh: bool


class Files:
    """Each file once, by name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, held: Iterable[Held]) -> None:
        """Add files; what is known of one stays."""
        self._connection.executemany(_ADD, ((one.name, one.kind, one.of, one.optional) for one in held))

    def add_names(self, names: Iterable[str]) -> None:
        """Add files of which nothing but the name is known."""
        self.add(Held(name, Kind.ANY, "") for name in names)

    def clear(self) -> None:
        """Begin anew with which files are needed; what was copied of them stays known."""
        self._connection.execute("UPDATE files SET needed = 0")

    def copied(self, name: str, sha256: str, size: int, *, fresh: bool) -> None:
        """Note that a file is in the target."""
        self._connection.execute(
            "UPDATE files SET sha256 = ?, bytes = ?, fresh = ? WHERE name = ?", (sha256, size, fresh, name)
        )

    def __contains__(self, name: str) -> bool:
        return self._connection.execute("SELECT 1 FROM files WHERE needed AND name = ?", (name,)).fetchone() is not None

    def __len__(self) -> int:
        (count,) = self._connection.execute("SELECT count(*) FROM files WHERE needed").fetchone()
        return int(count)

    def __iter__(self) -> Iterator[Listed]:
        """Go through all, by name. They may be marked meanwhile."""
        last = ""
        while True:
            query = "SELECT * FROM files WHERE needed AND name > ? ORDER BY name LIMIT 500"
            rows = self._connection.execute(query, (last,)).fetchall()
            if not rows:
                return
            for name, kind, of, optional, sha256, size, fresh, _ in rows:
                yield Listed(name, Kind(kind), of, bool(optional), sha256, size, bool(fresh))
            last = rows[-1][0]


@contextmanager
def files() -> Iterator[Files]:
    """A list that is gone at the end."""
    with work_folder() as folder, closing(_open(folder / "files.sqlite3")) as connection:
        yield Files(connection)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute(_TABLE)
    return connection
