"""The GPU encoder's code, run where the tests run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.acceleration.batches import HALF_TOLERANCE, LARGEST_BATCH  # noqa: E402
from sam_backend.acceleration.sam import (  # noqa: E402
    TorchEncoder,
    half_precision_error,
    make_encoder,
)
from sam_backend.build import build_random  # noqa: E402
from sam_backend.config import VARIANTS  # noqa: E402
from sam_backend.modeling import Sam  # noqa: E402
from tests.sam_backend.modeling.tiny import TINY_VIT, VIT  # noqa: E402

pytestmark = pytest.mark.torch
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def _pictures(count: int, config: Any, seed: int = 0) -> Any:
    size = config.input_size
    return np.random.default_rng(seed).uniform(0, 255, (count, 3, size, size)).astype(np.float32)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("config", [VIT, TINY_VIT], ids=lambda config: config.name)
def test_half_precision_stays_near_float32(config: Any, device: str) -> None:
    model = build_random(config, seed=2)
    encoder = TorchEncoder(model, device, torch.bfloat16)
    assert half_precision_error(model, encoder, _pictures(1, config)) < HALF_TOLERANCE
    assert next(model.parameters()).dtype == torch.float32  # the model itself is left alone


def test_folded_attention_in_float32_changes_nothing() -> None:
    model, picture = build_random(VIT, seed=2), _pictures(1, VIT)
    encoder = TorchEncoder(model, "cpu", torch.float32)
    with torch.no_grad():
        expected = model.encode(torch.from_numpy(picture)).numpy()
    assert np.abs(encoder.encode(picture) - expected).max() < 1e-4
    assert isinstance(encoder._encode, torch.nn.Module)
    for module in encoder._encode.modules():
        if hasattr(module, "folded"):
            module.folded = True
    assert np.abs(encoder.encode(picture) - expected).max() < 1e-4


def test_batches_give_every_picture_back_in_order() -> None:
    encoder = TorchEncoder(build_random(VIT), "cpu", torch.float32)
    pictures = list(np.split(_pictures(5, VIT), 5))
    together = list(encoder.encode_all(pictures, batch=2))
    assert len(together) == 5
    for one, embedding in zip(pictures, together, strict=True):
        np.testing.assert_allclose(embedding, encoder.encode(one), atol=1e-4)


def test_the_batch_follows_the_memory() -> None:
    encoder = TorchEncoder(build_random(VIT), "cpu", torch.bfloat16)
    assert encoder.batch_size(free_bytes=0) == 1
    assert encoder.batch_size(free_bytes=10**15) == LARGEST_BATCH
    assert encoder.batch_size() == 1  # a CPU gains nothing from batches


def test_vit_h_fits_several_pictures_on_a_large_gpu() -> None:
    with torch.device("meta"):
        model = Sam(VARIANTS["vit_h"])
    encoder = TorchEncoder(model, "meta", torch.bfloat16)
    assert 1 < encoder.batch_size(free_bytes=8 * 2**30) <= LARGEST_BATCH


def test_a_cpu_keeps_float32() -> None:
    assert make_encoder(build_random(VIT), _pictures(1, VIT), device="cpu").dtype == torch.float32


def test_a_batch_that_is_too_large_is_halved_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, sizes = TorchEncoder(build_random(VIT), "cpu", torch.float32), []
    pictures, real = list(np.split(_pictures(5, VIT), 5)), encoder.encode
    expected = [real(one) for one in pictures]

    def encode(batch: Any) -> Any:
        sizes.append(len(batch))
        if len(batch) > 2:
            raise torch.OutOfMemoryError
        return real(batch)

    monkeypatch.setattr(encoder, "encode", encode)
    together = list(encoder.encode_all(pictures, batch=5))
    assert sizes == [5, 2, 3, 1, 2]
    for one, embedding in zip(expected, together, strict=True):
        np.testing.assert_allclose(embedding, one, atol=1e-4)


def test_one_picture_too_many_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = TorchEncoder(build_random(VIT), "cpu", torch.float32)
    monkeypatch.setattr(encoder, "encode", lambda batch: (_ for _ in ()).throw(torch.OutOfMemoryError()))
    with pytest.raises(MemoryError, match="does not fit into the memory of cpu"):
        list(encoder.encode_all(list(np.split(_pictures(2, VIT), 2)), batch=2))


def test_half_precision_that_is_too_far_off_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from sam_backend.acceleration import sam as accelerate

    asked = []
    monkeypatch.setattr(accelerate, "half_precision_error", lambda model, one, picture: asked.append(one) or 1.0)
    monkeypatch.setattr(accelerate.TorchEncoder, "__init__", _remember_only)
    made = make_encoder(build_random(VIT), _pictures(1, VIT), device="cuda", compiled=True)
    assert [encoder.dtype for encoder in asked] == [torch.bfloat16, torch.float16]
    assert (made.dtype, vars(made)["compiled"]) == (torch.float32, True)


def _remember_only(
    self: Any, model: Any, device: str = "cuda", dtype: Any = torch.bfloat16, compiled: bool = False
) -> None:
    self.dtype, self.compiled = dtype, compiled
