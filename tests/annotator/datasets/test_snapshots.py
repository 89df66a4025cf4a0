"""Snapshots: what is chosen, what they are called, and that the same state is the same file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.datasets.models import Archive, Snapshot
from annotator.datasets.selection import Selection
from annotator.datasets.snapshots import Wish, fetch, freeze, read_body, read_head, read_images
from annotator.jobs.models import Job, JobImage
from annotator.lib import storage
from annotator.projects.models import Image, ImageTag, Tag
from annotator.reviews.models import Review, Rule
from annotator.runs.models import Run
from tests.annotator.datasets.conftest import Freeze, mask_on
from tests.annotator.world import World, client_of, make_image, make_label


@pytest.fixture
def several(world: World) -> World:
    """Three images: one accepted with two objects, one done, one new and empty."""
    world.project.images.all().delete()
    dog = make_label(world.project, "dog")
    accepted, done, _ = (make_image(world.project, name) for name in ("a.png", "b.png", "c.png"))
    mask_on(accepted, world.bob, world.label)
    rejected = mask_on(accepted, world.bob, dog, 100)
    Annotation.objects.filter(pk=rejected.pk).update(status="rejected")
    mask_on(done, world.bob, dog)
    mask_on(done, world.bob, None, 200)
    Image.objects.filter(pk=accepted.pk).update(state="done", review="accepted")
    Image.objects.filter(pk=done.pk).update(state="done")
    Review.objects.create(image=accepted, decided_by=world.dana)
    job = Job.objects.create(project=world.project, number=1)
    JobImage.objects.create(job=job, image=done)
    return world


def held(snapshot: Snapshot, tmp_path: Any) -> tuple[list[str], list[str]]:
    """The images' names, and the labels of the objects."""
    lines = list(read_body(fetch(snapshot, tmp_path)))
    labels = {str(one.pk): one.name for one in snapshot.project.labels.all()} | {None: ""}
    return (
        [line["image"]["name"] for line in lines if "image" in line],
        [labels[line["annotation"]["label"]] for line in lines if "annotation" in line],
    )


ALL = ["a.png", "b.png", "c.png"]


