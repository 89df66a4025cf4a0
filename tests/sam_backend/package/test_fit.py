"""How a manifest says that pictures lie in the square."""

from __future__ import annotations

import json

import pytest

from sam_backend import compact_package_path
from sam_backend.manifest import Manifest, frame_of
from sam_backend.transforms import Frame

WRITTEN = json.loads((compact_package_path() / "manifest.json").read_text())


def test_a_manifest_without_a_word_of_it_pads_and_is_written_as_it_was() -> None:
    manifest = Manifest.from_dict(WRITTEN)
    size = manifest.input.size
    assert manifest.frame(30, 40) == frame_of(WRITTEN, 30, 40) == Frame(30, 40, size)
    assert manifest.frame(30, 40).scaled_height == size * 3 // 4
    assert manifest.to_dict()["format"] == 1
    assert "fit" not in manifest.to_dict()["input"]


def test_stretched_pictures_fill_the_square_that_points_are_given_in() -> None:
    data = WRITTEN | {"input": WRITTEN["input"] | {"fit": "stretch"}}
    data["decoder"] = WRITTEN["decoder"] | {"point_frame": WRITTEN["decoder"]["mask_size"]}
    manifest = Manifest.from_dict(data)
    side = manifest.decoder.mask_size
    frame = manifest.frame(30, 40)
    assert frame == frame_of(data, 30, 40) == Frame(30, 40, side, stretched=True)
    assert frame.cells(side) == (side, side)
    assert frame.to_input([[40, 30], [20, 15]]).tolist() == [[side, side], [side / 2, side / 2]]
    assert frame.to_image([[side, side / 2]])[0].tolist() == pytest.approx([40, 15])
    assert manifest.to_dict()["format"] == 2
    assert Manifest.from_dict(manifest.to_dict()) == manifest
