"""The uploaded files of imports: which are needed, and which go when a project goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator.imports.models import Import
from annotator.lib.holdings import Held, Kind
from annotator.lib.storage import blob_name
from annotator.projects.blobs import collect_unused
from annotator.projects.models import Image
from annotator.runs.choices import ACTIVE

KEPT = timedelta(days=7)
"""How long an uploaded file waits to be imported, or to be imported again."""


def needed_blobs(hashes: set[str]) -> set[str]:
    """Return those of `hashes` that an import still needs."""
    return set(Import.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))


def blobs_of(images: QuerySet[Image]) -> set[str]:
    """Return the uploaded files of these images' projects. They go with a project; when only images go, their rows
    stay and keep them."""
    projects = list(images.order_by().values_list("project_id", flat=True).distinct())
    return set(Import.objects.filter(project__in=projects).exclude(sha256="").values_list("sha256", flat=True))


def forget_old() -> None:
    """Delete uploaded files that are older than `KEPT` and that no run needs; what was imported can still be undone.
    Done when a new one comes, so no timer is needed."""
    old = Import.objects.filter(created__lt=timezone.now() - KEPT).exclude(sha256="")
    busy = Q(check_run__state__in=ACTIVE) | Q(import_run__state__in=ACTIVE) | Q(undo_run__state__in=ACTIVE)
    going = dict(old.exclude(busy).values_list("pk", "sha256"))
    Import.objects.filter(pk__in=list(going)).update(sha256="")
    collect_unused(going.values())


def held() -> Iterator[Held]:
    """Go through the uploaded files that are still kept."""
    for sha256, name in Import.objects.exclude(sha256="").order_by().values_list("sha256", "name").iterator():
        yield Held(blob_name(sha256), Kind.ANY, f"imported file {name}")
