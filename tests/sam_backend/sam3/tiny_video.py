"""A SAM 3 tracker with memory, small enough to test, and Hugging Face's with the same random weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sam_backend.config import DecoderConfig, MemoryConfig, ModelConfig, RopeVitConfig
from tests.sam_backend.sam2.tiny import scatter
from tests.sam_backend.sam2.tiny_video import TheirVideo
from tests.sam_backend.sam3.tiny import TINY, parts, vision_config

ALL_LEVELS = (4.0, 2.0, 1.0, 0.5)
SIXTEEN = replace(
    TINY,
    name="tiny_sam3_video",
    encoder=RopeVitConfig(48, 3, 6, 72, (1,), window=4, patch=16, positions=2),
    input_size=144,
    decoder=DecoderConfig(width=128, heads=4, mlp_width=48, iou_width=24),
    memory=MemoryConfig(frames=4, pointers=5, layers=2, mlp_width=40, marked=4),
)
"""Sixteen pixels to a cell, so that no mask is scaled between the input square and its memory: there the authors' code
and transformers differ, see `modeling/sam2/video/encoder.py`."""
FOURTEEN = replace(SIXTEEN, encoder=replace(SIXTEEN.encoder, patch=14), input_size=126)
"""The same as published, of fourteen."""


def video_config(transformers: Any, config: ModelConfig) -> Any:
    """The same shape for Hugging Face's implementation."""
    memory, width = config.memory, config.decoder.width
    assert memory is not None
    return transformers.Sam3TrackerVideoConfig(
        vision_config=vision_config(transformers, config, ALL_LEVELS), image_size=config.input_size, **parts(config),
        num_maskmem=memory.frames, max_object_pointers_in_encoder=memory.pointers, max_cond_frame_num=memory.marked,
        memory_attention_num_layers=memory.layers, memory_attention_hidden_size=width,
        memory_attention_num_attention_heads=memory.heads,
        memory_attention_feed_forward_hidden_size=memory.mlp_width,
        memory_encoder_hidden_size=width, memory_encoder_output_channels=memory.width,
        mask_downsampler_embed_dim=width, memory_fuser_embed_dim=width, memory_fuser_intermediate_dim=4 * width,
        memory_fuser_num_layers=memory.fuser_depth,
    )  # fmt: skip


def video_oracle(torch: Any, transformers: Any, seed: int, config: ModelConfig = SIXTEEN) -> Any:
    """Hugging Face's model with every parameter away from the value it is born with."""
    theirs = transformers.Sam3TrackerVideoModel(video_config(transformers, config)).eval()
    scatter(torch, theirs, seed)
    return theirs


class TheirSam3Video(TheirVideo):
    """Hugging Face's session."""

    def session_kind(self) -> Any:
        from transformers.models.sam3_tracker_video.modeling_sam3_tracker_video import Sam3TrackerVideoInferenceSession

        return Sam3TrackerVideoInferenceSession
