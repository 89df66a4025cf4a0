"""The compact model's ONNX graphs, with the inputs and outputs every model package has."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from sam_backend.edges import GUIDE
from sam_backend.modeling.compact.encoder import guide_of
from sam_backend.modeling.compact.model import INPUT_SIZE, CompactSam
from sam_backend.onnx.compact.half import halve_initializers
from sam_backend.onnx.fast.compact import COMPACT_PREPARED, COMPACT_SHOWN, CompactFastGraph, CompactPrepareGraph
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.onnx.graphs import PROMPT_INPUTS
from sam_backend.onnx.share import borrow_weights, shorten_names

TENSORS = ("embedding", "high_res_4", "high_res_2")
DECODE_INPUTS = (*TENSORS, *PROMPT_INPUTS)
FAST_INPUTS = (TENSORS[0], *COMPACT_PREPARED, *PROMPT_INPUTS)
OPSET = 17


class EncodeGraph(nn.Module):
    """The encoder and, beside its features, the image at the size of the logits (see sam_backend/edges.py)."""

    def __init__(self, model: CompactSam) -> None:
        super().__init__()
        self.encoder = model.encoder

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        return (*self.encoder(image), guide_of(image))


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


def export_encoder(model: CompactSam, path: Path, half: bool = True, lender: Path | None = None) -> None:
    """encoder.onnx: image [1, 3, 512, 512] float32 0..255 to the embedding tensors and the guide.

    Args:
        lender: weights.safetensors in the same folder, to read the weights from. The graph then keeps each convolution
            and its normalisation apart, as the weights have them; the runtime folds them when it loads the graph.
    """
    image = torch.zeros(1, 3, INPUT_SIZE, INPUT_SIZE)
    graph, outputs = EncodeGraph(model).eval(), [*TENSORS, GUIDE]
    if lender is None:
        return _export(graph, (image,), path, ["image"], outputs, {}, half)
    _export(graph, (image,), path, ["image"], outputs, {}, half, fold=False, unfused=True)
    shortened = onnx.load(str(path))
    shorten_names(shortened.graph)
    onnx.save(shortened, str(path))
    borrow_weights(path, lender)


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


class _Unfolded(nn.Module):
    """Makes a graph's constants inside the trace: the file keeps the model's own weights and how constants follow from
    them, and the runtime folds those when it loads the graph. Weights can then be borrowed from the plain graph."""

    def __init__(self, model: CompactSam, kind: type[nn.Module]) -> None:
        super().__init__()
        self.model, self.kind = model, kind

    def forward(self, *inputs: Tensor) -> object:
        return self.kind(self.model)(*inputs)


def export_fast(model: CompactSam, prepare: Path, decode: Path, lender: Path) -> None:
    """prepare.onnx and decode_fast.onnx, which read their weights from ``lender``, the plain graph beside them.

    ``model``'s weights must be exact in float16, since the lender stores them so.
    """
    planes = (torch.randn(1, model.shape.dim, 64, 64), torch.randn(1, 32, 128, 128), torch.randn(1, 16, 256, 256))
    with torch.no_grad():
        prepared = CompactPrepareGraph(model)(*planes)
    side = INPUT_SIZE // 2
    prompt = (torch.rand(1, 3, 2) * INPUT_SIZE, torch.ones(1, 3), torch.zeros(1, 1, side, side), torch.ones(1))
    axes = {"point_coords": {1: "N"}, "point_labels": {1: "N"}, **COMPACT_SHOWN}
    _export_borrowing(model, CompactPrepareGraph, planes, prepare, TENSORS, COMPACT_PREPARED, {}, lender)
    arguments = (planes[0], *prepared, *prompt)
    _export_borrowing(model, CompactFastGraph, arguments, decode, FAST_INPUTS, FAST_OUTPUTS, axes, lender)


def _export_borrowing(
    model: CompactSam,
    kind: type[nn.Module],
    example: tuple[Tensor, ...],
    path: Path,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    axes: dict[str, dict[int, str]],
    lender: Path,
) -> None:
    _export(_Unfolded(model, kind).eval(), example, path, list(inputs), list(outputs), axes, half=True, fold=False)
    graph = onnx.load(str(path))
    shorten_names(graph.graph)
    onnx.save(graph, str(path))
    borrow_weights(path, lender)


def _export(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
    half: bool,
    fold: bool = True,
    unfused: bool = False,
) -> None:
    torch.onnx.export(
        module,
        example,
        str(path),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=axes,
        opset_version=OPSET,
        do_constant_folding=fold,
        # "preserve" leaves the module as it is, in evaluation mode, and skips the fusing of batch norm
        training=torch.onnx.TrainingMode.PRESERVE if unfused else torch.onnx.TrainingMode.EVAL,
        dynamo=False,
    )
    graph = onnx.load(str(path))
    if half:
        graph = halve_initializers(graph)
    graph.producer_version = ""
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, str(path))
