"""ONNX graphs as they are run: onnxruntime alone, no torch and nothing that writes graphs."""

from __future__ import annotations
