"""A real, tiny model package: a few operators instead of a transformer, run by the real runtime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.inference import services
from annotator.inference.models import ModelVersion

onnx = pytest.importorskip("onnx", reason="onnx makes the tiny model of these tests; `pip install onnx`.")


def _encoder(path: Path, gain: float) -> None:
    from onnx import TensorProto, helper, numpy_helper

    weight = numpy_helper.from_array(np.full((8, 3, 8, 8), gain / 192, np.float32), "w")
    nodes = [helper.make_node("Conv", ["image", "w"], ["embedding"], strides=[8, 8])]
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 512, 512])]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 8, 64, 64])]
    graph = helper.make_graph(nodes, "encoder", inputs, outputs, [weight])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def make_package(folder: Path, *, name: str = "Tiny", version: str = "1", gain: float = 1.0, note: str = "") -> Path:
    """Write a package whose encoder averages 8×8 pixels; `note` changes the decoder's file only."""
    from sam_backend.manifest import Manifest
    from sam_backend.package import write_manifest

    folder.mkdir(parents=True)
    _encoder(folder / "encoder.onnx", gain)
    (folder / "decode.onnx").write_bytes(b"a decoder that is never run here " + note.encode())
    data: dict[str, Any] = {
        "format": 1, "name": name, "version": version, "family": "compact",
        "input": {"size": 512, "mean": [0, 0, 0], "std": [1, 1, 1], "pad_value": [0, 0, 0]},
        "embedding": [{"name": "embedding", "shape": [1, 8, 64, 64], "encoding": "int8"}],
        "decoder": {"mask_size": 256, "num_masks": 4, "mask_threshold": 0.0, "point_frame": 512},
        "graphs": {
            "encoder": {"file": "encoder.onnx", "inputs": ["image"], "outputs": ["embedding"]},
            "decode": {"file": "decode.onnx"},
        },
        "encoder_sha256": "0" * 64, "files": {}, "licence": "Apache-2.0", "notice": "", "training_data": [],
        "metrics": {}, "parent": None,
    }  # fmt: skip
    write_manifest(folder, Manifest.from_dict(json.loads(json.dumps(data))))
    return folder


@pytest.fixture
def tiny(db: None, tmp_path: Path) -> ModelVersion:
    """A model version that really encodes."""
    return services.add_package(make_package(tmp_path / "tiny"))


@pytest.fixture
def other(db: None, tmp_path: Path) -> ModelVersion:
    """Another one, with another encoder."""
    return services.add_package(make_package(tmp_path / "other", name="Other", gain=2.0))
