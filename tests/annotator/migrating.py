"""Tables as an older version had them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def tables_at(app: str, migration: str) -> Any:
    """Bring an app's tables to a migration, and return the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate([(app, migration)])
    return MigrationExecutor(connection).loader.project_state([(app, migration)]).apps


@contextmanager
def older_tables(app: str, migration: str) -> Iterator[Any]:
    """The same for a while: afterwards all apps' tables are today's, whatever depended on the migrations undone."""
    try:
        yield tables_at(app, migration)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
