"""What clients send and get about suggestions."""
from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.annotations.api.fields import Choice, Flag, Key, Mask, Whole
from annotator.annotations.api.serializers import AnnotationFields, AnnotationSerializer
from annotator.lib.parsers import StrictSerializer
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


class AutomaskSettingsSerializer(serializers.Serializer[Any]):
    """The project's parameters, and the presets they can start from."""

    params = serializers.DictField()
    prefill_above = serializers.FloatField()
    presets = serializers.DictField()


class ProposalSerializer(serializers.Serializer[Any]):
    """The label that similar accepted masks have, and its share of their vote."""

    label = serializers.UUIDField()  # type: ignore[assignment]  # the API's name
    probability = serializers.FloatField()


class CarriedSerializer(serializers.Serializer[Any]):
    """The object a suggestion was carried from: its id and image, the images passed since, how sure the match is."""

    source = serializers.UUIDField()  # type: ignore[assignment]  # the API's name
    image = serializers.UUIDField()
    step = serializers.IntegerField()
    confidence = serializers.FloatField()


class SuggestionSerializer(serializers.Serializer[Any]):
    """A proposed mask."""

    id = serializers.UUIDField()
    image = serializers.UUIDField()
    rank = serializers.IntegerField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # the API's name
    rle = Mask()
    bbox = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    area = serializers.IntegerField()
    predicted_iou = serializers.FloatField()
    stability_score = serializers.FloatField()
    point = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    crop_box = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    state = serializers.ChoiceField(choices=State.choices)
    annotation = serializers.UUIDField(allow_null=True)
    model_version = serializers.UUIDField()
    run = serializers.UUIDField(allow_null=True)
    carried = CarriedSerializer(allow_null=True)
    proposal = ProposalSerializer(required=False, allow_null=True)


class SweepSerializer(serializers.Serializer[Any]):
    """The last search of an image."""

    run = serializers.UUIDField(allow_null=True)
    model_version = serializers.UUIDField()
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
    sweep = SweepSerializer(allow_null=True)


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
    error = serializers.DictField(required=False)


class DecisionResultsSerializer(serializers.Serializer[Any]):
    """What became of each decision, in order, and the image's counter of changes."""

    results = DecisionResultSerializer(many=True)
    seq = serializers.IntegerField()
