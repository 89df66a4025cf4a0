"""The graphs of packages whose embedding is several tensors, SAM 2's, EdgeTAM's, SAM 3's and HQ-SAM's, written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from sam_backend.manifest import GraphSpec
from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.sam2 import Sam2
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.onnx.graphs import DECODER_OUTPUTS, PROMPT_INPUTS, example_prompts
from sam_backend.onnx.steps import Step, untold
from sam_backend.onnx.write import PROMPT_AXES, write_graph
from sam_backend.sessions.fast import MAX_TOKENS, MIN_GUARD

ModelT = TypeVar("ModelT", HqSam, Sam2)


@dataclass(frozen=True)
class Graphs(Generic[ModelT]):
    """A family's graphs, and the tensors that go from one to the next.

    Attributes:
        encoder: `image` to the tensors of `embedding`.
        decoder: those and prompts to logits and IoUs.
        prepare: those to the tensors of `prepared`.
        fast: those and prompts to `FAST_OUTPUTS`.
        example: an embedding of the right shapes, to trace with.
        shown: axes of prepared tensors that may be given for a part of the image (`cells` of a GraphSpec).
    """

    encoder: Callable[[ModelT], nn.Module]
    decoder: Callable[[ModelT], nn.Module]
    prepare: Callable[[ModelT], nn.Module]
    fast: Callable[[ModelT], nn.Module]
    embedding: tuple[str, ...]
    prepared: tuple[str, ...]
    example: Callable[[ModelT], tuple[Tensor, ...]]
    shown: Mapping[str, dict[int, str]] = field(default_factory=dict)

    def write(self, model: ModelT, folder: Path, step: Step = untold) -> dict[str, GraphSpec]:
        """Write every graph of the model; returns the manifest's entries by name."""
        step("Writing the encoder")
        self.write_encoder(model, folder / "encoder.onnx")
        step("Writing the decoder")
        self.write_decoder(model, folder / "decode.onnx")
        step("Writing the fast decoder")
        self.write_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")
        return {
            "encoder": GraphSpec("encoder.onnx"),
            "decode": GraphSpec("decode.onnx"),
            "prepare": GraphSpec("prepare.onnx", inputs=self.embedding, outputs=self.prepared),
            "decode_fast": GraphSpec(
                "decode_fast.onnx",
                inputs=(*self.prepared, *PROMPT_INPUTS),
                outputs=FAST_OUTPUTS,
                # SAM 2's object token, HQ-SAM's high-quality one: readers do not count it
                max_tokens=MAX_TOKENS - 1,
                min_guard=MIN_GUARD,
                cells=tuple(self.shown),
            ),
        }

    def write_encoder(self, model: ModelT, path: Path) -> None:
        """Write `image` → the tensors of `embedding` for one image at a time."""
        size = model.config.input_size
        write_graph(self.encoder(model), (torch.rand(1, 3, size, size) * 255,), path, ("image",), self.embedding)

    def write_decoder(self, model: ModelT, path: Path) -> None:
        """Write the plain decoder."""
        arguments = (*self.example(model), *example_prompts(model))
        write_graph(
            self.decoder(model), arguments, path, (*self.embedding, *PROMPT_INPUTS), DECODER_OUTPUTS, PROMPT_AXES
        )

    def write_fast(self, model: ModelT, prepare: Path, decode: Path) -> None:
        """Write the fast decoder's two graphs (see `sam_backend.onnx.fast`)."""
        tensors = self.example(model)
        prepare_graph, decode_graph = self.prepare(model), self.fast(model)
        write_graph(prepare_graph, tensors, prepare, self.embedding, self.prepared)
        with torch.no_grad():
            traced: tuple[Tensor, ...] = prepare_graph(*tensors)
        axes = {"point_coords": {1: "points"}, "point_labels": {1: "points"}, **self.shown}
        arguments = (*traced, *example_prompts(model, batch=1))
        write_graph(decode_graph, arguments, decode, (*self.prepared, *PROMPT_INPUTS), FAST_OUTPUTS, axes)
