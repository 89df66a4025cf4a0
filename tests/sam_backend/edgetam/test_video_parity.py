"""Following objects by EdgeTAM's memory against Hugging Face's `EdgeTamVideoModel`, with the same random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend.checkpoints.hugging_face_sam2 import to_official_sam2  # noqa: E402
from sam_backend.config import EDGETAM_VARIANTS  # noqa: E402
from sam_backend.manifest import Manifest  # noqa: E402
from sam_backend.modeling.sam2.video import Sam2Video  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from sam_backend.package import load_package  # noqa: E402
from sam_backend.tracking import load_tracker  # noqa: E402
from tests.sam_backend.edgetam.tiny_video import VIDEO, TheirEdgeTamVideo, video_oracle  # noqa: E402
from tests.sam_backend.sam2.side_by_side import Both  # noqa: E402

pytestmark = pytest.mark.torch
FREE = 12
PERCEIVER = {
    "latents": (256, 64), "latents_2d": (256, 64), "norm.weight": (64,), "norm.bias": (64,),
    "layers.1.attn.norm_x.weight": (64,), "layers.1.attn.norm_latents.bias": (64,),
    "layers.1.attn.to_q.weight": (64, 64), "layers.1.attn.to_kv.weight": (128, 64),
    "layers.1.attn.to_out.weight": (64, 64), "layers.1.ff.0.weight": (64,), "layers.1.ff.1.weight": (256, 64),
    "layers.1.ff.3.weight": (64, 256), "layers.1.self_attn.norm.weight": (64,),
    "layers.1.self_attn.to_q.weight": (64, 64), "layers.1.self_attn.to_kv.weight": (128, 64),
    "layers.1.self_attn.to_out.weight": (64, 64), "layers.1.self_ff.0.bias": (64,),
    "layers.1.self_ff.1.weight": (256, 64), "layers.1.self_ff.3.weight": (64, 256),
}  # fmt: skip
"""Some of what the authors' perceiver has (facebookresearch/EdgeTAM, `perceiver.py`), written down from there."""

COUNTS = {"memory_attention.": 54, "memory_encoder.": 40, "spatial_perceiver.": 44, "obj_ptr_proj.": 6}
"""Tensors of the authors' file, as others who opened it have counted them."""


@pytest.fixture(params=[0, 1])
def both(request: pytest.FixtureRequest) -> Both:
    return Both(VIDEO, request.param, video_oracle(torch, transformers, request.param), TheirEdgeTamVideo)


def test_a_point_is_followed_to_the_end_and_back_to_the_beginning(both: Both) -> None:
    both.mark_and_walk_both_ways()


def test_drawn_masks_a_correction_and_an_empty_frame(both: Both) -> None:
    both.draw_and_correct()


def test_free_tokens_lie_nowhere_and_the_others_in_their_windows(both: Both) -> None:
    both.mark(0, [(40.0, 70.0)], [1])
    memory = both.bank.marked[0].memory
    assert memory is not None
    assert memory.shape == (FREE + 16, 64)

    def recalled(order: list[int]) -> Any:
        with torch.no_grad():
            return both.ours.recall(both.features[1][0], [(1, memory[order])], [])

    rows = list(range(FREE + 16))
    as_it_is = recalled(rows)
    shuffled = recalled(rows[FREE - 1 :: -1] + rows[FREE:])
    moved = recalled(rows[:FREE] + rows[: FREE - 1 : -1])
    assert torch.allclose(shuffled, as_it_is, atol=1e-5)
    assert float((moved - as_it_is).abs().max()) > 1e-2


def test_the_published_size_has_their_names_and_shapes() -> None:
    config = EDGETAM_VARIANTS["edgetam"]
    with torch.device("meta"):
        ours = {key: value.shape for key, value in Sam2Video(config).state_dict().items()}
    theirs = to_official_sam2(video_oracle(torch, transformers, 0, config).state_dict())
    assert ours == {key: value.shape for key, value in theirs.items()}
    for name, shape in PERCEIVER.items():
        assert ours[f"spatial_perceiver.{name}"] == shape
    assert {part: sum(name.startswith(part) for name in ours) for part in COUNTS} == COUNTS


def test_a_package_with_weights_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, both: Both) -> None:
    monkeypatch.setitem(EDGETAM_VARIANTS, "edgetam_toy", VIDEO)
    folder = export_package(both.ours, tmp_path / "toy", PackageInfo("toy"), weights=True)
    manifest: Manifest = load_package(folder).manifest
    assert (manifest.family, manifest.remembers) == ("edgetam", True)
    loaded: Any = load_tracker(folder / "weights.safetensors", 3, "cpu").model
    assert torch.equal(loaded.spatial_perceiver.latents_2d, both.ours.spatial_perceiver.latents_2d)
