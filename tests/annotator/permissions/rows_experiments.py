"""Rows of experiments."""

from __future__ import annotations

from functools import partial

from annotator.experiments.models import Experiment
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.rows_evaluations import _mask
from tests.annotator.world import World

Page = partial(Row, "get", nobody=302)
PROJECT = "/api/v1/projects/{project}/experiments/"
ONE = "/api/v1/experiments/{experiment}/"


def _experiment(world: World) -> dict[str, str]:
    summary = {"overall": {"miou_top": 0.5}, "intervals": {"miou_top": None}, "n": 1, "images": 1}
    row = Experiment.objects.create(
        project=world.project, model_version=world.model, model_name="tiny 1", task="point",
        params={"task": "point", "limit": 1, "points": 0, "detector": False},
        summary=summary | {"task": "point", "paper": "section 7.1", "drawn_from": 1, "own_masks": 0},
    )  # fmt: skip
    return {"experiment": str(row.pk)}


ROWS = [
    Row("get", PROJECT, "viewer", prepare=_experiment),
    Row("post", PROJECT, "manager", 202, {"task": "point"}, prepare=_mask),
    Row("get", ONE, "viewer", prepare=_experiment),
    Row("get", f"{ONE}csv/", "viewer", prepare=_experiment),
    Row("delete", ONE, "manager", 204, prepare=_experiment),
    Page("/projects/{project}/experiments/", "viewer", prepare=_experiment),
]
