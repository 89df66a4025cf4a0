"""What clients send and get about suggestions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.annotations.api.fields import Choice, Flag, Key, StoredMask, Whole
from annotator.annotations.api.serializers import AnnotationFields, AnnotationSerializer
from annotator.lib.openapi import ErrorField
from annotator.lib.parsers import StrictSerializer
from annotator.projects.api.serializers import ImageUrlsSerializer
from annotator.suggestions.choices import State, Verb

MAX_DECISIONS = 500
MAX_MERGED = 100


class AcceptWrite(StrictSerializer):
    """How to accept: fields of the object to make, its id, and what to merge into it."""

    key = Key(required=False)
    annotation = Key(required=False)
    merge = serializers.ListField(child=Key(), required=False, max_length=MAX_MERGED)
    data = AnnotationFields(required=False)  # type: ignore[assignment]  # the API's name
    anyway = Flag(required=False)


class DecisionWrite(AcceptWrite):
    """One decision of a bulk request."""

    key = Key()
    op = Choice(choices=Verb.choices)
    id = Key()


class DecisionsWrite(StrictSerializer):
    """Decisions, in order."""

    operations = serializers.ListField(child=DecisionWrite(), max_length=MAX_DECISIONS)


class SearchWrite(StrictSerializer):
    """Which images to search (all, when left out; `new`: those no search has got through yet), and parameters that
    differ from the project's."""

    images = serializers.ListField(child=Key(), required=False, allow_null=True)
    new = Flag(required=False)
    params = serializers.DictField(required=False)


class ImageSearchWrite(StrictSerializer):
    """A region [x, y, w, h] to search (the whole image, when left out), and parameters."""

    region = serializers.ListField(child=Whole(), required=False, allow_null=True, min_length=4, max_length=4)
    params = serializers.DictField(required=False)


@extend_schema_field({"type": "object", "additionalProperties": {"type": ["string", "number"]}})
class ParamsField(serializers.DictField):
    """A search's parameters by name; the preset is the one that is text."""


class AutomaskSettingsSerializer(serializers.Serializer[Any]):
    """The project's parameters, and the presets they can start from."""

    params = ParamsField()
    prefill_above = serializers.FloatField()
    presets = serializers.DictField(child=ParamsField())


class ProposalSerializer(serializers.Serializer[Any]):
    """The label that similar accepted masks have, and its share of their vote."""

    label = serializers.UUIDField()  # type: ignore[assignment]  # the API's name
    probability = serializers.FloatField()


class CarriedSerializer(serializers.Serializer[Any]):
    """The object a suggestion was carried from: its id (null: somebody only pointed at it) and the image where that
    is, the images passed since, how sure the match is."""

    source = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # the API's name
    image = serializers.UUIDField()
    step = serializers.IntegerField()
    confidence = serializers.FloatField()
    track = serializers.IntegerField(allow_null=True)


class TrackCellSerializer(serializers.Serializer[Any]):
    """A track on one image; `at` is its place in the timeline's images."""

    at = serializers.IntegerField()
    kind = serializers.CharField(help_text="object, suggested or lost")
    confidence = serializers.FloatField(allow_null=True)
    reason = serializers.CharField()


class TrackSerializer(serializers.Serializer[Any]):
    """The same object along images."""

    track = serializers.IntegerField()
    label = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # the API's name
    cells = TrackCellSerializer(many=True)


class TrackImageSerializer(serializers.Serializer[Any]):
    """An image of a timeline."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class TimelineSerializer(serializers.Serializer[Any]):
    """Images in order, the place of the one that was asked about, and the tracks that are on any of them."""

    images = TrackImageSerializer(many=True)
    here = serializers.IntegerField()
    tracks = TrackSerializer(many=True)


class SuggestionSerializer(serializers.Serializer[Any]):
    """A proposed mask."""

    id = serializers.UUIDField()
    image = serializers.UUIDField()
    rank = serializers.IntegerField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # the API's name
    rle = StoredMask()
    bbox = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    area = serializers.IntegerField()
    predicted_iou = serializers.FloatField()
    stability_score = serializers.FloatField()
    point = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    crop_box = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    state = serializers.ChoiceField(choices=State.choices)
    annotation = serializers.UUIDField(allow_null=True)
    model_version = serializers.UUIDField(allow_null=True, help_text="Null: it came in with a data set.")
    run = serializers.UUIDField(allow_null=True)
    carried = CarriedSerializer(allow_null=True)
    proposal = ProposalSerializer(required=False, allow_null=True)


class SearchSerializer(serializers.Serializer[Any]):
    """The last search of an image."""

    run = serializers.UUIDField(allow_null=True)
    model_version = serializers.UUIDField(allow_null=True, help_text="Null: it came in with a data set.")
    params = serializers.DictField()
    found = serializers.IntegerField()
    kept = serializers.IntegerField()
    seconds = serializers.FloatField()
    problem = serializers.CharField()
    complete = serializers.BooleanField()
    created = serializers.DateTimeField()


class SuggestionsSerializer(serializers.Serializer[Any]):
    """What an editor shows: best first. `covered` counts those that an accepted object has made superfluous."""

    results = SuggestionSerializer(many=True)
    covered = serializers.IntegerField()
    prefill_above = serializers.FloatField()
    search = SearchSerializer(allow_null=True)


class SampleSerializer(serializers.Serializer[Any]):
    """Suggestions drawn at random."""

    results = SuggestionSerializer(many=True)


class DecidedSerializer(serializers.Serializer[Any]):
    """A suggestion after a decision, and the object it became."""

    suggestion = SuggestionSerializer()
    annotation = AnnotationSerializer(allow_null=True)


class DecisionResultSerializer(serializers.Serializer[Any]):
    """What became of one decision."""

    key = serializers.UUIDField()
    status = serializers.IntegerField()
    suggestion = SuggestionSerializer(required=False)
    annotation = AnnotationSerializer(required=False, allow_null=True)
    error = ErrorField(required=False)


class DecisionResultsSerializer(serializers.Serializer[Any]):
    """What became of each decision, in order, and the image's counter of changes."""

    results = DecisionResultSerializer(many=True)
    seq = serializers.IntegerField()


@extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": 5, "maxItems": 5})
class _Part(serializers.ListField):
    """A connected part."""


class PreviewImageSerializer(serializers.Serializer[Any]):
    """The image to show masks on."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    urls = ImageUrlsSerializer()


class PreviewCandidateSerializer(serializers.Serializer[Any]):
    """A mask before thresholds, in image pixels but for `rle`, which has the preview's size. Parts are
    [pixels, x0, y0, x1, y1], largest first; `hole` counts the smallest hole's pixels."""

    iou = serializers.FloatField()
    stability = serializers.FloatField()
    box = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    area = serializers.FloatField()
    parts = serializers.ListField(child=_Part())
    hole = serializers.FloatField(allow_null=True)
    rle = StoredMask()


class PreviewSerializer(serializers.Serializer[Any]):
    """Everything one image gives, before thresholds; `image` is null while nothing was searched for a preview."""

    image = PreviewImageSerializer(allow_null=True)
    params = ParamsField(required=False)
    size = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2, required=False)
    candidates = PreviewCandidateSerializer(many=True, required=False)


class PreviewWrite(StrictSerializer):
    """Parameters that differ from the project's: the grid, which the sliders do not change."""

    params = serializers.DictField(required=False)
