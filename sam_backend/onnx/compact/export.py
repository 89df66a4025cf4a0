"""Builds the shipped package: ``python -m sam_backend.onnx.compact.export WEIGHTS OUT``."""

from __future__ import annotations

import argparse
from pathlib import Path

from sam_backend.edges import GUIDE
from sam_backend.manifest import DecoderSpec, FileSpec, GraphSpec, InputSpec, Manifest, TensorSpec
from sam_backend.modeling.compact.encoder import PIXEL_MEAN, PIXEL_STD
from sam_backend.modeling.compact.lite import LITE_MEAN, LITE_STD
from sam_backend.modeling.compact.model import INPUT_SIZE, CompactSam
from sam_backend.modeling.compact.shape import CompactShape
from sam_backend.onnx.compact.card import LICENCE, METRICS, NOTICE, TRAINING_DATA, VERSION
from sam_backend.onnx.compact.graphs import (
    DECODE_INPUTS,
    FAST_INPUTS,
    TENSORS,
    export_decode,
    export_encoder,
    export_fast,
)
from sam_backend.onnx.fast.compact import COMPACT_PREPARED, COMPACT_SHOWN
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.package import ModelPackage, write_manifest
from sam_backend.sessions.fast import MIN_GUARD


# Steps per channel: the fewest that keep the mask IoU against the float32 embedding at 0.995 in the mean, so that the
# blob compresses to 1.1 MB on the way to the browser (tests/sam_backend/compact/test_embedding_gate.py).
# The high-resolution features are only read at their own pixel, so their padding is not shipped.
def tensor_specs(dim: int) -> tuple[TensorSpec, ...]:
    """How the embedding of a model with ``dim`` channels is shipped."""
    return (
        TensorSpec(TENSORS[0], (1, dim, 64, 64), "int8", levels=192, principal=True),
        TensorSpec(TENSORS[1], (1, 32, 128, 128), "int8", levels=160, local=True, principal=True),
        TensorSpec(TENSORS[2], (1, 16, 256, 256), "int8", levels=256, local=True, principal=True),
        TensorSpec(GUIDE, (1, 3, 256, 256), "int8", levels=32, local=True),  # finer steps change no mask's IoU
    )


MAX_TOKENS = 20
"""Tokens (the five output tokens and the prompt's, with padding) up to which the fast graph is the quicker one."""

PAD_VALUE = (124, 116, 104)
"""ImageNet's mean colour, with which all of these models were trained."""

TIDY_CELLS = 120
"""Of 65,536 cells. On 90 held-out masks (bsds500-test, davis16-train) stray components fell from 73 to 13 % of the
answers at one click, IoU moved by less than 0.001 with a click and with a box."""
EDGE_RADIUS = 5
"""Cells. On 266 masks of images held out by name IoU rose by 0.018 with a box, by 0.009 with one click and by 0.013
with two; 4 and 6 cells give 0.001 less."""


WEIGHTS = "weights.safetensors"
"""The one copy of the encoder's weights: the graph reads them from there, and so does PyTorch."""


def build_package(weights: Path, out: Path) -> ModelPackage:
    """Writes graphs, float16 weights and the manifest to ``out``; files already there (the card) are kept."""
    model = rounded(CompactSam.from_file(weights))
    out.mkdir(parents=True, exist_ok=True)
    model.save(out / WEIGHTS)
    export_encoder(model, out / "encoder.onnx", lender=out / WEIGHTS)
    export_decode(model, out / "decode.onnx")
    export_fast(model, out / "prepare.onnx", out / "decode_fast.onnx", lender=out / "decode.onnx")
    return write_manifest(out, compact_manifest(model.shape))


def rounded(model: CompactSam) -> CompactSam:
    """The model with weights as float16, and so the files, hold them: all graphs must compute with the same numbers."""
    state = model.state_dict()
    model.load_state_dict({n: t.half().float() if t.is_floating_point() else t for n, t in state.items()})
    return model


def normalisation(shape: CompactShape) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Mean and deviation per channel, 0 to 255, that the encoder inside the graph subtracts and divides by."""
    if shape.encoder == "lite2":
        return (LITE_MEAN,) * 3, (LITE_STD,) * 3
    return PIXEL_MEAN, PIXEL_STD


def compact_manifest(shape: CompactShape) -> Manifest:
    """The manifest without the hashes, which ``write_manifest`` fills in."""
    return Manifest(
        name="Maskwright compact",
        version=VERSION,
        family="compact",
        input=InputSpec(INPUT_SIZE, *normalisation(shape), PAD_VALUE),
        embedding=tensor_specs(shape.dim),
        decoder=DecoderSpec(
            INPUT_SIZE // 2, 4, 0.0, point_frame=INPUT_SIZE, tidy_cells=TIDY_CELLS, edge_radius=EDGE_RADIUS
        ),
        graphs={
            "encoder": GraphSpec("encoder.onnx", ("image",), (*TENSORS, GUIDE), weights=WEIGHTS),
            "decode": GraphSpec("decode.onnx", DECODE_INPUTS, ("logits", "iou")),
            "prepare": GraphSpec("prepare.onnx", TENSORS, COMPACT_PREPARED, weights="decode.onnx"),
            "decode_fast": GraphSpec(
                "decode_fast.onnx",
                FAST_INPUTS,
                FAST_OUTPUTS,
                MAX_TOKENS,
                MIN_GUARD,
                weights="decode.onnx",
                cells=tuple(COMPACT_SHOWN),
            ),
        },
        encoder_sha256="",
        files={"encoder.onnx": FileSpec("", 0)},
        licence=LICENCE,
        notice=NOTICE,
        training_data=TRAINING_DATA,
        metrics=METRICS,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the compact model package from safetensors weights.")
    parser.add_argument("weights", type=Path, help="safetensors weights of the compact model")
    parser.add_argument("out", type=Path, help="folder of the package, for example sam_backend/compact")
    arguments = parser.parse_args()
    package = build_package(arguments.weights, arguments.out)
    total = sum(file.bytes for file in package.manifest.files.values())
    print(f"{package.path}: {len(package.manifest.files)} files, {total / 1e6:.1f} MB, {package.sha256[:12]}")  # noqa: T201


if __name__ == "__main__":
    main()
