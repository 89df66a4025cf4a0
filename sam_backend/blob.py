"""Writes safetensors files byte for byte reproducibly, so that equal embeddings have equal hashes.

The safetensors library keeps the metadata in a hash map and so writes it in a new order each time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

_NAMES = {np.dtype(np.int8): "I8", np.dtype(np.float16): "F16", np.dtype(np.float32): "F32"}


def pack(arrays: Mapping[str, npt.NDArray[np.generic]], metadata: Mapping[str, str]) -> bytes:
    """Tensors widest type first (so that each lies aligned), then by name, as the library itself orders them."""
    names = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    offset = 0
    for name in names:
        array = arrays[name]
        span = [offset, offset + array.nbytes]
        header[name] = {"dtype": _NAMES[array.dtype], "shape": list(array.shape), "data_offsets": span}
        offset = span[1]
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [np.ascontiguousarray(arrays[name]).tobytes() for name in names]
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])
