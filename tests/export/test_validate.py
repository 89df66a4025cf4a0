from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from export import Dataset, Rle, validate


def test_a_good_data_set_has_no_problems(dataset: Dataset) -> None:
    assert validate(dataset) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"image_id": 9}, "no image 9"),
        ({"category_id": 9}, "no category 9"),
        ({"rle": Rle((30, 41), "5")}, "make 5 pixels"),
        ({"rle": Rle((41, 30), "5")}, "image is 30 high"),
        ({"id": 2}, "unique"),
        ({"id": 0}, "start at 1"),
    ],
)
def test_each_broken_annotation_is_named(dataset: Dataset, change: dict[str, Any], says: str) -> None:
    first, *others = dataset.instances
    problems = validate(dataclasses.replace(dataset, instances=(dataclasses.replace(first, **change), *others)))
    assert len(problems) == 1
    assert says in problems[0]


def test_annotations_out_of_order_are_named(dataset: Dataset) -> None:
    problems = validate(dataclasses.replace(dataset, instances=dataset.instances[::-1]))
    assert "order of their images" in problems[0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"file_name": "../x.jpg"}, "safe path"),
        ({"file_name": "B.PNG"}, "used twice"),
        ({"width": 0}, "no size"),
        ({"id": 2}, "image ids must be unique"),
    ],
)
def test_each_broken_image_is_named(dataset: Dataset, change: dict[str, Any], says: str) -> None:
    first, second = dataset.images
    images = (dataclasses.replace(first, **change), second)
    problems = validate(dataclasses.replace(dataset, images=images, instances=()))
    assert says in " ".join(problems)
