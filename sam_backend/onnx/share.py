"""Weights that a graph file borrows from another file, so that a package carries and a browser downloads them once.

ONNX lets a tensor lie outside its file as a stretch of bytes in another file of the same folder. That file may be a
graph as well, or a safetensors file: weights lie in both as plain bytes. The manifest's hashes pin both files.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import safetensors
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MIN_BYTES = 1024
"""Tensors below this are not worth a reference."""
BORROWED = "borrowed_sha256"
"""Key in the graph's metadata: SHA-256 over the borrowed tensors' bytes, in the graph's order."""


def borrow_weights(path: Path, lender: Path) -> int:
    """Rewrite the graph at `path` to read from `lender`, in the same folder, every large tensor that lies there too.

    Values must agree bit for bit, as they are or transposed. The graph is stamped with a hash of what it borrows
    (`BORROWED`): its own hash then stands for its values, whatever else the lender holds.

    Args:
        lender: another graph, or a `.safetensors` file.

    Returns:
        How many bytes are borrowed.
    """
    model, bytes_there = onnx.load(str(path)), lender.read_bytes()
    known = _lent(lender)
    turned, borrowed, digest = [], 0, hashlib.sha256()
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) < MIN_BYTES:
            continue
        values = numpy_helper.to_array(tensor)
        if tensor.raw_data not in known:
            other = _transposed(values)
            if other is None or other.tobytes() not in known:
                continue
            turned.append(helper.make_node("Transpose", [f"{tensor.name}.turned"], [tensor.name]))
            tensor.CopyFrom(numpy_helper.from_array(other, f"{tensor.name}.turned"))
        borrowed += len(tensor.raw_data)
        digest.update(tensor.raw_data)
        _refer(tensor, lender.name, bytes_there.index(tensor.raw_data))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*turned, *nodes])
    model.metadata_props.add(key=BORROWED, value=digest.hexdigest())
    path.write_bytes(model.SerializeToString())
    return borrowed


def _lent(lender: Path) -> set[bytes]:
    """The bytes of each large tensor in the file."""
    if lender.suffix == ".safetensors":
        with safetensors.safe_open(lender, "numpy") as file:
            tensors = [file.get_tensor(name).tobytes() for name in file.keys()]  # noqa: SIM118
    else:
        tensors = [tensor.raw_data for tensor in onnx.load(str(lender)).graph.initializer]
    return {data for data in tensors if len(data) >= MIN_BYTES}


def _transposed(values: NDArray[np.generic]) -> NDArray[np.generic] | None:
    return np.ascontiguousarray(values.T) if values.ndim == 2 else None


def _refer(tensor: TensorProto, location: str, offset: int) -> None:
    length = len(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, value in (("location", location), ("offset", str(offset)), ("length", str(length))):
        tensor.external_data.add(key=key, value=value)


def shorten_names(graph: onnx.GraphProto) -> None:
    """Give all but the inputs and outputs names of a few letters; traced names are longer than what they name."""
    kept = {value.name for value in (*graph.input, *graph.output)}
    _rename(graph, {name: name for name in ("", *kept)})


def _rename(graph: onnx.GraphProto, names: dict[str, str]) -> None:
    def short(name: str) -> str:
        return names.setdefault(name, f"t{len(names):x}")

    del graph.value_info[:]
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)
    for node in graph.node:
        node.ClearField("name")
        node.ClearField("doc_string")
        for values in (node.input, node.output):
            values[:] = [short(name) for name in values]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _rename(attribute.g, names)
    for value in (*graph.input, *graph.output):
        value.name = short(value.name)
