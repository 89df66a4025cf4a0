"""The embedding blob: quantisation error, metadata, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sam_backend import Embedding
from sam_backend.manifest import TensorSpec
from sam_backend.quantize import dequantize, quantize

maps = arrays(np.float32, (1, 3, 4, 5), elements=st.floats(-1000, 1000, width=32))


def example(**options: Any) -> Embedding:
    tensor = np.random.default_rng(0).normal(size=(1, 4, 8, 8)).astype(np.float32)
    return Embedding({"embedding": tensor}, (30, 60), "e" * 64, **options)


@given(maps, st.integers(2, 256))
def test_int8_is_off_by_at_most_half_a_step(tensor: Any, levels: Any) -> None:
    quantized, scale, zero = quantize(tensor, levels)
    # Float32 rounding of scale, zero point and product comes on top of the half step.
    error = np.abs(dequantize(quantized, scale, zero) - tensor)
    spread = tensor.max(axis=(0, 2, 3)) - tensor.min(axis=(0, 2, 3))
    bound = np.where(spread > 0, spread / (levels - 1), 0) * 0.5 + 1e-3 * (1 + np.abs(tensor).max())
    assert (error <= bound[None, :, None, None]).all()
    assert quantized.min() >= -(levels // 2)
    assert np.unique(quantized).size <= 3 * levels


def test_a_constant_channel_survives() -> None:
    quantized, scale, zero = quantize(np.full((1, 2, 3, 3), 7.5, np.float32))
    assert (dequantize(quantized, scale, zero) == 7.5).all()


def test_a_channel_whose_steps_are_too_small_for_float32_counts_as_constant() -> None:
    tensor = np.zeros((1, 1, 2, 2), np.float32)
    tensor[0, 0, 0, 0] = 1e-45
    quantized, scale, zero = quantize(tensor)
    assert np.isfinite([scale, zero]).all()
    assert np.abs(dequantize(quantized, scale, zero)).max() <= 1e-45


@pytest.mark.parametrize(("encoding", "tolerance"), [("int8", 0.02), ("fp16", 2e-3), ("fp32", 0)])
def test_a_blob_comes_back(encoding: str, tolerance: float) -> None:
    blob = example().to_bytes(image_sha256="a" * 64, encoding=encoding)
    back = Embedding.from_bytes(blob)
    assert (back.original_size, back.encoder_sha256, back.image_sha256) == ((30, 60), "e" * 64, "a" * 64)
    np.testing.assert_allclose(back.tensors["embedding"], example().tensors["embedding"], atol=tolerance)


def test_the_blob_has_the_documented_layout() -> None:
    blob = example().to_bytes(image_sha256="a" * 64)
    header = json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")])
    assert header["__metadata__"] == {
        "format": "maskwright-embedding/1",
        "encoder_sha256": "e" * 64,
        "image_sha256": "a" * 64,
        "preprocessing": "1",
        "original_height": "30",
        "original_width": "60",
    }
    kinds = {name: (entry["dtype"], entry["shape"]) for name, entry in header.items() if name != "__metadata__"}
    assert kinds == {
        "embedding": ("I8", [1, 4, 8, 8]),
        "embedding.scale": ("F32", [4]),
        "embedding.zero": ("F32", [4]),
    }


def test_the_same_embedding_gives_the_same_bytes() -> None:
    assert example().to_bytes("a") == example().to_bytes("a")


def test_the_padding_of_a_local_tensor_is_not_shipped() -> None:
    spec = TensorSpec("embedding", (1, 4, 8, 8), local=True)
    blob = example(specs={"embedding": spec}, input_size=64).to_bytes()
    quantized = safetensors.numpy.load(blob)["embedding"]
    assert (quantized[0, :, 5:] == 0).all()  # 30 of 60 rows are 4 of 8, and one more for interpolation
    assert (quantized[0, :, :5] != 0).any()


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"no embedding",
        example().to_bytes()[:-1],
        example().to_bytes()[:20],
        b"\xff" * 64,
    ],
)
def test_a_broken_blob_is_refused(blob: Any) -> None:
    with pytest.raises(ValueError, match="not a complete embedding"):
        Embedding.from_bytes(blob)


def altered(**metadata: Any) -> Any:
    arrays = {"embedding": np.zeros((1, 1, 2, 2), np.int8)}
    full = {"format": "maskwright-embedding/1", "preprocessing": "1", "original_height": "1", "original_width": "1"}
    return safetensors.numpy.save(arrays, metadata={**full, **metadata})


@pytest.mark.parametrize(
    ("blob", "sentence"),
    [
        (altered(format="other"), "received 'other'"),
        (altered(preprocessing="2"), "another pre-processing"),
        (altered(original_height="x"), "for which image size"),
        (altered(), "for which image size or encoder"),
        (altered(encoder_sha256="e"), "lacks the scale or zero point"),
    ],
)
def test_a_foreign_blob_is_refused(blob: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Embedding.from_bytes(blob)


def test_values_that_cannot_be_shipped_are_refused() -> None:
    broken = Embedding({"embedding": np.full((1, 1, 2, 2), np.nan, np.float32)}, (1, 1), "e")
    with pytest.raises(ValueError, match="NaN or infinity"):
        broken.to_bytes()
    large = Embedding({"embedding": np.full((1, 1, 2, 2), 1e6, np.float32)}, (1, 1), "e")
    with pytest.raises(ValueError, match="beyond half precision"):
        large.to_bytes(encoding="fp16")
    with pytest.raises(ValueError, match="must be one of int8, fp16, fp32; received 'int4'"):
        example().to_bytes(encoding="int4")
