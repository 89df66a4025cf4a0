"""`python -m tests.upgrade.as_on_postgresql FILE`: bring the empty database in DATABASE_URL to where an older version's
SQLite file is, rows and all, as if that version had run on it."""

from __future__ import annotations

import sys
from pathlib import Path

SOURCE = "source"


def bring(file: Path) -> None:
    """Make the tables as that version had them, and copy its rows."""
    from django.db import connection, connections, transaction
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import load_backend

    from annotator.lib.env import database_at
    from annotator.upkeep import loading, schema
    from annotator.upkeep.rows import read, tables

    described = connections.configure_settings({"default": database_at(f"sqlite:///{file}", "The file")})["default"]
    connections[SOURCE] = source = load_backend(described["ENGINE"]).DatabaseWrapper(described, SOURCE)
    loader = MigrationExecutor(source).loader
    applied = set(loader.applied_migrations) & set(loader.graph.nodes)
    wanted = sorted(max(key for key in applied if key[0] == app) for app in {app for app, _ in applied})
    schema.bring_to(connection, wanted)
    then = schema.models_at(connection, wanted)
    with transaction.atomic():
        loading.clear(connection, then)
        for table in tables(then):
            loading.load(connection, table, read(table, source))
        loading.reset_counters(connection, then)


if __name__ == "__main__":
    import django

    django.setup()
    bring(Path(sys.argv[1]))
