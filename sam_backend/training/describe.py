"""The model card's words on a model's architecture, read off its weights."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from sam_backend.modeling.compact.model import INPUT_SIZE, CompactSam
from sam_backend.modeling.compact.shape import CompactShape
from sam_backend.onnx.compact.export import tensor_specs


def architecture(weights: Path) -> str:
    """Markdown bullets: sizes and parameters of encoder and decoder. Raises ValueError for weights of another model."""
    model = CompactSam.from_file(weights)
    dim = model.shape.dim
    specs = tensor_specs(dim)
    embedding, quarter, half, guide = (f"`{spec.name}` {list(spec.shape[1:])}" for spec in specs)
    side = specs[-1].shape[-1]
    return f"""\
- Encoder, {_millions(model.encoder)} M parameters: {_encoder(model.shape)}, two transformer
  blocks at stride 32, top-down fusion to stride 8. Input {INPUT_SIZE}x{INPUT_SIZE}; output {embedding} and
  the high-resolution features {quarter} and {half}; beside them the picture itself, {guide}.
- Decoder, {_millions(model.decoder)} M parameters: SAM's two-way transformer (depth 2, 4 heads, width {dim}), one
  unambiguous mask and three candidates at {side}x{side}, a predicted IoU for each. Beyond SAM's prompting, each prompt
  token gets the image feature under it, and the image tokens get seven maps of the prompt.{_quality(model.shape)}"""


def _encoder(shape: CompactShape) -> str:
    if shape.encoder == "lite2":
        return (
            "the body of EfficientNet-Lite2, which began with ImageNet features\n"
            "  (Apache-2.0, batch norms folded), beside it four plain 3x3 convolutions at stride 2 and 4"
        )
    return (
        f"3x3 stem, residual stages of {_list(shape.depths)} blocks at stride 4 to 32\n"
        f"  ({_list(shape.widths[1:])} channels)"
    )


def _quality(shape: CompactShape) -> str:
    return "\n  The predicted IoU looks at the mask it is about." if shape.quality else ""


def _millions(module: nn.Module) -> str:
    return f"{sum(parameter.numel() for parameter in module.parameters()) / 1e6:.1f}"


def _list(numbers: tuple[int, ...]) -> str:
    return "/".join(map(str, numbers))
