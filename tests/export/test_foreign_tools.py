"""What annotation tools write (LabelMe, CVAT, Label Studio, Supervisely, V7, FiftyOne), by hand and small, and what is
read of it."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest

from export import rle
from tests.export.foreign import found, picture, taken
from tests.export.test_hostile import read, zipped
from tests.export.test_round_trips import SIZE, data_set, there_and_back


def test_labelme_shapes_of_one_group_are_one_object() -> None:
    def shape(points: list[list[float]], **more: Any) -> dict[str, Any]:
        return {"label": "cat", "points": points, "group_id": None, "shape_type": "polygon", "flags": {}} | more

    square = [[1, 1], [5, 1], [5, 4], [1, 4]]
    document = {
        "version": "5.0.1", "flags": {"night": True, "day": False}, "imagePath": "..\\img\\a.jpg", "imageData": None,
        "imageHeight": 8, "imageWidth": 10,
        "shapes": [
            shape(square, group_id=3), shape([[6, 6], [8, 8]], shape_type="rectangle", group_id=3),
            shape(square, label="dog"), shape([[5, 4], [7, 4]], shape_type="circle"),
        ],
    }  # fmt: skip
    dataset = taken("labelme", {"x/a.json": document})
    assert dataset.images[0].tags == ("night",)
    areas = [(one[0], one[1], one[3]) for one in found(dataset)]
    assert areas == [("x/a.jpg", "cat", 16), ("x/a.jpg", "dog", 12), ("x/a.jpg", "cat", 12)]


CVAT = """<annotations><version>1.1</version><meta><task><labels><label><name>cat</name><color>#ff0000</color></label>
</labels></task></meta><image id="0" name="a.jpg" width="10" height="8" subset="val">
<polygon label="cat" source="manual" occluded="1" points="1.00,1.00;5.00,1.00;5.00,4.00;1.00,4.00" z_order="2">
<attribute name="age">3</attribute></polygon>
<mask label="cat" occluded="0" rle="1, 2, 2, 1" left="2" top="1" width="3" height="2" z_order="0"></mask>
<box label="dog" occluded="0" xtl="1.00" ytl="2.00" xbr="4.00" ybr="6.00" z_order="0"></box>
<box label="dog" occluded="0" xtl="2.00" ytl="3.00" xbr="8.00" ybr="5.00" z_order="0" rotation="90"></box>
<tag label="sunny" source="manual"></tag>{more}</image></annotations>"""


def test_cvats_own_runs_go_along_the_rows_of_the_box() -> None:
    dataset = taken("cvat", {"annotations.xml": CVAT.replace("{more}", "")})
    assert (dataset.images[0].split, dataset.images[0].tags) == ("val", ("sunny",))
    polygon, mask, box, turned = dataset.instances
    assert (polygon.attributes, polygon.z_order) == ({"age": "3", "occluded": True}, 2)
    assert np.argwhere(rle.decode(mask.rle)).tolist() == [[1, 3], [1, 4], [2, 4]]
    assert (rle.bbox(box.rle), box.is_box) == ((1, 2, 3, 4), True)
    assert (rle.bbox(turned.rle), turned.is_box) == ((4, 1, 2, 6), False)
    assert dataset.categories[0].color == "#ff0000"


def test_cvat_lines_are_problems() -> None:
    line = '<polyline label="cat" points="1,1;2,2"/>'
    dataset, problems = read("cvat", zipped({"annotations.xml": CVAT.replace("{more}", line).encode()}))
    assert len(dataset.instances) == 4
    assert [str(problem) for problem in problems] == ["annotations.xml: image 1, shape 6: A <polyline> is no mask."]


def test_label_studios_percents_turns_and_separate_labels() -> None:
    def region(key: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        size = {"original_width": 10, "original_height": 8, "image_rotation": 0}
        return {"id": key, "type": kind, "from_name": kind, "to_name": "image", "value": value} | size

    box = {"x": 10.0, "y": 12.5, "width": 40.0, "height": 37.5, "rotation": 0}
    ring = [[10, 12.5], [50, 12.5], [50, 50], [10, 50]]
    task = {
        "id": 7,
        "data": {"image": "/data/upload/1/ab-a%20b.jpg"},
        "annotations": [
            {
                "was_cancelled": False,
                "result": [
                    region("x", "polygonlabels", {"points": ring, "polygonlabels": ["cat"]}),
                    region("y", "rectangle", box),
                    region("y", "labels", {"labels": ["dog"]}),
                    region("y", "choices", {"choices": ["big"]}),
                    region("z", "rectanglelabels", box | {"x": 50, "rotation": 90, "rectanglelabels": ["dog"]}),
                    region("c", "choices", {"choices": ["sunny"]}),
                ],
            },
            {"was_cancelled": True, "result": [region("q", "rectanglelabels", box | {"rectanglelabels": ["no"]})]},
        ],
    }
    dataset = taken("labelstudio", {"project-1.json": [task]})
    assert found(dataset) == [
        ("ab-a b.jpg", "cat", (1, 1, 4, 3), 12),
        ("ab-a b.jpg", "dog", (1, 1, 4, 3), 12),
        ("ab-a b.jpg", "dog", (2, 1, 3, 4), 12),
    ]
    assert dataset.images[0].tags == ("sunny",)
    assert dataset.instances[1].attributes == {"choices": "big"}
    assert [item.is_box for item in dataset.instances] == [False, True, False]


def test_supervisely_polygons_have_holes_and_rectangles_their_last_pixel() -> None:
    def shape(kind: str, exterior: list[list[int]], interior: list[Any]) -> dict[str, Any]:
        points = {"exterior": exterior, "interior": interior}
        return {
            "id": 5,
            "classTitle": "cat",
            "geometryType": kind,
            "tags": [{"name": "wet", "value": None}],
            "points": points,
        }

    ring, hole = [[0, 0], [6, 0], [6, 6], [0, 6]], [[2, 2], [4, 2], [4, 4], [2, 4]]
    document = {
        "tags": [{"name": "sunny"}], "size": {"height": 8, "width": 10},
        "objects": [shape("polygon", ring, [hole]), shape("rectangle", [[1, 1], [4, 3]], [])],
    }  # fmt: skip
    dataset = taken("supervisely", {"train/ann/a.jpg.json": document, "train/img/a.jpg": picture(10, 8, "JPEG")})
    assert (dataset.images[0].file_name, dataset.images[0].split, dataset.images[0].tags) == (
        "a.jpg",
        "train",
        ("sunny",),
    )
    polygon, rectangle = dataset.instances
    assert not rle.decode(polygon.rle)[3, 3]
    assert rle.decode(polygon.rle)[1, 1]
    assert (rle.bbox(rectangle.rle), rectangle.is_box) == ((1, 1, 4, 3), True)
    assert polygon.attributes == {"wet": None}


def darwin(annotations: list[dict[str, Any]], **slot: Any) -> dict[str, Any]:
    """An item as V7 exports it."""
    whole = {"type": "image", "slot_name": "0", "width": 10, "height": 8, "source_files": [{"file_name": "a.jpg"}]}
    item = {"name": "a.jpg", "path": "/x", "source_info": {"item_id": "0"}, "slots": [whole | slot]}
    return {"version": "2.0", "schema_ref": "schema.json", "item": item, "annotations": annotations}


def path(*corners: tuple[float, float]) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in corners]


def test_darwins_layer_goes_along_the_rows_and_its_paths_leave_holes() -> None:
    outer, hole = path((0, 0), (6, 0), (6, 6), (0, 6)), path((2, 2), (4, 2), (4, 4), (2, 4))
    layer = {
        "dense_rle": [0, 12, 2, 3, 1, 2, 0, 63],
        "mask_annotation_ids_mapping": {"m": 1, "n": 2},
        "total_pixels": 80,
    }
    annotations = [
        {"id": "r", "name": "__raster_layer__", "slot_names": ["0"], "raster_layer": layer},
        {"id": "m", "name": "cat", "mask": {}, "attributes": ["wet"], "instance_id": {"value": 7}},
        {"id": "n", "name": "dog", "mask": {}, "properties": [{"name": "age", "value": "3", "frame_index": None}]},
        {
            "id": "p",
            "name": "cat",
            "polygon": {"paths": [outer, hole]},
            "bounding_box": {"x": 0, "y": 0, "w": 6, "h": 6},
        },
        {"id": "b", "name": "dog", "bounding_box": {"x": 1, "y": 2, "w": 3, "h": 4}},
        {"id": "t", "name": "sunny", "tag": {}},
    ]
    dataset = taken("darwin", {"annotations/a.json": darwin(annotations), ".v7/metadata.json": {"classes": []}})
    assert (dataset.images[0].file_name, dataset.images[0].tags) == ("x/a.jpg", ("sunny",))
    mask, other, polygon, box = dataset.instances
    assert np.argwhere(rle.decode(mask.rle)).tolist() == [[1, 5], [1, 6]]
    assert np.argwhere(rle.decode(other.rle)).tolist() == [[1, 2], [1, 3], [1, 4]]
    assert (mask.attributes, other.attributes) == ({"wet": True, "instance_id": 7}, {"age": "3"})
    assert rle.area(polygon.rle) == 32
    assert not polygon.is_box
    assert (rle.bbox(box.rle), box.is_box) == ((1, 2, 3, 4), True)


def test_darwin_videos_lines_and_layers_that_do_not_fit_are_problems() -> None:
    line = {"id": "l", "name": "cat", "line": {"path": path((0, 0), (4, 4))}}
    bare = {"id": "m", "name": "cat", "mask": {}}
    dataset, problems = read("darwin", zipped({"a.json": json.dumps(darwin([line, bare])).encode()}))
    assert [problem.item for problem in problems] == ["annotation 1", "annotation 2"]
    assert (len(dataset.images), len(dataset.instances)) == (1, 0)
    layer = {"dense_rle": [1, 81], "mask_annotation_ids_mapping": {"m": 1}, "total_pixels": 80}
    for document in (darwin([], type="video"), darwin([bare, {"id": "r", "name": "r", "raster_layer": layer}])):
        dataset, problems = read("darwin", zipped({"a.json": json.dumps(document).encode()}))
        assert (len(dataset.images), len(problems)) == (0, 1)


def test_a_raster_layer_holds_no_more_masks_than_v7_unpacks() -> None:
    masks = np.zeros((300, *SIZE), bool)
    masks[np.arange(300), np.arange(300) // SIZE[1], np.arange(300) % SIZE[1]] = True
    dataset = data_set(list(masks))
    again, _, archive = there_and_back("darwin", dataset)
    kinds = [
        key
        for entry in archive.json("annotations/a.json")["annotations"]
        for key in ("mask", "polygon")
        if key in entry
    ]
    assert (kinds.count("mask"), kinds.count("polygon")) == (255, 45)
    assert [item.rle for item in again.instances] == [item.rle for item in dataset.instances]


# A sample of one detection, as FiftyOne 1.22 exports it: a mask of 3 x 4 whose first row is 0, 1, 1, 1.
THEIRS = (
    "eJyb7BfqGxDJyFDGUK2eklqcXKRupaBek2SorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOgommjoKtQpkAy4GRkZGBigAALrSG6o="
)


def sample(**more: Any) -> dict[str, Any]:
    size = {"_cls": "ImageMetadata", "size_bytes": 10, "mime_type": "image/png", "width": 41, "height": 30}
    return {"filepath": "data/p.png", "tags": ["train", "wet"], "metadata": size, "_media_type": "image"} | more


def detection(**more: Any) -> dict[str, Any]:
    box = [4 / 41, 5 / 30, 4 / 41, 3 / 30]
    return {"_id": {"$oid": "0" * 24}, "_cls": "Detection", "label": "cat", "tags": [], "bounding_box": box} | more


@pytest.mark.parametrize("mask", [{"$binary": {"base64": THEIRS, "subType": "00"}}, THEIRS])
def test_fiftyones_masks_lie_in_their_boxes(mask: Any) -> None:
    found = [detection(mask=mask, attr=3, iscrowd=1), detection(label="dog", confidence=0.5)]
    document = {"samples": [sample(ground_truth={"_cls": "Detections", "detections": found})]}
    dataset = taken("fiftyone", {"samples.json": document, "metadata.json": {"default_classes": ["dog", "cat"]}})
    assert [one.name for one in dataset.categories] == ["dog", "cat"]
    assert (dataset.images[0].split, dataset.images[0].tags) == ("train", ("wet",))
    first, box = dataset.instances
    assert np.argwhere(rle.decode(first.rle)).tolist() == [[5, 5], [5, 6], [5, 7]]
    assert (first.attributes, first.is_crowd, first.is_box) == ({"attr": 3}, True, False)
    assert (rle.bbox(box.rle), box.attributes, box.is_box) == ((4, 5, 4, 3), {"confidence": 0.5}, True)


def test_fiftyones_other_labels_are_read_or_told() -> None:
    ring = [[[0.0, 0.0], [0.5, 0.0], [0.5, 0.5], [0.0, 0.5]]]
    shapes = [
        {"_cls": "Polyline", "label": "cat", "points": ring, "closed": True, "filled": True},
        {"_cls": "Polyline", "label": "cat", "points": ring, "closed": False, "filled": False},
    ]
    size = {"width": 10, "height": 8}
    one = sample(
        metadata=size,
        shapes={"_cls": "Polylines", "polylines": shapes},
        weather={"_cls": "Classification", "label": "rain"},
    )
    predicted = {"_cls": "Detections", "detections": [detection()]}
    two = sample(filepath="/far/q.png", predictions=predicted, ground_truth=predicted)
    dataset, problems = read("fiftyone", zipped({"samples.json": json.dumps({"samples": [one, two]}).encode()}))
    assert found(dataset) == [("p.png", "cat", (0, 0, 5, 4), 20), ("q.png", "cat", (4, 5, 4, 3), 12)]
    assert dataset.images[0].tags == ("wet", "rain")
    assert [problem.item for problem in problems] == ["sample 1, object 2", "sample 2"]


def test_a_mask_that_would_fill_the_memory_is_refused() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(200_000_000), 9)).decode()
    document = {"samples": [sample(ground_truth={"_cls": "Detections", "detections": [detection(mask=bomb)]})]}
    dataset, problems = read("fiftyone", zipped({"samples.json": json.dumps(document).encode()}))
    assert (len(dataset.instances), len(problems)) == (0, 1)
    assert "more than" in problems[0].reason
