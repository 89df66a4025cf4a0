"""Following objects by memory against Hugging Face's `Sam2VideoModel`, with the same random weights."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend.checkpoints.hugging_face_sam2 import to_official_sam2  # noqa: E402
from sam_backend.config import SAM2_VARIANTS, ModelConfig  # noqa: E402
from sam_backend.modeling.sam2.video import Sam2Video  # noqa: E402
from tests.sam_backend.sam2 import side_by_side  # noqa: E402
from tests.sam_backend.sam2.side_by_side import FRAMES, Both  # noqa: E402
from tests.sam_backend.sam2.tiny_video import FIRST, VIDEO, TheirVideo, video_config, video_oracle  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.slow]
ALL = [(VIDEO, 0), (VIDEO, 1), (FIRST, 2)]


def made(config: ModelConfig, seed: int) -> Both:
    return Both(config, seed, video_oracle(torch, transformers, seed, config), TheirVideo)


@pytest.fixture(params=ALL, ids=["2.1 a", "2.1 b", "2"])
def both(request: pytest.FixtureRequest) -> Both:
    return made(*request.param)


def disc(x: int, y: int, radius: int) -> Any:
    return side_by_side.disc(VIDEO.input_size, x, y, radius)


def test_a_point_is_followed_to_the_end_and_back_to_the_beginning(both: Both) -> None:
    both.mark_and_walk_both_ways()


def test_a_box_and_points(both: Both) -> None:
    both.mark(0, [(20.0, 30.0), (90.0, 100.0), (50.0, 60.0), (5.0, 5.0)], [2, 3, 1, 0])
    both.walk(0, range(1, 6))


def test_points_and_a_box_on_frames_that_nothing_was_followed_to_yet(both: Both) -> None:
    both.mark(0, [(40.0, 70.0), (8.0, 8.0)], [1, 0])
    both.mark(6, [(30.0, 40.0), (80.0, 90.0)], [2, 3])
    both.walk(0, range(1, 6))
    both.walk(0, range(7, FRAMES))


def test_drawn_masks_on_several_frames(both: Both) -> None:
    both.draw(1, disc(50, 60, 20))
    both.draw(8, disc(80, 60, 25))
    both.walk(1, range(2, 8))
    both.walk(1, range(9, FRAMES))
    both.walk(1, range(0, -1, -1))


def test_a_frame_marked_as_empty(both: Both) -> None:
    both.draw(0, disc(50, 60, 20))
    both.walk(0, range(1, 3))
    both.draw(5, disc(50, 60, 0))
    assert both.scores[-1] == -10.0
    both.walk(0, range(6, 8))


def test_a_correction_counts_for_what_comes_after(both: Both) -> None:
    both.mark(0, [(40.0, 70.0)], [1])
    both.walk(0, range(1, 7))
    both.mark(4, [(60.0, 60.0), (10.0, 10.0)], [1, 0])
    both.theirs.count_as_marked(4)
    assert list(both.bank.marked) == [0, 4]
    both.walk(4, range(5, 9))


def test_objects_that_are_there_and_that_are_not_were_both_met() -> None:
    scores: list[float] = []
    for config, seed in [(VIDEO, 0), (VIDEO, 1), (FIRST, 2)]:
        both = made(config, seed)
        both.mark(0, [(40.0, 70.0)], [1])
        both.walk(0, range(1, 4))
        scores += both.scores
    assert min(scores) < 0 < max(scores)


@pytest.mark.parametrize("name", list(SAM2_VARIANTS))
def test_every_size_has_their_names_and_shapes(name: str) -> None:
    config = SAM2_VARIANTS[name]
    with torch.device("meta"):
        ours = {key: value.shape for key, value in Sam2Video(config).state_dict().items()}
        theirs = to_official_sam2(transformers.Sam2VideoModel(video_config(transformers, config)).state_dict())
    assert ours == {key: value.shape for key, value in theirs.items()}
