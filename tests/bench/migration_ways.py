"""`python -m tests.bench.migration_ways OBJECTS`: bring the empty database in DATABASE_URL to where 0.1.0 was, fill it,
bring it up to date, and print as JSON what each migration took and what it kept others from."""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIRST = Path(__file__).resolve().parents[1] / "fixtures" / "upgrade" / "0.1.0" / "rows.sql.gz"
LARGE = ("annotations_annotation", "annotations_revision", "projects_image")
READERS, WRITERS, CHANGED = "nobody reads or writes", "nobody writes", "nobody changes the rows that it changes"
KEEPS_OUT = {
    "AccessExclusiveLock": READERS, "ExclusiveLock": WRITERS, "ShareRowExclusiveLock": WRITERS, "ShareLock": WRITERS,
    "RowExclusiveLock": CHANGED,
}  # fmt: skip
"""What a lock on a table means for those who work: PostgreSQL's manual, 13.3.1. All others let them go on."""
HELD = """SELECT c.relname, l.mode FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
WHERE l.pid = pg_backend_pid() AND l.granted AND c.relname = ANY(%s)"""


def as_first_released() -> list[tuple[str, str]]:
    """Return the last migration of each app in 0.1.0."""
    found: dict[str, str] = {}
    for line in gzip.decompress(FIRST.read_bytes()).decode().splitlines():
        if row := re.match(r"INSERT INTO \"django_migrations\" VALUES\(\d+,'(\w+)','(\w+)'", line):
            found[row[1]] = max(row[2], found.get(row[1], ""))
    return sorted(found.items())


class Watcher:
    """Watches the statements of a migration: for how long each large table, or rows of it, was held against others."""

    def __init__(self) -> None:
        self.done: list[dict[str, Any]] = []
        self._begun = 0.0
        self._now: dict[tuple[str, str], float] = {}
        self._longest: dict[tuple[str, str], float] = {}

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run a statement of a migration, and look which locks it has left held. One that is a transaction by itself
        has let go of them: what it changes is read from its words."""
        began, raw = time.monotonic(), context["connection"].connection
        if raw.info.transaction_status.name == "IDLE":
            self._let_go()
        found = execute(sql, params, many, context)
        if raw.info.transaction_status.name == "INTRANS":
            for table, mode in raw.execute(HELD, [list(LARGE)]).fetchall():
                if means := KEEPS_OUT.get(mode):
                    self._now.setdefault((table, means), began)
        elif changed := re.match(r'(?:UPDATE|DELETE FROM|INSERT INTO) "(\w+)"', str(sql)):
            if changed[1] in LARGE:
                self._now[(changed[1], CHANGED)] = began
            self._let_go()
        return found

    def _let_go(self) -> None:
        for what, since in self._now.items():
            self._longest[what] = max(self._longest.get(what, 0.0), time.monotonic() - since)
        self._now = {}

    def progress(self, what: str, migration: Any = None, fake: bool = False) -> None:
        """Hear of a migration's beginning and end."""
        if what == "apply_start":
            self._begun, self._now, self._longest = time.monotonic(), {}, {}
        elif what == "apply_success":
            self._let_go()
            held = [[table, means, round(seconds, 2)] for (table, means), seconds in self._longest.items()]
            seconds = round(time.monotonic() - self._begun, 2)
            self.done.append({"name": str(migration), "seconds": seconds, "held": held})


def main(objects: int) -> None:
    """Make it, bring it up to date, and print."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from annotator.upkeep import schema
    from tests.bench.big_tables import grow

    schema.bring_to(connection, as_first_released())
    grow(objects)
    watcher = Watcher()
    executor = MigrationExecutor(connection, watcher.progress)
    with connection.execute_wrapper(watcher):
        executor.migrate(executor.loader.graph.leaf_nodes())
    print(json.dumps(watcher.done))


if __name__ == "__main__":
    import django

    django.setup()
    main(int(sys.argv[1]))
