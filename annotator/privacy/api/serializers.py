"""What clients send and get about what is covered in pictures."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.annotations.api.fields import MAX_COORDINATE, Choice, Flag, Number
from annotator.lib.parsers import StrictSerializer
from annotator.privacy.choices import THRESHOLD, Outline, Style
from annotator.privacy.models import Covered, Rule
from annotator.projects.models import Image

FOUND = ("yes", "no")


class PrivacyRuleSerializer(serializers.Serializer[Rule]):
    """What happens to pictures before they are stored. `waiting` images were not searched at this threshold yet;
    `originals` are kept uncovered."""

    active = serializers.BooleanField()
    threshold = serializers.FloatField()
    style = serializers.ChoiceField(choices=Style.choices)  # type: ignore[assignment]  # the API's name
    outline = serializers.ChoiceField(choices=Outline.choices)
    keep_originals = serializers.BooleanField()
    waiting = serializers.IntegerField()
    originals = serializers.IntegerField()


class PrivacyRuleWrite(StrictSerializer):
    """Faces from this confidence on are covered in every new picture."""

    active = Flag(required=False)
    threshold = Number(required=False, min_value=THRESHOLD[0], max_value=THRESHOLD[1])
    style = Choice(required=False, choices=Style.choices)  # type: ignore[assignment]  # the API's name
    outline = Choice(required=False, choices=Outline.choices)
    keep_originals = Flag(required=False)


class CoveredSerializer(serializers.Serializer[Covered]):
    """A covered region, in pixels of the image; `score` is the detector's confidence, null for one drawn by hand."""

    id = serializers.UUIDField()
    x = serializers.FloatField()
    y = serializers.FloatField()
    width = serializers.FloatField()
    height = serializers.FloatField()
    score = serializers.FloatField(allow_null=True)
    style = serializers.ChoiceField(choices=Style.choices)  # type: ignore[assignment]  # the API's name
    outline = serializers.ChoiceField(choices=Outline.choices)
    by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()


class CoveredWrite(StrictSerializer):
    """A region to cover: a box in pixels of the image. What lies outside of the picture is cut off."""

    x = Number(min_value=-MAX_COORDINATE, max_value=MAX_COORDINATE)
    y = Number(min_value=-MAX_COORDINATE, max_value=MAX_COORDINATE)
    width = Number(min_value=1, max_value=MAX_COORDINATE)
    height = Number(min_value=1, max_value=MAX_COORDINATE)


class LookedAtSerializer(serializers.Serializer[Image]):
    """An image and what is covered in it. `threshold` is null where nobody searched it for faces; `original` says
    whether the uncovered picture is kept."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    folder = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    sha256 = serializers.CharField()
    threshold = serializers.SerializerMethodField()
    original = serializers.SerializerMethodField()
    regions = CoveredSerializer(many=True)

    def get_threshold(self, image: Image) -> float | None:
        """The confidence it was searched at."""
        look: Any = getattr(image, "look", None)
        return look.threshold if look else None

    def get_original(self, image: Image) -> bool:
        """Whether a region can be taken back."""
        look: Any = getattr(image, "look", None)
        return bool(look and look.original_sha256)


class LookedAtFilter(serializers.Serializer[Any]):
    """`found`: only images with something covered ("yes"), or without ("no")."""

    found = serializers.ChoiceField(choices=FOUND, required=False)
