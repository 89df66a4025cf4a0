"""Rows of imports: for those who manage the project, looking included. A report names images, whoever may see them."""

from __future__ import annotations

from annotator.annotations.models import Annotation
from annotator.imports.models import Import, Made
from tests.annotator.permissions.row import Row
from tests.annotator.world import World, upload

API = "/api/v1"
PROJECT = API + "/projects/{project}"
ONE = API + "/imports/{import_id}"


def _import(world: World) -> dict[str, str]:
    report = {
        "format": "coco", "title": "COCO instances", "lost": [], "labels": [], "problems": 0,
        "images": dict.fromkeys(
            ("total", "new", "by_hash", "by_name", "repeated", "without_picture", "unusable"), 0
        ),
        "annotations": {"total": 0, "ready": 0, "there": 0, "suggested": 0},
    }  # fmt: skip
    row = Import.objects.create(project=world.project, name="pets.zip", source="upload", report=report)
    return {"import_id": str(row.pk)}


def _listed(world: World) -> dict[str, str]:
    row = Import.objects.create(project=world.project, name="2 files", source="urls")
    return {"import_id": str(row.pk)}


def _imported(world: World) -> dict[str, str]:
    names = _import(world)
    made = Annotation(image=world.image)
    Made.objects.create(by_id=names["import_id"], kind="annotation", target=made.pk, image=world.image.pk)
    return names


def _file(world: World) -> dict[str, object]:
    return {"file": upload(b"{}", "pets.json")}


ROWS = [
    Row("get", f"{PROJECT}/imports/", "manager"),
    Row("post", f"{PROJECT}/imports/", "manager", 202, _file, form=True),
    Row("get", f"{ONE}/", "manager", prepare=_import),
    Row("delete", f"{ONE}/", "manager", 204, prepare=_import),
    Row("post", f"{ONE}/list/", "manager", 202, prepare=_listed),
    Row("post", f"{ONE}/check/", "manager", 202, {}, prepare=_import),
    Row("post", f"{ONE}/start/", "manager", 202, {}, prepare=_import),
    Row("post", f"{ONE}/undo/", "manager", 202, prepare=_imported),
    Row("get", f"{ONE}/problems/", "manager", prepare=_import),
]
