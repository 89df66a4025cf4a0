"""The graphs of a SAM 2, EdgeTAM or SAM 3 package, to write."""

from __future__ import annotations

from sam_backend.modeling.sam2 import Sam2
from sam_backend.onnx.fast.sam2 import SAM2_PREPARED, Sam2FastGraph, Sam2PrepareGraph
from sam_backend.onnx.sam2.graphs import EMBEDDING, Sam2DecoderGraph, Sam2EncoderGraph, example_tensors
from sam_backend.onnx.several import Graphs

SAM2_GRAPHS = Graphs[Sam2](
    Sam2EncoderGraph, Sam2DecoderGraph, Sam2PrepareGraph, Sam2FastGraph, EMBEDDING, SAM2_PREPARED, example_tensors
)
