"""Other tools' files for the tests: written by hand, read, and what was found in them."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from PIL import Image

from export import Dataset, rle
from tests.export.test_hostile import read, zipped

SQUARE = [1, 1, 5, 1, 5, 4, 1, 4]


def picture(width: int = 10, height: int = 8, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height)).save(target, kind)
    return target.getvalue()


def gray(values: list[list[int]], dtype: type = np.uint8) -> bytes:
    target = io.BytesIO()
    Image.fromarray(np.array(values, dtype)).save(target, "PNG")
    return target.getvalue()


def taken(name: str, files: dict[str, bytes | str | dict[str, Any] | list[Any]]) -> Dataset:
    """What is read, without a problem."""
    as_bytes = {
        path: data if isinstance(data, bytes) else data.encode() if isinstance(data, str) else json.dumps(data).encode()
        for path, data in files.items()
    }
    dataset, problems = read(name, zipped(as_bytes))
    assert [str(problem) for problem in problems] == []
    return dataset


def found(dataset: Dataset) -> list[tuple[str, str | None, rle.Box, int]]:
    """Image, label, box and area of each object."""
    names = {one.id: one.name for one in dataset.categories}
    images = {one.id: one.file_name for one in dataset.images}
    return [
        (images[item.image_id], names.get(item.category_id or 0), rle.bbox(item.rle), rle.area(item.rle))
        for item in dataset.instances
    ]
