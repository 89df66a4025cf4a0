"""Following on random weights: bounded, the same from stored embeddings, and refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.build import build_random_sam2, build_random_sam2_video  # noqa: E402
from sam_backend.checkpoints import load_model  # noqa: E402
from sam_backend.config import SAM2_SIZES, SAM2_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2.video import Sam2Video  # noqa: E402
from sam_backend.tracking import Prompt, Tracker, load_tracker  # noqa: E402
from sam_backend.transforms import Frame  # noqa: E402
from tests.sam_backend.sam2.tiny import TINY  # noqa: E402
from tests.sam_backend.sam2.tiny_video import VIDEO  # noqa: E402

pytestmark = pytest.mark.torch


def disc(side: int) -> Any:
    rows, columns = np.mgrid[:side, :side]
    return (columns - side / 2) ** 2 + (rows - side / 2) ** 2 < side**2 / 16


def test_what_is_kept_of_a_thousand_frames_does_not_grow() -> None:
    model = build_random_sam2_video(VIDEO, seed=1)
    tracker = Tracker(model, frames=1000)
    bank = tracker.bank()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        maps = model.encode(torch.rand(1, 3, VIDEO.input_size, VIDEO.input_size, generator=generator) * 255)
    features = tracker.features(maps)
    tracker.mark(bank, 0, features, Prompt(disc(VIDEO.input_size)))
    sizes = []
    for frame in range(1, 40):
        tracker.follow(bank, frame, features, step=1, begin=0)
        sizes.append(bank.values())
    assert len(set(sizes[12:])) == 1
    # What the frames after the fortieth do, without decoding each of them.
    last = bank.found[39]
    for frame in range(40, 1000):
        bank.add(frame, last, 0)
    assert bank.values() == sizes[-1]
    tracker.follow(bank, 1000, features, step=1, begin=0)
    assert bank.values() == sizes[-1]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes that only this test knows, recognised like the published ones."""
    monkeypatch.setitem(SAM2_SIZES, "toy", VIDEO.encoder)
    monkeypatch.setitem(SAM2_VARIANTS, "sam2.1_toy", VIDEO)


def test_a_file_with_memory_loads_with_it(known: None, tmp_path: Path) -> None:
    path = tmp_path / "toy.pt"
    torch.save({"model": build_random_sam2_video(VIDEO, seed=3).state_dict()}, path)
    assert isinstance(load_model(path), Sam2Video)
    assert load_tracker(path, 5, "cpu").bank().pointers == 5  # as VIDEO has it


def test_a_model_of_pictures_and_half_a_memory_are_refused(known: None, tmp_path: Path) -> None:
    path = tmp_path / "still.pt"
    torch.save({"model": build_random_sam2(VIDEO, seed=3).state_dict()}, path)
    with pytest.raises(ValueError, match="weights for single pictures; nothing of a memory for video"):
        load_tracker(path, 5)
    state = build_random_sam2_video(VIDEO, seed=3).state_dict()
    del state["memory_encoder.out_proj.bias"]
    torch.save({"model": state}, path)
    assert not isinstance(load_model(path), Sam2Video)
    with pytest.raises(ValueError, match=r"lacks 1 of .* memory_encoder\.out_proj\.bias"):
        load_tracker(path, 5)
    with pytest.raises(ValueError, match="nothing is said of its memory"):
        Sam2Video(TINY)


def test_points_and_a_box_in_pixels_are_placed_in_the_models_square() -> None:
    """As transformers' video processor: x by the square's side over the width, y over the height, the box first."""
    prompt = Prompt.pointed(Frame(50, 200, 1000, stretched=True), [(20, 10), (100, 50)], [1, 0], (0, 5, 40, 25))
    assert prompt.coords == [(0.0, 100.0), (200.0, 500.0), (100.0, 200.0), (500.0, 1000.0)]
    assert prompt.labels == [2, 3, 1, 0]
    padded = Prompt.pointed(Frame(50, 200, 1000), [(20, 10)], [1])
    assert (padded.coords, padded.labels) == ([(100.0, 50.0)], [1])
    for wrong in ({}, {"points": [(201, 10)], "labels": [1]}, {"box": (0, 0, 0, 5)}):
        with pytest.raises(ValueError, match=r"at least one|must"):
            Prompt.pointed(Frame(50, 200, 1000), **wrong)


def test_nothing_is_followed_that_nobody_marked() -> None:
    tracker = Tracker(build_random_sam2_video(VIDEO, seed=1), frames=3)
    with pytest.raises(ValueError, match="mark it in a frame first"):
        tracker.follow(tracker.bank(), 0, (torch.zeros(1), torch.zeros(1), torch.zeros(1)), step=1, begin=0)
    with pytest.raises(ValueError, match="at least one frame"):
        Tracker(tracker.model, frames=0)
