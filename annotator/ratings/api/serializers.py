"""Ratings as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.lib.parsers import StrictSerializer
from annotator.ratings.models import LEAST, MOST

LARGEST = 1000


class RatingWrite(StrictSerializer):
    """Which two models are compared."""

    first = serializers.UUIDField()
    second = serializers.UUIDField()
    size = serializers.IntegerField(default=50, min_value=1, max_value=LARGEST, help_text="Masks that are clicked on.")


class PairScoreWrite(StrictSerializer):
    """What a person gives both answers."""

    left = serializers.IntegerField(min_value=LEAST, max_value=MOST)
    right = serializers.IntegerField(min_value=LEAST, max_value=MOST)


class RatingMeanSerializer(serializers.Serializer[Any]):
    """A mean with its intervals (bootstrap over images); null where there is too little to say."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of 95 %.")
    high = serializers.FloatField(allow_null=True)
    low_99 = serializers.FloatField(allow_null=True, help_text="Of 99 %.")
    high_99 = serializers.FloatField(allow_null=True)


class RatingNumbersSerializer(serializers.Serializer[Any]):
    """What people gave."""

    pairs = serializers.IntegerField()
    rated = serializers.IntegerField(help_text="Pairs that somebody rated.")
    ratings = serializers.IntegerField()
    raters = serializers.IntegerField()
    first = RatingMeanSerializer()
    second = RatingMeanSerializer()
    difference = RatingMeanSerializer(help_text="Second less first, pair by pair.")
    second_better = serializers.IntegerField(help_text="Pairs.")
    first_better = serializers.IntegerField()
    ties = serializers.IntegerField()
    sign_p = serializers.FloatField(allow_null=True, help_text="Two-sided sign test over pairs without a tie.")
    t_p = serializers.FloatField(allow_null=True, help_text="Two-sided paired t-test over pairs.")


class RatingSerializer(serializers.Serializer[Any]):
    """Two models compared by people."""

    id = serializers.UUIDField()
    first_name = serializers.CharField()
    second_name = serializers.CharField()
    seed = serializers.IntegerField()
    created = serializers.DateTimeField()
    created_by = PersonSerializer(allow_null=True)


class RatingDetailSerializer(RatingSerializer):
    """The same with its numbers."""

    numbers = RatingNumbersSerializer()


class PairMaskSerializer(serializers.Serializer[Any]):
    """An answer as COCO run lengths; the image's longest side is 1,024 pixels at most here."""

    size = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    counts = serializers.CharField()


class RatedPairSerializer(serializers.Serializer[Any]):
    """Two answers to one click. Which model gave which is not said."""

    id = serializers.UUIDField()
    picture = serializers.CharField(help_text="Address of the image.")
    x = serializers.FloatField(help_text="Of the click, as a share of the width.")
    y = serializers.FloatField(help_text="And of the height.")
    left = PairMaskSerializer()
    right = PairMaskSerializer()


class NextPairSerializer(serializers.Serializer[Any]):
    """What comes next for a person."""

    pair = RatedPairSerializer(allow_null=True, help_text="Null: they have rated all that they may.")
    done = serializers.IntegerField()
    total = serializers.IntegerField()
