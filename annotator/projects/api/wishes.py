"""By what a project's images may be narrowed and sorted: the words of addresses, saved filters and jobs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.projects.choices import ImageState, ReviewState, Sorting
from annotator.projects.filters import NONE

MOST_OBJECTS = 1_000_000


@extend_schema_field({"type": "string"})
class IdOrWord(serializers.UUIDField):
    """An id, or a word that stands for something else."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.words = words

    def to_internal_value(self, data: Any) -> Any:
        """Return the word or the id."""
        return data if isinstance(data, str) and data in self.words else super().to_internal_value(data)

    def to_representation(self, value: Any) -> str:
        """Return it as it came."""
        return str(value)


class ImageWish(serializers.Serializer[Any]):
    """Which images: all that match every part."""

    state = serializers.ChoiceField(choices=ImageState.choices, required=False)
    review = serializers.ChoiceField(choices=ReviewState.choices, required=False)
    search = serializers.CharField(required=False, allow_blank=True, max_length=255, help_text="Part of folder/name.")
    assignee = IdOrWord("pool", "nobody", help_text="In jobs of this person; “pool”: in the pool; “nobody”: in no job.")
    with_label = IdOrWord(NONE, help_text="On at least one object; “none”: at least one object without a label.")
    tag = IdOrWord(NONE, help_text="“none”: without any tag.")
    added_from = serializers.DateField(required=False, help_text="Added on this day (UTC) or later.")
    added_to = serializers.DateField(required=False, help_text="Added on this day (UTC) or earlier.")
    min_objects = serializers.IntegerField(required=False, min_value=0, max_value=MOST_OBJECTS)
    max_objects = serializers.IntegerField(required=False, min_value=0, max_value=MOST_OBJECTS)
    only = serializers.CharField(required=False, max_length=255, help_text="NAME:VALUE, as the data set's page links.")


class ImageFilter(ImageWish):
    """What a list of images may be narrowed and sorted by."""

    sort = serializers.ChoiceField(choices=Sorting.choices, required=False)
