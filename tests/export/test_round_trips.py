"""Out and in again: for every format that is read, what its rules do not give up comes back the same."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.extra import numpy as hnp
from PIL import Image

from export import FORMATS, ArchiveReader, Category, Dataset, ImageRecord, Instance, Report, rle
from export.formats.base import ASPECTS
from export.formats.painting import paint
from export.reading.tables import with_tables
from tests.export.conftest import archive_of, shapes

READABLE = [name for name, entry in FORMATS.items() if entry.read]
SIZE = (30, 41)
SHAPES = shapes(*SIZE)


WITH_OBJECTS = [name for name in READABLE if "objects" not in FORMATS[name].rules]


def photo(image: ImageRecord) -> list[bytes]:
    """A picture of the size the data set says."""
    target = io.BytesIO()
    Image.new("RGB", (image.width, image.height), (image.id % 256, 0, 0)).save(target, "PNG")
    return [target.getvalue()]


def data_set(masks: list[np.ndarray], **changes: Any) -> Dataset:
    """Each mask as an object of its own on one image; a second image has none."""
    images = (ImageRecord(1, "a.png", SIZE[1], SIZE[0]), ImageRecord(2, "b.png", 7, 5))
    instances = tuple(Instance(n, 1, 1 + n % 2, rle.encode(mask), z_order=n) for n, mask in enumerate(masks, start=1))
    whole = {"images": images, "instances": instances, "categories": (Category(1, "cat"), Category(2, "dog"))} | changes
    return Dataset("Set", **whole)


def there_and_back(name: str, dataset: Dataset, *, pictures: bool = True) -> tuple[Dataset, Report, ArchiveReader]:
    """What is read of what was written; nothing of it may be a problem."""
    options = {"read_image": photo} if pictures else {}
    archive, report = archive_of(FORMATS[name].write, dataset, **options)
    assert isinstance(report, Report)
    read = FORMATS[name].read
    assert read is not None
    again, problems = read(archive)
    assert [str(problem) for problem in problems] == []
    return again, report, archive


def named(dataset: Dataset) -> dict[int | None, str]:
    return {category.id: category.name for category in dataset.categories}


def visible(dataset: Dataset) -> Dataset:
    """As it looks when each pixel belongs to the object on top."""
    kept: list[Instance] = []
    for image in dataset.images:
        owners, top = paint(image, [item for item in dataset.instances if item.image_id == image.id], Report())
        kept += [dataclasses.replace(item, rle=rle.encode(owners == n)) for n, item in enumerate(top, start=1)]
    return dataclasses.replace(dataset, instances=tuple(sorted(kept, key=lambda item: item.id)))


def boxed(dataset: Dataset) -> Dataset:
    """With every mask as its box."""
    return dataclasses.replace(
        dataset, instances=tuple(dataclasses.replace(i, rle=box_of(i)) for i in dataset.instances)
    )


def box_of(item: Instance) -> rle.Rle:
    x, y, width, height = rle.bbox(item.rle)
    mask = np.zeros(item.rle.size, bool)
    mask[y : y + height, x : x + width] = True
    return rle.encode(mask)


def as_ruled(name: str, dataset: Dataset) -> Dataset:
    """The data set as the format's rules make it."""
    rules = FORMATS[name].rules
    if "masks" in rules:
        dataset = boxed(dataset)
    return visible(dataset) if "overlap" in rules else dataset


def seen(dataset: Dataset, name: str) -> list[Any]:
    """Images and objects as they are compared: pixels, labels, numbers and order."""
    labels = named(dataset)
    with_labels = "labels" not in FORMATS[name].rules
    images = [(image.id, image.file_name, image.width, image.height) for image in dataset.images]
    objects = [
        (item.id, item.image_id, labels[item.category_id] if with_labels else None, item.rle)
        for item in dataset.instances
    ]
    return [images, objects]


@pytest.mark.parametrize("name", READABLE)
@pytest.mark.parametrize("shape", SHAPES)
def test_one_object_comes_back_as_it_was(name: str, shape: str) -> None:
    dataset = data_set([SHAPES[shape]])
    again, report, _ = there_and_back(name, dataset)
    assert seen(again, name) == seen(as_ruled(name, dataset), name)
    assert not report.lost or "masks" in FORMATS[name].rules or "labels" in FORMATS[name].rules


