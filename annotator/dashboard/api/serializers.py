"""Numbers as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer

MOST_DAYS, USUAL_DAYS = 366, 30


class PeriodFilter(serializers.Serializer[None]):
    """How many days back, today included."""

    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=USUAL_DAYS)


class WindowFilter(PeriodFilter):
    """How many days back, and of whom."""

    person = serializers.UUIDField(required=False)


class FiguresSerializer(serializers.Serializer[Any]):
    """What was done."""

    made = serializers.IntegerField(help_text="Masks.")
    timed = serializers.IntegerField(help_text="Masks that came with active time of their own.")
    deleted = serializers.IntegerField(help_text="Masks deleted, less those restored.")
    seconds = serializers.FloatField(help_text="Active time, corrections included.")
    clicks = serializers.IntegerField()
    seconds_per_mask = serializers.FloatField(allow_null=True, help_text="Of the timed ones.")
    clicks_per_mask = serializers.FloatField(allow_null=True, help_text="Of the timed ones.")
    submitted = serializers.IntegerField(help_text="Images handed in for review.")
    judged = serializers.IntegerField(help_text="Images with their first decision.")
    passed = serializers.IntegerField(help_text="Of those: accepted at once.")
    passed_share = serializers.FloatField(allow_null=True)
    returned = serializers.IntegerField(help_text="Returns.")


class DaySerializer(FiguresSerializer):
    """One day, in UTC."""

    day = serializers.DateField()
    images = serializers.IntegerField(help_text="Images brought to done.")


class PersonNumbersSerializer(FiguresSerializer):
    """One person; null: somebody who is gone."""

    person = PersonSerializer(allow_null=True)
    images = serializers.IntegerField(help_text="Images brought to done.")
    agreement = serializers.FloatField(
        allow_null=True, help_text="F1 with others on the same images, of all they did, whatever the period."
    )
    gold = serializers.FloatField(allow_null=True, help_text="Share of right objects on gold, whatever the period.")
    gold_low = serializers.FloatField(allow_null=True, help_text="Its 95 % interval.")
    gold_high = serializers.FloatField(allow_null=True)


class NumbersLabelSerializer(serializers.Serializer[Any]):
    """A label."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.CharField()


class LabelNumbersSerializer(FiguresSerializer):
    """One label; null: none, or one that is gone."""

    label = NumbersLabelSerializer(allow_null=True)  # type: ignore[assignment]


class StandingsSerializer(serializers.Serializer[Any]):
    """Where the project's images stood at the end of a day."""

    day = serializers.DateField()
    images = serializers.IntegerField()
    new = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Done and not accepted by a review.")
    accepted = serializers.IntegerField()


class EstimateSerializer(serializers.Serializer[Any]):
    """The rest, at the pace of the last 14 days."""

    left = serializers.IntegerField(help_text="Images that are not done.")
    per_day = serializers.FloatField()
    days = serializers.IntegerField(allow_null=True, help_text="null: nothing was finished, so there is no pace.")
    finish = serializers.DateField(allow_null=True)


class DashboardSerializer(serializers.Serializer[Any]):
    """The numbers of a project. Who sees only the images of their own jobs has no `progress` and no `estimate`."""

    days = DaySerializer(many=True)
    people = PersonNumbersSerializer(many=True)
    labels = LabelNumbersSerializer(many=True)
    progress = StandingsSerializer(many=True)
    estimate = EstimateSerializer(allow_null=True)
    sees_people = serializers.BooleanField(help_text="Whether one sees other people's numbers here.")
