"""Segment Anything for annotation: an image is encoded once, then every prompt becomes masks.

Importing this package needs NumPy, Pillow, safetensors and onnxruntime; PyTorch only for ``sam_backend.modeling``,
``sam_backend.training`` and exporting.
"""

from __future__ import annotations

from sam_backend.embedding import Embedding
from sam_backend.manifest import Manifest
from sam_backend.package import ModelPackage, compact_package_path, load_package
from sam_backend.predictor import Prediction, Predictor

__all__ = [
    "Embedding",
    "Manifest",
    "ModelPackage",
    "Prediction",
    "Predictor",
    "compact_package_path",
    "load_package",
]
