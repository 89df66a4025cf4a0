"""Our RepViT against timm's: what that made of a picture is in repvit.npz (make_repvit.py)."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.config import EDGETAM_VARIANTS, RepVitConfig  # noqa: E402
from sam_backend.modeling.sam2.repvit import RepVit  # noqa: E402
from tests.sam_backend.edgetam.make_repvit import CONFIG, FILE, names_sha256, picture, weights  # noqa: E402

pytestmark = pytest.mark.torch
TENSORS, NAMES = 676, "e94d851a5d0432b45d4ff258cbff9e5c2b209d44cc1ba89a276a582edf42c653"
"""Of timm 1.0.31's repvit_m1 as it is made for features."""


@torch.no_grad()
def test_every_stages_map_is_timms() -> None:
    model = RepVit(CONFIG).eval()
    model.body.load_state_dict(weights(model.body.state_dict()))
    expected = np.load(FILE)
    maps = model(torch.from_numpy(picture()))
    assert len(maps) == len(expected.files) == 4
    for stage, found in enumerate(maps):
        wanted = expected[f"stage_{stage}"]
        assert found.shape == wanted.shape
        assert np.abs(found.numpy() - wanted).max() <= 1e-5 * wanted.std()


def test_names_and_shapes_are_timms() -> None:
    encoder = EDGETAM_VARIANTS["edgetam"].encoder
    assert isinstance(encoder, RepVitConfig)
    with torch.device("meta"):
        state = RepVit(encoder).body.state_dict()
    assert len(state) == TENSORS
    assert names_sha256(state) == NAMES
