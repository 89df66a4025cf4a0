"""The compact model's two ONNX graphs, with the inputs and outputs every model package has."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from sam_backend.modeling.compact.half import halve_initializers
from sam_backend.modeling.compact.model import INPUT_SIZE, CompactSam

TENSORS = ("embedding", "high_res_4", "high_res_2")
DECODE_INPUTS = (*TENSORS, "point_coords", "point_labels", "mask_input", "has_mask_input")
OPSET = 17


class DecodeGraph(nn.Module):
    """The decoder behind a package's signature: points in pixels of the padded square."""

    def __init__(self, model: CompactSam) -> None:
        super().__init__()
        self.decoder = model.decoder

    def forward(
        self,
        embedding: Tensor,
        high_res_4: Tensor,
        high_res_2: Tensor,
        point_coords: Tensor,
        point_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
    ) -> tuple[Tensor, Tensor]:
        features = (embedding, high_res_4, high_res_2)
        logits, iou = self.decoder(features, point_coords / INPUT_SIZE, point_labels, mask_input, has_mask_input)
        return logits, iou


def export_encoder(model: CompactSam, path: Path, half: bool = True) -> None:
    """encoder.onnx: image [1, 3, 512, 512] float32 0..255 to the three embedding tensors."""
    picture = torch.zeros(1, 3, INPUT_SIZE, INPUT_SIZE)
    _export(model.encoder, (picture,), path, ["image"], list(TENSORS), {}, half)


def export_decode(model: CompactSam, path: Path, half: bool = True) -> None:
    """decode.onnx: dynamic number of prompts B and of entries N per prompt."""
    with torch.no_grad():
        features = model.encoder(torch.zeros(1, 3, INPUT_SIZE, INPUT_SIZE))
    side = INPUT_SIZE // 2
    prompts = (torch.rand(2, 3, 2) * INPUT_SIZE, torch.ones(2, 3), torch.zeros(2, 1, side, side), torch.zeros(2))
    axes = {
        "point_coords": {0: "B", 1: "N"},
        "point_labels": {0: "B", 1: "N"},
        "mask_input": {0: "B"},
        "has_mask_input": {0: "B"},
        "logits": {0: "B"},
        "iou": {0: "B"},
    }
    _export(DecodeGraph(model).eval(), (*features, *prompts), path, list(DECODE_INPUTS), ["logits", "iou"], axes, half)


def _export(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
    half: bool,
) -> None:
    torch.onnx.export(
        module,
        example,
        str(path),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    graph = onnx.load(str(path))
    if half:
        graph = halve_initializers(graph)
    graph.producer_version = ""
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, str(path))
