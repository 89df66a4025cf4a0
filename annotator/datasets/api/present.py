"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from annotator.datasets.api.serializers import ArchiveSerializer, ImageDifferenceSerializer, SnapshotSerializer
from annotator.datasets.models import Archive, Difference, Snapshot
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image


def archives_json(rows: list[Archive]) -> list[dict[str, Any]]:
    """Return archives as plain data."""
    return [dict(ArchiveSerializer(row).data) for row in rows]


def snapshots_json(rows: list[Snapshot]) -> list[dict[str, Any]]:
    """Return snapshots as plain data; the rows come from `queries`."""
    return [dict(SnapshotSerializer(row).data) for row in rows]


def differences_json(rows: list[Difference]) -> list[dict[str, Any]]:
    """Return images on which snapshots differ, with the addresses of their pictures."""
    there = dict(Image.objects.filter(pk__in=[row.image for row in rows]).values_list("pk", "sha256"))
    for row in rows:
        sha256 = there.get(row.image)
        row.__dict__["thumb"] = image_urls(row.image, sha256)["thumb"] if sha256 else ""
        row.__dict__["picture"] = f"/differences/{row.pk}.png" if row.objects_of else ""
    return [dict(ImageDifferenceSerializer(row).data) for row in rows]
