"""Each object as a picture of its own."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from export import FORMATS, ArchiveError, ArchiveReader, rle
from tests.export.conftest import archive_of
from tests.export.test_round_trips import SHAPES, SIZE, data_set


def cut_out(archive: ArchiveReader) -> np.ndarray:
    (entry,) = archive.json("cutouts.json")["cutouts"]
    return np.array(Image.open(io.BytesIO(archive.read(entry["file"]))))


def saved(pixels: np.ndarray, kind: str, **more: Any) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind, **more)
    return target.getvalue()


def test_the_photos_colours_are_where_the_object_is_and_nothing_elsewhere() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    archive, _ = archive_of(
        FORMATS["cutouts"].write, data_set([SHAPES["ring with a hole"]]), read_image=lambda _: [saved(colours, "PNG")]
    )
    pixels, mask = cut_out(archive), SHAPES["ring with a hole"]
    x, y, width, height = rle.bbox(rle.encode(mask))
    part = mask[y : y + height, x : x + width]
    assert (pixels[:, :, 3] == np.where(part, 255, 0)).all()
    assert (pixels[part][:, :3] == colours[mask]).all()
    assert not pixels[~part].any()


def test_a_turned_photo_is_cut_as_it_is_shown() -> None:
    shown = np.zeros((*SIZE, 3), np.uint8)
    shown[:, 20:] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its left side
    stored = np.ascontiguousarray(np.rot90(shown))
    archive, _ = archive_of(
        FORMATS["cutouts"].write,
        data_set([SHAPES["full"]]),
        read_image=lambda _: [saved(stored, "JPEG", exif=exif, quality=95)],
    )
    assert np.abs(cut_out(archive)[:, :, :3].astype(int) - shown).mean() < 5


def test_sixteen_bits_keep_their_upper_eight() -> None:
    deep = np.linspace(0, 65535, SIZE[0] * SIZE[1]).reshape(SIZE).astype(np.uint16)
    archive, _ = archive_of(
        FORMATS["cutouts"].write, data_set([SHAPES["full"]]), read_image=lambda _: [saved(deep, "PNG")]
    )
    assert (cut_out(archive)[:, :, 0] == deep >> 8).all()


def test_labels_are_folders_that_never_meet() -> None:
    dataset = data_set([SHAPES["one pixel"], SHAPES["full"]])
    names = tuple(
        dataclasses.replace(one, name=name) for one, name in zip(dataset.categories, ("../a", "A/"), strict=True)
    )
    unnamed = dataclasses.replace(dataset.instances[0], id=9, category_id=None)
    changed = dataclasses.replace(dataset, categories=names, instances=(*dataset.instances, unnamed))
    archive, _ = archive_of(FORMATS["cutouts"].write, changed)
    folders = [path.split("/")[1] for path in archive.paths() if path.startswith("cutouts/")]
    assert len({folder.casefold() for folder in folders}) == 3
    assert "unlabelled" in folders


def test_a_photo_that_cannot_be_cut_is_told() -> None:
    for data, says in ((b"no picture", "no image"), (saved(np.zeros((3, 4, 3), np.uint8), "PNG"), "4 x 3")):
        with pytest.raises(ArchiveError, match=says):
            archive_of(FORMATS["cutouts"].write, data_set([SHAPES["full"]]), read_image=lambda _, data=data: [data])
