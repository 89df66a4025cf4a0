from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db.models import Value
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from annotator.annotations import services as annotating
from annotator.annotations.models import Annotation
from annotator.datasets import proof
from annotator.datasets.bridge import _categories, dataset_of
from annotator.datasets.lines import raw
from annotator.datasets.models import Archive, Snapshot
from annotator.datasets.runner import ExportRunner
from annotator.datasets.snapshots import fetch, freeze
from annotator.lib import storage
from annotator.projects import bins
from annotator.projects.models import Label
from annotator.projects.services import delete_project
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.runs.worker import WorkContext
from export import FORMATS, rle
from tests.annotator.world import World, client_of, make_image, make_label

SIZES = {"a.png": (64, 48), 'größe 😀 "x".png': (33, 57)}


def awkward(height: int, width: int) -> dict[str, np.ndarray]:
    grid_y, grid_x = np.ogrid[:height, :width]
    near = (grid_y - height / 2) ** 2 + (grid_x - width / 2) ** 2
    empty = np.zeros((height, width), bool)
    parts, pixel = empty.copy(), empty.copy()
    parts[1:4, 1:5] = parts[-4:-1, -6:-1] = True
    pixel[height // 3, width // 4] = True
    return {"hole": (near < 200) & (near > 60), "parts": parts, "pixel": pixel, "full": ~empty, "disc": near < 80}


@pytest.fixture
def filled(world: World) -> World:
    """A project with two pictures, two labels and the awkward masks, one of them without label."""
    labels = [make_label(world.project, "Katze 猫"), make_label(world.project, "cup & saucer")]
    world.project.images.all().delete()
    for name, size in SIZES.items():
        image = make_image(world.project, name, size)
        for number, mask in enumerate(awkward(size[1], size[0]).values()):
            label = None if number == 4 else labels[number % 2].pk
            annotating.create(image, world.bob, None, {"rle": rle.encode(mask).to_json(), "label": label, "clicks": 1})
    return world


@pytest.fixture
def export(filled: World, work_off: Callable[[], list[Run]]) -> Callable[..., Any]:
    """Exports through the API and a worker; gives the run and the downloaded file."""

    def make(**body: Any) -> tuple[Run, io.BytesIO, Any]:
        client = client_of(filled.alice)
        path = f"/api/v1/projects/{filled.project.pk}/exports/"
        started = client.post(path, {"format": "coco"} | body, format="json")
        assert started.status_code == 202, started.json()
        (run,) = work_off()
        assert run.state == State.SUCCEEDED, run.error
        answer = client.get(f"/api/v1/exports/{run.result['archive']}/download/")
        assert answer.status_code == 200
        return run, io.BytesIO(answer.getvalue()), answer

    return make


def load(file: io.BytesIO, tmp_path: Path) -> COCO:
    path = tmp_path / "coco.json"
    with zipfile.ZipFile(file) as archive:
        path.write_bytes(archive.read("annotations/instances_default.json"))
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


@pytest.mark.parametrize("segmentation", ["rle", "uncompressed", "auto"])
def test_every_mask_is_bit_for_bit_the_one_in_the_database(
    export: Callable[..., Any], tmp_path: Path, segmentation: str
) -> None:
    run, file, _ = export(segmentation=segmentation)
    truth = load(file, tmp_path)
    rows = {str(row.pk): row for row in Annotation.objects.select_related("image", "label")}
    assert len(truth.getAnnIds()) == len(rows) == 10
    for entry in truth.loadAnns(truth.getAnnIds()):
        row = rows.pop(entry["maskwright"]["id"])
        (image,) = truth.loadImgs([entry["image_id"]])
        stored = masks.decode(row.rle)
        assert (truth.annToMask(entry) == stored).all()
        assert (entry["area"], entry["bbox"], entry["iscrowd"]) == (int(stored.sum()), row.bbox, 0)
        assert (image["width"], image["height"]) == (row.image.width, row.image.height)
        assert image["maskwright"]["id"] == str(row.image_id)
        assert truth.loadCats([entry["category_id"]])[0]["name"] == (row.label.name if row.label else "unlabelled")
    assert not rows
    assert run.result["proof"] == {"compared": 10, "altered": 0, "left_out": 0, "changed_since": 0, "files": 2}


def test_coco_evaluation_finds_it_perfect(export: Callable[..., Any], tmp_path: Path) -> None:
    truth = load(export()[1], tmp_path)
    found = [
        {key: entry[key] for key in ("image_id", "category_id", "segmentation")} | {"score": 1.0}
        for entry in truth.loadAnns(truth.getAnnIds())
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(found), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1.0)


def test_category_ids_stay_when_other_labels_come_and_go(
    filled: World, export: Callable[..., Any], tmp_path: Path
) -> None:
    def numbers() -> dict[str, int]:
        truth = load(export()[1], tmp_path)
        return {category["name"]: category["id"] for category in truth.loadCats(truth.getCatIds())}

    unused, moved = (make_label(filled.project, name, order=0) for name in ("unused", "moved"))
    before = numbers()
    assert before == {"cat": 1, "Katze 猫": 2, "cup & saucer": 3, "unused": 4, "moved": 5, "unlabelled": 1_000_001}
    moved.delete()
    Label.objects.filter(name="cat").delete()
    unused.order = 9
    unused.save()
    make_label(filled.project, "new", order=0)
    assert numbers() == {name: before[name] for name in before if name not in {"cat", "moved"}} | {"new": 6}


def test_a_snapshot_of_before_labels_had_numbers_numbers_them_by_place() -> None:
    labels = [{"id": key, "name": key, "color": "#000000"} for key in ("first", "second")]
    categories, numbers = _categories({"labels": labels, "unlabelled": 0})
    assert [(one.id, one.name) for one in categories] == [(1, "first"), (2, "second")]
    assert numbers == {"first": 1, "second": 2}


def test_polygons_report_what_they_lose(export: Callable[..., Any]) -> None:
    run, _, _ = export(segmentation="polygons")
    assert run.result["lost"] == {"holes": 2}
    assert run.result["proof"]["altered"] == 2
    assert run.result["proof"]["compared"] == 8


def test_pictures_come_along_byte_for_byte_under_safe_names(filled: World, export: Callable[..., Any]) -> None:
    _, file, _ = export(include_images=True)
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.startswith("images/")]
        assert names == ["images/default/a.png", "images/default/größe 😀 _x_.png"]
        for name, image in zip(names, filled.project.images.order_by("created"), strict=True):
            assert hashlib.sha256(archive.read(name)).hexdigest() == image.sha256
        document = json.loads(archive.read("annotations/instances_default.json"))
    assert [f"images/default/{image['file_name']}" for image in document["images"]] == names


