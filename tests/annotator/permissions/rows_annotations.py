"""Rows of annotations and exports."""

from __future__ import annotations

from annotator.annotations import merging, services
from annotator.datasets.models import Archive, Snapshot
from annotator.lib import storage
from tests.annotator.permissions.row import Row
from tests.annotator.world import World, make_label

API = "/api/v1"
PROJECT = API + "/projects/{project}"
IMAGE = API + "/images/{image}"
ONE = API + "/annotations/{annotation}"
EXPORT = API + "/exports/{export}"


def mask_of(world: World) -> dict[str, object]:
    """A mask of one column's worth of pixels at the image's left border."""
    height, width = world.image.height, world.image.width
    return {"size": [height, width], "counts": [0, height, height * (width - 1)]}


def _new(world: World) -> dict[str, object]:
    return {"rle": mask_of(world)}


def _annotation(world: World) -> dict[str, str]:
    made = services.create(world.image, world.bob, None, _new(world))
    return {"annotation": str(made.row.pk)}


def _deleted(world: World) -> dict[str, str]:
    made = services.create(world.image, world.bob, None, _new(world)).row
    services.delete(world.image, world.bob, made.pk, 1)
    return {"annotation": str(made.pk)}


def _other_label(world: World) -> dict[str, object]:
    return {"into": str(make_label(world.project, "dog").pk)}


def _merged(world: World) -> dict[str, str]:
    label, other = make_label(world.project, "tabby"), make_label(world.project, "tom")
    merge, _, _ = merging.merge_label(label, other.pk, world.bob)
    return {"merge": str(merge.pk)}


def _export(world: World) -> dict[str, str]:
    sha256 = storage.put_bytes(b"an archive")
    snapshot = Snapshot.objects.create(project=world.project, sha256=sha256, bytes=10, images=1, annotations=0)
    made = Archive.objects.create(
        project=world.project, snapshot=snapshot, format="coco", name="a.zip", sha256=sha256, bytes=10
    )
    return {"export": str(made.pk)}


ROWS = [
    Row("get", f"{API}/labels/{{label}}/merge/", "manager"),
    Row("post", f"{API}/labels/{{label}}/merge/", "manager", 200, _other_label),
    Row("post", f"{API}/label-merges/{{merge}}/undo/", "manager", prepare=_merged),
    Row("get", f"{IMAGE}/annotations/", "viewer"),
    Row("post", f"{IMAGE}/annotations/", "annotator", 201, _new),
    Row("post", f"{IMAGE}/annotations/bulk/", "annotator", body={"operations": []}),
    Row("post", f"{IMAGE}/presence/", "viewer", body={"client": "tab"}),
    Row("get", f"{ONE}/", "viewer", prepare=_annotation),
    Row("patch", f"{ONE}/", "annotator", body={"revision": 1, "clicks": 2}, prepare=_annotation),
    Row("delete", f"{ONE}/?revision=1", "annotator", 204, prepare=_annotation),
    Row("post", f"{ONE}/restore/", "annotator", body={"revision": 2}, prepare=_deleted),
    Row("get", f"{ONE}/revisions/", "viewer", prepare=_annotation),
    Row("get", f"{PROJECT}/exports/", "viewer"),
    Row("post", f"{PROJECT}/exports/", "reviewer", 202, {"format": "coco"}),
    Row("delete", f"{EXPORT}/", "manager", 204, prepare=_export),
    Row("get", f"{EXPORT}/download/", "reviewer", prepare=_export),
]
