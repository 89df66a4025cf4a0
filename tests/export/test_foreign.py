"""Data sets in the formats of the field as others write them, each by hand and small: what a reader makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_masks

from export import FORMATS, rle
from export.formats.detect import detect
from export.reading.small_yaml import parse
from tests.export.foreign import SQUARE, found, gray, picture, taken
from tests.export.test_hostile import png_of_size, read, written, zipped
from tests.export.test_round_trips import READABLE, SHAPES, data_set, photo


def coco(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 0, "file_name": "a.jpg", "width": 10, "height": 8}],
        "categories": [{"id": 0, "name": "cat", "supercategory": "animal"}],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 0, "segmentation": [SQUARE], "iscrowd": 0}],
    } | changes


def test_coco_that_counts_from_0_counts_from_1() -> None:
    dataset = taken("coco", {"a.json": coco()})
    assert (dataset.images[0].id, dataset.categories[0].id, dataset.instances[0].id) == (1, 1, 1)
    assert found(dataset) == [("a.jpg", "cat", (1, 1, 4, 3), 12)]


def test_coco_files_of_several_splits_are_one_data_set() -> None:
    other = coco(images=[{"id": 0, "file_name": "b.jpg", "width": 10, "height": 8}])
    dataset = taken("coco", {"train/_annotations.coco.json": coco(), "valid/_annotations.coco.json": other})
    assert [(image.file_name, image.split) for image in dataset.images] == [("a.jpg", "train"), ("b.jpg", "valid")]
    assert len({item.id for item in dataset.instances}) == 2
    assert [one.name for one in dataset.categories] == ["cat"]


def test_coco_objects_in_any_order_come_in_that_of_the_images() -> None:
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 10, "height": 8} for n in (5, 3)]
    pairs = ((1, 3), (2, 5), (3, 3))
    objects = [{"id": n, "image_id": image, "category_id": 0, "segmentation": [SQUARE]} for n, image in pairs]
    dataset = taken("coco", {"a.json": coco(images=images, annotations=objects)})
    assert [item.id for item in dataset.instances] == [2, 1, 3]


def test_coco_polygons_are_what_coco_itself_fills() -> None:
    rings = [[1.2, 0.7, 8.9, 2.2, 5.1, 7.6], [0.2, 5.5, 3.1, 5.9, 1.4, 7.9]]
    entry = {"id": 1, "image_id": 0, "category_id": 0, "segmentation": rings}
    dataset = taken("coco", {"a.json": coco(annotations=[entry])})
    theirs = coco_masks.decode(coco_masks.merge(coco_masks.frPyObjects(rings, 8, 10)))
    assert (rle.decode(dataset.instances[0].rle) == theirs.astype(bool)).all()


def test_coco_boxes_without_masks_are_boxes() -> None:
    entry = {"id": 1, "image_id": 0, "category_id": 0, "bbox": [2.0, 1.0, 3.0, 4.0], "segmentation": [], "score": 0.5}
    dataset = taken("coco", {"a.json": coco(annotations=[entry])})
    assert found(dataset) == [("a.jpg", "cat", (2, 1, 3, 4), 12)]
    assert dataset.instances[0].is_box
    assert dataset.instances[0].attributes == {"score": 0.5}


@pytest.mark.parametrize(
    "yaml",
    [
        "names: ['cat', \"dog\"]\nnc: 2\ntrain: ../train/images\n",
        "# data\nnames:\n- cat\n- dog # yes\n",
        "path: .\nnames:\n  0: cat\n  1: 'dog'\nnc: 2\n",
        "names: {0: cat, 1: dog}\n",
    ],
)
def test_yolo_names_in_every_spelling(yaml: str) -> None:
    files: dict[str, Any] = {
        "data.yaml": yaml,
        "train/images/a.png": picture(),
        "train/labels/a.txt": "1 0.5 0.5 0.4 0.5\n0 0.1 0.125 0.5 0.125 0.5 0.5 0.1 0.5\n",
        "valid/images/a.png": picture(),
        "valid/labels/a.txt": "0 0.5 0.5 0.2 0.25 0.9\n",
    }
    dataset = taken("yolo", files)
    assert [(image.file_name, image.split) for image in dataset.images] == [
        ("train/images/a.png", "train"),
        ("valid/images/a.png", "valid"),
    ]
    assert [(one[1], *one[2:]) for one in found(dataset)] == [
        ("dog", (3, 2, 4, 4), 16), ("cat", (1, 1, 4, 3), 12), ("cat", (4, 3, 2, 2), 4),
    ]  # fmt: skip
    assert [item.is_box for item in dataset.instances] == [True, False, True]
    assert dataset.instances[2].attributes == {"score": 0.9}


def test_yaml_of_another_kind_is_refused() -> None:
    for text in ("names: [a, [b]]\n", "? x\n: y", "names:\n  - a\n  b\n"):
        with pytest.raises(ValueError, match=r"data\.yaml"):
            parse(text)


def test_voc_boxes_count_from_1_with_their_last_pixel() -> None:
    xml = """<annotation><filename>a.jpg</filename><size><width>10</width><height>8</height><depth>3</depth></size>
    <object><name>cat</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>10</xmax><ymax>3</ymax>
    </bndbox></object></annotation>"""
    dataset = taken("voc", {"Annotations/a.xml": xml})
    assert found(dataset) == [("a.jpg", "cat", (0, 1, 10, 2), 20)]
    assert dataset.instances[0].is_box
    assert dataset.instances[0].attributes == {"difficult": True}


def test_voc_without_a_list_of_labels_has_the_challenges_and_leaves_void_out() -> None:
    classes = [[0, 12, 12, 255], [8, 8, 255, 0]]
    dataset = taken("voc", {"SegmentationClass/a.png": gray(classes)})
    assert [one[1:] for one in found(dataset)] == [("cat", (0, 1, 2, 1), 2), ("dog", (1, 0, 2, 1), 2)]


def test_datumaro_groups_are_one_object() -> None:
    def annotation(kind: str, **more: Any) -> dict[str, Any]:
        return {"id": 0, "type": kind, "attributes": {}, "group": 0, "label_id": 0, "z_order": 0} | more

    document = {
        "info": {}, "categories": {"label": {"labels": [{"name": "cat", "parent": ""}, {"name": "wet", "parent": ""}]}},
        "items": [{
            "id": "x/a", "image": {"path": "x/a.jpg", "size": [8, 10]},
            "annotations": [
                annotation("polygon", points=SQUARE, group=4),
                annotation("polygon", points=[6, 6, 8, 6, 8, 8, 6, 8], group=4),
                annotation("bbox", bbox=[1, 1, 7, 7], group=4), annotation("bbox", bbox=[0, 0, 2, 2]),
                annotation("label", label_id=1),
            ],
        }],
    }  # fmt: skip
    dataset = taken("datumaro", {"annotations/train.json": document})
    assert found(dataset) == [("x/a.jpg", "cat", (1, 1, 7, 7), 16), ("x/a.jpg", "cat", (0, 0, 2, 2), 4)]
    assert (dataset.images[0].tags, dataset.images[0].split) == (("wet",), "train")


def test_cityscapes_of_its_own_numbers() -> None:
    values = [[7, 7, 26000, 26000], [0, 26, 26001, 24000]]
    base = "gtFine/train/aachen/aachen_000000_000019_gtFine_"
    files = {f"{base}instanceIds.png": gray(values, np.uint16), f"{base}labelIds.png": gray([[7] * 4] * 2)}
    dataset = taken("cityscapes", {**files})
    assert [(one[1], one[3]) for one in found(dataset)] == [
        ("road", 2), ("car", 1), ("person", 1), ("car", 2), ("car", 1),
    ]  # fmt: skip
    assert [item.is_crowd for item in dataset.instances] == [False, True, False, False, False]
    assert dataset.images[0].split == "train"


def test_semantic_maps_of_a_list_of_names() -> None:
    files: dict[str, Any] = {
        "masks/a.png": gray([[0, 1, 300, 300]], np.uint16), "images/a.jpg": picture(4, 1, "JPEG"),
        "classes.json": {"1": "cat", "300": "dog"},
    }  # fmt: skip
    assert [one[:2] for one in found(taken("semantic", files))] == [("a.jpg", "cat"), ("a.jpg", "dog")]


def test_csv_of_corners_keeps_other_columns_as_attributes() -> None:
    table = "filename,width,height,class,xmin,ymin,xmax,ymax,colour\na.jpg,10,8,cat,1,1,5,4,red\nb.jpg,10,8,,,,,,\n"
    dataset = taken("csv", {"labels.csv": table})
    assert found(dataset) == [("a.jpg", "cat", (1, 1, 4, 3), 12)]
    assert dataset.instances[0].attributes == {"colour": "red"}
    assert [image.file_name for image in dataset.images] == ["a.jpg", "b.jpg"]


# Parquet holds pictures in its rows: none can go by itself.
@pytest.mark.parametrize("name", [name for name in READABLE if name != "parquet"])
def test_a_picture_that_is_not_there_is_absent_and_no_more_than_that(name: str) -> None:
    whole = data_set([SHAPES["two parts"]])
    files = written(name, whole)
    (gone,) = [path for path, data in files.items() if data == photo(whole.images[0])[0]]
    del files[gone]
    dataset, problems = read(name, zipped(files))
    assert all(problem.absent for problem in problems), [str(problem) for problem in problems]
    assert len(dataset.images) == 2


@pytest.mark.parametrize("name", READABLE)
def test_what_was_written_is_told_apart_from_all_others(name: str) -> None:
    files = written(name, data_set([SHAPES["two parts"]]))
    told = detect(zipped(files))
    assert FORMATS[told].read is FORMATS[name].read


def test_a_photo_of_120_megapixels_is_measured_without_being_unpacked() -> None:
    image = {"id": 1, "file_name": "a.png", "width": 12_000, "height": 10_000}
    big = png_of_size(12_000, 10_000)  # whose pixels are missing
    dataset = taken("coco", {"a.json": coco(images=[image], annotations=[]), "a.png": big})
    assert (dataset.images[0].width, dataset.images[0].path) == (12_000, "a.png")