def test_the_manifest_tells_where_it_comes_from(filled: World, export: Callable[..., Any]) -> None:
    run, file, _ = export()
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["counts"] == {"images": 2, "annotations": 10, "categories": 3} | manifest["counts"]
    assert manifest["snapshot"]["sha256"] == run.result["snapshot"] == Snapshot.objects.get().sha256
    assert manifest["project"]["name"] == filled.project.name
    assert manifest["unlabelled"] == 2
    assert manifest["files"][0]["path"] == "annotations/instances_default.json"


def test_the_same_state_gives_the_same_file(export: Callable[..., Any]) -> None:
    first, again = export(), export()
    assert first[1].getvalue() == again[1].getvalue()
    assert Snapshot.objects.count() == 1
    assert Archive.objects.count() == 2


def test_a_snapshot_stays_what_it_was_when_people_go_on(
    filled: World, export: Callable[..., Any], tmp_path: Path
) -> None:
    _, before, _ = export()
    row = Annotation.objects.first()
    annotating.delete(row.image, filled.bob, row.pk, row.revision)
    _, after, _ = export()
    assert len(load(before, tmp_path).getAnnIds()) == 10
    assert len(load(after, tmp_path).getAnnIds()) == 9
    assert Snapshot.objects.count() == 2


def test_the_download_has_a_safe_name_that_keeps_its_letters(filled: World, export: Callable[..., Any]) -> None:
    filled.project.name = 'Straße "1"/2\r\nX: y 猫'
    filled.project.save()
    _, _, answer = export()
    header = answer["Content-Disposition"]
    assert header.startswith("attachment; filename*=utf-8''Stra%C3%9Fe%20_1__2__X_%20y%20%E7%8C%AB%20coco%20")
    assert "\n" not in header
    assert int(answer["Content-Length"]) == Archive.objects.get().bytes
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_empty_project_exports_an_empty_file(
    world: World, work_off: Callable[[], list[Run]], tmp_path: Path
) -> None:
    world.project.images.all().delete()
    client = client_of(world.alice)
    client.post(f"/api/v1/projects/{world.project.pk}/exports/", {"format": "coco"}, format="json")
    (run,) = work_off()
    assert run.state == State.SUCCEEDED
    assert run.result["counts"]["annotations"] == 0


