"""Audits as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.audits.services import MOST
from annotator.lib.parsers import StrictSerializer

SEEDS = 2**31 - 1


class MaskAuditWrite(StrictSerializer):
    """What a lead asks for."""

    size = serializers.IntegerField(min_value=1, max_value=MOST, help_text="Masks to draw.")
    people = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=50, help_text="Who corrects them; each gets a job."
    )
    by_label = serializers.BooleanField(default=False, help_text="Each label gets its share of the sample.")
    seed = serializers.IntegerField(
        required=False, min_value=0, max_value=SEEDS, help_text="The same one draws the same masks while they stay."
    )


class MaskAuditMeanSerializer(serializers.Serializer[Any]):
    """A mean with its 95 % interval (bootstrap over images); null where there is too little to say."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class MaskAuditShareSerializer(MaskAuditMeanSerializer):
    """A share of masks."""

    more = serializers.IntegerField(allow_null=True, help_text="Masks to judge until the interval is ± 3 %.")
    more_images = serializers.IntegerField(allow_null=True, help_text="The same in images.")


class MaskAuditFiguresSerializer(serializers.Serializer[Any]):
    """What some of the masks say."""

    counted = serializers.IntegerField(help_text="Judged, and not by who made them.")
    images = serializers.IntegerField()
    untouched = serializers.IntegerField(help_text="Left as they were.")
    removed = serializers.IntegerField(help_text="Removed by the auditor, or nothing in common: IoU 0.")
    mean_iou = MaskAuditMeanSerializer()
    above_90 = MaskAuditShareSerializer(help_text="Masks with an IoU above 0.9 with what they were corrected to.")
    above_75 = MaskAuditShareSerializer(help_text="And above 0.75.")


class MaskAuditLabelSerializer(MaskAuditFiguresSerializer):
    """Masks of one label, by its name when they were drawn; blank: none."""

    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]


class MaskAuditBinSerializer(serializers.Serializer[Any]):
    """IoUs above `low`, up to `high`; the lowest class holds 0, too."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    count = serializers.IntegerField()


class MaskAuditNumbersSerializer(MaskAuditFiguresSerializer):
    """What an audit says."""

    masks = serializers.IntegerField(help_text="Drawn.")
    judged = serializers.IntegerField()
    own = serializers.IntegerField(help_text="Corrected by who made them, and left out.")
    gone = serializers.IntegerField(help_text="The image lies in the bin, or the audit was closed before.")
    open = serializers.IntegerField(help_text="Still to be judged.")
    left = serializers.IntegerField(help_text="Finished images that are still to be compared: ask again.")
    histogram = MaskAuditBinSerializer(many=True)
    labels = MaskAuditLabelSerializer(many=True)


class MaskAuditSerializer(serializers.Serializer[Any]):
    """An audit."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    seed = serializers.IntegerField()
    by_label = serializers.BooleanField()
    population = serializers.IntegerField(help_text="Masks that could be drawn.")
    created = serializers.DateTimeField()
    created_by = PersonSerializer(allow_null=True)
    closed = serializers.DateTimeField(allow_null=True)


class MaskAuditDetailSerializer(MaskAuditSerializer):
    """An audit with its numbers."""

    numbers = MaskAuditNumbersSerializer()


class MaskAuditLeftSerializer(serializers.Serializer[Any]):
    """A correction that was not taken over, and why."""

    mask = serializers.UUIDField()
    message = serializers.CharField()


class MaskAuditTakenSerializer(serializers.Serializer[Any]):
    """What came of taking corrections over."""

    taken = serializers.IntegerField()
    left = MaskAuditLeftSerializer(many=True)
