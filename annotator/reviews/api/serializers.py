"""Reviews as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.lib.parsers import StrictSerializer
from annotator.projects.choices import ReviewState
from annotator.reviews.choices import Kind, Mode, Order, Since

MAX_SEQ = 2**63 - 1


class RuleSerializer(serializers.Serializer[Any]):
    """Which finished images are reviewed."""

    mode = serializers.ChoiceField(choices=Mode.choices)
    share = serializers.IntegerField(
        help_text="Per cent of the images: where the mode is `share` always the same ones, with `risk` the riskiest."
    )
    own_work = serializers.BooleanField(help_text="Whether people may review what they made themselves.")


class RuleWrite(StrictSerializer):
    """Another rule."""

    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    share = serializers.IntegerField(required=False, min_value=1, max_value=100)
    own_work = serializers.BooleanField(required=False)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why an image is worth a look."""

    code = serializers.CharField()
    text = serializers.CharField()
    objects = serializers.ListField(child=serializers.UUIDField(), help_text="The first of them.")


class EventSerializer(serializers.Serializer[Any]):
    """One step of an image's review."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    actor = PersonSerializer(allow_null=True)
    fixed = serializers.BooleanField(help_text="Accepted after the reviewer had mended something.")
    created = serializers.DateTimeField()


class ReviewSerializer(serializers.Serializer[Any]):
    """How an image's review stands, for the person who asks."""

    image = serializers.UUIDField()
    review = serializers.ChoiceField(choices=ReviewState.choices)
    seq = serializers.IntegerField(help_text="The image's count of changes; say it when you decide.")
    submitted_by = PersonSerializer(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_seq = serializers.IntegerField()
    changed_after = serializers.BooleanField(help_text="It was accepted, and changed afterwards.")
    decided_by = PersonSerializer(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    risk = serializers.FloatField()
    reasons = ReasonSerializer(many=True)
    held_by = PersonSerializer(allow_null=True)
    may_decide = serializers.BooleanField()
    why_not = serializers.CharField(help_text="Why one may not decide on it; blank when one may.")
    events = EventSerializer(many=True)


class QueueImageSerializer(serializers.Serializer[Any]):
    """An image in the queue."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    folder = serializers.CharField()
    thumb = serializers.CharField()


class QueueRowSerializer(serializers.Serializer[Any]):
    """An image that waits for a review."""

    image = QueueImageSerializer()
    submitted_by = PersonSerializer(allow_null=True)
    submitted_at = serializers.DateTimeField()
    changed_after = serializers.BooleanField()
    again = serializers.BooleanField(help_text="It was decided on before.")
    risk = serializers.FloatField()
    reasons = ReasonSerializer(many=True)
    held_by = PersonSerializer(allow_null=True)
    own = serializers.BooleanField(help_text="One's own work, which another reviewer decides on.")


class QueueFilter(serializers.Serializer[None]):
    """How the queue is sorted."""

    order = serializers.ChoiceField(choices=Order.choices, required=False)


class NextReviewWrite(StrictSerializer):
    """By which order the next image is given."""

    order = serializers.ChoiceField(choices=Order.choices, required=False)


class NextReviewSerializer(serializers.Serializer[Any]):
    """The image one has now; null when none waits for this person."""

    image = serializers.UUIDField(allow_null=True)


class ReturnedSerializer(serializers.Serializer[Any]):
    """The images that were returned to the person, the oldest first."""

    images = serializers.ListField(child=serializers.UUIDField())


class SeenWrite(StrictSerializer):
    """What one saw when deciding."""

    seq = serializers.IntegerField(min_value=0, max_value=MAX_SEQ)


class ReturnWrite(SeenWrite):
    """What one saw, and what is to be changed; not needed where a comment on the image says it."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class SinceFilter(serializers.Serializer[None]):
    """What a comparison begins with; without it with the last decision, or else with the submission."""

    since = serializers.ChoiceField(choices=Since.choices, required=False)
