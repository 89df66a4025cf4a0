"""Queued pictures encoded together by PyTorch itself, as a GPU worker does it, on the processor of the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from annotator.inference import services  # noqa: E402
from annotator.inference.embeddings import stored_embedding  # noqa: E402
from annotator.inference.packages import open_package  # noqa: E402
from annotator.projects.embedding import request_embedding  # noqa: E402
from annotator.projects.renditions import read_rgb  # noqa: E402
from annotator.runs.models import Run  # noqa: E402
from sam_backend import Predictor, config  # noqa: E402
from sam_backend.acceleration.sam import TorchEncoder  # noqa: E402
from sam_backend.build import build_random  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from tests.annotator.world import World, make_image  # noqa: E402
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = pytest.mark.torch


def test_each_picture_of_a_batch_gets_the_embedding_it_gets_alone(
    world: World,
    lend: Callable[[Any], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    work_off: Callable[[], list[Run]],
) -> None:
    monkeypatch.setitem(config.VARIANTS, "tiny", VIT)
    version = services.add_package(
        export_package(build_random(VIT, seed=1), tmp_path / "tiny", PackageInfo("Tiny"), weights=True)
    )
    package = open_package(version)
    # A processor takes one at a time by itself; that a GPU takes more is all that is claimed here.
    monkeypatch.setattr(TorchEncoder, "batch_size", lambda self, free_bytes=None: 3)
    sizes, real = [], TorchEncoder.encode
    monkeypatch.setattr(TorchEncoder, "encode", lambda self, batch: (sizes.append(len(batch)), real(self, batch))[1])
    in_torch = Predictor(package, device="cpu")
    assert in_torch.backend == "torch cpu torch.float32"
    lend(in_torch)
    world.project.model_version = version
    world.project.save()
    images = [make_image(world.project, f"{number}.png", (60 - 5 * number, 40)) for number in range(4)]
    for image in images:
        request_embedding(image)
    assert {run.state for run in work_off()} == {"succeeded"}
    assert set(Run.objects.values_list("state", flat=True)) == {"succeeded"}
    assert sizes == [3, 1]
    alone = Predictor(package)
    assert alone.backend == "onnxruntime"
    for image in images:
        ours, wanted = stored_embedding(image, version), alone.encode(read_rgb(image.sha256))
        assert ours is not None
        assert ours.original_size == wanted.original_size
        for name, tensor in wanted.tensors.items():
            # Stored in eight bits: within a step of the range of each channel.
            step = (tensor.max(axis=(2, 3)) - tensor.min(axis=(2, 3))).max() / 255
            assert np.abs(ours.tensors[name] - tensor).max() <= step, name
