"""The compact model as a GPU encodes it, run where the tests run."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from skimage import data  # noqa: E402

from sam_backend import Predictor, compact_package_path, load_package  # noqa: E402
from sam_backend.acceleration.batches import HALF_TOLERANCE, LARGEST_BATCH, noise  # noqa: E402
from sam_backend.acceleration.compact import CompactTorchEncoder, largest_error, load_encoder  # noqa: E402
from sam_backend.modeling.compact import CompactSam  # noqa: E402

WEIGHTS = compact_package_path() / "weights.safetensors"
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.fixture(scope="module")
def model() -> CompactSam:
    torch.set_num_threads(2)
    return CompactSam.from_file(WEIGHTS)


@pytest.mark.parametrize("device", DEVICES)
def test_photos_in_one_batch_get_the_embeddings_of_the_packages_graph(device: str) -> None:
    package = load_package(compact_package_path())
    photos = [np.ascontiguousarray(photo()) for photo in (data.cat, data.coffee, data.rocket)]
    in_torch = Predictor(package, device=device)
    assert in_torch.backend.startswith(f"torch {device}")
    for ours, wanted in zip(in_torch.encode_all(photos), Predictor(package).encode_all(photos), strict=True):
        assert ours.original_size == wanted.original_size
        assert list(ours.tensors) == list(wanted.tensors)
        for name, tensor in wanted.tensors.items():
            error = np.linalg.norm(ours.tensors[name] - tensor) / np.linalg.norm(tensor)
            # the graph's weights are rounded to float16 after the batch norms were folded into them
            assert error < (1e-3 if device == "cpu" else HALF_TOLERANCE), name


def test_batches_give_every_picture_back_in_order(model: CompactSam) -> None:
    encoder = CompactTorchEncoder(model, "cpu", torch.float32)
    pictures = [noise(128) * share for share in (1, 0.5, 0.25)]
    for picture, together in zip(pictures, encoder.encode_all(pictures, batch=2), strict=True):
        for alone, plane in zip(encoder.encode(picture), together, strict=True):
            np.testing.assert_allclose(plane, alone, atol=1e-3)


@pytest.mark.parametrize("device", DEVICES)
def test_half_precision_stays_near_float32(model: CompactSam, device: str) -> None:
    wanted = CompactTorchEncoder(model, device, torch.float32).encode(noise(512))
    assert largest_error(wanted, CompactTorchEncoder(model, device, torch.bfloat16)) < HALF_TOLERANCE


def test_the_batch_follows_the_memory(model: CompactSam) -> None:
    encoder = CompactTorchEncoder(model, "cpu", torch.bfloat16)
    assert encoder.batch_size(free_bytes=0) == 1
    assert encoder.batch_size(free_bytes=10**15) == LARGEST_BATCH
    assert encoder.batch_size() == 1  # a CPU gains nothing from batches


def test_a_cpu_keeps_float32_when_it_is_insisted_on() -> None:
    assert load_encoder(WEIGHTS, "cpu").dtype == torch.float32
