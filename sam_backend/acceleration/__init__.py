"""Encoding whole batches with PyTorch, on a GPU in half precision where that agrees with float32."""

from __future__ import annotations
