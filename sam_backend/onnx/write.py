"""A module to an ONNX file."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

OPSET = 17
"""The newest opset that onnxruntime-web has had kernels for since it was first released with SIMD threads."""
PROMPT_AXES: dict[str, dict[int, str]] = {
    "point_coords": {0: "batch", 1: "points"},
    "point_labels": {0: "batch", 1: "points"},
    "mask_input": {0: "batch"},
    "has_mask_input": {0: "batch"},
    "logits": {0: "batch"},
    "iou": {0: "batch"},
}


def write_graph(
    module: nn.Module,
    arguments: tuple[Tensor, ...],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: Mapping[str, dict[int, str]] | None = None,
) -> None:
    """Trace `module` on `arguments` and write the graph.

    The tracing exporter is used on purpose: the newer one fails on SAM's data-dependent shapes.
    """
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracer warnings about shapes that are constant by design
        torch.onnx.export(
            module.eval(),
            arguments,
            str(path),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: axes for name, axes in (dynamic or {}).items() if name in {*inputs, *outputs}},
            opset_version=OPSET,
            dynamo=False,
        )
