"""What annotation tools write (LabelMe, CVAT, Label Studio, Supervisely), by hand and small, and what is read of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from export import rle
from tests.export.foreign import found, picture, taken
from tests.export.test_hostile import read, zipped


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


def test_cvat_lines_are_problems_and_videos_are_refused() -> None:
    line = '<polyline label="cat" points="1,1;2,2"/>'
    dataset, problems = read("cvat", zipped({"annotations.xml": CVAT.replace("{more}", line).encode()}))
    assert len(dataset.instances) == 4
    assert [str(problem) for problem in problems] == ["annotations.xml: image 1, shape 6: A <polyline> is no mask."]
    _, problems = read("cvat", zipped({"a.xml": b"<annotations><track id='0'/></annotations>"}))
    assert "video" in problems[0].reason


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
