"""Pictures made by a program, and objects pasted from one picture onto another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam_backend.data.drawn import held_out
from sam_backend.data.pack import load_data
from sam_backend.data.procedural import ProceduralImage, paint, procedural_images
from sam_backend.data.records import MAX_AREA, MIN_AREA
from sam_backend.training.config import Phase, parse_config
from sam_backend.training.paste import paste_object
from sam_backend.training.sampler import Sampler

CONFIG = {"name": "t", "steps": 10, "phases": [{"until": 1.0, "size": 64, "batch": 2, "masks": 2}], "hold_out": 0.0}


def test_a_picture_follows_from_seed_and_index_alone() -> None:
    first = paint(3, 8)
    paint.cache_clear()
    again = paint(3, 8)
    assert np.array_equal(first[0], again[0])
    assert all(np.array_equal(a, b) for a, b in zip(first[1], again[1], strict=True))
    assert not np.array_equal(paint(3, 9)[0], first[0])
    assert not np.array_equal(paint(4, 8)[0], first[0])


@pytest.mark.parametrize("index", range(12))
def test_masks_are_exact_pieces_of_the_picture(index: Any) -> None:
    pixels, masks = paint(0, index)
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
    assert max(pixels.shape[:2]) == 320
    for number, mask in enumerate(masks):
        assert mask.shape == pixels.shape[:2]
        assert MIN_AREA <= mask.mean() <= MAX_AREA
        for other in masks[number + 1 :]:
            # Painted later: either apart from it, or a part that lies inside it.
            assert not (mask & other).any() or not (other & ~mask).any()


def test_the_source_is_named_in_the_training_file_and_mixes_with_photos(discs: Path) -> None:
    images = load_data([str(discs), "procedural:4:7"])
    made = [image for image in images if isinstance(image, ProceduralImage)]
    assert [image.name for image in made] == [f"procedural-7-{i}" for i in range(4)]
    assert made[0].mask(0).max() == 1
    batch = Sampler(images, parse_config(CONFIG), 32, (0, 0, 0)).batch(1, Phase(1.0, 64, 4, 2))
    assert batch.images.shape == (4, 3, 64, 64)
    assert len({held_out(image.name, 0.5) for image in procedural_images("procedural:40")}) == 2


BAD = ("procedural:", "procedural:0", "procedural:x", "procedural:5:-1", "procedural:5:1:2")


@pytest.mark.parametrize("source", BAD)
def test_a_wrong_source_is_named(source: Any) -> None:
    with pytest.raises(ValueError, match="procedural:COUNT"):
        load_data([source])


def test_a_pasted_object_covers_what_was_there() -> None:
    below = np.full((60, 80, 3), 10, np.uint8)
    masks = [np.ones((120, 160), np.uint8)]
    other = np.zeros((50, 50, 3), np.uint8)
    other[10:40, 10:40] = 200
    mask = np.zeros((50, 50), np.uint8)
    mask[10:40, 10:40] = 1
    pixels, (pasted, left) = paste_object(below, masks, other, mask, np.random.default_rng(1))
    assert pasted.shape == left.shape == (60, 80)
    assert (pasted + left == 1).all()
    inside = pasted.astype(bool) & (pixels[..., 0] > 150)
    assert inside.sum() > 0.7 * pasted.sum()
    assert (pixels[left.astype(bool)] < 150).mean() > 0.9


def test_an_object_without_pixels_changes_nothing() -> None:
    below = np.full((60, 80, 3), 10, np.uint8)
    pixels, masks = paste_object(
        below, [np.ones((60, 80), np.uint8)], below, np.zeros((60, 80), np.uint8), np.random.default_rng(0)
    )
    assert np.array_equal(pixels, below)
    assert len(masks) == 1


def test_copy_paste_is_as_repeatable_as_the_rest(discs: Path) -> None:
    images = load_data([str(discs), "procedural:3"])
    phase = Phase(1.0, 64, 4, 2)
    config = parse_config(CONFIG | {"copy_paste": 1.0})
    first, second = (Sampler(images, config, 32, (0, 0, 0)).batch(5, phase) for _ in range(2))
    assert np.array_equal(first.images, second.images)
    plain = Sampler(images, parse_config(CONFIG), 32, (0, 0, 0)).batch(5, phase)
    assert not np.array_equal(first.images, plain.images)
