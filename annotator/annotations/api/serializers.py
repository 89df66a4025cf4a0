"""What clients may send, and for the API's description what they get."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.annotations.api.fields import (
    Attributes,
    Choice,
    Flag,
    Key,
    Mask,
    Number,
    Prompts,
    Shape,
    StoredMask,
    Whole,
)
from annotator.annotations.choices import Action, Stage, Status
from annotator.annotations.models import MAX_ABS_ORDER
from annotator.lib.openapi import ErrorField
from annotator.lib.parsers import StrictSerializer

MAX_OPERATIONS = 500


class AnnotationFields(StrictSerializer):
    """What may be written of an object. Box and area follow from the mask and cannot be sent."""

    # "label" and "data" are names of the API; the base class has others under them, which are not used here.
    label = Key(allow_null=True, required=False)  # type: ignore[assignment]
    rle = Mask(required=False)
    attributes = Attributes(required=False)
    stage = Choice(choices=Stage.choices, required=False)
    status = Choice(choices=Status.choices, required=False)
    prompts = Prompts(required=False)
    shape = Shape(allow_null=True, required=False)
    model_version = Key(allow_null=True, required=False)
    predicted_iou = Number(allow_null=True, required=False, min_value=-10, max_value=10)
    stability_score = Number(allow_null=True, required=False, min_value=-10, max_value=10)
    seconds = Number(required=False, min_value=0, max_value=10_000_000)
    clicks = Whole(required=False, min_value=0, max_value=MAX_ABS_ORDER)
    z_order = Whole(required=False, min_value=-MAX_ABS_ORDER, max_value=MAX_ABS_ORDER)
    locked = Flag(required=False)
    hidden = Flag(required=False)


class AnnotationCreate(AnnotationFields):
    """A new object; the client may choose its id."""

    id = Key(required=False)
    rle = Mask()


class AnnotationNew(AnnotationFields):
    """The data of a new object in a bulk request."""

    rle = Mask()


class AnnotationUpdate(AnnotationFields):
    """Changed fields, and the revision they were changed on."""

    revision = Whole(min_value=1, max_value=MAX_ABS_ORDER)


class RevisionSeen(StrictSerializer):
    """The revision the client saw."""

    revision = Whole(min_value=1, max_value=MAX_ABS_ORDER)


class OperationWrite(StrictSerializer):
    """One operation of a bulk request, without its data."""

    key = Key()
    op = Choice(choices=Action.choices)
    id = Key()
    revision = Whole(required=False, min_value=1, max_value=MAX_ABS_ORDER)
    data = AnnotationFields(required=False)  # type: ignore[assignment]


class BulkWrite(StrictSerializer):
    """Operations, in order."""

    operations = OperationWrite(many=True)


class PresenceWrite(StrictSerializer):
    """A tab's own name, the same as long as it is open."""

    client = serializers.CharField(max_length=64)


class AnnotationSerializer(serializers.Serializer[Any]):
    """An object."""

    id = serializers.UUIDField()
    image = serializers.UUIDField()
    label = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    rle = StoredMask()
    bbox = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    area = serializers.IntegerField()
    attributes = Attributes()
    stage = serializers.ChoiceField(choices=Stage.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    prompts = Prompts()
    shape = Shape(allow_null=True)
    model_version = serializers.UUIDField(allow_null=True)
    predicted_iou = serializers.FloatField(allow_null=True)
    stability_score = serializers.FloatField(allow_null=True)
    seconds = serializers.FloatField()
    clicks = serializers.IntegerField()
    author = PersonSerializer(allow_null=True)
    z_order = serializers.IntegerField()
    locked = serializers.BooleanField()
    hidden = serializers.BooleanField()
    revision = serializers.IntegerField()
    seq = serializers.IntegerField()
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()
    deleted = serializers.BooleanField(required=False)


@extend_schema_field({"type": "boolean", "const": True})
class _True(serializers.BooleanField):
    """Always true."""


class GoneSerializer(serializers.Serializer[Any]):
    """What is left of a deleted object for those who follow changes."""

    id = serializers.UUIDField()
    deleted = _True()
    revision = serializers.IntegerField()
    seq = serializers.IntegerField()


def _row(**options: Any) -> PolymorphicProxySerializer:
    """Describe an object, or what is left of it."""
    kinds = [AnnotationSerializer, GoneSerializer]
    return PolymorphicProxySerializer("AnnotationRow", kinds, resource_type_field_name=None, **options)


class AnnotationsSerializer(serializers.Serializer[Any]):
    """All objects of an image, or what changed, the image's counter to ask from next time, and the model version that
    the project uses now."""

    results = _row(many=True)
    seq = serializers.IntegerField()
    model = serializers.UUIDField(allow_null=True)
    picture = serializers.CharField(help_text="Hash of the stored picture: another one when something was covered.")


class BulkResultSerializer(serializers.Serializer[Any]):
    """What became of one operation."""

    key = serializers.UUIDField()
    status = serializers.IntegerField()
    annotation = _row(required=False)
    error = ErrorField(required=False)


class BulkResultsSerializer(serializers.Serializer[Any]):
    """What became of each operation, in order, and the image's counter."""

    results = BulkResultSerializer(many=True)
    seq = serializers.IntegerField()


class RevisionSerializer(serializers.Serializer[Any]):
    """One change of an object."""

    revision = serializers.IntegerField()
    action = serializers.ChoiceField(choices=Action.choices)
    actor = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()
    changes = serializers.DictField()


class RevisionsSerializer(serializers.Serializer[Any]):
    """Every change of an object, oldest first."""

    results = RevisionSerializer(many=True)


class TabSerializer(serializers.Serializer[Any]):
    """Somebody who has the image open."""

    user = serializers.UUIDField()
    name = serializers.CharField()
    client = serializers.CharField()


class PresenceSerializer(serializers.Serializer[Any]):
    """Everyone who has the image open, oneself included."""

    people = TabSerializer(many=True)
