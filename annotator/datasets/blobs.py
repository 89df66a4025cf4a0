"""The blobs of exports: which are needed, and which go when a project goes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from annotator.datasets.models import Archive, Fingerprint, Snapshot
from annotator.lib.holdings import Held, Kind
from annotator.lib.storage import blob_name
from annotator.projects.models import Image


def needed_blobs(hashes: set[str]) -> set[str]:
    """Return those of `hashes` that a snapshot or an archive still needs."""
    snapshots = Snapshot.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    return set(snapshots) | set(Archive.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))


def blobs_of(images: QuerySet[Image]) -> set[str]:
    """Return the blobs of all exports of these images' projects. They go with a project; when only images go, their
    rows stay and keep them."""
    projects = list(images.order_by().values_list("project_id", flat=True).distinct())
    snapshots = Snapshot.objects.filter(project__in=projects).values_list("sha256", flat=True)
    return set(snapshots) | set(Archive.objects.filter(project__in=projects).values_list("sha256", flat=True))


def forget_of(images: QuerySet[Image]) -> None:
    """Delete what was made of pictures that these images do not have any more: fingerprints, and archives of their
    projects with pictures in them. An archive can be made again from its snapshot, with the pictures as they are."""
    rows = images.order_by()
    Fingerprint.objects.filter(image__in=rows.values("pk")).delete()
    Archive.objects.filter(project__in=rows.values("project"), options__include_images=True).delete()


def held() -> Iterator[Held]:
    """Go through the snapshots and the archives made from them."""
    for sha256, project in Snapshot.objects.order_by().values_list("sha256", "project__name").iterator():
        yield Held(blob_name(sha256), Kind.GZIP, f"snapshot of {project}")
    for sha256, name in Archive.objects.order_by().values_list("sha256", "name").iterator():
        yield Held(blob_name(sha256), Kind.ZIP, f"export {name}")
