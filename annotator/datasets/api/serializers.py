"""What clients send and get about exports."""

from __future__ import annotations

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.datasets.models import Archive
from annotator.lib.parsers import StrictSerializer
from export.formats import FORMATS

WRITTEN = [(entry.name, entry.title) for entry in FORMATS.values()]
"""The formats that go out."""
SEGMENTATIONS = ("rle", "uncompressed", "auto", "polygons")


class ExportWrite(StrictSerializer):
    """What to export."""

    format = serializers.ChoiceField(choices=WRITTEN)
    include_images = serializers.BooleanField(default=False)
    include_suggestions = serializers.BooleanField(required=False)
    segmentation = serializers.ChoiceField(choices=SEGMENTATIONS, required=False)


class ArchiveSerializer(serializers.Serializer[Archive]):
    """A finished export."""

    id = serializers.UUIDField()
    format = serializers.CharField()
    options = serializers.DictField()
    name = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    snapshot = serializers.CharField(source="snapshot.sha256")
    report = serializers.DictField()
    run = serializers.UUIDField(source="run_id", allow_null=True)
    created_by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()
