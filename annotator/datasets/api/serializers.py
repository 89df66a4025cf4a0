"""What clients send and get about exports."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.annotations.choices import Stage, Status
from annotator.datasets.choices import Part
from annotator.datasets.models import Archive, Comparison, Difference, Snapshot
from annotator.lib.parsers import StrictSerializer
from annotator.projects.choices import ImageState
from export.formats import FORMATS

WRITTEN = [(entry.name, entry.title) for entry in FORMATS.values()]
"""The formats that go out."""
SEGMENTATIONS = ("rle", "uncompressed", "auto", "polygons")


class SelectionWrite(StrictSerializer):
    """Which images, and which objects on them; what is left out chooses all."""

    accepted_only = serializers.BooleanField(
        required=False, allow_null=True, default=None,
        help_text="Images that a review accepted. Left out: so once the project's images are reviewed.",
    )  # fmt: skip
    states = serializers.ListField(child=serializers.ChoiceField(choices=ImageState.choices), required=False)
    jobs = serializers.ListField(child=serializers.UUIDField(), max_length=1000, required=False)
    reviewers = serializers.ListField(
        child=serializers.UUIDField(), max_length=1000, required=False, help_text="Who decided last on the image."
    )
    tags = serializers.ListField(
        child=serializers.UUIDField(), max_length=1000, required=False, help_text="Images with any of these tags."
    )
    statuses = serializers.ListField(child=serializers.ChoiceField(choices=Status.choices), required=False)
    stages = serializers.ListField(child=serializers.ChoiceField(choices=Stage.choices), required=False)
    labels = serializers.ListField(child=serializers.UUIDField(), max_length=5000, required=False)
    unlabelled = serializers.BooleanField(default=True, help_text="Objects without a label, too.")
    made_from = serializers.DateField(required=False, help_text="The first day on which objects were made (UTC).")
    made_until = serializers.DateField(required=False, help_text="And the last.")
    empty_images = serializers.BooleanField(default=True, help_text="Images on which nothing was chosen, too.")
    suggestions = serializers.BooleanField(default=False, help_text="Also what nobody has judged.")


class SharesWrite(StrictSerializer):
    """Per cent by part."""

    train = serializers.IntegerField(min_value=0, max_value=100, default=0)
    val = serializers.IntegerField(min_value=0, max_value=100, default=0)
    test = serializers.IntegerField(min_value=0, max_value=100, default=0)

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        """Refuse shares that are not a whole."""
        if sum(attrs.values()) != 100:
            raise serializers.ValidationError("The shares have to make 100 together.")
        return attrs


class DivisionWrite(StrictSerializer):
    """How images are divided. Those put into a part by hand stay there."""

    shares = SharesWrite(required=False, help_text="By a stable hash; left out: only what was put by hand.")
    seed = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="Another one divides anew."
    )
    groups = serializers.ListField(
        child=serializers.RegexField(
            r"^(video|duplicates|folder|attribute:.{1,100})\Z",
            error_messages={"invalid": "video, duplicates, folder, or attribute:NAME."},
        ),
        max_length=20, required=False, help_text="What must never be in two parts.",
    )  # fmt: skip


class SnapshotWrite(StrictSerializer):
    """What to freeze."""

    name = serializers.CharField(max_length=100)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    selection = SelectionWrite(required=False)
    split = DivisionWrite(required=False, allow_null=True)


class SnapshotChange(StrictSerializer):
    """What may be changed about a snapshot: what people call it."""

    name = serializers.CharField(max_length=100)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class SnapshotSerializer(serializers.Serializer[Snapshot]):
    """A frozen state."""

    id = serializers.UUIDField()
    project = serializers.UUIDField(source="project_id")
    name = serializers.CharField(help_text="Blank: an export made it in passing.")
    note = serializers.CharField()
    sha256 = serializers.CharField()
    bytes = serializers.IntegerField()
    images = serializers.IntegerField()
    annotations = serializers.IntegerField()
    selection = serializers.DictField(help_text="What was chosen where it is not all.")
    report = serializers.DictField(help_text="Objects by label; parts, groups and labels that a part lacks.")
    files = serializers.IntegerField(help_text="Exports made of it.")
    created_by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()


class OriginSerializer(StrictSerializer):
    """Under which licence a project's images stand, and where they come from."""

    licence = serializers.CharField(max_length=200, allow_blank=True)
    sources = serializers.CharField(max_length=2000, allow_blank=True)


class PartsSerializer(serializers.Serializer[Any]):
    """How many images people put into each part."""

    train = serializers.IntegerField()
    val = serializers.IntegerField()
    test = serializers.IntegerField()


class PlacesWrite(StrictSerializer):
    """Images to put into a part: named one by one, or all whose folder/name contains a text."""

    part = serializers.ChoiceField(choices=Part.choices, allow_blank=True, help_text="Blank: into none by hand.")
    images = serializers.ListField(child=serializers.UUIDField(), max_length=100_000, required=False)
    search = serializers.CharField(max_length=255, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Want one of the two."""
        if ("images" in attrs) == ("search" in attrs):
            raise serializers.ValidationError("Name images, or a text to search for: one of the two.")
        return attrs


class PlacesSerializer(PartsSerializer):
    """How many images were put, and how many are in each part now."""

    placed = serializers.IntegerField()


class ComparisonWrite(StrictSerializer):
    """Two snapshots."""

    before = serializers.UUIDField()
    after = serializers.UUIDField()


class ComparisonSerializer(serializers.Serializer[Comparison]):
    """What became of one snapshot in another."""

    id = serializers.UUIDField()
    project = serializers.UUIDField(source="project_id")
    before = serializers.UUIDField(source="before_id")
    after = serializers.UUIDField(source="after_id")
    report = serializers.DictField()
    created = serializers.DateTimeField()


class ImageDifferenceSerializer(serializers.Serializer[Difference]):
    """An image on which they differ."""

    id = serializers.UUIDField()
    image = serializers.UUIDField()
    path = serializers.CharField()
    kind = serializers.CharField(help_text="added, removed or kept: the image itself.")
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()
    thumb = serializers.CharField(help_text="Address of its thumbnail; blank when the image is gone.")
    picture = serializers.CharField(help_text="Address of what differs, to lay over it; blank beyond the first ones.")


class FiguresSerializer(serializers.Serializer[Any]):
    """What the data set looks like in numbers, as last taken."""

    created = serializers.DateTimeField(allow_null=True, help_text="null: they were never taken.")
    report = serializers.DictField(help_text="Counts by class: {from, until, count}; until null has no end.")
    published = serializers.ListField(child=serializers.DictField(), help_text="Of SA-1B and COCO, with their source.")


class ExportWrite(StrictSerializer):
    """What to export."""

    format = serializers.ChoiceField(choices=WRITTEN)
    include_images = serializers.BooleanField(default=False)
    include_suggestions = serializers.BooleanField(required=False)
    segmentation = serializers.ChoiceField(choices=SEGMENTATIONS, required=False)
    snapshot = serializers.UUIDField(required=False, help_text="Instead of the masks as they are now.")
    selection = SelectionWrite(required=False)


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
