"""The files of a data set that is fetched: listed first, so that people see what would come, then fetched into the
storage. Either can be stopped at any moment, and goes on with what is missing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path, PurePosixPath
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum

from annotator.imports import bucket, web
from annotator.imports.choices import Part, Source
from annotator.imports.models import File, Import
from annotator.lib import room, storage
from annotator.lib.addresses import NotReachable, parsed
from annotator.lib.errors import ApiError
from annotator.lib.scratch import work_folder
from annotator.lib.words import counted
from annotator.projects.blobs import collect_unused
from export import ArchiveError
from export.names import unique_paths
from export.reading import Problem
from export.reading.pictures import SUFFIXES

T = TypeVar("T")
Told = Callable[[float, str], None]
Check = Callable[[], None]
Work = Callable[[Check], T]
"""Waits for another machine; asks now and then whether anybody still wants it."""
AT_ONCE = 8
"""Files that are asked for at the same time."""
TOGETHER = 64 * 1024 * 1024
"""Bytes that are fetched at the same time; a larger file, or one of unknown size, comes alone."""
SLACK = 1024 * 1024
"""What a file may have grown by since it was listed."""
CHUNK = 1000
_OPEN = (Part.WAITING, Part.LISTED, Part.FAILED)


class _Stopped(Exception):
    """Nobody waits for the file any more."""


def write_addresses(row: Import, urls: Sequence[str]) -> None:
    """Write a list of web addresses down; what is none, or stands there twice, is refused."""
    seen, files = set[str](), []
    for number, url in enumerate(urls):
        problem = _wrong(url) or ("It is in the list twice." if url in seen else "")
        seen.add(url)
        state = Part.REFUSED if problem else Part.WAITING
        files.append(File(by=row, number=number, address=url[: web.LONGEST], state=state, problem=problem))
    File.objects.bulk_create(files, CHUNK)


def _wrong(url: str) -> str:
    if len(url) > web.LONGEST:
        return f"It is longer than {web.LONGEST} characters."
    try:
        parsed(url)
    except ApiError as error:
        return error.message
    return ""


def list_files(row: Import, told: Told, check: Check) -> None:
    """Look what there is to fetch, and fetch none of it. Raises ArchiveError when there is nothing, or too much."""
    told(0.0, "Asking what is there")
    if row.source == Source.S3:
        _list_bucket(row, told)
    else:
        _list_addresses(row, told, check)
    _sum_up(row)
    if not row.listing["files"]:
        raise ArchiveError("There is nothing below this place in the bucket.")
    if row.listing["refused"] == row.listing["files"]:
        raise ArchiveError(f"None of it can be fetched. {problems(row)[0].reason}")


def _list_addresses(row: Import, told: Told, check: Check) -> None:
    files = list(row.files.filter(state__in=_OPEN))
    for done, batch in _batches(files, lambda file: 0):
        told(done / len(files), f"Asking for {counted(len(files), 'file')}: {done} asked")
        answers = _at_once([_asking(file.address) for file in batch], check)
        for file, found in zip(batch, answers, strict=True):
            if isinstance(found, web.Found):
                file.path, file.bytes, file.state, file.problem = found.name[:255], found.size, Part.LISTED, ""
            else:
                file.state, file.problem = Part.FAILED, str(found)[:500]
        File.objects.bulk_update(batch, ["path", "bytes", "state", "problem"])
    there = [file for file in row.files.filter(state__in=(Part.LISTED, Part.FETCHED)) if file.path]
    for file, path in zip(there, web.paths([(file.address, _name(file.path)) for file in there]), strict=True):
        file.path = path
    File.objects.bulk_update(there, ["path"], CHUNK)


def _asking(url: str) -> Work[web.Found]:
    return lambda going: web.look(url)


def _list_bucket(row: Import, told: Told) -> None:
    """A bucket may have changed: the list is made anew; what was fetched and is the same is not fetched again."""
    had = {(file.address, file.mark): file.sha256 for file in row.files.filter(state=Part.FETCHED)}
    try:
        items = []
        for item in bucket.listed(row.folder):
            items.append(item)
            told(0.5, f"Asking what is there: {counted(len(items), 'file')}")
            if len(items) > settings.MAX_IMPORT_FILES:
                raise ArchiveError(f"More than {settings.MAX_IMPORT_FILES} files lie there, the most for one import.")
    except NotReachable as error:
        raise ArchiveError(str(error)) from error
    paths = unique_paths((item.path.rpartition("/")[0], _name(item.path)) for item in items)
    files = [
        _of_bucket(row, number, item, path, had.get((item.key, item.mark), ""))
        for number, (item, path) in enumerate(zip(items, paths, strict=True))
    ]
    with transaction.atomic():
        row.files.all().delete()
        File.objects.bulk_create(files, CHUNK)
    collect_unused(set(had.values()) - {file.sha256 for file in files})


def _of_bucket(row: Import, number: int, item: bucket.Item, path: str, sha256: str) -> File:
    most = _most(path)
    problem = f"It is {item.size / 2**20:,.0f} MB; {most / 2**20:,.0f} MB are the most here."
    state = Part.REFUSED if item.size > most else Part.FETCHED if sha256 else Part.LISTED
    return File(
        by=row, number=number, address=item.key, path=path, bytes=item.size, mark=item.mark[:100], sha256=sha256,
        state=state, problem=problem if state == Part.REFUSED else "",
    )  # fmt: skip


def fetch_files(row: Import, told: Told, check: Check) -> None:
    """Fetch what is not here yet. What cannot be had is among the problems, and tried again the next time.

    Raises ArchiveError when it is too much, or nothing came, and ApiError when the disk has no room."""
    if row.files.filter(state=Part.WAITING).exists() or not row.files.exists():
        list_files(row, lambda done, text: told(0.2 * done, text), check)
    files = list(row.files.filter(state__in=_OPEN))
    here = row.files.filter(state=Part.FETCHED).aggregate(sum=Sum("bytes"))["sum"] or 0
    claimed = sum(file.bytes or 0 for file in files)
    _refuse_much(here + claimed)
    room.require_room(row.name, claimed)
    try:
        for done, batch in _batches(files, lambda file: TOGETHER if file.bytes is None else file.bytes):
            told(0.2 + 0.8 * done / len(files), f"Fetching {counted(len(files), 'file')}: {done} here")
            here += _fetch(row, batch, settings.MAX_IMPORT_BYTES - here, check)
            _refuse_much(here)
    finally:
        _sum_up(row)
    if not row.listing["fetched"]:
        raise ArchiveError(f"None of it could be fetched. {problems(row)[0].reason}")


def _fetch(row: Import, batch: Sequence[File], left: int, check: Check) -> int:
    """Fetch some files at once; returns their bytes."""
    room.require_room(row.name, sum(file.bytes or 0 for file in batch))
    received = 0
    with work_folder() as folder:
        targets = [folder / str(file.number) for file in batch]
        works = [_work(row, file, target, left) for file, target in zip(batch, targets, strict=True)]
        for file, target, failed in zip(batch, targets, _at_once(works, check), strict=True):
            if failed is None:
                file.sha256, file.bytes = storage.put_file(target), target.stat().st_size
                file.state, file.problem = Part.FETCHED, ""
                received += file.bytes
            else:
                file.state, file.problem = Part.FAILED, str(failed)[:500]
            file.save(update_fields=["sha256", "bytes", "state", "problem"])
            target.unlink(missing_ok=True)
    return received


def _work(row: Import, file: File, target: Path, left: int) -> Work[None]:
    limit = min(left, _most(file.path), left if file.bytes is None else file.bytes + SLACK)
    if row.source == Source.S3:
        return lambda going: bucket.fetch(row.folder, file.address, file.mark, target, limit, going)
    return lambda going: web.fetch(file.address, target, limit, going)


def _at_once(works: Sequence[Work[T]], check: Check) -> list[T | NotReachable]:
    """Do what waits for others' machines, all at once; what they refuse is the answer. What `check` raises ends it."""
    stop = threading.Event()

    def going() -> None:
        if stop.is_set():
            raise _Stopped

    def one(work: Work[T]) -> T | NotReachable:
        try:
            return work(going)
        except NotReachable as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as crew:
        futures = [crew.submit(one, work) for work in works]
        try:
            while wait(futures, timeout=1.0).not_done:
                check()
        finally:
            stop.set()
        return [future.result() for future in futures]


