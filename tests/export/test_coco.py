from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from export import ArchiveReader, ArchiveWriter, Dataset, Instance, rle, validate
from export.formats import coco
from export.formats.base import Report
from tests.conftest import REPO
from tests.export.conftest import make_dataset


@pytest.fixture
def load(write_archive: Callable[..., Any], tmp_path: Path) -> Callable[..., tuple[COCO, Report]]:
    """What pycocotools makes of the file, and the report."""

    def load(dataset: Dataset, **options: Any) -> tuple[COCO, Report]:
        archive, report = write_archive(coco.write, dataset, **options)
        path = tmp_path / "instances.json"
        path.write_bytes(b"".join(archive.chunks(coco.PATH)))
        with contextlib.redirect_stdout(io.StringIO()):
            return COCO(str(path)), report

    return load


@pytest.mark.parametrize("segmentation", ["rle", "uncompressed", "auto"])
def test_pycocotools_reads_every_mask_bit_for_bit(
    load: Callable[..., tuple[COCO, Report]], dataset: Dataset, segmentation: str
) -> None:
    truth, report = load(dataset, segmentation=segmentation)
    assert not report.losses
    for instance in dataset.instances:
        (entry,) = truth.loadAnns([instance.id])
        expected = rle.decode(instance.rle)
        assert (truth.annToMask(entry).astype(bool) == expected).all()
        assert entry["area"] == expected.sum()
        assert entry["bbox"] == masks.toBbox(masks.encode(np.asfortranarray(expected.astype(np.uint8)))).tolist()
        assert entry["iscrowd"] == 0


def test_coco_evaluation_finds_the_truth_perfect(load: Callable[..., tuple[COCO, Report]], dataset: Dataset) -> None:
    truth, _ = load(dataset)
    found = [
        {key: entry[key] for key in ("image_id", "category_id", "segmentation")} | {"score": 0.9}
        for entry in truth.loadAnns(truth.getAnnIds())
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(found), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1.0)


def test_its_fields_are_the_standard_ones(load: Callable[..., tuple[COCO, Report]], dataset: Dataset) -> None:
    truth, report = load(dataset)
    document = truth.dataset
    assert set(document) == {"info", "licenses", "images", "annotations", "categories"}
    assert document["info"]["year"] == 2026
    assert document["images"][0] | {"maskwright": 0} == {
        "id": 1, "width": 41, "height": 30, "file_name": "größe 😀.jpg", "license": 0, "coco_url": "",
        "flickr_url": "", "date_captured": "", "maskwright": 0,
    }  # fmt: skip
    assert [category["name"] for category in document["categories"]] == ["Katze 猫", "dog & co"]
    assert {entry["id"] for entry in document["annotations"]} == set(range(1, 13))
    assert document["annotations"][1]["attributes"] == {"occluded": True}
    assert (report.images, report.instances, report.categories) == (2, 12, 2)


def test_polygons_are_used_where_they_lose_nothing(load: Callable[..., tuple[COCO, Report]], dataset: Dataset) -> None:
    truth, _ = load(dataset, segmentation="auto")
    kinds = [type(entry["segmentation"]) for entry in truth.loadAnns(range(1, 7))]
    assert kinds == [dict, list, list, list, list, list]
    assert len(truth.loadAnns([2])[0]["segmentation"]) == 2


def test_what_polygons_lose_is_reported(load: Callable[..., tuple[COCO, Report]], dataset: Dataset) -> None:
    truth, report = load(dataset, segmentation="polygons")
    assert report.lost == {"holes": 2}
    assert [loss.instance_id for loss in report.losses] == [1, 7]
    (entry,) = truth.loadAnns([1])
    added = int(truth.annToMask(entry).sum()) - entry["area"]
    assert f"{added} background pixels" in report.losses[0].message


def test_empty_and_unlabelled_objects_are_left_out_and_reported(
    load: Callable[..., tuple[COCO, Report]], dataset: Dataset
) -> None:
    first = dataset.instances[0]
    empty = Instance(13, 2, 1, rle.encode(np.zeros((50, 37), bool)))
    unnamed = dataclasses.replace(first, id=14, image_id=1, category_id=None)
    truth, report = load(dataclasses.replace(dataset, instances=(first, empty, unnamed)))
    assert truth.getAnnIds() == [1]
    assert report.to_json()["lost"] == {"empty": 1, "unlabelled": 1}


def test_an_empty_project_is_a_valid_file(load: Callable[..., tuple[COCO, Report]], dataset: Dataset) -> None:
    truth, report = load(dataclasses.replace(dataset, images=(), instances=(), categories=()))
    assert truth.getAnnIds() == []
    assert report.instances == 0


