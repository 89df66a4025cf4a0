"""What clients send and get about imports."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.imports.choices import READ, Become, Kind, Source, State, To
from annotator.imports.labels import LONGEST
from annotator.lib.parsers import StrictSerializer
from annotator.runs.api.serializers import RunSerializer

_ONE = "Send one of these: a file, a folder of the server, a list of web addresses, or a place in a bucket."
_SOURCES = ("file", "folder", "urls", "s3")


class ImportWrite(StrictSerializer):
    """A data set: an archive or a file; or a folder of the server, or a place in a bucket (`s3://bucket/folder`), that
    an administrator opened; or the web addresses of its files. `format` where it should not be told from the files."""

    file = serializers.FileField(allow_empty_file=True, max_length=None, required=False)
    folder = serializers.CharField(required=False, max_length=1000)
    urls = serializers.ListField(child=serializers.CharField(allow_blank=True), required=False, max_length=100_000)
    s3 = serializers.CharField(required=False, max_length=1000)
    format = serializers.ChoiceField(choices=READ, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse several at once, and none."""
        if sum(name in attrs for name in _SOURCES) != 1:
            raise serializers.ValidationError({"file": [_ONE]})
        return attrs


class CheckWrite(StrictSerializer):
    """How to read the data set; blank: as it is recognised."""

    format = serializers.ChoiceField(choices=READ, required=False, allow_blank=True)


class ChoiceWrite(StrictSerializer):
    """What becomes of a label: a label of the project, a new one, none, or its objects are left out."""

    to = serializers.ChoiceField(choices=To.choices)
    # "label" is a name of the API; the base class has another under it, which is not used here.
    label = serializers.UUIDField(required=False)  # type: ignore[assignment]
    name = serializers.CharField(required=False, max_length=LONGEST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a choice that lacks what it needs; give it as plain data."""
        needed = {To.LABEL: "label", To.NEW: "name"}.get(attrs["to"])
        if needed and needed not in attrs:
            raise serializers.ValidationError({needed: ["This field is required for this choice."]})
        return {"to": str(attrs["to"])} | ({needed: str(attrs[needed])} if needed else {})


class StartWrite(StrictSerializer):
    """What to make of the objects, and of each label by its name in the file; labels that are not named here become
    what the dry run guessed."""

    become = serializers.ChoiceField(choices=Become.choices, default=Become.ANNOTATIONS)
    labels = serializers.DictField(child=ChoiceWrite(), required=False)


class ChoiceSerializer(serializers.Serializer[Any]):
    """What becomes of a label."""

    to = serializers.ChoiceField(choices=To.choices)
    label = serializers.UUIDField(required=False)  # type: ignore[assignment]
    name = serializers.CharField(required=False)


class FoundLabelSerializer(serializers.Serializer[Any]):
    """A label of the data set; "" stands for objects without one."""

    name = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()
    choice = ChoiceSerializer()


class FoundImagesSerializer(serializers.Serializer[Any]):
    """How the images of the data set meet the project."""

    total = serializers.IntegerField()
    new = serializers.IntegerField()
    by_hash = serializers.IntegerField()
    by_name = serializers.IntegerField()
    repeated = serializers.IntegerField()
    without_picture = serializers.IntegerField()
    unusable = serializers.IntegerField()


class FoundObjectsSerializer(serializers.Serializer[Any]):
    """The objects of the data set: all, those on images that can be used, of these those that are there already, and
    those that a machine only suggested."""

    total = serializers.IntegerField()
    ready = serializers.IntegerField()
    there = serializers.IntegerField()
    suggested = serializers.IntegerField()


class LossSerializer(serializers.Serializer[Any]):
    """What a project has no place for."""

    kind = serializers.CharField()
    count = serializers.IntegerField()
    rule = serializers.CharField()


class ReportSerializer(serializers.Serializer[Any]):
    """What the dry run found."""

    format = serializers.CharField()
    title = serializers.CharField()
    images = FoundImagesSerializer()
    annotations = FoundObjectsSerializer()
    labels = FoundLabelSerializer(many=True)
    lost = LossSerializer(many=True)
    problems = serializers.IntegerField()


class CountsByKindSerializer(serializers.Serializer[Any]):
    """How many of each kind."""

    label = serializers.IntegerField()  # type: ignore[assignment]
    image = serializers.IntegerField()
    annotation = serializers.IntegerField()
    suggestion = serializers.IntegerField()


class ResultSerializer(serializers.Serializer[Any]):
    """What an import did: what it made; objects that were there, that were left out by choice, and that somebody
    deleted here before."""

    made = CountsByKindSerializer()
    there = serializers.IntegerField()
    skipped = serializers.IntegerField()
    deleted = serializers.IntegerField()
    problems = serializers.IntegerField()
    lost = LossSerializer(many=True)


class KeptSerializer(serializers.Serializer[Any]):
    """What an undo kept, and why."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    reason = serializers.CharField()
    count = serializers.IntegerField()


class KeptThingSerializer(serializers.Serializer[Any]):
    """One thing that an undo kept; `image` is where it lies."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    reason = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    image = serializers.UUIDField(required=False)


class UndoneSerializer(serializers.Serializer[Any]):
    """What an undo did; the first hundred things it kept are listed."""

    removed = CountsByKindSerializer()
    kept = KeptSerializer(many=True)
    listed = KeptThingSerializer(many=True)


class ListingSerializer(serializers.Serializer[Any]):
    """What there is to fetch: files, their bytes where they are known, how many say no size, how many cannot be had,
    and how many are here."""

    files = serializers.IntegerField()
    bytes = serializers.IntegerField()
    unknown = serializers.IntegerField()
    refused = serializers.IntegerField()
    fetched = serializers.IntegerField()


class ImportSerializer(serializers.Serializer[Any]):
    """An import; listing, report, result and undone are null until there is one."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    folder = serializers.CharField(allow_blank=True)
    bytes = serializers.IntegerField()
    kept = serializers.BooleanField(help_text="Whether its file is still here to be read.")
    format = serializers.CharField(allow_blank=True, help_text="Chosen by somebody; blank: the recognised one.")
    state = serializers.ChoiceField(choices=State.choices)
    listing = ListingSerializer(allow_null=True)
    report = ReportSerializer(allow_null=True)
    result = ResultSerializer(allow_null=True)
    undone = UndoneSerializer(allow_null=True)
    become = serializers.ChoiceField(choices=Become.choices, allow_null=True)
    can_undo = serializers.BooleanField()
    run = RunSerializer(allow_null=True, help_text="The last of its runs.")
    created_by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()


class ProblemSerializer(serializers.Serializer[Any]):
    """One thing that could not be taken over."""

    file = serializers.CharField(allow_blank=True)
    item = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class ProblemsSerializer(serializers.Serializer[Any]):
    """Everything that could not be taken over, or the first of it."""

    count = serializers.IntegerField()
    results = ProblemSerializer(many=True)


class ProblemsFilter(serializers.Serializer[None]):
    """How many problems, and in which kind of file."""

    limit = serializers.IntegerField(required=False, min_value=1, max_value=100_000)
    kind = serializers.ChoiceField(choices=["json", "csv"], required=False, default="json")
