"""Writing a backup: all rows of one moment, and the files that they need.

Files are copied first, then the rows are read as they stand at one moment, then the files that came meanwhile. A file
that was deleted in between, with its row, is no loss: the rows are then read anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from annotator.lib.holdings import held
from annotator.upkeep import folder, schema
from annotator.upkeep.blobs import Damaged, fetch, is_kept
from annotator.upkeep.files import Files, Listed, files
from annotator.upkeep.folder import Entry
from annotator.upkeep.reading import digest_from_disk, hash_named
from annotator.upkeep.rows import Sum, Table, fields, frozen, read, tables, to_line
from annotator.upkeep.troubles import Refused, Say

TRIES = 5


@dataclass(slots=True)
class Report:
    """What was written, and the files that should be in the storage and are not, or not as they were."""

    name: str
    rows: int = 0
    files: int = 0
    copied: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def write(target: Path, say: Say, *, quick: bool = False) -> Report:
    """Write one more backup into a folder. Files that an earlier one has are read again (`quick`: only measured), and
    replaced if they are damaged. Refuses with a sentence."""
    with folder.held_alone(target), files() as needed:
        report = Report(folder.now_name())
        place, final = target / f"{folder.UNFINISHED}{report.name}", target / report.name
        if final.exists():
            raise Refused(f"{final} is there already: one backup a second is enough.")
        wanted = schema.state(connection)
        needed.add(held())
        say(f"Copying up to {len(needed)} files …")
        _copy(needed, target, quick=quick)
        sums = _rows_and_their_files(place, needed, target, report, say)
        say("Reading what was written …")
        about = {
            "made": report.name, "migrations": wanted, "tables": sums, "secret": folder.fingerprint(),
            "missing": report.missing, "damaged": report.damaged,
        }  # fmt: skip
        _finish(place, final, needed, target, report, about)
        return report


def keep_newest(target: Path, count: int) -> int:
    """Delete all backups but the newest, and the files that only they needed; return how many went."""
    with folder.held_alone(target), files() as needed:
        names = folder.backups(target)
        for old in names[:-count]:
            shutil.rmtree(target / old)
        for name in names[-count:]:
            needed.add_names(entry.name for entry in folder.read_entries(target / name))
        root = target / "files"
        folders = list(root.iterdir()) if root.is_dir() else []  # an installation without files
        for path in (path for below in folders for path in list(below.iterdir())):
            if f"{path.relative_to(root)}" not in needed:
                path.unlink()
        return max(len(names) - count, 0)


def _rows_and_their_files(place: Path, needed: Files, target: Path, report: Report, say: Say) -> dict[str, Any]:
    for _ in range(TRIES):
        shutil.rmtree(place, ignore_errors=True)
        with frozen(connection):
            sums = {}
            for table in tables(apps):
                say(f"Rows of {table._meta.db_table} …")
                sums[table._meta.label_lower] = _write_table(place, table)
            needed.clear()
            needed.add(held())
        report.rows = sum(one["rows"] for one in sums.values())
        gone, damaged = _copy(needed, target, quick=True)
        still = {one.name for one in held() if one.name in gone}
        if still == set(gone):
            report.missing = [f"{name}: {of}" for name, of in gone.items()]
            report.damaged = [f"{name}: {of}" for name, of in damaged.items()]
            return sums
    raise Refused("Files were deleted again and again while they were copied. Try again when less is going on.")


def _write_table(place: Path, table: Table) -> dict[str, Any]:
    found, path = Sum(), place / "rows" / f"{table._meta.label_lower}.gz"

    def lines() -> Iterator[bytes]:
        for values in read(table, connection):
            found.add(values)
            yield to_line(values)

    folder.write_lines(path, lines())
    sha256, size = digest_from_disk(path)
    columns = [one.attname for one in fields(table)]
    return found.to_json() | {"sha256": sha256, "bytes": size, "columns": columns}


def _copy(needed: Files, target: Path, *, quick: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Copy what the target has not yet; return the files that are missing and those that are damaged, with whose they
    are."""
    missing, damaged = {}, {}
    for one in needed:
        if one.sha256 or _is_there(one, needed, target, quick=quick):
            continue
        try:
            sha256, size = fetch(one.name, target)
        except FileNotFoundError:
            if not one.optional:
                missing[one.name] = one.of
        except Damaged:
            damaged[one.name] = one.of
        else:
            needed.copied(one.name, sha256, size, fresh=True)
    return missing, damaged


def _is_there(one: Listed, needed: Files, target: Path, *, quick: bool) -> bool:
    """Whether an earlier backup has this file, by its hash; `quick`: by its name, which is written when it is whole."""
    path, sha256 = folder.kept_file(target, one.name), hash_named(one.name)
    if not sha256 or not path.exists():
        return False
    size = path.stat().st_size
    if not quick and not is_kept(Entry(one.name, sha256, size), target, thorough=True):
        return False
    needed.copied(one.name, sha256, size, fresh=False)
    return True


def _finish(place: Path, final: Path, needed: Files, target: Path, report: Report, about: dict[str, Any]) -> None:
    """Read every new file again, write the lists, and give the backup its name once all of it is on the disk."""

    def entries() -> Iterator[Entry]:
        for one in needed:
            if not one.sha256:
                continue
            entry = Entry(one.name, one.sha256, one.bytes)
            if one.fresh and not is_kept(entry, target, thorough=True):
                raise Refused(f"{one.name} was not written as it was read. Look at the disk of {target}.")
            report.files += 1
            report.copied += one.fresh
            report.bytes += one.bytes
            yield entry

    folder.write_entries(place, entries())
    sha256, size = digest_from_disk(place / "files.gz")
    counts = {"files": report.files, "rows": report.rows, "list": {"sha256": sha256, "bytes": size}}
    folder.write_manifest(place, about | counts)
    digest_from_disk(place / "manifest.json")
    place.rename(final)