@pytest.mark.parametrize(
    ("wished", "images", "labels"),
    [
        ({}, ["a.png"], ["cat"]),
        ({"accepted_only": False}, ALL, ["cat", "dog", "dog", ""]),
        ({"accepted_only": False, "states": ["done"]}, ["a.png", "b.png"], ["cat", "dog", "dog", ""]),
        ({"accepted_only": False, "statuses": ["rejected"]}, ALL, ["dog"]),
        ({"accepted_only": False, "unlabelled": False}, ALL, ["cat", "dog", "dog"]),
        ({"accepted_only": False, "stages": ["semi_automatic"]}, ALL, []),
        ({"accepted_only": False, "empty_images": False}, ["a.png", "b.png"], ["cat", "dog", "dog", ""]),
        ({"accepted_only": False, "made_from": "2026-03-02"}, ALL, ["cat", "dog", "dog"]),
        ({"accepted_only": False, "made_until": "2026-03-01"}, ALL, [""]),
    ],
)
def test_what_is_chosen_is_what_it_holds(
    several: World, frozen: Freeze, tmp_path: Any, wished: dict[str, Any], images: list[str], labels: list[str]
) -> None:
    Annotation.objects.update(created=datetime(2026, 3, 2, tzinfo=UTC))
    Annotation.objects.filter(label=None).update(created=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    snapshot = frozen(selection=wished)
    assert held(snapshot, tmp_path) == (images, labels)
    assert (snapshot.images, snapshot.annotations) == (len(images), len(labels))


def test_labels_jobs_and_reviewers_choose_too(several: World, frozen: Freeze, tmp_path: Any) -> None:
    every = {"accepted_only": False}
    cats = {"labels": [str(several.label.pk)], "unlabelled": False}
    assert held(frozen("cats", selection=every | cats), tmp_path) == (ALL, ["cat"])
    job = {"jobs": [str(several.project.jobs.get().pk)]}
    assert held(frozen("job", selection=every | job), tmp_path) == (["b.png"], ["dog", ""])
    dana = {"reviewers": [str(several.dana.pk)]}
    assert held(frozen("dana", selection=every | dana), tmp_path) == (["a.png"], ["cat", "dog"])
    other = make_label(several.project, "other")
    client = several.as_alice
    path = f"/api/v1/projects/{several.project.pk}/snapshots/"
    other.delete()
    gone = client.post(path, {"name": "x", "selection": {"labels": [str(several.image.pk)]}}, format="json")
    assert (gone.status_code, gone.json()["code"]) == (400, "invalid")


def test_images_are_chosen_by_their_tags_and_carry_them(several: World, frozen: Freeze, tmp_path: Any) -> None:
    night, rain = (Tag.objects.create(project=several.project, name=name) for name in ("night", "rain"))
    for tag, name in ((night, "b.png"), (rain, "b.png"), (rain, "c.png")):
        ImageTag.objects.create(tag=tag, image=several.project.images.get(name=name))
    both = {"accepted_only": False, "tags": [str(night.pk), str(rain.pk)]}
    snapshot = frozen("tagged", selection=both)
    assert held(snapshot, tmp_path) == (["b.png", "c.png"], ["dog", ""])
    assert [image["tags"] for image in read_images(fetch(snapshot, tmp_path))] == [["night", "rain"], ["rain"]]
    night.delete()
    path = f"/api/v1/projects/{several.project.pk}/snapshots/"
    gone = several.as_alice.post(path, {"name": "x", "selection": both}, format="json")
    assert (gone.status_code, gone.json()["code"]) == (400, "invalid")


def test_without_reviewing_all_is_chosen(several: World, frozen: Freeze, tmp_path: Any) -> None:
    Image.objects.update(review="none")
    assert held(frozen(), tmp_path)[0] == ALL
    Rule.objects.create(project=several.project, mode="all")
    assert held(frozen("v2"), tmp_path)[0] == []


def test_an_export_of_a_reviewed_project_holds_what_was_accepted(
    several: World, work_off: Callable[[], list[Run]]
) -> None:
    client, path = several.as_alice, f"/api/v1/projects/{several.project.pk}/exports/"
    for body, images in (({}, 1), ({"selection": {"accepted_only": False}}, 3)):
        client.post(path, {"format": "coco"} | body, format="json")
        (run,) = work_off()
        assert run.result["counts"]["images"] == images


def test_the_same_snapshot_gives_the_same_bytes_however_the_project_goes_on(
    several: World, frozen: Freeze, work_off: Callable[[], list[Run]]
) -> None:
    snapshot = frozen(split={"shares": {"train": 50, "val": 50, "test": 0}})
    client = several.as_alice

    def exported() -> tuple[bytes, dict[str, Any]]:
        body = {"format": "coco", "snapshot": str(snapshot.pk), "include_images": True}
        assert client.post(f"/api/v1/projects/{several.project.pk}/exports/", body, format="json").status_code == 202
        (run,) = work_off()
        answer = client.get(f"/api/v1/exports/{run.result['archive']}/download/").getvalue()
        with zipfile.ZipFile(io.BytesIO(answer)) as archive:
            return answer, json.loads(archive.read("manifest.json"))

    client.patch(f"/api/v1/projects/{several.project.pk}/origin/", {"licence": "later"}, format="json")
    first, manifest = exported()
    row = Annotation.objects.filter(image__name="a.png", status="open").get()
    annotating.delete(row.image, several.bob, row.pk, row.revision)
    again, _ = exported()
    assert first == again
    assert manifest["origin"] == {"licence": "", "sources": ""}
    assert manifest["selection"] == {"accepted_only": True}
    assert manifest["split"] == {"shares": {"train": 50, "val": 50}, "seed": "", "groups": []}
    assert manifest["snapshot"] == {"id": str(snapshot.pk), "sha256": snapshot.sha256}
    assert Snapshot.objects.count() == 1
    assert Archive.objects.filter(snapshot=snapshot).count() == 2


def test_licence_and_source_are_frozen_into_the_manifest(several: World, frozen: Freeze, tmp_path: Any) -> None:
    path = f"/api/v1/projects/{several.project.pk}/origin/"
    said = {"licence": "CC BY 4.0", "sources": "Harbour, 2026"}
    assert several.as_alice.patch(path, said, format="json").json() == said
    assert several.as_bob.get(path).json() == said
    assert read_head(fetch(frozen(), tmp_path))["origin"] == said


def test_the_same_state_is_the_same_snapshot_and_keeps_its_first_name(
    several: World, frozen: Freeze, work_off: Callable[[], list[Run]]
) -> None:
    first = frozen("v1", note="for the paper")
    several.as_alice.post(f"/api/v1/projects/{several.project.pk}/snapshots/", {"name": "v2"}, format="json")
    (run,) = work_off()
    assert (run.result["snapshot"], run.result["known"]) == (str(first.pk), True)
    assert (Snapshot.objects.get().name, first.note) == ("v1", "for the paper")


def test_a_state_that_an_export_froze_in_passing_gets_the_name(several: World, frozen: Freeze) -> None:
    passing = freeze(several.project, None, wish=Wish(Selection(accepted_only=True)))
    assert passing.name == ""
    assert frozen("v1").pk == passing.pk
    assert frozen("v1b", selection={"accepted_only": False}).pk != passing.pk


def test_names_are_taken_once_and_can_be_changed(several: World, frozen: Freeze) -> None:
    snapshot, client = frozen("v1"), several.as_alice
    path = f"/api/v1/projects/{several.project.pk}/snapshots/"
    assert client.post(path, {"name": "V1"}, format="json").json()["code"] == "name_taken"
    other = frozen("v2", selection={"accepted_only": False})
    taken = client.patch(f"/api/v1/snapshots/{other.pk}/", {"name": "v1"}, format="json")
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    renamed = client.patch(f"/api/v1/snapshots/{snapshot.pk}/", {"name": "V1"}, format="json")
    assert (renamed.status_code, renamed.json()["name"]) == (200, "V1")


def test_the_list_says_what_each_holds(several: World, frozen: Freeze) -> None:
    frozen("v1", note="first", selection={"accepted_only": False})
    (row,) = several.as_bob.get(f"/api/v1/projects/{several.project.pk}/snapshots/").json()["results"]
    assert (row["name"], row["note"], row["images"], row["annotations"], row["files"]) == ("v1", "first", 3, 4, 0)
    counted = {one["name"]: (one["objects"], one["images"]) for one in row["report"]["labels"]}
    assert counted == {"cat": (1, 1), "dog": (2, 2), "": (1, 1)}


def test_deleting_takes_files_and_bytes_along(
    several: World, frozen: Freeze, work_off: Callable[[], list[Run]]
) -> None:
    snapshot, client = frozen(), several.as_alice
    path = f"/api/v1/projects/{several.project.pk}/exports/"
    client.post(path, {"format": "coco", "snapshot": str(snapshot.pk)}, format="json")
    (run,) = work_off()
    blobs = (snapshot.sha256, run.result["sha256"])
    assert all(storage.has_blob(sha256) for sha256 in blobs)
    assert client.delete(f"/api/v1/snapshots/{snapshot.pk}/").status_code == 204
    assert not any(storage.has_blob(sha256) for sha256 in blobs)


def test_a_snapshot_of_another_project_and_two_choices_at_once_are_refused(several: World, frozen: Freeze) -> None:
    snapshot, client = frozen(), several.as_alice
    path = f"/api/v1/projects/{several.project.pk}/exports/"
    elsewhere = {"format": "coco", "snapshot": str(several.project.pk)}
    both = {"format": "coco", "snapshot": str(snapshot.pk), "selection": {}}
    for body in (elsewhere, both):
        answer = client.post(path, body, format="json")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["snapshot"])


def test_a_run_whose_snapshot_went_says_so(several: World, frozen: Freeze, work_off: Callable[[], list[Run]]) -> None:
    snapshot, client = frozen(), several.as_alice
    path = f"/api/v1/projects/{several.project.pk}/exports/"
    client.post(path, {"format": "coco", "snapshot": str(snapshot.pk)}, format="json")
    client.delete(f"/api/v1/snapshots/{snapshot.pk}/")
    (run,) = work_off()
    assert "has been deleted meanwhile" in run.error


def test_who_sees_only_their_own_images_sees_no_snapshot(several: World, frozen: Freeze) -> None:
    snapshot = frozen()
    several.project.annotators_see = "own"
    several.project.save()
    assert several.as_bob.get(f"/api/v1/projects/{several.project.pk}/snapshots/").json()["results"] == []
    assert several.as_bob.get(f"/api/v1/snapshots/{snapshot.pk}/").status_code == 404
    assert client_of(several.dana).get(f"/api/v1/snapshots/{snapshot.pk}/").status_code == 200