@pytest.mark.parametrize("name", WITH_OBJECTS)
@pytest.mark.parametrize("pictures", [True, False])
def test_many_objects_come_back_in_their_order(name: str, pictures: bool) -> None:
    dataset = data_set(list(SHAPES.values()))
    again, _, _ = there_and_back(name, dataset, pictures=pictures)
    assert seen(again, name) == seen(as_ruled(name, dataset), name)


@pytest.mark.parametrize("name", WITH_OBJECTS)
def test_numbers_with_gaps_are_kept(name: str) -> None:
    images = (ImageRecord(5, "a.png", SIZE[1], SIZE[0]), ImageRecord(9, "b.png", 7, 5))
    instances = tuple(
        Instance(number, 5, 1, rle.encode(SHAPES[shape])) for number, shape in ((3, "one pixel"), (70, "two parts"))
    )
    dataset = data_set([], images=images, instances=instances)
    again, _, _ = there_and_back(name, dataset)
    assert seen(again, name) == seen(as_ruled(name, dataset), name)


@pytest.mark.parametrize("name", READABLE)
def test_names_of_every_script_folders_and_near_twins_come_back(name: str) -> None:
    names = [
        "größe 😀.png",
        "a/0001.png",
        "b/0001.png",
        "photo.jpg",
        "photo.png",
        "a b & c.png",
        "x.y.png",
        "猫/犬.png",
    ]
    images = tuple(ImageRecord(number, path, 9, 8) for number, path in enumerate(names, start=1))
    mask = np.zeros((8, 9), bool)
    mask[2:4, 3:5] = True
    instances = tuple(Instance(image.id, image.id, 1, rle.encode(mask)) for image in images)
    dataset = data_set([], images=images, instances=instances)
    for pictures in (True, False):
        again, _, archive = there_and_back(name, dataset, pictures=pictures)
        assert [image.file_name for image in again.images] == names
        assert [item.image_id for item in again.instances] == [item.image_id for item in dataset.instances]
        if pictures:
            files = with_tables(archive)
            assert [b"".join(files.chunks(image.path)) for image in again.images] == [photo(i)[0] for i in images]


LABELS = [
    "Katze 猫",
    'say "hi"',
    "a: b",
    "it's",
    "x,y",
    "a&b<c>",
    "# no",
    "7",
    " lead",
    "emoji 😀",
    "true",
    "null",
]


@pytest.mark.parametrize("name", [name for name in READABLE if "labels" not in FORMATS[name].rules])
def test_a_thousand_labels_come_back(name: str) -> None:
    most = {"voc": 254, "cityscapes": 64, "mots": 64}.get(name, 1000)
    names = [*LABELS, *(f"label {number}" for number in range(most - len(LABELS)))]
    categories = tuple(Category(number, label) for number, label in enumerate(names, start=1))
    masks = np.zeros((most, *SIZE), bool)
    masks[np.arange(most), np.arange(most) // SIZE[1], np.arange(most) % SIZE[1]] = True
    instances = tuple(Instance(n + 1, 1, n + 1, rle.encode(masks[n])) for n in range(min(most, 254)))
    again, _, _ = there_and_back(name, data_set([], categories=categories, instances=instances))
    assert {named(again)[item.category_id] for item in again.instances} == set(names[:254])
    if FORMATS[name].lists_labels:
        assert [category.name for category in again.categories] == names


def without(dataset: Dataset, **changes: Any) -> Dataset:
    return dataclasses.replace(dataset, instances=tuple(dataclasses.replace(i, **changes) for i in dataset.instances))


MANY = {"occluded": True, "count": 3, "note": 'größe, "so" & so', "share": 0.5}


def dressed(aspect: str) -> tuple[Dataset, Callable[[Dataset], Any]]:
    """A data set with one thing that a format may not hold, and what of it is looked at when it comes back."""
    one = data_set([SHAPES["two parts"], SHAPES["one pixel"]])
    one = without(one, z_order=0)
    box = np.zeros(SIZE, bool)
    box[3:9, 4:20] = True
    first = {
        "attributes": (
            {"attributes": MANY},
            "attributes",
        ),
        "scores": ({"predicted_iou": 0.875, "stability_score": 0.5}, "predicted_iou stability_score"),
        "prompts": ({"point_coords": ((3.5, 4.25),), "crop_box": (1, 2, 20, 20)}, "point_coords crop_box"),
        "boxes": ({"is_box": True, "rle": rle.encode(box)}, "is_box"),
        "crowds": ({"is_crowd": True}, "is_crowd"),
    }
    if aspect in first:
        changes, fields = first[aspect]
        return without(one, **changes), lambda again: [[getattr(i, f) for f in fields.split()] for i in again.instances]
    if aspect == "stacking":
        upside_down = tuple(dataclasses.replace(i, z_order=-i.id) for i in one.instances)
        return dataclasses.replace(one, instances=upside_down), by_height
    pair: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "tags": ({"tags": ("sunny", "à la 猫")}, {}),
        "splits": ({"split": "train"}, {"split": "val"}),
    }
    changed = tuple(dataclasses.replace(image, **new) for image, new in zip(one.images, pair[aspect], strict=True))
    fields = "tags" if aspect == "tags" else "split"
    return dataclasses.replace(one, images=changed), lambda again: [getattr(image, fields) for image in again.images]


