"""A SAM small enough to test in milliseconds, with nothing round: 9 grid cells, windows that do not divide them."""

from __future__ import annotations

from sam_backend.config import DecoderConfig, ModelConfig, TinyVitConfig, VitConfig

DECODER = DecoderConfig(width=32, heads=4, mlp_width=48, iou_width=24)
VIT = ModelConfig("tiny", "sam", VitConfig(32, 3, 2, (1,), window=4), DECODER, input_size=144)
TINY_VIT = ModelConfig(
    "tiny_mobile",
    "mobile_sam",
    TinyVitConfig((8, 16, 24, 32), (1, 1, 2, 1), (1, 2, 3, 4), (5, 5, 4, 3)),
    DECODER,
    input_size=144,
)
