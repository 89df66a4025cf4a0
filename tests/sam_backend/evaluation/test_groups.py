"""Groups of masks beside each other: the paper's fairness table, for anybody's groups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from sam_backend.data.drawn import draw_records
from sam_backend.data.records import read_records
from sam_backend.evaluation.groups import by_group, groups_table, masks_needed
from sam_backend.evaluation.protocol import MaskScore
from sam_backend.evaluation.samples import draw_masks
from sam_backend.evaluation.scores import Evaluation


def scores(group: str, ones: list[float], threes: list[float] | None = None, per_image: int = 1) -> list[MaskScore]:
    return [
        MaskScore("set", f"{group}{at // per_image}.png", 0.1, "", {"miou_1_top": one, "miou_3": three}, group)
        for at, (one, three) in enumerate(zip(ones, threes or ones, strict=True))
    ]


def test_means_are_over_the_masks_of_a_group_and_those_without_one_are_counted() -> None:
    found = by_group([*scores("a", [0.2, 0.4]), *scores("b", [0.9], [0.95]), *scores("", [0.1, 0.1, 0.1])])
    assert list(found["groups"]) == ["a", "b"]
    assert found["groups"]["a"]["miou_1"][0] == pytest.approx(0.3)
    assert found["groups"]["b"]["miou_3"][0] == pytest.approx(0.95)
    assert (found["without"], found["left_out"]) == (3, 0)


def test_a_group_from_few_images_has_no_interval_and_is_compared_with_nobody() -> None:
    found = by_group([*scores("a", [0.1] * 40, per_image=5), *scores("b", [0.9, 0.91] * 5)])
    assert found["groups"]["a"]["miou_1"] == [0.1, None, None]
    assert found["groups"]["b"]["miou_1"][1] is not None
    assert found["groups"]["a"]["more"] == {"miou_1": None, "miou_3": None}
    assert found["apart"] == []


def test_groups_whose_intervals_do_not_overlap_are_marked() -> None:
    rng = np.random.default_rng(1)
    low, high = (list(rng.normal(mean, 0.03, 40)) for mean in (0.6, 0.8))
    found = by_group([*scores("old", low, [0.9] * 40), *scores("young", high, [0.9] * 40)])
    assert found["apart"] == [["miou_1", "young", "old"]]
    assert "1 point: young above old" in groups_table(found)
    assert found["groups"]["old"]["miou_1"][2] < found["groups"]["young"]["miou_1"][1]


def test_the_interval_is_that_of_the_mean_over_images() -> None:
    """The normal approximation is the oracle: 1.96 standard errors."""
    values = np.random.default_rng(2).normal(0.7, 0.1, 200)
    mean, low, high = by_group(scores("a", list(values)))["groups"]["a"]["miou_1"]
    error = 1.96 * values.std() / np.sqrt(len(values))
    assert (mean - low, high - mean) == (pytest.approx(error, rel=0.15), pytest.approx(error, rel=0.15))


def test_so_many_more_masks_make_it_three_per_cent() -> None:
    values = np.random.default_rng(3).normal(0.6, 0.25, 60)
    first = by_group(scores("a", list(values)))["groups"]["a"]
    more = first["more"]["miou_1"]
    assert more > 100
    _, low, high = by_group(scores("a", list(np.resize(values, 60 + more))))["groups"]["a"]["miou_1"]
    assert (high - low) / 2 == pytest.approx(0.03, rel=0.15)
    assert masks_needed(100, 0.5, 0.48, 0.52) == 0
    assert masks_needed(100, 0.5, 0.44, 0.56) == 300
    assert masks_needed(2, 0.5, 0.5, 0.5) is None


def test_only_the_largest_fifty_groups_are_compared() -> None:
    found = by_group([score for name in range(60) for score in scores(f"g{name:02}", [0.5])])
    assert (len(found["groups"]), found["left_out"]) == (50, 10)


def test_a_summary_has_groups_only_where_there_are_some() -> None:
    plain, grouped = scores("", [0.5]), scores("a", [0.5])
    for score in [*plain, *grouped]:
        score.predicted = score.measured = 0.5
    assert "groups" not in Evaluation(plain).summary()
    assert Evaluation(grouped).summary()["groups"]["groups"]["a"]["n"] == 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of two pictures: masks with attributes, a label, and none; in both formats that are read."""
    (tmp_path / "images").mkdir()
    rle = coco_mask.encode(np.asfortranarray(np.pad(np.ones((20, 20), np.uint8), 10)))
    rle["counts"] = rle["counts"].decode()
    about = [{"attributes": {"age": 7}}, {"attributes": {"age": True}, "label": "person"}, {}]
    lines, annotations = [], []
    for number in range(2):
        Image.new("RGB", (40, 40)).save(tmp_path / "images" / f"{number}.png")
        masks = [{"rle": rle} | one for one in about]
        lines.append(json.dumps({"image": f"images/{number}.png", "height": 40, "width": 40, "masks": masks}))
        annotations += [
            {"image_id": number, "segmentation": rle, "category_id": at} | one for at, one in enumerate(about)
        ]
    (tmp_path / "annotations.jsonl").write_text("\n".join(lines))
    images = [{"id": number, "file_name": f"{number}.png", "width": 40, "height": 40} for number in range(2)]
    categories = [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (tmp_path / "coco.json").write_text(json.dumps(document))
    return tmp_path


def test_groups_are_read_from_attributes_labels_and_categories(folder: Path) -> None:
    assert read_records(folder, "age")[0].groups == ("7", "yes", "")
    assert read_records(folder, "label")[0].groups == ("", "person", "")
    assert read_records(folder / "coco.json", "label")[0].groups == ("cat", "dog", "")
    assert read_records(folder / "coco.json", "age")[1].groups == ("7", "yes", "")
    assert set(read_records(folder)[0].groups) == {""}
    assert sorted(sample.group for sample in draw_masks(draw_records([folder], None, group="age")[0])) == [
        "",
        "7",
        "yes",
    ]


def test_a_group_that_nobody_belongs_to_is_a_sentence(folder: Path) -> None:
    with pytest.raises(ValueError, match="no mask has anything called “height”"):
        read_records(folder, "height")
