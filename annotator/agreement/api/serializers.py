"""Agreement and merging as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.agreement.choices import How
from annotator.lib.parsers import StrictSerializer

MOST = 200
"""Images merged in one request."""
TOGETHER = [choice for choice in How.choices if choice[0] != How.HAND]
STATES = ("waiting", "merged", "open")


class MeasureSerializer(serializers.Serializer[Any]):
    """A number with its 95 % interval (bootstrap over images); null where there is too little to say."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class AgreementFiguresSerializer(serializers.Serializer[Any]):
    """How far people agree on some images."""

    images = serializers.IntegerField()
    objects = serializers.IntegerField(help_text="Different ones, whoever made them.")
    found = MeasureSerializer(help_text="F1 of one person with another at an IoU of one half, whatever the labels.")
    iou = MeasureSerializer(help_text="Mean, of two masks of one object.")
    boundary_iou = MeasureSerializer(help_text="Mean (Cheng et al. 2021: a band as wide as 2 % of the diagonal).")
    alpha = MeasureSerializer(help_text="Krippendorff's alpha of the labels, nominal.")


class AgreementLabelSerializer(serializers.Serializer[Any]):
    """A label."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.CharField()


class LabelAgreementSerializer(AgreementFiguresSerializer):
    """Objects to which somebody gave a label; alpha is that of this label against all others."""

    label = AgreementLabelSerializer()  # type: ignore[assignment]


class PairAgreementSerializer(AgreementFiguresSerializer):
    """Two people."""

    people = PersonSerializer(many=True)


class WeekAgreementSerializer(AgreementFiguresSerializer):
    """Images of which two copies were done in a week."""

    week = serializers.DateField(help_text="Its Monday.")


class AgreementSerializer(serializers.Serializer[Any]):
    """How far people agree who worked on the same images."""

    images = serializers.IntegerField(help_text="Images that two people are done with.")
    left = serializers.IntegerField(help_text="Images that are still to be compared: ask again.")
    overlapping = serializers.IntegerField(help_text="Images that several people were given.")
    waiting = serializers.IntegerField(help_text="Images that wait for merging.")
    merged = serializers.IntegerField()
    overall = AgreementFiguresSerializer()
    labels = LabelAgreementSerializer(many=True)
    pairs = PairAgreementSerializer(many=True)
    weeks = WeekAgreementSerializer(many=True)
    sees_people = serializers.BooleanField(help_text="Whether one sees the pairs in which one is not oneself.")


class GoldPersonSerializer(serializers.Serializer[Any]):
    """One person's score: the share of objects that are right, of those that are on the gold images they had or that
    they added."""

    person = PersonSerializer()
    images = serializers.IntegerField(help_text="Gold images they are done with.")
    objects = serializers.IntegerField(help_text="Judged: right, named_wrong, missed or extra.")
    right = serializers.IntegerField(help_text="Found (IoU of one half at least), with the right label.")
    named_wrong = serializers.IntegerField(help_text="Found, with another label.")
    missed = serializers.IntegerField()
    extra = serializers.IntegerField(help_text="Where there is nothing.")
    score = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="95 % interval (Wilson, with the design effect of images).")
    high = serializers.FloatField(allow_null=True)
    iou = serializers.FloatField(allow_null=True, help_text="Mean, of what was found.")
    more_objects = serializers.IntegerField(allow_null=True, help_text="To judge until the interval is ± 3 %.")
    more_images = serializers.IntegerField(allow_null=True, help_text="The same in images.")


class GoldSerializer(serializers.Serializer[Any]):
    """The gold of a project."""

    every = serializers.IntegerField(help_text="One is hidden for so many images of a job; 0: none.")
    images = serializers.IntegerField(help_text="Gold images.")
    left = serializers.IntegerField(help_text="Copies that are still to be scored: ask again.")
    people = GoldPersonSerializer(many=True)


class GoldRuleWrite(StrictSerializer):
    """How much gold is hidden."""

    every = serializers.IntegerField(min_value=0, max_value=1000)


class GoldMarkWrite(StrictSerializer):
    """Which images are gold, or are so no more."""

    images = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)
    gold = serializers.BooleanField()


class OverlapFilter(serializers.Serializer[None]):
    """Which images."""

    state = serializers.ChoiceField(choices=STATES, default="waiting", help_text="open: nobody is done with it.")


class CopyStateSerializer(serializers.Serializer[Any]):
    """One person's copy; null: nobody yet, somebody who is gone, or one may not know."""

    person = PersonSerializer(allow_null=True)
    done = serializers.BooleanField()


class AgreedSerializer(serializers.Serializer[Any]):
    """Objects, and those of which all say the same."""

    objects = serializers.IntegerField()
    alike = serializers.IntegerField()


class MergedCopiesSerializer(serializers.Serializer[Any]):
    """How the copies were merged."""

    how = serializers.ChoiceField(choices=How.choices)
    actor = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()


class OverlapImageSerializer(serializers.Serializer[Any]):
    """An image that several people were given."""

    id = serializers.UUIDField(source="image.pk")
    name = serializers.CharField(source="image.name")
    folder = serializers.CharField(source="image.folder")
    copies = CopyStateSerializer(many=True)
    agreed = AgreedSerializer(allow_null=True)
    merged = MergedCopiesSerializer(allow_null=True)


class CopiesMergeWrite(StrictSerializer):
    """How the copies of an image are merged."""

    how = serializers.ChoiceField(choices=How.choices)
    person = serializers.UUIDField(required=False, help_text="Whose work it is to be, with `how` person.")
    objects = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=10_000, help_text="Which, with `how` hand."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what contradicts itself."""
        for how, name in ((How.PERSON, "person"), (How.HAND, "objects")):
            if (attrs["how"] == how) != (name in attrs):
                raise serializers.ValidationError({name: [f"Goes with “how”: “{how}”, and with nothing else."]})
        return attrs


class MergeManyWrite(StrictSerializer):
    """Images to merge by vote, or taking one person's work."""

    images = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)
    how = serializers.ChoiceField(choices=TOGETHER)
    person = serializers.UUIDField(required=False)


class LeftSerializer(serializers.Serializer[Any]):
    """An image that was not merged, and why."""

    image = serializers.UUIDField()
    message = serializers.CharField()


class GoldMarkedSerializer(serializers.Serializer[Any]):
    """What came of it."""

    changed = serializers.ListField(child=serializers.UUIDField())
    left = LeftSerializer(many=True)


class MergedManySerializer(serializers.Serializer[Any]):
    """What came of it."""

    merged = serializers.ListField(child=serializers.UUIDField())
    left = LeftSerializer(many=True)