def _batches(files: Sequence[File], weight: Callable[[File], int]) -> Iterator[tuple[int, list[File]]]:
    """Some files after the other, with how many were before them."""
    start, at = 0, 0
    while start < len(files):
        together = 0
        while at < len(files) and at - start < AT_ONCE and (at == start or together + weight(files[at]) <= TOGETHER):
            together += weight(files[at])
            at += 1
        yield start, list(files[start:at])
        start = at


def _refuse_much(size: int) -> None:
    if size > settings.MAX_IMPORT_BYTES:
        limit = settings.MAX_IMPORT_BYTES / 2**20
        raise ArchiveError(f"The files are {size / 2**20:,.0f} MB together; this server takes {limit:,.0f} MB.")


def _most(path: str) -> int:
    """What one file may have: a picture as much as one that is uploaded."""
    picture = PurePosixPath(path).suffix.lower() in SUFFIXES
    return settings.MAX_UPLOAD_BYTES if picture else settings.MAX_IMPORT_BYTES


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _sum_up(row: Import) -> None:
    counts = Counter(dict(row.files.order_by().values_list("state").annotate(Count("id"))))
    coming = row.files.filter(state__in=(Part.LISTED, Part.FETCHED))
    sums = coming.aggregate(sum=Sum("bytes"), unknown=Count("id", filter=Q(bytes=None)))
    row.listing = {
        "files": counts.total(),
        "bytes": sums["sum"] or 0,
        "unknown": sums["unknown"],
        "refused": counts[Part.REFUSED] + counts[Part.FAILED],
        "fetched": counts[Part.FETCHED],
    }
    row.bytes = row.files.filter(state=Part.FETCHED).aggregate(sum=Sum("bytes"))["sum"] or 0
    row.save(update_fields=["listing", "bytes"])


def problems(row: Import) -> list[Problem]:
    """Return what could not be fetched, and why."""
    wrong: Iterable[File] = row.files.filter(state__in=(Part.REFUSED, Part.FAILED))
    return [Problem(file.path, file.address, file.problem) for file in wrong]
