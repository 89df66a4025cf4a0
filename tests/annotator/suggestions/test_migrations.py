"""What an installation has stored survives the tables' new names."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.annotator.migrating import older_tables, tables_at

pytestmark = pytest.mark.slow

BEFORE, AFTER = ("suggestions", "0005_descriptions"), ("suggestions", "0006_searches")


@pytest.mark.django_db(transaction=True)
def test_searches_and_their_suggestions_keep_their_rows() -> None:
    with older_tables(*BEFORE) as models:
        pk = _stored(models)
        models = tables_at(*AFTER)
        (row,) = models.get_model("suggestions", "Suggestion").objects.all()
        assert row.search_id == pk
        (search,) = row.image.searches.all()
        assert (search.pk, search.found, search.kept) == (pk, 3, 1)
        (back,) = tables_at(*BEFORE).get_model("suggestions", "Suggestion").objects.all()
        assert back.sweep_id == pk


def _stored(models: Any) -> uuid.UUID:
    version = models.get_model("inference", "ModelVersion").objects.create(
        name="old", version="1", family="sam", sha256="a" * 64, encoder_sha256="b" * 64, manifest={}, files={}
    )
    project = models.get_model("projects", "Project").objects.create(name="kept")
    image = models.get_model("projects", "Image").objects.create(
        project=project, name="one.png", sha256="c" * 64, thumb_sha256="d" * 64, width=4, height=4, bytes=1
    )
    sweep = models.get_model("suggestions", "Sweep").objects.create(image=image, model_version=version, found=3, kept=1)
    models.get_model("suggestions", "Suggestion").objects.create(
        image=image, sweep=sweep, model_version=version, rank=0, rle={"size": [4, 4], "counts": "0P1"},
        bbox=[0, 0, 4, 4], area=16, predicted_iou=0.9, stability_score=0.9, point=[1, 1], crop_box=[0, 0, 4, 4],
    )  # fmt: skip
    pk: uuid.UUID = sweep.pk
    return pk
