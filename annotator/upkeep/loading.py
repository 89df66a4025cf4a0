"""Writing rows into an empty database as they were, without what models do at a save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from annotator.upkeep.rows import CHUNK, Sum, Table, fields, read, stored, tables
from annotator.upkeep.schema import MADE_BY_START
from annotator.upkeep.troubles import Refused


def clear(connection: BaseDatabaseWrapper, apps: Apps) -> None:
    """Delete what `migrate` and the start of a server filled in by themselves."""
    for table in tables(apps):
        if table._meta.label_lower in MADE_BY_START:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table._meta.db_table)}")


def load(connection: BaseDatabaseWrapper, table: Table, rows: Iterable[list[Any] | tuple[Any, ...]]) -> None:
    """Insert rows of plain values. Refuses one that this database does not take, and names it."""
    name = connection.ops.quote_name
    columns = ", ".join(name(str(field.column)) for field in fields(table))
    marks = ", ".join(["%s"] * len(fields(table)))
    insert = f"INSERT INTO {name(table._meta.db_table)} ({columns}) VALUES ({marks})"
    for chunk in _chunks(rows):
        prepared = [_prepared(connection, table, row) for row in chunk]
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.executemany(insert, prepared)
        except (DatabaseError, ValueError) as error:
            _blame(connection, table, insert, prepared, error)


def reset_counters(connection: BaseDatabaseWrapper, apps: Apps) -> None:
    """Let the next row that is numbered by the database have a number after those that are there."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables(apps)):
            cursor.execute(statement)


def sum_of(connection: BaseDatabaseWrapper, table: Table) -> dict[str, Any]:
    """Count and add up the rows of a table."""
    found = Sum()
    for row in read(table, connection):
        found.add(row)
    return found.to_json()


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _prepared(connection: BaseDatabaseWrapper, table: Table, row: Iterable[Any]) -> list[Any]:
    values = zip(fields(table), stored(table, list(row)), strict=True)
    return [field.get_db_prep_save(value, connection) for field, value in values]


def _blame(connection: BaseDatabaseWrapper, table: Table, insert: str, rows: list[list[Any]], error: Exception) -> None:
    """Find the row that was refused: each on its own."""
    key = [field.primary_key for field in fields(table)].index(True)
    for row in rows:
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(insert, row)
        except (DatabaseError, ValueError) as cause:
            raise Refused(
                f"The database does not take row {row[key]} of {table._meta.db_table}: {str(cause).strip()} "
                "Nothing was written."
            ) from cause
    raise error
