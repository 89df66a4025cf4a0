"""Verbs about imports: take a file, a folder or what is to be fetched, look at it, import it, undo it, forget it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from annotator.accounts.models import User
from annotator.imports import bucket, labels, parts, web
from annotator.imports.blobs import forget_old
from annotator.imports.choices import CHECK, FETCHED, IMPORT, LIST, UNDO, Become, Source
from annotator.imports.models import Import
from annotator.imports.sources import allowed_folder
from annotator.lib import room, storage
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.blobs import collect_unused
from annotator.projects.models import Project
from annotator.projects.names import safe_name
from annotator.runs.choices import ACTIVE
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run


def take_upload(project: Project, by: User, upload: File[Any], format_name: str = "") -> Import:
    """Store an uploaded archive or file and queue the look at it. Raises ApiError."""
    name, size = safe_name(upload.name or "data set"), upload.size or 0
    if size == 0:
        raise ApiError("import_empty", f"“{name}” is empty (0 bytes). Perhaps its copy or download was interrupted.")
    if size > settings.MAX_IMPORT_BYTES:
        limit = settings.MAX_IMPORT_BYTES // 2**20
        raise ApiError("import_too_large", f"“{name}” is {size / 2**20:,.0f} MB; this server takes {limit:,} MB.")
    forget_old()
    room.require_room(name, size)
    sha256 = storage.put_upload(upload)
    with transaction.atomic():
        row = Import.objects.create(
            project=project, name=name, source=Source.UPLOAD, sha256=sha256, bytes=size, format=format_name,
            created_by=by,
        )  # fmt: skip
        _queue(row, CHECK, by)
    return row


def take_folder(project: Project, by: User, folder: str, format_name: str = "") -> Import:
    """Queue the look at a folder of the server. Raises ApiError unless an administrator opened it."""
    place = allowed_folder(folder)
    with transaction.atomic():
        row = Import.objects.create(
            project=project, name=safe_name(place.name or "folder"), source=Source.FOLDER, folder=str(place),
            format=format_name, created_by=by,
        )  # fmt: skip
        _queue(row, CHECK, by)
    return row


def take_urls(project: Project, by: User, urls: Sequence[str], format_name: str = "") -> Import:
    """Write a list of web addresses down and queue the look at what is there; nothing is fetched before `check`.
    Raises ApiError for none, too many, or where nobody may."""
    if not settings.IMPORT_URLS:
        raise _refused(
            "urls", "urls_not_allowed", "This server imports from no web addresses (MASKWRIGHT_IMPORT_URLS)."
        )
    wanted = web.listed(urls)
    if not 0 < len(wanted) <= web.MOST:
        raise _refused(
            "urls", "bad_list", f"Give 1 to {web.MOST:,} web addresses, a line each; these are {len(wanted):,}."
        )
    forget_old()
    with transaction.atomic():
        row = Import.objects.create(
            project=project, name=safe_name(web.title(wanted)), source=Source.URLS, format=format_name, created_by=by
        )
        parts.write_addresses(row, wanted)
        _queue(row, LIST, by)
    return row


def take_bucket(project: Project, by: User, address: str, format_name: str = "") -> Import:
    """Queue the look at what lies below a place in a bucket. Raises ApiError unless an administrator opened it."""
    place = bucket.allowed_prefix(address)
    forget_old()
    with transaction.atomic():
        row = Import.objects.create(
            project=project, name=safe_name(place), source=Source.S3, folder=place, format=format_name, created_by=by
        )
        _queue(row, LIST, by)
    return row


def list_again(row: Import, by: User) -> None:
    """Look again what there is to fetch. Raises Conflict for what is not fetched, and while it is worked on."""
    with transaction.atomic():
        held = _held(row)
        if held.source not in FETCHED:
            raise Conflict("nothing_to_list", "The files of this import are here; there is nothing to be listed.")
        held.report, held.problems = {}, []
        held.save(update_fields=["report", "problems"])
        _queue(held, LIST, by)


def _refused(field: str, code: str, sentence: str) -> ApiError:
    return ApiError(code, sentence, fields={field: [sentence]})


def check(row: Import, by: User, format_name: str) -> None:
    """Look at the data set anew, as the format that was chosen; blank: the one it is recognised as. Raises Conflict."""
    with transaction.atomic():
        held = _held(row)
        held.format, held.report, held.problems = format_name, {}, []
        held.save(update_fields=["format", "report", "problems"])
        _queue(held, CHECK, by)


def start(row: Import, by: User, become: str, chosen: Mapping[str, Mapping[str, Any]]) -> None:
    """Import, with these choices for labels; the others are as the dry run guessed. Raises ApiError and Conflict."""
    with transaction.atomic():
        held = _held(row)
        if not held.report:
            raise Conflict("import_not_checked", "Look at the data set first: it has no report yet.")
        guessed = {label["name"]: label["choice"] for label in held.report["labels"]}
        if unknown := next((name for name in chosen if name not in guessed), None):
            sentence = f"The data set has no label “{unknown}”."
            raise ApiError("unknown_label", sentence, fields={"labels": [sentence]})
        choices = guessed | {name: dict(choice) for name, choice in chosen.items()}
        labels.check(held.project, choices)
        held.options = {"as": Become(become).value, "labels": choices}
        held.result, held.undone = {}, {}
        held.save(update_fields=["options", "result", "undone"])
        _queue(held, IMPORT, by)


def undo(row: Import, by: User) -> None:
    """Take back what an import made. Raises Conflict when it made nothing yet, or is busy."""
    with transaction.atomic():
        held = _held(row)
        if not held.made.exists():
            raise Conflict("nothing_to_undo", "This import has made nothing, so there is nothing to take back.")
        held.undone = {}
        held.save(update_fields=["undone"])
        _queue(held, UNDO, by)


def delete(row: Import) -> None:
    """Forget an import and its file. What it made stays, and cannot be undone as a whole any more. Raises Conflict."""
    with transaction.atomic():
        held = _held(row)
        going = {held.sha256, *held.files.values_list("sha256", flat=True)} - {""}
        held.delete()
    if going:
        collect_unused(going)


def _held(row: Import) -> Import:
    """The row, which nobody else changes until the transaction ends. Raises Conflict while a run is at work on it."""
    held = Import.objects.select_for_update(of=("self",)).select_related("project").get(pk=row.pk)
    if Run.objects.filter(key=_key(row), state__in=ACTIVE).exists():
        raise Conflict("import_busy", "This import is being worked on. Wait until that is done, or cancel it.")
    return held


def _queue(row: Import, kind: str, by: User) -> None:
    """Queue a run; one key for all kinds, so that never two of them work on the same import."""
    run = enqueue(kind, project=row.project, subject=row.pk, key=_key(row), params={"name": row.name}, requested_by=by)
    field = {LIST: "check_run", CHECK: "check_run", IMPORT: "import_run", UNDO: "undo_run"}[kind]
    setattr(row, field, run)
    row.save(update_fields=[field])


def _key(row: Import) -> str:
    return f"import:{row.pk}"
