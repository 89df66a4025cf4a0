"""The uploaded and fetched files of imports: which are needed, and which go when a project goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator.imports.choices import Part
from annotator.imports.models import File, Import
from annotator.lib.holdings import Held, Kind
from annotator.lib.storage import blob_name
from annotator.projects.blobs import collect_unused
from annotator.projects.guards import keeps_files
from annotator.projects.models import Image
from annotator.runs.choices import ACTIVE

KEPT = timedelta(days=7)
"""How long such a file waits to be imported, or to be imported again."""
KEPT_GUARDED = timedelta(days=1)
"""As long, in a project that covers faces and keeps no originals; once imported, the file goes at once."""


def needed_blobs(hashes: set[str]) -> set[str]:
    """Return those of `hashes` that an import still needs."""
    uploaded = Import.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    return set(uploaded) | set(File.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))


def blobs_of(images: QuerySet[Image]) -> set[str]:
    """Return the uploaded files of these images' projects. They go with a project; when only images go, their rows
    stay and keep them."""
    projects = list(images.order_by().values_list("project_id", flat=True).distinct())
    mine = Import.objects.filter(project__in=projects)
    fetched = File.objects.filter(by__in=mine).exclude(sha256="").values_list("sha256", flat=True)
    return set(mine.exclude(sha256="").values_list("sha256", flat=True)) | set(fetched)


def forget_old() -> None:
    """Delete uploaded and fetched files that are older than `KEPT` and that no run needs; what was imported can still
    be undone, and what was fetched be fetched again. Done when a new one comes, so no timer is needed."""
    busy = Q(check_run__state__in=ACTIVE) | Q(import_run__state__in=ACTIVE) | Q(undo_run__state__in=ACTIVE)
    now = timezone.now()
    rows = Import.objects.filter(created__lt=now - KEPT_GUARDED).select_related("project")
    holding = rows.filter(~Q(sha256="") | Q(files__sha256__gt="")).distinct()
    guarded = [row.pk for row in holding if not keeps_files(row.project)]
    _forget(Import.objects.filter(Q(created__lt=now - KEPT) | Q(pk__in=guarded)).exclude(busy))


def forget(row: Import) -> None:
    """Delete the uploaded or fetched files of an import; what was imported can still be undone."""
    _forget(Import.objects.filter(pk=row.pk))
    row.sha256 = ""


def _forget(old: QuerySet[Import]) -> None:
    going = dict(old.exclude(sha256="").values_list("pk", "sha256"))
    Import.objects.filter(pk__in=list(going)).update(sha256="")
    files = File.objects.filter(by__in=old.filter(files__sha256__gt="")).exclude(sha256="")
    fetched = dict(files.values_list("pk", "sha256"))
    files.filter(pk__in=list(fetched)).update(sha256="", state=Part.LISTED)
    collect_unused([*going.values(), *fetched.values()])


def held() -> Iterator[Held]:
    """Go through the files that are still kept."""
    for sha256, name in Import.objects.exclude(sha256="").order_by().values_list("sha256", "name").iterator():
        yield Held(blob_name(sha256), Kind.ANY, f"imported file {name}")
    for sha256, path in File.objects.exclude(sha256="").order_by().values_list("sha256", "path").iterator():
        yield Held(blob_name(sha256), Kind.ANY, f"fetched file {path}")
