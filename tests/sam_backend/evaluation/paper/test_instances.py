"""The paper's 7.4: masks from boxes, judged by COCO's AP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam_backend.data.records import Record, load_pixels
from sam_backend.evaluation.paper import instances
from sam_backend.evaluation.paper.boxes import MOST, read_boxes
from sam_backend.evaluation.paper.ground import read_ground
from sam_backend.evaluation.paper.instances import measure_instances
from tests.sam_backend.evaluation.paper.sets import Filled, folder, square

CUP, BOWL = square(10, 10, 40, 40), square(60, 60, 30, 30)


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "DRAWS", 10)


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    both = [{"mask": CUP, "label": "cup"}, {"mask": BOWL, "label": "bowl"}]
    return folder(tmp_path, [both, [{"mask": CUP, "label": "cup"}]])


def detection(image: int, category: int, x: float, score: float, side: float = 40) -> dict[str, Any]:
    return {"image_id": image, "category_id": category, "bbox": [x, 10, side, side], "score": score}


def written(folder: Path, rows: Any) -> Path:
    file = folder / "boxes.json"
    file.write_text(json.dumps(rows))
    return file


def test_boxes_and_pixels_need_no_files(kitchen: Path) -> None:
    ground = read_ground(kitchen)
    rows = [detection(1, 2, 10, 0.9), detection(2, 2, 55, 0.5), *[detection(2, 2, 10, 0.4)] * MOST]
    boxes = read_boxes(written(kitchen, rows), ground)
    many = {**boxes, 2: [*boxes[2], *boxes[2][1:3]]}  # of a hundred and two the last two count no more
    shown: list[str] = []

    def load(record: Record) -> np.ndarray:
        shown.append(record.path.name)
        return load_pixels(record)

    by_file = measure_instances(Filled(), [ground], written(kitchen, rows))
    assert measure_instances(Filled(), [ground], many, load=load) == by_file
    assert shown == ["0.png", "1.png"]


def test_the_best_mask_goes_back_with_the_box(kitchen: Path) -> None:
    model = Filled()
    found = measure_instances(model, [read_ground(kitchen)])
    assert found["overall"]["ap"] == 1
    assert found["overall"]["ap_once"] == pytest.approx(0.1)  # halves overlap by 0.5, the lowest of ten thresholds
    assert [mask_input is not None for _, _, mask_input in model.asked] == [False, True] * 3
    np.testing.assert_array_equal(model.asked[1][2], np.full((4, 4), 2))  # token 2 is the surest
    np.testing.assert_array_equal(model.asked[0][1], [10, 10, 50, 50])


def test_a_detectors_boxes_are_ranked_by_its_scores(kitchen: Path) -> None:
    cup = 2  # labels in order: bowl, cup
    rows = [detection(1, cup, 10, 0.9), detection(2, cup, 55, 0.5), detection(2, cup, 10, 0.4)]
    found = measure_instances(Filled(), [read_ground(kitchen)], written(kitchen, rows))["overall"]
    # Cups: right, wrong, right: precision 1 up to recall 0.5 (51 of 101 steps), then 2/3. No bowl: 0.
    assert found["ap"] == pytest.approx((51 + 50 * 2 / 3) / 101 / 2, abs=1e-4)


def test_a_box_of_another_label_is_no_hit_but_one_without_labels_is(kitchen: Path, tmp_path: Path) -> None:
    rows = [detection(1, 1, 10, 0.9)]
    assert measure_instances(Filled(), [read_ground(kitchen)], written(kitchen, rows))["overall"]["ap"] == 0
    bare = folder(tmp_path, [[{"mask": CUP}]], "bare")
    rows[0]["category_id"] = 77
    assert measure_instances(Filled(), [read_ground(bare)], written(bare, rows))["overall"]["ap"] == 1


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({}, "a list of detections"),
        ([{"image_id": 1, "category_id": 1, "score": 1}], "detection 1 needs"),
        ([detection(1, 1, float("nan"), 0.5)], "a number that is none"),
        ([detection(1, 1, 10, 0.5, side=0)], "a box without size"),
        ([detection(1, 9, 10, 0.5)], "category 9, which no mask can have"),
        ([detection(5, 1, 10, 0.5)], "none of its 1 detections"),
    ],
)
def test_a_file_of_boxes_that_cannot_be_used_is_a_sentence(kitchen: Path, rows: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        measure_instances(Filled(), [read_ground(kitchen)], written(kitchen, rows))


def test_a_coco_file_keeps_its_ids_and_its_crowds_count_for_nothing(kitchen: Path) -> None:
    ground = read_ground(kitchen)
    rows = [{**row, "image_id": row["image_id"] + 40} for row in ground.annotations if row["image_id"] == 1]
    rows[1]["iscrowd"] = 1
    images = [{"id": 41, "file_name": "0.png", "height": 100, "width": 100}]
    file = kitchen / "coco.json"
    file.write_text(json.dumps({"images": images, "annotations": rows, "categories": ground.categories}))
    assert measure_instances(Filled(), [read_ground(file)])["overall"]["ap"] == 1
    found = measure_instances(Filled(), [read_ground(file)], written(kitchen, [detection(41, 2, 10, 0.5)]))
    assert found["overall"]["ap"] == 1
