"""A ViT-B-sized decoder with random weights as the graphs to compare, made on demand."""

from __future__ import annotations

from pathlib import Path

from sam_backend.build import build_random
from sam_backend.config import variant
from sam_backend.modeling import Sam
from sam_backend.onnx.export import write_decoder, write_fast
from tests.bench.browser.official import write_official

SIZES = {"official": (768, 1024), "official_large": (3300, 4950)}
"""Pictures (height, width) the official-style graph resizes its mask to."""


def write_graphs(folder: Path) -> dict[str, str]:
    """Write every graph to `folder`; file names by what they are called in the page."""
    model = build_random(variant("mobile_sam"))  # its decoder is ViT-B's, its encoder is quicker to make
    for name, size in SIZES.items():
        write_official(model, folder / f"{name}.onnx", size)
    return write_ours(model, folder) | {name: f"{name}.onnx" for name in SIZES}


def write_ours(model: Sam, folder: Path) -> dict[str, str]:
    """The package's own decoder graphs alone."""
    write_decoder(model, folder / "decode.onnx")
    write_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")
    return {"prepare": "prepare.onnx", "plain": "decode.onnx", "fast": "decode_fast.onnx"}
