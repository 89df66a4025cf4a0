"""The graphs of an HQ-SAM package, to write."""

from __future__ import annotations

from sam_backend.modeling.hq import HqSam
from sam_backend.onnx.fast.hq import HQ_PREPARED, HQ_SHOWN, HqFastGraph, HqPrepareGraph
from sam_backend.onnx.hq.graphs import HQ_EMBEDDING, HqDecoderGraph, HqEncoderGraph, hq_example_tensors
from sam_backend.onnx.several import Graphs

HQ_GRAPHS = Graphs[HqSam](
    HqEncoderGraph, HqDecoderGraph, HqPrepareGraph, HqFastGraph, HQ_EMBEDDING, HQ_PREPARED, hq_example_tensors, HQ_SHOWN
)
