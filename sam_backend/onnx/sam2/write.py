"""The graphs of a SAM 2 package, written."""

from __future__ import annotations

from pathlib import Path

import torch

from sam_backend.manifest import GraphSpec
from sam_backend.modeling.sam2 import Sam2
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.onnx.fast.sam2 import SAM2_PREPARED, Sam2FastGraph, Sam2PrepareGraph
from sam_backend.onnx.graphs import DECODER_OUTPUTS, PROMPT_INPUTS, example_prompts
from sam_backend.onnx.sam2.graphs import EMBEDDING, Sam2DecoderGraph, Sam2EncoderGraph, example_tensors
from sam_backend.onnx.steps import Step, untold
from sam_backend.onnx.write import PROMPT_AXES, write_graph
from sam_backend.sessions.fast import MAX_TOKENS, MIN_GUARD


def write_sam2_graphs(model: Sam2, folder: Path, step: Step = untold) -> dict[str, GraphSpec]:
    """Write every graph of the model; returns the manifest's entries by name."""
    step("Writing the encoder")
    write_sam2_encoder(model, folder / "encoder.onnx")
    step("Writing the decoder")
    arguments = (*example_tensors(model), *example_prompts(model))
    inputs = (*EMBEDDING, *PROMPT_INPUTS)
    write_graph(Sam2DecoderGraph(model), arguments, folder / "decode.onnx", inputs, DECODER_OUTPUTS, PROMPT_AXES)
    step("Writing the fast decoder")
    write_sam2_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")
    return {
        "encoder": GraphSpec("encoder.onnx"),
        "decode": GraphSpec("decode.onnx"),
        "prepare": GraphSpec("prepare.onnx", inputs=EMBEDDING, outputs=SAM2_PREPARED),
        "decode_fast": GraphSpec(
            "decode_fast.onnx",
            inputs=(*SAM2_PREPARED, *PROMPT_INPUTS),
            outputs=FAST_OUTPUTS,
            max_tokens=MAX_TOKENS - 1,  # the object's token is one that readers do not count
            min_guard=MIN_GUARD,
        ),
    }


def write_sam2_encoder(model: Sam2, path: Path) -> None:
    """Write `image` → the tensors of `EMBEDDING` for one image at a time."""
    size = model.config.input_size
    write_graph(Sam2EncoderGraph(model), (torch.rand(1, 3, size, size) * 255,), path, ("image",), EMBEDDING)


def write_sam2_fast(model: Sam2, prepare: Path, decode: Path) -> None:
    """Write the fast decoder's two graphs (see `sam_backend.onnx.fast.sam2`)."""
    tensors = example_tensors(model)
    prepare_graph, decode_graph = Sam2PrepareGraph(model), Sam2FastGraph(model)
    write_graph(prepare_graph, tensors, prepare, EMBEDDING, SAM2_PREPARED)
    with torch.no_grad():
        prepared = prepare_graph(*tensors)
    axes = {"point_coords": {1: "points"}, "point_labels": {1: "points"}}
    arguments = (*prepared, *example_prompts(model, batch=1))
    write_graph(decode_graph, arguments, decode, (*SAM2_PREPARED, *PROMPT_INPUTS), FAST_OUTPUTS, axes)
