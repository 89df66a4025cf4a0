"""ONNX graphs of a model package: how they are written (torch) and how they are opened (onnxruntime alone)."""

from __future__ import annotations
