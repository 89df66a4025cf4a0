"""Other people's readers and writers as judges. None of them is a dependency: a test without its judge is skipped.

In an environment of their own:
`pip install pytest hypothesis numpy pillow pycocotools datumaro supervision label-studio-converter`, then
`PYTHONPATH=. python -m pytest --noconftest -c /dev/null --rootdir . --import-mode=importlib tests/export` on this file.
Of another: darwin-py, datasets and fiftyone, the last with FIFTYONE_DATABASE_URI of a MongoDB that runs.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from export import FORMATS, ArchiveReader, Category, Dataset, ImageRecord, Instance, rle
from export.files import Folder
from export.reading import brush
from tests.export.conftest import archive_of
from tests.export.test_round_trips import SHAPES, SIZE, as_ruled, photo

DRAWN = {"two parts", "one pixel", "full", "at the border", "ring with a hole"}


def data_set(shapes: list[str]) -> Dataset:
    """Two images of the same shapes, named as every tool can read it."""
    images = tuple(ImageRecord(n, f"photo{n}.png", SIZE[1], SIZE[0]) for n in (1, 2))
    masks = [rle.encode(SHAPES[name]) for name in shapes]
    instances = tuple(
        Instance(image.id * 100 + n, image.id, 1 + n % 2, mask, z_order=n)
        for image in images
        for n, mask in enumerate(masks)
    )
    return Dataset("Set", images, (Category(1, "cat", "#ff0000"), Category(2, "dog", "#00ff00")), instances)


def unpacked(name: str, dataset: Dataset, folder: Path) -> Path:
    archive, _ = archive_of(FORMATS[name].write, dataset, read_image=photo)
    for path in archive.paths():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(archive.read(path))
    return folder


def objects_of(dataset: Dataset) -> list[tuple[str, str, bytes]]:
    """Image, label and pixels of every object, in no order."""
    names = {one.id: one.name for one in dataset.categories}
    images = {one.id: Path(one.file_name).stem for one in dataset.images}
    return sorted(
        (images[item.image_id], names[item.category_id or 0], rle.decode(item.rle).tobytes("C"))
        for item in dataset.instances
    )


def datumaro_objects(found: Any) -> list[tuple[str, str, bytes]]:
    """The same of a data set of datumaro's: masks as they are, boxes and polygons filled."""
    from datumaro.components.annotation import AnnotationType

    labels = [one.name for one in found.categories()[AnnotationType.label]]
    result = []
    for item in found:
        has_masks = any(annotation.type is AnnotationType.mask for annotation in item.annotations)
        for annotation in item.annotations:
            if annotation.type is AnnotationType.mask:
                image = np.asarray(annotation.image, dtype=bool)
                result.append((Path(item.id).name, labels[annotation.label], image.tobytes("C")))
            elif annotation.type is AnnotationType.bbox and not has_masks:
                x, y, width, height = (round(side) for side in annotation.get_bbox())
                image = np.zeros(SIZE, bool)
                image[y : y + height, x : x + width] = True
                result.append((Path(item.id).name, labels[annotation.label], image.tobytes("C")))
    return sorted(result)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("coco", "coco_instances"),
        ("panoptic", "coco_panoptic"),
        ("voc", "voc_instance_segmentation"),
        ("cvat", "cvat"),
        ("datumaro", "datumaro"),
    ],
)
def test_datumaro_reads_every_mask(name: str, theirs: str, tmp_path: Path) -> None:
    datumaro = pytest.importorskip("datumaro")
    dataset = data_set(["full", "ring with a hole", "two parts", "one pixel"])
    folder = unpacked(name, dataset, tmp_path)
    found = datumaro.Dataset.import_from(str(folder), theirs)
    expected = objects_of(as_ruled(name, dataset))
    assert [one for one in datumaro_objects(found) if one[1] in {"cat", "dog"}] == expected


@pytest.mark.parametrize("name", ["yolo_detection"])
def test_datumaro_reads_every_box(name: str, tmp_path: Path) -> None:
    datumaro = pytest.importorskip("datumaro")
    dataset = data_set(["two parts", "full"])
    folder = unpacked(name, dataset, tmp_path)
    found = datumaro.Dataset.import_from(str(folder), "yolo")
    assert datumaro_objects(found) == objects_of(as_ruled(name, dataset))


