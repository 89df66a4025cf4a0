"""The history as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.history.choices import What
from annotator.lib.parsers import StrictSerializer
from annotator.reviews.choices import Change
from annotator.runs.api.serializers import RunSerializer

MOST_SEQ = 2**53
BACKWARDS = "The end lies before the beginning. Choose a later end."


class MomentsFilter(serializers.Serializer[None]):
    """Where to go on."""

    before = serializers.IntegerField(required=False, min_value=0, max_value=MOST_SEQ)


class MomentSerializer(serializers.Serializer[Any]):
    """What one person did to an image without a long pause."""

    first = serializers.IntegerField(help_text="The image's count of changes with the first of them.")
    seq = serializers.IntegerField(help_text="And with the last one: what to put the image back to.")
    actor = PersonSerializer(allow_null=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    put_back = serializers.BooleanField(help_text="Objects were put back to what they had been.")
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    deleted = serializers.IntegerField()
    restored = serializers.IntegerField()


class MomentsSerializer(serializers.Serializer[Any]):
    """The life of an image, the newest first."""

    results = MomentSerializer(many=True)
    seq = serializers.IntegerField(help_text="The image's count of changes now.")
    more = serializers.BooleanField(help_text="There is more: ask again with ?before= the last one's `first`.")


class TimeFilter(serializers.Serializer[None]):
    """What to put the image back to: one of both."""

    seq = serializers.IntegerField(required=False, min_value=0, max_value=MOST_SEQ, help_text="A count of changes.")
    at = serializers.DateTimeField(required=False, help_text="A moment.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse none and both."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Say either seq or at.")
        return attrs


class MovedSerializer(serializers.Serializer[Any]):
    """One object that would change."""

    id = serializers.UUIDField()
    change = serializers.ChoiceField(choices=Change.choices, help_text="added: it comes back; removed: it goes.")
    label = serializers.UUIDField(  # type: ignore[assignment]
        allow_null=True, help_text="It would have, or has where it goes."
    )
    fields = serializers.ListField(child=serializers.CharField(), help_text="What of it differs.")  # type: ignore[assignment]
    iou = serializers.FloatField(allow_null=True, help_text="Of both masks, where the mask differs.")


class LookSerializer(serializers.Serializer[Any]):
    """What putting an image back would change."""

    seq = serializers.IntegerField()
    now = serializers.IntegerField(help_text="The image's count of changes now; send it as `seen`.")
    added = serializers.IntegerField(help_text="Objects that come back.")
    changed = serializers.IntegerField()
    removed = serializers.IntegerField(help_text="Objects that go.")
    unlabelled = serializers.IntegerField(help_text="Objects whose label of that time is gone.")
    objects = MovedSerializer(many=True, help_text="The first 200 of them.")


class PutBackWrite(StrictSerializer):
    """What to put an image back to."""

    seq = serializers.IntegerField(min_value=0, max_value=MOST_SEQ, help_text="The image's count of changes then.")
    seen = serializers.IntegerField(min_value=0, max_value=MOST_SEQ, help_text="The count you looked at.")


def _ordered(attrs: dict[str, Any]) -> dict[str, Any]:
    if attrs["since"] >= attrs["until"]:
        raise serializers.ValidationError({"until": [BACKWARDS]})
    return attrs


class WorkFilter(serializers.Serializer[None]):
    """Whose work of which time."""

    person = serializers.UUIDField()
    since = serializers.DateTimeField(help_text="The beginning, included.")
    until = serializers.DateTimeField(help_text="The end, not included.")
    after = serializers.UUIDField(required=False, help_text="What `more` of the look before said.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        return _ordered(attrs)


class WorkWrite(StrictSerializer):
    """Whose work of which time."""

    person = serializers.UUIDField()
    since = serializers.DateTimeField(help_text="The beginning, included.")
    until = serializers.DateTimeField(help_text="The end, not included.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        return _ordered(attrs)


class LeftAloneSerializer(serializers.Serializer[Any]):
    """Objects of an image that are kept, for somebody has worked on them since."""

    image = serializers.UUIDField()
    name = serializers.CharField()
    objects = serializers.IntegerField()
    people = serializers.ListField(child=serializers.CharField(), help_text="Who has; as they are called.")


class PutBackOutcomeSerializer(serializers.Serializer[Any]):
    """What an act changes, or has changed."""

    added = serializers.IntegerField(help_text="Objects that come back.")
    changed = serializers.IntegerField(help_text="Objects that become what they were.")
    removed = serializers.IntegerField(help_text="Objects that go.")
    images = serializers.IntegerField(help_text="Images on which something changes.")
    accepted = serializers.IntegerField(help_text="Of those, accepted ones, which go back to review.")
    in_bin = serializers.IntegerField(help_text="Images in the bin, which stay as they are.")
    kept = serializers.IntegerField(help_text="Objects somebody has worked on since: that stays.")
    unlabelled = serializers.IntegerField(help_text="Objects whose label of that time is gone.")
    listed = LeftAloneSerializer(many=True, help_text="The first 200 images with something that is kept.")


class WorkLookSerializer(PutBackOutcomeSerializer):
    """What undoing a person's work would change, on some of the images; all looks together are the whole."""

    more = serializers.UUIDField(allow_null=True, help_text="Where the next look begins (after); null: that was all.")


class ActSerializer(serializers.Serializer[Any]):
    """Something that was put back."""

    id = serializers.UUIDField()
    what = serializers.ChoiceField(choices=What.choices)
    image = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(help_text="Of the image; blank for a person's work.")
    seq = serializers.IntegerField(allow_null=True)
    person = serializers.CharField(help_text="Whose work it was, as the person was called then.")
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    actor = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()
    result = PutBackOutcomeSerializer(allow_null=True, help_text="null: not done yet.")
    undone = serializers.DateTimeField(allow_null=True)
    restored = PutBackOutcomeSerializer(allow_null=True, help_text="What undoing it changed; null: nothing yet.")
    run = RunSerializer(allow_null=True)
    undo_run = RunSerializer(allow_null=True)
