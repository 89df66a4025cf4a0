"""Embeddings shipped as principal components: what is lost, what is saved, and the blob's layout."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sam_backend import Embedding
from sam_backend.manifest import Manifest, TensorSpec
from sam_backend.package import compact_package_path
from sam_backend.principal import KEPT, from_principal, to_principal

maps = arrays(np.float32, (1, 3, 4, 5), elements=st.floats(-1000, 1000, width=32))
SPEC = TensorSpec("embedding", (1, 6, 8, 8), levels=64, local=True, principal=True)


def shared(channels: int = 6, rank: int = 2, noise: float = 0.0) -> Any:
    """[1, C, 8, 8] whose channels are mixtures of `rank` maps."""
    rng = np.random.default_rng(3)
    tensor = np.tensordot(rng.normal(size=(channels, rank)), rng.normal(size=(rank, 8, 8)), axes=1)
    return (tensor + noise * rng.normal(size=tensor.shape))[None].astype(np.float32)


def embedding(tensor: Any, **options: Any) -> Embedding:
    return Embedding({"embedding": tensor}, (30, 60), "e" * 64, specs={"embedding": SPEC}, **options)


@given(maps, st.integers(2, 256))
def test_cells_are_off_by_what_rounding_and_left_out_components_cost(tensor: Any, levels: int) -> None:
    back = from_principal(to_principal(tensor, levels))
    step = (tensor.max(axis=(0, 2, 3)) - tensor.min(axis=(0, 2, 3))).mean() / (levels - 1)
    off = np.sqrt(((back - tensor) ** 2).sum(axis=1).mean())
    # Half a step or a component of KEPT steps for each channel, and the axes' half precision.
    assert off <= np.sqrt(3) * step * np.hypot(0.5, KEPT) + 4e-3 * np.abs(tensor).max() + 1e-6


def test_what_channels_share_is_shipped_once() -> None:
    parts = to_principal(shared(), 64)
    assert len(parts.planes[0]) == 2
    np.testing.assert_allclose(from_principal(parts), shared(), atol=0.15)


def test_a_component_of_many_steps_is_as_exact_as_the_others() -> None:
    tensor = shared(channels=200, rank=1)
    parts = to_principal(tensor, 256)
    step = (tensor.max(axis=(0, 2, 3)) - tensor.min(axis=(0, 2, 3))).mean() / 255
    assert len(parts.planes[0]) == 2, "one component of more than 256 steps"
    assert (parts.mix[0] == parts.mix[1]).all()
    np.testing.assert_allclose(from_principal(parts), tensor, atol=step)


@pytest.mark.parametrize("tensor", [np.full((1, 3, 4, 4), 7.5, np.float32), np.zeros((1, 1, 1, 1), np.float32)])
def test_constant_channels_need_no_plane(tensor: Any) -> None:
    parts = to_principal(tensor)
    assert parts.planes.shape == (1, 0, *tensor.shape[2:])
    assert (from_principal(parts) == tensor).all()


@pytest.mark.parametrize("value", [1e-45, 1e-38, 1e30])
def test_tiny_and_huge_values_stay_finite(value: float) -> None:
    tensor = np.zeros((1, 2, 2, 2), np.float32)
    tensor[0, 0, 0, 0] = value
    assert np.abs(from_principal(to_principal(tensor)) - tensor).max() <= max(value * 0.01, 1e-37)


def test_a_blob_comes_back_and_says_its_format() -> None:
    tensor = shared(noise=0.1)
    blob = embedding(tensor).to_bytes("a" * 64)
    header = json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")])
    assert header["__metadata__"]["format"] == "maskwright-embedding/2"
    planes = header["embedding"]["shape"][1]
    assert {name: (entry["dtype"], entry["shape"]) for name, entry in header.items() if name != "__metadata__"} == {
        "embedding": ("I8", [1, planes, 8, 8]),
        "embedding.scale": ("F32", [planes]),
        "embedding.zero": ("F32", [planes]),
        "embedding.mix": ("F16", [planes, 6]),
        "embedding.mean": ("F32", [6]),
    }
    np.testing.assert_allclose(Embedding.from_bytes(blob).tensors["embedding"], tensor, atol=0.15)
    assert embedding(tensor).to_bytes("a" * 64) == blob, "the same embedding gives the same bytes"


def test_the_padding_of_a_local_tensor_changes_nothing() -> None:
    tensor = shared(noise=0.1)
    padded = tensor.copy()
    padded[..., 5:, :] = 1e6  # 30 of 60 rows are 4 of 8, and one more for interpolation
    assert embedding(tensor, input_size=64).to_bytes() == embedding(padded, input_size=64).to_bytes()


def test_only_maps_have_components() -> None:
    raw = json.loads((compact_package_path() / "manifest.json").read_text())
    raw["embedding"][0].update(shape=[1, 4], principal=True)
    with pytest.raises(ValueError, match="of 2 axes has no principal components"):
        Manifest.from_dict(raw)
    assert Manifest.from_dict(raw | {"embedding": [{"name": "a", "shape": [1, 2, 3, 4], "principal": True}]}).to_dict()[
        "embedding"
    ] == [{"name": "a", "shape": (1, 2, 3, 4), "encoding": "int8", "principal": True}]
