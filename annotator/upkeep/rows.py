"""Rows of every table as JSON that means the same on every database, and sums that tell whether two databases hold the
same."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.apps.registry import Apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Table = type[models.Model]
Values = tuple[Any, ...]
CHUNK = 500


OF_THE_MACHINES = {"upkeep.record"}
"""Tables that tell of an installation's machines and not of what people have here; they stay where they are."""


def tables(apps: Apps) -> list[Table]:
    """Return the models of all tables that are kept, those between two others too, in a fixed order."""
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    kept = (model for model in found if not model._meta.proxy and model._meta.label_lower not in OF_THE_MACHINES)
    return sorted(kept, key=lambda model: model._meta.label_lower)


def fields(table: Table) -> list[models.Field[Any, Any]]:
    """Return the columns of a table, by name: migrations make them in another order than models have them."""
    return sorted(table._meta.local_concrete_fields, key=lambda field: field.attname)


@contextmanager
def frozen(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """See one state of the database from the first query to the last, while others go on writing."""
    mode = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":  # its usual mode would keep writers out
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT 1 FROM django_migrations")  # the state is that of the first query
            cursor.fetchone()
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = mode  # type: ignore[attr-defined]


def read(table: Table, connection: BaseDatabaseWrapper) -> Iterator[Values]:
    """Go through the rows of a table, each with its columns as plain JSON, as a stream."""
    columns = [field.attname for field in fields(table)]
    rows = table._base_manager.using(connection.alias).order_by().values_list(*columns)
    for row in rows.iterator(chunk_size=CHUNK):
        yield tuple(_plain(value) for value in row)


def stored(table: Table, values: Sequence[Any]) -> list[Any]:
    """Return plain values as a model has them."""
    return [_meant(field, value) for field, value in zip(fields(table), values, strict=True)]


def to_line(values: Values) -> bytes:
    """Return a row as a line of JSON."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def from_line(line: bytes) -> list[Any]:
    """Read such a line."""
    found: list[Any] = json.loads(line.decode("utf-8", "surrogatepass"))
    return found


class Sum:
    """How many rows there are, and a sum of their hashes, which is the same in any order of rows and of JSON keys."""

    def __init__(self) -> None:
        self.count = 0
        self._total = 0

    def add(self, values: Values | list[Any]) -> None:
        """Count one more row."""
        text = json.dumps(_settled(values), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        self.count += 1
        self._total += int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), "big")

    def to_json(self) -> dict[str, Any]:
        """Return {"rows", "sum"}."""
        return {"rows": self.count, "sum": f"{self._total % (1 << 256):064x}"}


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # also a time
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _meant(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    return field.to_python(value)


def _settled(value: Any) -> Any:
    """PostgreSQL keeps the numbers of JSON as decimals: 1e16 comes back as a whole number, and -0.0 as 0."""
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