def by_height(dataset: Dataset) -> list[int]:
    return [item.id for item in sorted(dataset.instances, key=lambda item: (item.z_order, item.id))]


def cases() -> Iterator[tuple[str, str]]:
    for name in READABLE:
        for aspect in ("attributes", "scores", "prompts", "boxes", "crowds", "stacking", "tags", "splits"):
            decided = aspect == "stacking" and "overlap" in FORMATS[name].rules  # by the pixels themselves
            if not decided and (name in WITH_OBJECTS or aspect in ("tags", "splits")):
                yield name, aspect


@pytest.mark.parametrize(("name", "aspect"), list(cases()))
def test_what_a_format_holds_comes_back_and_what_it_does_not_is_counted(name: str, aspect: str) -> None:
    dataset, look = dressed(aspect)
    again, report, _ = there_and_back(name, dataset)
    if aspect in FORMATS[name].rules:
        assert report.lost[aspect] > 0
        assert report.to_json()["losses"]
        assert look(again) != look(dataset) or aspect == "boxes"
    else:
        assert report.lost[aspect] == 0
        assert look(again) == look(dataset)


@pytest.mark.parametrize("name", FORMATS)
def test_rules_are_about_things_a_data_set_can_have(name: str) -> None:
    entry = FORMATS[name]
    assert set(entry.rules) <= set(ASPECTS)
    assert entry.own <= set(ASPECTS) - set(entry.rules)


@pytest.mark.parametrize("name", FORMATS)
def test_an_object_without_label_is_kept_or_counted(name: str) -> None:
    dataset = without(data_set([SHAPES["two parts"]]), category_id=None)
    archive, report = archive_of(FORMATS[name].write, dataset)
    kept = "unlabelled" not in FORMATS[name].rules
    assert (report.lost["unlabelled"] == 0) == kept
    assert report.instances == int(kept)
    read = FORMATS[name].read
    if kept and read:
        again, problems = read(archive)
        assert problems == []
        assert [item.category_id for item in again.instances] == [None]


pixels = hnp.arrays(bool, (7, 9)).filter(np.any)


@pytest.mark.parametrize("name", WITH_OBJECTS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(first=pixels, second=pixels)
def test_whatever_the_masks(name: str, first: np.ndarray, second: np.ndarray) -> None:
    images = (ImageRecord(1, "a.png", 9, 7),)
    instances = tuple(Instance(n, 1, n, rle.encode(mask)) for n, mask in enumerate((first, second), start=1))
    dataset = data_set([], images=images, instances=instances)
    again, _, _ = there_and_back(name, dataset, pictures=False)
    assert seen(again, name) == seen(as_ruled(name, dataset), name)


@pytest.mark.parametrize(("name", "count"), [("coco", 10_000), ("datumaro", 1_000), ("csv", 1_000)])
def test_a_photo_of_100_megapixels_and_many_objects_go_out_and_in(name: str, count: int) -> None:
    height, width = 8_000, 12_500
    big = rle.from_runs((height, width), [height * 6_000 + 4_000, 500, height * 6_500 - 4_500])
    dots = [rle.from_runs((100, 100), [n, 1, 9_999 - n]) for n in range(count)]
    images = (ImageRecord(1, "big.png", width, height), ImageRecord(2, "dots.png", 100, 100))
    instances = (Instance(1, 1, 1, big), *(Instance(n, 2, 1, dot) for n, dot in enumerate(dots, start=2)))
    dataset = data_set([], images=images, instances=instances)
    again, report, _ = there_and_back(name, dataset, pictures=False)
    assert dict(report.lost) == {}
    assert [(item.id, item.rle) for item in again.instances] == [(item.id, item.rle) for item in instances]