@pytest.mark.parametrize(
    ("theirs", "name"),
    [
        ("coco_instances", "coco"),
        ("coco_panoptic", "panoptic"),
        ("voc_instance_segmentation", "voc"),
        ("cvat", "cvat"),
        ("datumaro", "datumaro"),
    ],
)
def test_what_datumaro_writes_is_read(theirs: str, name: str, tmp_path: Path) -> None:
    datumaro = pytest.importorskip("datumaro")
    from datumaro.components.annotation import Mask
    from datumaro.components.media import Image as Media

    dataset = data_set(["two parts", "one pixel"])
    items = []
    for image in dataset.images:
        masks = [
            Mask(rle.decode(i.rle).astype(np.uint8), label=i.category_id - 1, id=i.id, group=i.id, z_order=i.z_order)
            for i in dataset.instances
            if i.image_id == image.id
        ]
        pixels = np.zeros((*SIZE, 3), np.uint8)
        items.append(
            datumaro.DatasetItem(
                id=Path(image.file_name).stem, subset="train", media=Media.from_numpy(data=pixels, ext=".png"),
                annotations=masks, attributes={"id": image.id},
            )
        )  # fmt: skip
    made = datumaro.Dataset.from_iterable(items, categories=["cat", "dog"], media_type=Media)
    made.export(str(tmp_path), theirs, save_media=True)
    read = FORMATS[name].read
    assert read is not None
    again, problems = read(Folder(tmp_path))
    assert [str(problem) for problem in problems] == []
    assert objects_of(again) == objects_of(dataset)
    assert all(image.path for image in again.images)


def test_supervision_reads_coco_voc_and_yolo(tmp_path: Path) -> None:
    supervision = pytest.importorskip("supervision")
    dataset = data_set(["two parts", "at the border"])
    unpacked("coco", dataset, tmp_path / "coco")
    found = supervision.DetectionDataset.from_coco(
        images_directory_path=str(tmp_path / "coco/images/default"),
        annotations_path=str(tmp_path / "coco/annotations/instances_default.json"),
        force_masks=True,
    )
    assert supervised(found) == objects_of(dataset)
    unpacked("yolo_detection", dataset, tmp_path / "yolo")
    for split in ("train", "val"):
        place = tmp_path / "yolo" / "images" / split
        if place.exists():
            boxes = supervision.DetectionDataset.from_yolo(
                images_directory_path=str(place),
                annotations_directory_path=str(tmp_path / "yolo/labels" / split),
                data_yaml_path=str(tmp_path / "yolo/data.yaml"),
            )
            for path, _, found_boxes in boxes:
                number = int(Path(path).stem.removeprefix("photo"))
                there = [rle.bbox(item.rle) for item in dataset.instances if item.image_id == number]
                corners = [[x, y, x + width, y + height] for x, y, width, height in there]
                assert np.abs(found_boxes.xyxy - corners).max() < 0.01
    unpacked("voc", dataset, tmp_path / "voc")
    boxes = supervision.DetectionDataset.from_pascal_voc(
        images_directory_path=str(tmp_path / "voc/JPEGImages"),
        annotations_directory_path=str(tmp_path / "voc/Annotations"),
    )
    for _, _, found_boxes in boxes:
        seen = as_ruled("voc", dataset).instances[: len(found_boxes)]
        placed = [rle.bbox(item.rle) for item in seen]
        wanted = sorted([x, y, x + width, y + height] for x, y, width, height in placed)
        assert np.abs(np.array(sorted(found_boxes.xyxy.tolist())) - wanted).max() <= 1


