"""Following objects by SAM 3's memory against Hugging Face's `Sam3TrackerVideoModel`, with the same random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend.build import build_random_sam2_video  # noqa: E402
from sam_backend.checkpoints import load_sam2_state  # noqa: E402
from sam_backend.checkpoints.sam3 import to_official_sam3  # noqa: E402
from sam_backend.config import SAM3_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2.video import Sam2Video  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from sam_backend.package import load_package  # noqa: E402
from sam_backend.tracking import Prompt, load_tracker  # noqa: E402
from tests.sam_backend.sam2.side_by_side import Both, disc  # noqa: E402
from tests.sam_backend.sam3.layouts import as_authors  # noqa: E402
from tests.sam_backend.sam3.tiny_video import FOURTEEN, SIXTEEN, TheirSam3Video, video_oracle  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(params=[0, 1])
def both(request: pytest.FixtureRequest) -> Both:
    return Both(SIXTEEN, request.param, video_oracle(torch, transformers, request.param), TheirSam3Video)


def test_a_point_is_followed_to_the_end_and_back_to_the_beginning(both: Both) -> None:
    both.mark_and_walk_both_ways()


def test_drawn_masks_a_correction_and_an_empty_frame(both: Both) -> None:
    both.draw_and_correct()


def test_of_many_marked_frames_the_nearest_four_count(both: Both) -> None:
    """Of their memories. transformers reads the pointers of all that were passed, the authors' code of those four, so
    the two are compared where no more were passed."""
    for frame in (0, 2, 4, 6, 8):
        both.draw(frame, disc(SIXTEEN.input_size, 40 + 5 * frame, 60, 20))
    both.walk(0, range(1, 2))
    assert sorted(both.bank.nearest(1)) == [0, 2, 4, 6]


def test_a_mask_is_scaled_to_sixteen_pixels_a_cell_after_it_was_made_of_logits() -> None:
    """As the authors' mask downsampler does with what it is given; drawn masks come in that size."""
    model = build_random_sam2_video(FOURTEEN, seed=3)
    generator = torch.Generator().manual_seed(3)
    frame = torch.randn(1, 128, 9, 9, generator=generator)
    mask = torch.rand(1, 1, 126, 126, generator=generator) * 20 - 10
    given: list[Any] = []
    encoder = model.memory_encoder
    encoder.mask_downsampler.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    with torch.no_grad():
        encoder(frame, mask)
    wanted = torch.nn.functional.interpolate(mask, (144, 144), mode="bilinear", antialias=True)
    assert torch.equal(given[0], wanted)
    assert FOURTEEN.memory_side == 144


def test_a_package_with_weights_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAM3_VARIANTS, "sam3_toy", FOURTEEN)
    model = build_random_sam2_video(FOURTEEN, seed=1)
    authors = load_sam2_state(FOURTEEN, to_official_sam3(as_authors(torch, model.state_dict())))
    assert isinstance(authors, Sam2Video)
    package = load_package(export_package(authors, tmp_path / "package", PackageInfo("tiny"), weights=True))
    assert package.manifest.remembers
    tracker = load_tracker(package.path / "weights.safetensors", frames=4, device="cpu")
    bank = tracker.bank()
    frames = [tracker.features(model.encode(torch.rand(1, 3, 126, 126) * 255)) for _ in range(2)]
    with torch.no_grad():
        tracker.mark(bank, 0, frames[0], Prompt(disc(60, 20, 30, 9)))
        assert tracker.follow(bank, 1, frames[1], step=1, begin=0).logits.shape == (36, 36)


def test_the_published_size_has_their_names_and_shapes() -> None:
    config = SAM3_VARIANTS["sam3"]
    with torch.device("meta"):
        ours = {key: value.shape for key, value in Sam2Video(config).state_dict().items()}
        theirs = transformers.Sam3TrackerVideoModel(transformers.Sam3TrackerVideoConfig())
    assert ours == {key: value.shape for key, value in to_official_sam3(theirs.state_dict()).items()}
