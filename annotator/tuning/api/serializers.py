"""What clients send and get about retraining."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.annotations.api.fields import Flag, Whole
from annotator.lib.parsers import StrictSerializer
from annotator.tuning.choices import Source, Verdict
from annotator.tuning.models import Retraining, Rule, Swap
from annotator.tuning.parameters import MINUTES


class RetrainWrite(StrictSerializer):
    """How to retrain: minutes of training at most, and whether a version that is better with confidence is put to use
    at once."""

    minutes = Whole(required=False, min_value=MINUTES[0], max_value=MINUTES[1])
    promote = Flag(required=False)


class PromoteWrite(StrictSerializer):
    """`knowing`: the person has seen that the version is not better with confidence, and wants it all the same."""

    knowing = Flag(required=False, default=False)


class SwapSerializer(serializers.Serializer[Swap]):
    """A project's model was changed for a retrained one, or back (`back`)."""

    version = serializers.UUIDField(source="version_id", allow_null=True)
    version_name = serializers.CharField()
    replaced = serializers.UUIDField(source="replaced_id", allow_null=True)
    replaced_name = serializers.CharField()
    back = serializers.BooleanField()
    knowing = serializers.BooleanField()
    by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()


class RetrainingSerializer(serializers.Serializer[Retraining]):
    """One finished retraining. `report` is what `sam_backend.tuning` measured: metrics of the old and the new version
    on images that neither learning nor the choice of weights has seen, each with a 95 % interval."""

    id = serializers.UUIDField()
    run = serializers.UUIDField(source="run_id", allow_null=True)
    parent = serializers.UUIDField(source="parent_id", allow_null=True)  # type: ignore[assignment]  # the API's name
    parent_name = serializers.CharField()
    version = serializers.UUIDField(source="version_id", allow_null=True)
    version_name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    sentence = serializers.SerializerMethodField()
    report = serializers.DictField()
    masks = serializers.IntegerField()
    images = serializers.IntegerField()
    by_rule = serializers.BooleanField()
    swaps = SwapSerializer(many=True)
    created_by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()

    def get_sentence(self, row: Retraining) -> str:
        """The verdict in words."""
        return str(row.report.get("sentence", ""))


class MaterialSerializer(serializers.Serializer[Any]):
    """The masks there are to learn from, and whether they are enough."""

    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # the API's name
    masks = serializers.IntegerField()
    images = serializers.IntegerField()
    groups = serializers.IntegerField()
    enough = serializers.BooleanField()
    sentence = serializers.CharField()


class RetrainRuleSerializer(serializers.Serializer[Rule]):
    """When retrainings start by themselves."""

    active = serializers.BooleanField()
    after = serializers.IntegerField()
    at_night = serializers.BooleanField()
    night_from = serializers.IntegerField()
    night_to = serializers.IntegerField()
    promote = serializers.BooleanField()


class RetrainRuleWrite(StrictSerializer):
    """After so many newly accepted masks; hours in UTC, the night may go over midnight."""

    active = Flag(required=False)
    after = Whole(required=False, min_value=1, max_value=1_000_000)
    at_night = Flag(required=False)
    night_from = Whole(required=False, min_value=0, max_value=23)
    night_to = Whole(required=False, min_value=0, max_value=23)
    promote = Flag(required=False)


class WorkSerializer(serializers.Serializer[Any]):
    """Live masks that people made by clicks with one version."""

    masks = serializers.IntegerField()
    seconds_per_mask = serializers.FloatField(allow_null=True)
    clicks_per_mask = serializers.FloatField(allow_null=True)


class PromotionSerializer(serializers.Serializer[Any]):
    """One promotion: the work with the version before, and with the one after."""

    version = serializers.CharField()
    replaced = serializers.CharField()
    created = serializers.DateTimeField()
    before = WorkSerializer()
    after = WorkSerializer()


class EffectSerializer(serializers.Serializer[Any]):
    """What retraining was worth."""

    retrained = serializers.IntegerField()
    promoted = PromotionSerializer(many=True)
