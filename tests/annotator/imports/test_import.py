"""From a file to objects in a project, and back to a file."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.imports.models import Import, Made
from annotator.lib import storage
from annotator.projects.models import Image, Label
from annotator.projects.services import delete_project
from export import FORMATS, ArchiveReader, Dataset
from tests.annotator.imports.conftest import Importing, archive, coco, dataset, pictures, zipped
from tests.annotator.world import make_label

NAMES = ("a.png", "in/b.png")


def exported(importing: Importing, kind: str = "coco", **options: Any) -> Dataset:
    """The project as an export gives it."""
    path = f"/api/v1/projects/{importing.world.project.pk}/exports/"
    assert importing.client.post(path, {"format": kind} | options, format="json").status_code == 202
    run = importing.work_off()[-1]
    answer = importing.client.get(f"/api/v1/exports/{run.result['archive']}/download/")
    reader = FORMATS[kind].read
    assert reader is not None
    with ArchiveReader(io.BytesIO(answer.getvalue())) as files:
        found, problems = reader(files)
    assert problems == []
    return found


def essence(data: Dataset) -> list[Any]:
    """What a data set says, numbers apart."""
    names = {category.id: category.name for category in data.categories}
    images = {image.id: image.file_name for image in data.images}
    return [
        (images[one.image_id], names.get(one.category_id or 0), one.rle.counts, dict(one.attributes))
        for one in data.instances
    ]


def test_a_dry_run_says_everything_and_changes_nothing(importing: Importing) -> None:
    make_label(importing.world.project, "DOG")
    before = Counter(model=Annotation.objects.count(), labels=Label.objects.count(), images=Image.objects.count())
    found = importing.check(archive(dataset(), pictures(NAMES)))
    dog = str(Label.objects.get(name="DOG").pk)
    assert found["state"] == "checked"
    assert found["report"] == {
        "format": "coco", "title": "COCO instances", "problems": 0, "lost": [],
        "images": {
            "total": 2, "new": 2, "by_hash": 0, "by_name": 0, "repeated": 0, "without_picture": 0, "unusable": 0
        },
        "annotations": {"total": 6, "ready": 6, "there": 0, "suggested": 0},
        "labels": [
            {"name": "Cat", "count": 4, "choice": {"to": "label", "label": str(importing.world.label.pk)}},
            {"name": "dog", "count": 2, "choice": {"to": "label", "label": dog}},
        ],
    }  # fmt: skip
    assert not Made.objects.exists()
    assert before == Counter(
        model=Annotation.objects.count(), labels=Label.objects.count(), images=Image.objects.count()
    )


def test_a_coco_archive_goes_in_and_comes_out_identical(importing: Importing) -> None:
    data = dataset()
    done = importing.bring(archive(data, pictures(NAMES)), labels={"Cat": {"to": "new", "name": "Cat of the file"}})
    assert done["state"] == "imported"
    assert done["result"]["made"] == {"label": 2, "image": 2, "annotation": 6, "suggestion": 0}
    assert done["run"]["message"] == "Added 2 images, 6 objects, 2 labels"
    assert sorted(image.path for image in importing.world.project.images.all()) == ["a.png", "in/b.png"]
    expected = [
        (image, {"Cat": "Cat of the file"}.get(str(label), label), counts, attributes)
        for image, label, counts, attributes in essence(data)
    ]
    assert essence(exported(importing)) == expected


def test_the_same_import_again_adds_nothing_twice(importing: Importing) -> None:
    file = archive(dataset(), pictures(NAMES))
    importing.bring(file)
    rows = set(Annotation.objects.values_list("pk", "revision"))
    again = importing.bring(file, "the same again.zip")
    assert again["report"]["images"]["by_hash"] == 2
    assert again["report"]["annotations"]["there"] == again["result"]["there"] == 6
    assert again["result"]["made"] == {"label": 0, "image": 0, "annotation": 0, "suggestion": 0}
    assert set(Annotation.objects.values_list("pk", "revision")) == rows
    assert importing.world.project.images.count() == 2


def test_the_projects_own_export_is_there_already(importing: Importing) -> None:
    importing.bring(archive(dataset(), pictures(NAMES)))
    image = importing.world.project.images.first()
    assert image is not None
    mine = {"rle": dataset().instances[0].rle.to_json(), "label": None}
    annotating.create(image, importing.world.alice, None, mine)
    path = f"/api/v1/projects/{importing.world.project.pk}/exports/"
    importing.client.post(path, {"format": "coco"}, format="json")
    run = importing.work_off()[-1]
    file = importing.client.get(f"/api/v1/exports/{run.result['archive']}/download/").getvalue()
    done = importing.bring(file)
    assert done["report"]["annotations"] == {"total": 7, "ready": 7, "there": 7, "suggested": 0}
    assert done["report"]["labels"][-1]["choice"] == {"to": "none"}
    assert sum(done["result"]["made"].values()) == 0


def test_annotations_alone_find_their_images_by_folder_and_name(importing: Importing) -> None:
    importing.bring(archive(dataset(objects=0), pictures(NAMES)))
    assert Annotation.objects.count() == 0
    assert importing.world.project.images.count() == 2
    found = importing.check(coco(), "instances.json")
    assert found["report"]["images"]["by_name"] == 1
    done = importing.do(found["id"], "start")
    assert done["result"]["made"]["annotation"] == 1
    assert Annotation.objects.get().image.name == "a.png"


def test_labels_are_left_out_or_dropped_when_that_is_chosen(importing: Importing) -> None:
    done = importing.bring(archive(dataset(), pictures(NAMES)), labels={"Cat": {"to": "skip"}, "dog": {"to": "none"}})
    assert done["result"]["skipped"] == 4
    assert list(Annotation.objects.values_list("label", flat=True)) == [None, None]


def test_what_a_project_cannot_hold_is_counted(importing: Importing) -> None:
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "iscrowd": 1}
    odd = {"flat": "yes", "list": [1], "none": None, "nested": {"a": 1}}
    file = zipped(
        {"x.json": coco(annotations=[annotation | {"attributes": odd}]), "a.png": pictures(["a.png"])["a.png"]}
    )
    done = importing.bring(file)
    lost = {loss["kind"]: loss["count"] for loss in done["result"]["lost"]}
    assert lost == {"attributes": 3, "boxes": 1, "crowds": 1}
    assert done["report"]["lost"] == done["result"]["lost"]
    assert Annotation.objects.get().attributes == {"flat": "yes"}


def test_an_object_says_where_it_came_from(importing: Importing) -> None:
    done = importing.bring(archive(dataset(("a.png",), 1), pictures(["a.png"])))
    (prompt,) = Annotation.objects.get().prompts
    assert prompt["imported"] == {"import": done["id"], "number": 100, "id": ""}


def test_the_file_of_a_project_goes_with_it(importing: Importing) -> None:
    importing.bring(archive(dataset(), pictures(NAMES)))
    sha256 = Import.objects.get().sha256
    delete_project(importing.world.project)
    assert not storage.has_blob(sha256)
    assert not Import.objects.exists()


def test_a_used_import_cannot_be_forgotten_in_the_middle(importing: Importing) -> None:
    key = importing.check(archive(dataset(), pictures(NAMES)))["id"]
    importing.verb(key, "start")
    assert importing.client.delete(f"/api/v1/imports/{key}/").json()["code"] == "import_busy"
    assert importing.verb(key, "undo", 409)["code"] == "import_busy"
    importing.work_off()
    assert importing.client.delete(f"/api/v1/imports/{key}/").status_code == 204
    assert Annotation.objects.count() == 6


@pytest.mark.parametrize("kind", [name for name, entry in FORMATS.items() if entry.read is not None])
def test_every_format_comes_into_a_project(importing: Importing, kind: str) -> None:
    """What one image holds is the same for every format that can hold it; masks do not overlap, so even PNGs can."""
    data = dataset()
    done = importing.bring(archive(data, pictures(NAMES), kind))
    assert done["report"]["format"] == kind.removesuffix("_detection")
    assert done["report"]["problems"] == 0, importing.problems(done["id"])
    assert done["result"]["made"]["image"] == 2
    masks = Counter(row.rle["counts"] for row in Annotation.objects.all())
    if kind == "yolo_detection":
        assert masks.total() == 6
    elif kind == "semantic":
        assert masks.total() == 4  # a class of an image is one object
    else:
        assert masks == Counter(one.rle.counts for one in data.instances)
    again = importing.bring(archive(data, pictures(NAMES), kind))
    assert sum(again["result"]["made"].values()) == 0
    out = exported(importing, kind, include_images=True)
    assert [image.file_name for image in out.images] == sorted(NAMES)
    assert Counter(one.rle.counts for one in out.instances) == masks


def test_the_list_costs_as_many_queries_for_many_imports_as_for_one(
    importing: Importing, django_assert_max_num_queries: Any
) -> None:
    importing.send(coco(), "x.json")
    path = f"/api/v1/projects/{importing.world.project.pk}/imports/"
    counted = []
    for _ in range(2):
        with django_assert_max_num_queries(20) as queries:
            assert importing.client.get(path).status_code == 200
        counted.append(len(queries))
        for name in ("y.json", "z.json"):
            importing.send(coco(), name)
        importing.work_off()
    assert counted[1] <= counted[0]


def test_an_import_costs_as_many_queries_for_many_objects_as_for_few(
    importing: Importing, django_assert_max_num_queries: Any
) -> None:
    counted = []
    for objects in (1, 5):
        file = archive(dataset(("a.png",), objects, attributes={"run": objects}), pictures(["a.png"]))
        importing.bring(archive(dataset(("a.png",), 0), pictures(["a.png"])), "pictures.zip")
        key = importing.check(file)["id"]
        importing.verb(key, "start")
        with django_assert_max_num_queries(80) as queries:
            importing.work_off()
        counted.append(len(queries))
    assert counted[1] <= counted[0]