def test_a_missing_picture_is_a_sentence_and_leaves_nothing(filled: World, work_off: Callable[[], list[Run]]) -> None:
    storage.delete_blob(filled.project.images.first().sha256)
    client = client_of(filled.alice)
    body = {"format": "coco", "include_images": True}
    client.post(f"/api/v1/projects/{filled.project.pk}/exports/", body, format="json")
    (run,) = work_off()
    assert run.state == State.FAILED
    assert "missing from the server's storage" in run.error
    assert not Archive.objects.exists()


def test_a_format_whose_package_is_missing_is_a_sentence_with_the_command(
    filled: World, work_off: Callable[[], list[Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("export.formats.base.find_spec", lambda name: None)
    body = {"format": "parquet"}
    client_of(filled.alice).post(f"/api/v1/projects/{filled.project.pk}/exports/", body, format="json")
    (run,) = work_off()
    assert run.state == State.FAILED
    assert "pip install 'maskwright[parquet]'" in run.error
    assert not Archive.objects.exists()


def test_a_file_that_fails_its_check_is_thrown_away(
    filled: World, work_off: Callable[[], list[Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = masks.encode(np.asfortranarray(np.ones((1, 1), np.uint8)))
    other = json.dumps({"size": [1, 1], "counts": whole["counts"].decode()})
    monkeypatch.setattr(proof, "raw", lambda column: Value(other) if column == "rle" else raw(column))
    client_of(filled.alice).post(f"/api/v1/projects/{filled.project.pk}/exports/", {"format": "coco"}, format="json")
    (run,) = work_off()
    assert run.state == State.FAILED
    assert "did not pass its check" in run.error
    assert not Archive.objects.exists()


SMALLER = ([40, 60], "0P[2", "the image is 48 high and 64 wide")


@pytest.mark.parametrize(
    ("kind", "size", "counts", "says"),
    [
        ("coco", [48, 64], "5", "make 5 pixels"),
        ("coco", [48, 64], "~", "only '0' to 'o' may occur"),
        *((kind, *SMALLER) for kind in FORMATS),
    ],
)
def test_masks_that_the_database_holds_wrongly_are_told_and_nothing_is_kept(
    filled: World, work_off: Callable[[], list[Run]], kind: str, size: list[int], counts: str, says: str
) -> None:
    assert rle.area(rle.Rle((40, 60), "0P[2")) == 2400
    row = Annotation.objects.filter(image__name="a.png").exclude(label=None).first()
    Annotation.objects.filter(pk=row.pk).update(rle={"size": size, "counts": counts})
    client_of(filled.alice).post(f"/api/v1/projects/{filled.project.pk}/exports/", {"format": kind}, format="json")
    (run,) = work_off()
    assert run.state == State.FAILED
    assert "1 object(s) cannot be exported as they are: Annotation" in run.error
    assert says in run.error
    assert not Archive.objects.exists()


def test_a_run_that_is_started_again_finds_its_archive(filled: World, export: Callable[..., Any]) -> None:
    run, _, _ = export()
    assert ExportRunner().run(WorkContext(run, None)) == run.result
    assert Archive.objects.count() == 1


def test_asking_twice_is_one_run(filled: World) -> None:
    client = client_of(filled.alice)
    path = f"/api/v1/projects/{filled.project.pk}/exports/"
    first, again = (client.post(path, {"format": "coco"}, format="json").json() for _ in range(2))
    other = client.post(path, {"format": "sa1b"}, format="json").json()
    assert first["id"] == again["id"] != other["id"]


@pytest.mark.parametrize(
    "body",
    [
        {}, [], {"format": "xml"}, {"format": "coco", "x": 1}, {"format": ["coco"]},
        {"format": "coco", "segmentation": 1}, {"format": "coco", "include_images": "perhaps"},
    ],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_is_refused(filled: World, body: dict[str, Any] | list[Any]) -> None:
    answer = client_of(filled.alice).post(f"/api/v1/projects/{filled.project.pk}/exports/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_who_may(filled: World, export: Callable[..., Any]) -> None:
    run, _, _ = export()
    path = f"/api/v1/projects/{filled.project.pk}/exports/"
    download = f"/api/v1/exports/{run.result['archive']}/download/"
    for person, listing, starting, fetching in (
        (filled.alice, 200, 202, 200), (filled.dana, 200, 202, 200), (filled.bob, 200, 403, 403),
        (filled.charlie, 404, 404, 404), (None, 401, 401, 401),
    ):  # fmt: skip
        client = client_of(person)
        assert client.get(path).status_code == listing
        assert client.post(path, {"format": "coco"}, format="json").status_code == starting
        assert client.get(download).status_code == fetching
    assert client_of(filled.dana).delete(f"/api/v1/exports/{run.result['archive']}/").status_code == 403
    assert client_of(filled.alice).delete(f"/api/v1/exports/{run.result['archive']}/").status_code == 204
    assert not storage.has_blob(run.result["sha256"])


def test_the_list_shows_what_was_written(filled: World, export: Callable[..., Any]) -> None:
    run, _, _ = export()
    (row,) = client_of(filled.alice).get(f"/api/v1/projects/{filled.project.pk}/exports/").json()["results"]
    assert (row["id"], row["run"], row["sha256"]) == (run.result["archive"], str(run.pk), run.result["sha256"])
    assert row["report"]["counts"]["annotations"] == 10
    assert row["created_by"]["name"] == "Alice"


def test_sa1b_comes_without_labels_and_with_scores(filled: World, export: Callable[..., Any]) -> None:
    run, file, _ = export(format="sa1b")
    with zipfile.ZipFile(file) as archive:
        document = json.loads(archive.read("sa1b/a.json"))
    assert document["image"]["file_name"] == "a.png"
    assert len(document["annotations"]) == 5
    assert run.result["proof"]["compared"] == 10


def test_a_picture_that_was_turned_into_another_kind_of_file_gets_its_extension(world: World, tmp_path: Path) -> None:
    world.project.images.all().delete()
    for name in ("scan.bmp", "scan.png", "no extension", "../evil.jpg"):
        assert make_image(world.project, name).media_type == "image/png"
    snapshot = freeze(world.project, None)
    names = [image.file_name for image in dataset_of(snapshot, fetch(snapshot, tmp_path)).images]
    assert names == ["_evil.png", "no extension.png", "scan.png", "scan-2.png"]


def test_folders_are_kept_and_three_files_of_one_name_stay_apart(world: World, tmp_path: Path) -> None:
    world.project.images.all().delete()
    for folder in ("set/left", "set/right", ""):
        image = make_image(world.project, "0001.png")
        image.folder = folder
        image.save()
    snapshot = freeze(world.project, None)
    names = [image.file_name for image in dataset_of(snapshot, fetch(snapshot, tmp_path)).images]
    assert names == ["0001.png", "set/left/0001.png", "set/right/0001.png"]


def test_a_projects_exports_go_with_it_and_not_with_one_picture(filled: World, export: Callable[..., Any]) -> None:
    run, _, _ = export()
    blobs = {run.result["sha256"], run.result["snapshot"]}
    bins.put(filled.project.images.first())
    bins.empty(filled.project)
    assert all(storage.has_blob(sha256) for sha256 in blobs)
    delete_project(filled.project)
    assert not any(storage.has_blob(sha256) for sha256 in blobs)
