"""Comparisons and threads as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.annotations.api.fields import Attributes, Number, StoredMask
from annotator.lib.parsers import StrictSerializer
from annotator.reviews.choices import Change, Since


class SideSerializer(serializers.Serializer[Any]):
    """An object at one time."""

    rle = StoredMask()
    bbox = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    area = serializers.IntegerField()
    label = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    attributes = Attributes()


class DifferenceSerializer(serializers.Serializer[Any]):
    """An object that is not as it was."""

    id = serializers.UUIDField()
    change = serializers.ChoiceField(choices=Change.choices)
    before = SideSerializer(allow_null=True)
    after = SideSerializer(allow_null=True)
    iou = serializers.FloatField(allow_null=True, help_text="Of both masks, where the mask changed.")
    # The base class has another thing under this name, which is not used here.
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    people = serializers.ListField(child=serializers.CharField())


class DifferencesSerializer(serializers.Serializer[Any]):
    """What changed on an image."""

    since = serializers.ChoiceField(choices=Since.choices)
    seq = serializers.IntegerField(help_text="The image's count of changes now.")
    results = DifferenceSerializer(many=True)


class MentionSerializer(PersonSerializer):
    """Somebody whom a comment mentions."""

    username = serializers.CharField()


class CommentSerializer(serializers.Serializer[Any]):
    """What somebody said."""

    id = serializers.UUIDField()
    author = PersonSerializer(allow_null=True)
    text = serializers.CharField()
    created = serializers.DateTimeField()
    mentions = MentionSerializer(many=True)


class ThreadSerializer(serializers.Serializer[Any]):
    """A talk about an image, a place in it (x, y in image pixels) or an object of it."""

    id = serializers.UUIDField()
    image = serializers.UUIDField()
    annotation = serializers.UUIDField(allow_null=True)
    annotation_deleted = serializers.BooleanField()
    x = serializers.FloatField(allow_null=True)
    y = serializers.FloatField(allow_null=True)
    created = serializers.DateTimeField()
    resolved_by = PersonSerializer(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    comments = CommentSerializer(many=True)


class CommentWrite(StrictSerializer):
    """Words."""

    text = serializers.CharField(max_length=4000)


class ThreadWrite(CommentWrite):
    """Words, and what they are about: a place, an object, or (without both) the image."""

    x = Number(required=False)
    y = Number(required=False)
    annotation = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse half a place."""
        if ("x" in attrs) != ("y" in attrs):
            raise serializers.ValidationError({"x": ["A place has both x and y."]})
        return attrs


class SettleWrite(StrictSerializer):
    """Whether a thread is settled."""

    resolved = serializers.BooleanField()
