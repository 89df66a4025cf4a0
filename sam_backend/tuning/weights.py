"""Changing some tensors of a safetensors file in place, so that every other byte stays where it was.

A graph may borrow weights by their place in the file (`sam_backend/onnx/share.py`); a file written anew could lay them
out in another order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

_TYPES: dict[str, np.dtype[np.floating]] = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4")}


def patch_weights(source: Path, target: Path, changed: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Writes `target`: `source` with the tensors named in `changed`, in the types they have there.

    Raises:
        ValueError: a tensor that the source does not have, or has in another shape or as whole numbers.
    """
    data = bytearray(source.read_bytes())
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    for name, values in changed.items():
        entry = header.get(name)
        if entry is None or entry["shape"] != list(values.shape) or entry["dtype"] not in _TYPES:
            raise ValueError(f"{source.name} has no tensor {name} of shape {list(values.shape)}.")
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        data[begin:end] = np.ascontiguousarray(values, _TYPES[entry["dtype"]]).tobytes()
    target.write_bytes(data)
