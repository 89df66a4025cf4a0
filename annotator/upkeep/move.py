"""Moving all rows to another database: from SQLite to PostgreSQL, say. The storage stays where it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from annotator.lib.env import database_at
from annotator.lib.places import ROOT
from annotator.runs import signs
from annotator.upkeep import loading, schema
from annotator.upkeep.rows import Sum, Table, Values, frozen, read, tables
from annotator.upkeep.troubles import Refused, Say

TARGET = "target"


def move(url: str, say: Say) -> int:
    """Copy every row into the empty database at a URL, and compare both; return how many rows there are. Refuses with
    a sentence, and then leaves the target's tables empty. The database in use is only read."""
    if signs.served():
        raise Refused("A worker is running. Stop workers and web processes first: what they write would be lost.")
    schema.state(connection)
    with _opened(url) as target:
        schema.must_be_empty(target, apps)
        say("Making the tables …")
        _make_tables(url)
        with transaction.atomic(using=TARGET):
            loading.clear(target, apps)
            sums = _copy(target, say)
            loading.reset_counters(target, apps)
            say("Comparing …")
            _compare(target, sums)
    return sum(one["rows"] for one in sums.values())


def _make_tables(url: str) -> None:
    """Migrate in a process of its own, for which that database is the only one: a migration that works on rows and does
    not ask in which database it runs would work on those of the database in use."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    env = os.environ | {"DATABASE_URL": url, "PYTHONPATH": path}
    argv = [sys.executable, "-m", "annotator", "migrate", "--no-input", "-v0"]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"The tables could not be made there: {done.stderr.strip().splitlines()[-1]}")


@contextmanager
def _opened(url: str) -> Iterator[BaseDatabaseWrapper]:
    described = connections.configure_settings({"default": database_at(url, "The address")})["default"]
    here = connection.settings_dict
    if all(str(described[part]) == str(here[part]) for part in ("ENGINE", "NAME", "HOST", "PORT")):
        raise Refused("That is the database in use. Give the address of an empty one.")
    target: BaseDatabaseWrapper = load_backend(described["ENGINE"]).DatabaseWrapper(described, TARGET)
    connections[TARGET] = target
    try:
        yield target
    finally:
        target.close()
        del connections[TARGET]


def _copy(target: BaseDatabaseWrapper, say: Say) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    with frozen(connection):
        for table in tables(apps):
            say(f"Rows of {table._meta.db_table} …")
            found = Sum()
            loading.load(target, table, _counted(table, found))
            sums[table._meta.label_lower] = found.to_json()
    return sums


def _counted(table: Table, found: Sum) -> Iterator[Values]:
    for values in read(table, connection):
        found.add(values)
        yield values


def _compare(target: BaseDatabaseWrapper, sums: dict[str, Any]) -> None:
    with frozen(connection):
        for table in tables(apps):
            said, name = sums[table._meta.label_lower], table._meta.db_table
            if loading.sum_of(target, table) != said:
                raise Refused(f"The rows of {name} did not arrive as they were. Nothing was written.")
            if loading.sum_of(connection, table) != said:
                raise Refused(
                    f"The rows of {name} changed while they were copied. Nothing was written. "
                    "Stop workers and web processes, and try again."
                )