def supervised(found: Any) -> list[tuple[str, str, bytes]]:
    return sorted(
        (Path(path).stem, found.classes[label], np.ascontiguousarray(mask, dtype=bool).tobytes())
        for path, _, detections in found
        for mask, label in zip(np.asarray(detections.mask), detections.class_id, strict=True)
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_label_studios_converter_reads_and_writes_the_same_brush_masks(shape: str) -> None:
    theirs = pytest.importorskip("label_studio_converter.brush")
    mask = SHAPES[shape]
    pixels = np.asarray(theirs.decode_rle(brush.pack(mask))).reshape(*SIZE, 4)
    assert (pixels[:, :, 3] > 0).tolist() == mask.tolist()
    packed = theirs.mask2rle(mask.astype(np.uint8) * 255)
    assert rle.decode(brush.unpack(bytes(packed), *SIZE)).tolist() == mask.tolist()


def test_label_studios_converter_reads_our_tasks(tmp_path: Path) -> None:
    theirs = pytest.importorskip("label_studio_converter.brush")
    dataset = data_set(sorted(DRAWN))
    archive, _ = archive_of(FORMATS["labelstudio"].write, dataset)
    tasks = archive.json("result.json")
    masks = [
        np.asarray(theirs.decode_rle(region["value"]["rle"])).reshape(*SIZE, 4)[:, :, 3] > 0
        for task in tasks
        for region in task["annotations"][0]["result"]
    ]
    assert len(masks) == len(dataset.instances)
    for mask, item in zip(masks, dataset.instances, strict=True):
        assert (mask == rle.decode(item.rle)).all()


def test_fiftyone_reads_every_mask_and_what_it_writes_again_is_the_same(tmp_path: Path) -> None:
    if "FIFTYONE_DATABASE_URI" not in os.environ:
        pytest.skip("FiftyOne needs a database.")
    theirs = pytest.importorskip("fiftyone")
    dataset = data_set(list(SHAPES))
    images = tuple(dataclasses.replace(image, split="train", tags=("sunny",)) for image in dataset.images)
    about = {"note": "hi", "a b": [1]}
    objects = tuple(dataclasses.replace(i, attributes=about, is_crowd=i.id == 101) for i in dataset.instances)
    dataset = dataclasses.replace(dataset, images=images, instances=objects)
    folder = unpacked("fiftyone", dataset, tmp_path / "ours")
    found = theirs.Dataset.from_dir(str(folder), dataset_type=theirs.types.FiftyOneDataset)
    assert found.default_classes == ["cat", "dog"]
    seen = [
        (Path(sample.filepath).stem, one.label, (one.to_segmentation(frame_size=SIZE[::-1]).mask > 0).tobytes("C"))
        for sample in found.match_tags("train")
        for one in sample["ground_truth"].detections
    ]
    assert sorted(seen) == objects_of(dataset)
    found.export(export_dir=str(tmp_path / "theirs"), dataset_type=theirs.types.FiftyOneDataset)
    found.delete()
    read = FORMATS["fiftyone"].read
    assert read is not None
    again, problems = read(Folder(tmp_path / "theirs"))
    assert [str(problem) for problem in problems] == []
    assert tuple(again.images) == images
    assert [(i.id, i.rle, dict(i.attributes), i.is_crowd) for i in again.instances] == [
        (i.id, i.rle, dict(i.attributes), i.is_crowd) for i in objects
    ]


def test_datasets_loads_parquet_with_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    theirs = pytest.importorskip("datasets")
    dataset = data_set(list(SHAPES))
    images = tuple(dataclasses.replace(i, split=s) for i, s in zip(dataset.images, ("train", "val"), strict=True))
    folder = unpacked("parquet", dataclasses.replace(dataset, images=images), tmp_path / "set")
    found = theirs.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert sorted(found) == ["train", "val"]
    labels = found["train"].features["objects"]["category"].feature
    seen = []
    for row in (*found["train"], *found["val"]):
        assert row["image"].size == (row["width"], row["height"])
        for counts, label in zip(row["objects"]["rle"], row["objects"]["category"], strict=True):
            mask = rle.decode(rle.validate({"size": list(SIZE), "counts": counts}, *SIZE))
            seen.append((Path(row["file_name"]).stem, labels.int2str(label), mask.tobytes("C")))
    assert sorted(seen) == objects_of(dataset)


def test_darwin_py_reads_masks_and_polygons(tmp_path: Path) -> None:
    parse = pytest.importorskip("darwin.utils").parse_darwin_json
    coco = pytest.importorskip("darwin.exporter.formats.coco")
    dataset = data_set(list(SHAPES))
    folder = unpacked("darwin", dataset, tmp_path)
    file = parse(folder / "annotations/photo1.json")
    assert (file.full_path, file.image_width, file.image_height) == ("/photo1.png", SIZE[1], SIZE[0])
    coco.export([file], tmp_path)
    written = json.loads((tmp_path / "output.json").read_text())["annotations"]
    masks = [one["segmentation"] for one in written if isinstance(one["segmentation"], dict)]
    ours = {item.rle: item for item in dataset.instances if item.image_id == 1}
    found = [ours.pop(rle.validate(mask, *SIZE)) for mask in masks]
    assert {rle.area(item.rle) for item in found} == {
        344,
        27,
    }  # the ring and what lies beside it; all others share pixels
    kinds = [one.annotation_class.annotation_type for one in file.annotations]
    assert (kinds.count("mask"), kinds.count("polygon"), kinds.count("raster_layer")) == (2, len(ours), 1)


def test_an_archive_is_a_zip_for_everyone(tmp_path: Path) -> None:
    archive, _ = archive_of(FORMATS["coco"].write, data_set(["full"]))
    assert isinstance(archive, ArchiveReader)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for path in archive.paths():
            copy.writestr(path, archive.read(path))
    assert zipfile.ZipFile(target).testzip() is None
