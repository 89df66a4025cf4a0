from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from export import Category, Dataset, ImageRecord, Instance, Report, WriteOptions, rle
from export.archive import ArchiveReader, ArchiveWriter


def shapes(height: int, width: int) -> dict[str, np.ndarray]:
    """The awkward masks every format must survive."""
    grid_y, grid_x = np.ogrid[:height, :width]
    near = (grid_y - height / 2) ** 2 + (grid_x - width / 2) ** 2
    empty = np.zeros((height, width), bool)
    parts, pixel, border = empty.copy(), empty.copy(), empty.copy()
    parts[1:4, 1:5] = parts[-4:-1, -6:-1] = True
    pixel[height // 3, width // 4] = True
    border[:, :2] = border[0] = True
    return {
        "ring with a hole": (near < 144) & (near > 36),
        "two parts": parts,
        "one pixel": pixel,
        "full": ~empty,
        "at the border": border,
        "overlapping disc": near < 64,
    }


def make_dataset(**changes: Any) -> Dataset:
    sizes = [(30, 41), (50, 37)]
    names = ["größe 😀.jpg", "b.png"]
    images = tuple(
        ImageRecord(n, name, width, height, sha256=f"{n}" * 64, key=f"image-{n}")
        for n, (name, (height, width)) in enumerate(zip(names, sizes, strict=True), start=1)
    )
    instances: list[Instance] = []
    for image in images:
        for z_order, mask in enumerate(shapes(image.height, image.width).values()):
            number = len(instances) + 1
            instances.append(
                Instance(
                    number, image.id, 1 + z_order % 2, rle.encode(mask), z_order,
                    {"occluded": z_order == 1}, "assisted_manual", key=f"object-{number}",
                )
            )  # fmt: skip
    categories = (Category(1, "Katze 猫", "#ff8800"), Category(2, "dog & co", "#0088ff"))
    whole = {"images": images, "categories": categories, "instances": tuple(instances)} | changes
    return Dataset("Straße", created="2026-01-02T03:04:05+00:00", **whole)


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


def archive_of(write: Callable[..., Any], dataset: Dataset, **options: Any) -> tuple[ArchiveReader, Report]:
    target = io.BytesIO()
    with ArchiveWriter(target) as archive:
        report = write(dataset, archive, WriteOptions(**options))
    return ArchiveReader(target), report


@pytest.fixture
def write_archive() -> Callable[..., Any]:
    return archive_of
