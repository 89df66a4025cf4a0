"""MOTS PNG: tracks keep their number from frame to frame, and other tools' files come in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from export import FORMATS, ArchiveReader, Category, Dataset, ImageRecord, Instance, rle
from export.formats.detect import detect
from export.png import decode
from tests.export.conftest import archive_of
from tests.export.foreign import gray, picture, taken
from tests.export.test_hostile import read, zipped
from tests.export.test_round_trips import there_and_back

H, W = 6, 40


def spot(column: int) -> rle.Rle:
    mask = np.zeros((H, W), bool)
    mask[2:4, column] = True
    return rle.encode(mask)


def clip(frames: Iterable[Iterable[tuple[int, int | None]]], names: str = "clip_{:06d}.png", kinds: int = 2) -> Dataset:
    """Per frame the objects (category, track), side by side."""
    images, instances = [], []
    for number, objects in enumerate(frames, start=1):
        images.append(ImageRecord(number, names.format(number), W, H))
        for column, (category, track) in enumerate(objects):
            about: dict[str, Any] = {} if track is None else {"track_id": track}
            instances.append(Instance(len(instances) + 1, number, category, spot(column), attributes=about))
    categories = tuple(Category(number, f"kind {number}") for number in range(1, kinds + 1))
    return Dataset("Clip", tuple(images), categories, tuple(instances))


def values_of(archive: ArchiveReader, frame: str) -> list[int]:
    """The numbers along the row in which all objects lie."""
    row = decode(archive.read(f"instances/{frame}.png"))[2]
    return [int(value) for value in row if value]


def test_a_track_has_one_number_in_its_sequence_and_comes_back() -> None:
    frames = [[(1, 70), (1, 9), (2, 70)], [(1, 9)], [(2, 70), (1, 70)]]
    dataset = clip(frames)
    again, report, archive = there_and_back("mots", dataset)
    assert [values_of(archive, f"clip/{frame:06d}") for frame in range(3)] == [[1001, 1002, 2001], [1002], [2001, 1001]]
    assert [item.attributes for item in again.instances] == [item.attributes for item in dataset.instances]
    assert not report.lost


def test_objects_without_a_track_are_never_taken_for_one() -> None:
    again, _, archive = there_and_back("mots", clip([[(1, 5), (1, None), (1, None)], [(1, None), (1, 5)]]))
    assert values_of(archive, "clip/000000") == [1001, 1999, 1998]
    assert values_of(archive, "clip/000001") == [1997, 1001]
    assert [item.attributes for item in again.instances] == [{"track_id": 5}, {}, {}, {}, {"track_id": 5}]


@pytest.mark.parametrize(
    ("names", "first", "second"),
    [
        ("clip_{:06d}.png", "clip/000000", "clip/000001"),
        ("a/{:04d}.png", "a/000000", "a/000001"),
        ("{:d}.png", "0000/000000", "0000/000001"),
    ],
)
def test_frames_count_from_nought_in_their_sequence(names: str, first: str, second: str) -> None:
    archive, _ = archive_of(FORMATS["mots"].write, clip([[(1, 1)], [(1, 1)]], names))
    assert [values_of(archive, frame) for frame in (first, second)] == [[1001], [1001]]


def test_what_has_no_room_is_counted_and_the_rest_is_written() -> None:
    twice = clip([[(1, 3), (1, 3), (66, 1)]], kinds=66)
    archive, report = archive_of(FORMATS["mots"].write, twice)
    assert dict(report.lost) == {"too_many_classes": 1, "too_many_objects": 1}
    assert values_of(archive, "clip/000000") == [1001]
    assert sorted(report.altered) == [2, 3]


def test_numbers_of_a_thousand_tracks_run_out_and_never_become_ten_thousand() -> None:
    frames = [[(10, frame * 30 + n) for n in range(30)] for frame in range(34)]
    archive, report = archive_of(FORMATS["mots"].write, clip(frames, kinds=10))
    assert dict(report.lost) == {"too_many_objects": 34 * 30 - 999}
    assert values_of(archive, "clip/000000")[0] == 10_001


def test_other_attributes_are_lost_by_the_rule() -> None:
    dataset = clip([[(1, 3), (1, 4)]])
    more = dataclasses.replace(dataset.instances[0], attributes={"track_id": 3, "colour": "red"})
    _, report, _ = there_and_back("mots", dataclasses.replace(dataset, instances=(more, dataset.instances[1])))
    assert dict(report.lost) == {"attributes": 1}


def test_kitti_mots_comes_in() -> None:
    files: dict[str, Any] = {
        "instances/0000/000000.png": gray([[0, 1005, 2001, 10000]], np.uint16),
        "instances/0000/000001.png": gray([[1005, 1005, 0, 0]], np.uint16),
        "instances/0001/000000.png": gray([[1005, 0, 0, 0]], np.uint16),
        "image_02/0000/000000.png": picture(4, 1), "image_02/0000/000001.png": picture(4, 1),
        "image_02/0001/000000.png": picture(4, 1),
    }  # fmt: skip
    assert detect(zipped(files)) == "mots"
    dataset = taken("mots", files)
    labels = {category.id: category.name for category in dataset.categories}
    tracked = [
        (item.image_id, labels[item.category_id or 0], item.attributes["track_id"]) for item in dataset.instances
    ]
    assert tracked == [(1, "car", 1), (1, "pedestrian", 2), (2, "car", 1), (3, "car", 3)]
    assert [image.path for image in dataset.images] == [path for path in files if path.startswith("image_02")]


def test_a_class_nobody_knows_is_a_problem_and_the_rest_comes_in() -> None:
    dataset, problems = read("mots", zipped({"instances/0000/000000.png": gray([[3001, 1001]], np.uint16)}))
    assert len(dataset.instances) == 1
    assert "There is no class 3" in " ".join(map(str, problems))


@pytest.mark.parametrize("tracks", ["[]", '{"clip": 3}', '{"clip": {"x": 1}}', '{"clip": {"1001": "a"}}', "{"])
def test_broken_tracks_are_a_problem_and_objects_come_in_without(tracks: str) -> None:
    archive, _ = archive_of(FORMATS["mots"].write, clip([[(1, 4)]]))
    files = {name: archive.read(name) for name in archive.paths()} | {"tracks.json": tracks}
    dataset, problems = read("mots", zipped(files))
    assert [item.attributes for item in dataset.instances] == [{}]
    assert any(problem.file == "tracks.json" for problem in problems)


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["instances.json"], "coco"),
        (["tracks.json", "instances.json"], "coco"),
        (["instances/clip/000000.png", "tracks.json"], "mots"),
        (["x/instances/0001/000003.png"], "mots"),
        (["instances/0001/000003.png", "instances.json"], "instances"),
        (["instances/a.png"], "instances"),
    ],
)
def test_what_only_sounds_like_it_is_something_else(paths: list[str], told: str) -> None:
    document = b'{"images": [], "annotations": [], "categories": []}'
    assert detect(zipped({path: document if path.endswith(".json") else b"" for path in paths})) == told
