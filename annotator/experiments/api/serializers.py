"""What clients send and get about experiments."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.annotations.api.fields import Choice, Key, Whole
from annotator.experiments.models import Experiment
from annotator.experiments.parameters import LIMIT, POINTS, Task
from annotator.lib.parsers import StrictSerializer


class DetectionsWrite(StrictSerializer):
    """A detector's boxes as COCO results, and the images and categories of the file that it was run on."""

    results = serializers.ListField(
        child=serializers.JSONField(),
        allow_empty=False,
        help_text="Each: bbox [x, y, width, height] in pixels, score, image_id or file_name, category_id or category.",
    )
    images = serializers.ListField(
        child=serializers.JSONField(), required=False, help_text="COCO's: id and file_name. Needed for numbered images."
    )
    categories = serializers.ListField(
        child=serializers.JSONField(), required=False, help_text="COCO's: id and name. Needed for numbered categories."
    )


class ExperimentWrite(StrictSerializer):
    """What to measure: the task, a model version (the project's own, when left out), a snapshot (the accepted masks,
    when left out), how many images at most, points per side of the grid (the paper's, when left out), and for
    instances a detector's boxes (those around people's masks, when left out)."""

    task = Choice(Task.values)
    model = Key(required=False)
    snapshot = Key(required=False, allow_null=True)
    limit = Whole(required=False, min_value=LIMIT[0], max_value=LIMIT[1])
    points = Whole(required=False, min_value=POINTS[0], max_value=POINTS[1])
    boxes = DetectionsWrite(required=False, allow_null=True)


class ExperimentSerializer(serializers.Serializer[Experiment]):
    """What one model version scored at a task."""

    id = serializers.UUIDField()
    run = serializers.UUIDField(source="run_id", allow_null=True)
    task = serializers.CharField()
    paper = serializers.SerializerMethodField(help_text="The paper's section that defines the numbers.")
    model_version = serializers.UUIDField(source="model_version_id", allow_null=True)
    model_name = serializers.CharField()
    snapshot = serializers.UUIDField(source="snapshot_id", allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]  # the API's name
        help_text="The snapshot's name; blank: the accepted masks as they were."
    )
    params = serializers.DictField()
    summary = serializers.DictField(
        help_text="As `python -m sam_backend evaluate --task` writes it: overall, intervals (95 %), n masks, images."
    )
    seconds = serializers.FloatField()
    created_by = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()

    def get_paper(self, experiment: Experiment) -> str:
        """Of its summary."""
        return str(experiment.summary["paper"])


def experiments_json(rows: list[Experiment]) -> list[dict[str, Any]]:
    """Return experiments as plain data."""
    return [dict(ExperimentSerializer(row).data) for row in rows]
