"""What clients send and get about evaluations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.annotations.api.fields import Flag, Key, Whole
from annotator.evaluations.models import Evaluation, Example
from annotator.evaluations.parameters import CLICKS, LIMIT
from annotator.lib.parsers import StrictSerializer

MOST_MODELS = 20


class EvaluateWrite(StrictSerializer):
    """What to measure: model versions (the project's own, when left out), the most clicks per mask, how many masks,
    drawn by which seed, whether the classical tools are asked too, and what groups of masks are compared by: "label" or
    the name of an attribute that people gave them."""

    models = serializers.ListField(child=Key(), required=False, max_length=MOST_MODELS)
    clicks = Whole(required=False, min_value=CLICKS[0], max_value=CLICKS[1])
    limit = Whole(required=False, min_value=LIMIT[0], max_value=LIMIT[1])
    seed = Whole(required=False, min_value=0, max_value=2**31 - 1)
    baselines = Flag(required=False)
    groups = serializers.CharField(required=False, allow_blank=True, max_length=200)


class ExampleSerializer(serializers.Serializer[Example]):
    """A drawn answer to one click, the best first."""

    image = serializers.UUIDField(source="image_id")
    best = serializers.BooleanField()
    iou = serializers.FloatField()
    label = serializers.CharField()  # type: ignore[assignment]  # the API's name
    url = serializers.SerializerMethodField()

    def get_url(self, example: Example) -> str:
        """Where the JPEG is."""
        return example_url(example)


class EvaluationSerializer(serializers.Serializer[Evaluation]):
    """What one model version scored."""

    id = serializers.UUIDField()
    run = serializers.UUIDField(source="run_id", allow_null=True)
    model_version = serializers.UUIDField(source="model_version_id", allow_null=True)
    model_name = serializers.CharField()
    params = serializers.DictField()
    summary = serializers.DictField()
    images = serializers.IntegerField()
    own_masks = serializers.IntegerField()
    seconds = serializers.FloatField()
    examples = serializers.SerializerMethodField()
    created_by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()

    def get_examples(self, evaluation: Evaluation) -> list[dict[str, Any]]:
        """The best and the worst."""
        return [dict(ExampleSerializer(row).data) for row in evaluation.examples.all()]


def example_url(example: Example) -> str:
    """Return where a drawn answer is served."""
    return f"/files/examples/{example.pk}/{example.sha256}"
