"""Stores an ONNX graph's weights as float16, computed in float32.

Every large float32 initializer becomes float16 plus a Cast node; runtimes fold the Cast when they load the graph, so
the file is half as large and nothing runs slower.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

# Below this the Cast node costs more bytes than it saves.
MIN_ELEMENTS = 256


def halve_initializers(model: onnx.ModelProto) -> onnx.ModelProto:
    """Returns ``model`` with large float32 initializers and Constant nodes stored as float16."""
    graph = model.graph
    _lift_constants(graph)
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != onnx.TensorProto.FLOAT or values.size < MIN_ELEMENTS:
            continue
        if np.abs(values).max() > np.finfo(np.float16).max:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *nodes])
    return model


def _lift_constants(graph: onnx.GraphProto) -> None:
    kept = []
    for node in graph.node:
        value = next((a.t for a in node.attribute if a.name == "value"), None) if node.op_type == "Constant" else None
        if value is None or value.data_type != onnx.TensorProto.FLOAT or not value.dims:
            kept.append(node)
            continue
        value.name = node.output[0]
        graph.initializer.append(value)
    del graph.node[:]
    graph.node.extend(kept)
