"""SAM 3 as it is published for transformers: detector and tracker in one model, of a toy's size."""

from __future__ import annotations

from typing import Any

from sam_backend.config import ModelConfig
from tests.sam_backend.sam2.tiny import scatter
from tests.sam_backend.sam3.tiny import TINY, parts, vision_config
from tests.sam_backend.words.tiny import config as words_config

ALL_LEVELS = (4.0, 2.0, 1.0, 0.5)


def published(torch: Any, transformers: Any, seed: int, config: ModelConfig = TINY) -> Any:
    """transformers' model of both with every parameter away from the value it is born with."""
    vision = vision_config(transformers, config, ALL_LEVELS).to_dict()
    width = config.decoder.width
    detector = words_config(transformers, vision, width).to_dict()
    tracker = transformers.Sam3TrackerVideoConfig(
        vision_config=vision, **parts(config), image_size=config.input_size, memory_attention_hidden_size=width,
        memory_encoder_hidden_size=width, mask_downsampler_embed_dim=width, memory_fuser_embed_dim=width,
        memory_attention_num_layers=1, memory_attention_feed_forward_hidden_size=40, memory_fuser_intermediate_dim=48,
    )  # fmt: skip
    both = transformers.Sam3VideoConfig(detector_config=detector, tracker_config=tracker.to_dict())
    model = transformers.Sam3VideoModel(both).eval()
    scatter(torch, model.tracker_model, seed)
    return model
