"""Bringing a backup back into an empty installation, on whichever database and storage it is set up for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from annotator.upkeep import folder, loading, schema
from annotator.upkeep.blobs import bring_back
from annotator.upkeep.reading import digest_from_disk
from annotator.upkeep.rows import Table, fields, tables
from annotator.upkeep.troubles import Refused, Say


@dataclass(slots=True)
class Report:
    """What came back: `written` of the files were not in the storage yet."""

    name: str
    rows: int
    files: int
    written: int
    same_secret: bool
    lost: list[str]


def restore(source: Path, say: Say, *, at: str = "") -> Report:
    """Bring back the newest backup in a folder, or the one called `at`. Files come first, and rows all or none, so
    that after a failure the same can be tried again. Refuses with a sentence."""
    name = _chosen(source, at)
    place = source / name
    about = folder.manifest(place)
    wanted: schema.State = [(app, migration) for app, migration in about["migrations"]]
    apps = schema.models_at(connection, wanted)
    schema.must_be_empty(connection, apps)
    _check_lists(place, about)
    say(f"Bringing back {about['files']} files …")
    written = sum(bring_back(entry, source) for entry in folder.read_entries(place))
    say("Making the tables …")
    schema.bring_to(connection, wanted)
    with transaction.atomic():
        loading.clear(connection, apps)
        for table in tables(apps):
            say(f"Rows of {table._meta.db_table} …")
            _bring_table(place, table, about["tables"][table._meta.label_lower])
        loading.reset_counters(connection, apps)
    call_command("migrate", verbosity=0, interactive=False)
    lost = about["missing"] + about["damaged"]
    return Report(name, about["rows"], about["files"], written, about["secret"] == folder.fingerprint(), lost)


def _chosen(source: Path, at: str) -> str:
    names = folder.backups(source)
    if not names:
        raise Refused(f"There is no backup in {source}. Give the folder that `backup` wrote to.")
    if at and at not in names:
        raise Refused(f"There is no backup of {at} in {source}. There are: {', '.join(names)}.")
    return at or names[-1]


def _check_lists(place: Path, about: dict[str, Any]) -> None:
    """Refuse a backup whose rows or list of files are not as they were written, before anything is done."""
    lists = {place / "rows" / f"{name}.gz": one for name, one in about["tables"].items()}
    for path, one in (lists | {place / "files.gz": about["list"]}).items():
        if not path.exists() or digest_from_disk(path) != (one["sha256"], one["bytes"]):
            raise Refused(f"{path} is missing or damaged. Nothing was changed. Take another backup: --at NAME.")


def _bring_table(place: Path, table: Table, about: dict[str, Any]) -> None:
    columns = [field.attname for field in fields(table)]
    if columns != about["columns"]:
        raise Refused(f"The backup's {table._meta.db_table} has other columns than its migrations say.")
    loading.load(connection, table, folder.read_rows(place / "rows" / f"{table._meta.label_lower}.gz"))
    if loading.sum_of(connection, table) != {"rows": about["rows"], "sum": about["sum"]}:
        raise Refused(f"The rows of {table._meta.db_table} are not what the backup has. Nothing was written.")
