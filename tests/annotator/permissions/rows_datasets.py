"""Rows of snapshots and comparisons."""

from __future__ import annotations

import json

from django.utils import timezone

from annotator.annotations import services as annotating
from annotator.datasets.compare import Differing
from annotator.datasets.comparing import _row
from annotator.datasets.measuring import report_of
from annotator.datasets.models import Comparison, Figures, Snapshot
from annotator.datasets.snapshots import freeze
from export import rle
from tests.annotator.permissions.row import Row
from tests.annotator.world import World

API = "/api/v1"
PROJECT = API + "/projects/{project}"
ONE = API + "/snapshots/{snapshot}"


def _snapshot(world: World) -> dict[str, str]:
    row = Snapshot.objects.create(project=world.project, sha256="0" * 64, bytes=1, images=1, annotations=0, name="v0")
    return {"snapshot": str(row.pk)}


def _two(world: World) -> dict[str, object]:
    before = freeze(world.project, None)
    mask = {"rle": rle.from_runs((world.image.height, world.image.width), [5, 4, 3063]).to_json()}
    annotating.create(world.image, world.bob, None, mask)
    return {"before": str(before.pk), "after": str(freeze(world.project, None).pk)}


def _compared(world: World) -> dict[str, str]:
    pair = _two(world)
    comparison = Comparison.objects.create(
        project=world.project, before_id=str(pair["before"]), after_id=str(pair["after"]), report=json.loads("{}")
    )
    one = Differing(str(world.image.pk), "cat.png", 64, 48, "kept", 1, 0, 0)
    row = _row(comparison, 0, one)
    row.save()
    return {"comparison": str(comparison.pk), "difference": str(row.pk)}


def _measured(world: World) -> dict[str, str]:
    Figures.objects.create(project=world.project, report=report_of(world.project), created=timezone.now())
    return {}


ROWS = [
    Row("get", f"{PROJECT}/snapshots/", "viewer"),
    Row("post", f"{PROJECT}/snapshots/", "reviewer", 202, {"name": "v1"}),
    Row("get", f"{ONE}/", "viewer", prepare=_snapshot),
    Row("patch", f"{ONE}/", "manager", body={"name": "v2"}, prepare=_snapshot),
    Row("delete", f"{ONE}/", "manager", 204, prepare=_snapshot),
    Row("get", f"{PROJECT}/origin/", "viewer"),
    Row("patch", f"{PROJECT}/origin/", "manager", body={"licence": "CC0-1.0"}),
    Row("get", f"{PROJECT}/parts/", "viewer"),
    Row("post", f"{PROJECT}/parts/", "manager", body={"part": "test", "images": ["{image}"]}),
    Row("post", f"{PROJECT}/comparisons/", "reviewer", 202, _two),
    Row("get", f"{API}/comparisons/{{comparison}}/", "viewer", prepare=_compared),
    Row("delete", f"{API}/comparisons/{{comparison}}/", "manager", 204, prepare=_compared),
    Row("get", f"{API}/comparisons/{{comparison}}/images/", "viewer", prepare=_compared),
    Row("get", f"{PROJECT}/figures/", "viewer"),
    Row("post", f"{PROJECT}/figures/", "annotator", 202),
    Row("get", f"{PROJECT}/figures/csv/", "viewer", prepare=_measured),
    Row("get", "/projects/{project}/figures/", "viewer", nobody=302),
    Row("get", "/projects/{project}/snapshots/", "viewer", nobody=302),
    Row("get", "/projects/{project}/snapshots/compared/{comparison}/", "viewer", nobody=302, prepare=_compared),
    Row("get", "/differences/{difference}.png", "viewer", nobody=302, prepare=_compared),
]
