"""The graphs of an HQ-SAM package, written."""

from __future__ import annotations

from pathlib import Path

import torch

from sam_backend.manifest import GraphSpec
from sam_backend.modeling.hq import HqSam
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.onnx.fast.hq import HQ_PREPARED, HQ_SHOWN, HqFastGraph, HqPrepareGraph
from sam_backend.onnx.graphs import DECODER_OUTPUTS, PROMPT_INPUTS, example_prompts
from sam_backend.onnx.hq.graphs import HQ_EMBEDDING, HqDecoderGraph, HqEncoderGraph, hq_example_tensors
from sam_backend.onnx.steps import Step, untold
from sam_backend.onnx.write import PROMPT_AXES, write_graph
from sam_backend.sessions.fast import MAX_TOKENS, MIN_GUARD


def write_hq_graphs(model: HqSam, folder: Path, step: Step = untold) -> dict[str, GraphSpec]:
    """Write every graph of the model; returns the manifest's entries by name."""
    step("Writing the encoder")
    write_hq_encoder(model, folder / "encoder.onnx")
    step("Writing the decoder")
    arguments = (*hq_example_tensors(model), *example_prompts(model))
    inputs = (*HQ_EMBEDDING, *PROMPT_INPUTS)
    write_graph(HqDecoderGraph(model), arguments, folder / "decode.onnx", inputs, DECODER_OUTPUTS, PROMPT_AXES)
    step("Writing the fast decoder")
    write_hq_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")
    return {
        "encoder": GraphSpec("encoder.onnx"),
        "decode": GraphSpec("decode.onnx"),
        "prepare": GraphSpec("prepare.onnx", inputs=HQ_EMBEDDING, outputs=HQ_PREPARED),
        "decode_fast": GraphSpec(
            "decode_fast.onnx",
            inputs=(*HQ_PREPARED, *PROMPT_INPUTS),
            outputs=FAST_OUTPUTS,
            max_tokens=MAX_TOKENS - 1,  # the high-quality mask's token is one that readers do not count
            min_guard=MIN_GUARD,
            cells=tuple(HQ_SHOWN),
        ),
    }


def write_hq_encoder(model: HqSam, path: Path) -> None:
    """Write `image` → the tensors of `HQ_EMBEDDING` for one image at a time."""
    size = model.config.input_size
    write_graph(HqEncoderGraph(model), (torch.rand(1, 3, size, size) * 255,), path, ("image",), HQ_EMBEDDING)


def write_hq_fast(model: HqSam, prepare: Path, decode: Path) -> None:
    """Write the fast decoder's two graphs (see `sam_backend.onnx.fast.hq`)."""
    tensors = hq_example_tensors(model)
    prepare_graph, decode_graph = HqPrepareGraph(model), HqFastGraph(model)
    write_graph(prepare_graph, tensors, prepare, HQ_EMBEDDING, HQ_PREPARED)
    with torch.no_grad():
        prepared = prepare_graph(*tensors)
    axes = {"point_coords": {1: "points"}, "point_labels": {1: "points"}, **HQ_SHOWN}
    arguments = (*prepared, *example_prompts(model, batch=1))
    write_graph(decode_graph, arguments, decode, (*HQ_PREPARED, *PROMPT_INPUTS), FAST_OUTPUTS, axes)
