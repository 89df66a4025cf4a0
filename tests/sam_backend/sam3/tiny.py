"""A SAM 3 tracker small enough to test in milliseconds, and Hugging Face's with the same random weights."""

from __future__ import annotations

from typing import Any

from sam_backend.config import HALVES, DecoderConfig, ModelConfig, RopeVitConfig
from tests.sam_backend.sam2.tiny import scatter

TINY = ModelConfig(
    "tiny_sam3",
    "sam3",
    RopeVitConfig(48, 3, 6, 72, (1,), window=4, positions=2),
    DecoderConfig(width=32, heads=4, mlp_width=48, iou_width=24),
    input_size=126,
    pixel_mean=HALVES,
    pixel_std=HALVES,
)
"""Nine cells a side, which neither windows nor learnt positions divide; heads that a graph takes in two parts."""
LEVELS = (4.0, 2.0, 1.0)
"""The maps that the authors' tracker reads. transformers' model of pictures has a fourth, coarser one besides, and adds
to that what the authors' code adds to the third (`no_memory_embedding`); the model of videos leaves it out."""


def vision_config(transformers: Any, config: ModelConfig = TINY, levels: tuple[float, ...] = LEVELS) -> Any:
    """The shape of Hugging Face's encoder and neck."""
    encoder, grid = config.encoder, config.grid
    assert isinstance(encoder, RopeVitConfig)
    return transformers.Sam3VisionConfig(
        backbone_config={
            "model_type": "sam3_vit_model", "hidden_size": encoder.width, "intermediate_size": encoder.mlp_width,
            "num_hidden_layers": encoder.depth, "num_attention_heads": encoder.heads, "image_size": config.input_size,
            "patch_size": encoder.patch, "window_size": encoder.window, "layer_norm_eps": 1e-5,
            "global_attn_indexes": list(encoder.global_blocks),
            "pretrain_image_size": encoder.positions * encoder.patch,
        },
        fpn_hidden_size=config.decoder.width, scale_factors=list(levels),
        backbone_feature_sizes=[[grid * 4] * 2, [grid * 2] * 2, [grid] * 2],
    )  # fmt: skip


def parts(config: ModelConfig = TINY) -> dict[str, Any]:
    """The shape of Hugging Face's prompt encoder and mask decoder."""
    decoder, encoder = config.decoder, config.encoder
    assert isinstance(encoder, RopeVitConfig)
    return {
        "prompt_encoder_config": {
            "hidden_size": decoder.width, "image_size": config.input_size, "patch_size": encoder.patch,
        },
        "mask_decoder_config": {
            "hidden_size": decoder.width, "mlp_dim": decoder.mlp_width, "num_attention_heads": decoder.heads,
            "iou_head_hidden_dim": decoder.iou_width,
        },
    }  # fmt: skip


def oracle_config(transformers: Any, config: ModelConfig = TINY, levels: tuple[float, ...] = LEVELS) -> Any:
    """The same shape for Hugging Face's implementation."""
    return transformers.Sam3TrackerConfig(vision_config=vision_config(transformers, config, levels), **parts(config))


def oracle(torch: Any, transformers: Any, seed: int, config: ModelConfig = TINY) -> Any:
    """Hugging Face's model with every parameter away from the value it is born with."""
    theirs = transformers.Sam3TrackerModel(oracle_config(transformers, config)).eval()
    scatter(torch, theirs, seed)
    return theirs
