"""Keeping what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import transaction

from annotator.evaluations.measure import Measured
from annotator.evaluations.models import Evaluation, Example
from annotator.evaluations.parameters import Wanted
from annotator.inference.models import ModelVersion
from annotator.lib import storage
from annotator.projects.models import Image, Project
from annotator.runs.models import Run
from sam_backend.evaluation.examples import jpeg


def keep(
    run: Run, project: Project, version: ModelVersion, wanted: Wanted, measured: Measured, seconds: float
) -> Evaluation:
    """Store the scores and the best and worst answers, all or nothing."""
    images = _examples(measured)
    with transaction.atomic():
        row = Evaluation.objects.create(
            project=project, run=run, model_version=version, model_name=str(version)[:160], params=wanted.to_json(),
            summary=_finite(measured.evaluation.summary()), images=measured.images, seconds=round(seconds, 1),
            own_masks=measured.own, created_by=run.requested_by,
        )  # fmt: skip
        # An image deleted meanwhile takes its drawn answers with it, and so does one that got another picture.
        rows = Image.objects.select_for_update().filter(pk__in=[e.image_id for e in images])
        there = {pk for pk, sha256 in rows.values_list("pk", "sha256") if sha256 == measured.pictures.get(pk)}
        for example in images:
            example.evaluation = row
        Example.objects.bulk_create(example for example in images if example.image_id in there)
    return row


def _examples(measured: Measured) -> list[Example]:
    return [
        Example(
            image_id=annotation.image_id,
            rank=rank,
            best=rank < measured.best(),
            iou=round(drawn.iou, 4),
            label=annotation.label.name if annotation.label else "",
            sha256=storage.put_bytes(jpeg(drawn.drawn)),
        )
        for rank, (drawn, annotation) in enumerate(measured.shown)
    ]


def _finite(value: Any) -> Any:
    """JSON has no NaN: a number that could not be measured is null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