def test_pictures_come_along_byte_for_byte(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    archive, _ = write_archive(coco.write, dataset, read_image=lambda image: iter([b"picture ", image.key.encode()]))
    assert b"".join(archive.chunks("images/default/größe 😀.jpg")) == b"picture image-1"
    assert archive.verify()["files"][2]["path"] == "images/default/b.png"


def test_progress_rises_to_one_and_can_stop_the_writing(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    shares: list[float] = []
    write_archive(coco.write, dataset, read_image=lambda image: b"x", progress=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)

    def stop(share: float) -> None:
        if share > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_archive(coco.write, dataset, progress=stop)


@pytest.mark.parametrize("segmentation", ["rle", "uncompressed", "auto"])
def test_it_reads_back_what_it_wrote(write_archive: Callable[..., Any], dataset: Dataset, segmentation: str) -> None:
    archive, _ = write_archive(coco.write, dataset, segmentation=segmentation)
    again, problems = coco.read(archive)
    assert problems == []
    assert again.instances == dataset.instances
    assert again.images == dataset.images
    assert [category.name for category in again.categories] == [category.name for category in dataset.categories]


@pytest.mark.parametrize("segmentation", ["rle", "uncompressed", "auto", "polygons"])
def test_replaying_gives_every_mask_that_was_not_reported_lost(
    write_archive: Callable[..., Any], dataset: Dataset, segmentation: str
) -> None:
    archive, report = write_archive(coco.write, dataset, segmentation=segmentation)
    replayed = dict(coco.replay(archive))
    assert len(replayed) == len(dataset.instances)
    changed = {instance.id for instance in dataset.instances if replayed[instance.id] != instance.rle}
    assert changed == report.altered == ({1, 7} if segmentation == "polygons" else set())


def archive_with(document: object) -> ArchiveReader:
    target = io.BytesIO()
    with ArchiveWriter(target) as archive:
        archive.add("any/name.json", json.dumps(document))
    return ArchiveReader(target)


GOOD = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 4, "height": 3}],
    "categories": [{"id": 1, "name": "cat"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2]]}],
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"image_id": 9}, "no image 9"),
        ({"category_id": 9}, "no category 9"),
        ({"segmentation": {"size": [3, 4], "counts": [1]}}, "make 1 pixels"),
        ({"segmentation": []}, "no segmentation"),
        ({"segmentation": [[1, 2, 3]]}, "three points"),
        ({"segmentation": [["a"] * 6]}, "not a number"),
        ({"segmentation": [[1e300] * 6]}, "no number that can be used"),
        ({"id": "1"}, "not a whole number"),
        ({"attributes": 5}, "must be an object"),
        ({"maskwright": 5}, "must be an object"),
    ],
)
def test_one_bad_annotation_is_listed_and_the_rest_read(change: dict[str, Any], says: str) -> None:
    bad = GOOD["annotations"][0] | {"id": 2} | change
    dataset, problems = coco.read(archive_with(GOOD | {"annotations": [*GOOD["annotations"], bad]}))
    assert len(dataset.instances) == 1
    assert rle.area(dataset.instances[0].rle) == 4
    assert len(problems) == 1
    assert says in str(problems[0])


def test_it_says_when_there_is_nothing_to_read() -> None:
    assert "no COCO file" in str(coco.read(archive_with([]))[1][0])
    reasons = {problem.reason for problem in coco.read(archive_with({"images": 5, "annotations": []}))[1]}
    assert '"images" is not a list.' in reasons


values = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.sampled_from([*GOOD["annotations"][0]]), inner),
    max_leaves=12,
)


@settings(max_examples=60)
@given(values, st.sampled_from(["images", "categories", "annotations"]))
def test_reading_never_breaks_on_hostile_files(value: Any, key: str) -> None:
    for entry in (value, [value], [GOOD[key][0] | {"segmentation": value, "width": value}]):
        coco.read(archive_with(GOOD | {key: entry}))


NOTE = "x" * 3000
"""So that buffers of megabytes are full after two thousand objects."""


class Many:
    """Instances made as they are asked for, each with a mask of its own."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Instance]:
        for number in range(1, self.count + 1):
            mask = rle.from_runs((30, 41), [number % 1000, 7, 1223 - number % 1000])
            yield Instance(number, 1, 1, mask, key=f"object-{number}", attributes={"note": NOTE})


def peak_of(count: int, path: Path) -> int:
    """Most bytes that Python held while so many objects were checked, written and read again."""
    many = dataclasses.replace(make_dataset(), instances=Many(count))
    tracemalloc.start()
    assert validate(many) == []
    with path.open("wb") as file, ArchiveWriter(file) as archive:
        coco.write(many, archive)
    with ArchiveReader(path) as archive:
        assert sum(1 for _ in coco.replay(archive)) == count
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


ALONE = """
import sys
from pathlib import Path
from tests.export.test_coco import peak_of
print(*(peak_of(count, Path(sys.argv[1])) for count in (2000, 5500)))
"""
"""In a process of its own: in one that other tests have used, what they left behind moves at its own time."""


def test_memory_does_not_grow_with_the_objects(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ALONE, str(tmp_path / "many.zip")]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    few, many = map(int, done.stdout.split())  # whatever is taken in batches has met full ones with the few
    assert many < few + 40_000  # twelve bytes an object would be less than what is left for chance


def test_a_track_is_a_field_of_its_own_and_comes_back(
    load: Callable[..., tuple[COCO, Report]], write_archive: Callable[..., Any], dataset: Dataset
) -> None:
    kinds: list[object] = [4, "four", True, -1]
    tracked = [
        dataclasses.replace(one, attributes={"track_id": kind})
        for one, kind in zip(dataset.instances, kinds, strict=False)
    ]
    some = dataclasses.replace(dataset, instances=tuple(tracked))
    truth, _ = load(some)
    said = {one.id: truth.loadAnns([one.id])[0].get("track_id") for one in tracked}
    assert list(said.values()) == [4, *[None] * (len(tracked) - 1)]
    archive, _ = write_archive(coco.write, some)
    again, _ = coco.read(archive)
    assert {one.id: one.attributes for one in again.instances} == {one.id: one.attributes for one in tracked}
