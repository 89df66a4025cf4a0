"""Tags, saved filters, and what is done to many images, as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.lib.parsers import StrictSerializer
from annotator.projects.api.wishes import ImageFilter
from annotator.projects.choices import ImageState
from annotator.projects.many import MOST
from annotator.projects.models import SavedFilter, Tag
from annotator.projects.models.tag import MAX_NAME

MOST_WORDS = 20


class TagSerializer(serializers.Serializer[Tag]):
    """A tag."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    images = serializers.IntegerField(source="image_count", help_text="That one sees.")


class TagWrite(StrictSerializer):
    """What one may change of a tag."""

    name = serializers.CharField(max_length=MAX_NAME)


class StoredQuery(ImageFilter, StrictSerializer):
    """The words of the list's address."""


class SavedFilterSerializer(serializers.Serializer[SavedFilter]):
    """A filter under a name."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    query = StoredQuery()


class SavedFilterWrite(StrictSerializer):
    """A filter to keep."""

    name = serializers.CharField(max_length=MAX_NAME)
    query = StoredQuery()


class ImagesNamed(StrictSerializer):
    """Some images of a project."""

    images = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)


class ImagesMark(ImagesNamed):
    """How far they are."""

    state = serializers.ChoiceField(choices=ImageState.choices)


class ImagesTag(ImagesNamed):
    """Tags to put on them, and to take off."""

    add = serializers.ListField(child=serializers.CharField(max_length=MAX_NAME), required=False, max_length=MOST_WORDS)
    remove = serializers.ListField(
        child=serializers.CharField(max_length=MAX_NAME), required=False, max_length=MOST_WORDS
    )


class MarkedImageSerializer(serializers.Serializer[Any]):
    """An image that changed, as it is now."""

    id = serializers.UUIDField(source="pk")
    before = serializers.ChoiceField(choices=ImageState.choices, help_text="How far it was.")
    state = serializers.ChoiceField(choices=ImageState.choices)
    review = serializers.CharField()


class MarkedSerializer(serializers.Serializer[Any]):
    """What came of it; those not named were so already, or are not there."""

    changed = MarkedImageSerializer(many=True)


class TaggedSerializer(serializers.Serializer[Any]):
    """What came of it."""

    added = serializers.ListField(child=serializers.UUIDField(), help_text="Images that got a tag.")
    removed = serializers.ListField(child=serializers.UUIDField(), help_text="Images that lost one.")


class ChangedSerializer(serializers.Serializer[Any]):
    """What came of it; those not named are not there, or were so already."""

    changed = serializers.ListField(child=serializers.UUIDField())


class ImageIdsSerializer(serializers.Serializer[Any]):
    """Which images match."""

    count = serializers.IntegerField(help_text="How many match.")
    ids = serializers.ListField(child=serializers.UUIDField(), help_text="Of the first 100,000, in order.")
