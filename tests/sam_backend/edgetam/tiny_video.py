"""An EdgeTAM with memory, small enough to test, and Hugging Face's with the same random weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sam_backend.config import DecoderConfig, MemoryConfig, ModelConfig, PerceiverConfig
from tests.sam_backend.edgetam.tiny import TINY, oracle_config, without_timm
from tests.sam_backend.sam2.tiny import scatter
from tests.sam_backend.sam2.tiny_video import TheirVideo

VIDEO = replace(
    TINY,
    name="tiny_edgetam_video",
    decoder=DecoderConfig(width=128, heads=4, mlp_width=48, iou_width=24),
    memory=MemoryConfig(
        frames=4, pointers=5, layers=2, mlp_width=40, since_2_1=False, perceiver=PerceiverConfig(free=12, side=4)
    ),
)
"""Four windows a side of four cells each, and fewer free tokens than those."""


def video_config(transformers: Any, config: ModelConfig) -> Any:
    """The same shape for Hugging Face's implementation."""
    image, memory, width = oracle_config(transformers, config), config.memory, config.decoder.width
    assert memory is not None
    assert memory.perceiver is not None
    return transformers.EdgeTamVideoConfig(
        vision_config=image.vision_config, image_size=config.input_size, num_maskmem=memory.frames,
        prompt_encoder_config=image.prompt_encoder_config.to_dict(),
        mask_decoder_config=image.mask_decoder_config.to_dict(),
        max_object_pointers_in_encoder=memory.pointers, memory_attention_num_layers=memory.layers,
        memory_attention_hidden_size=width, memory_attention_num_attention_heads=memory.heads,
        memory_attention_mlp_hidden_size=memory.mlp_width,
        memory_attention_rope_feat_sizes=[config.grid] * 2,
        memory_attention_rope_k_sizes=[memory.perceiver.side] * 2, memory_encoder_hidden_size=width,
        memory_encoder_output_channels=memory.width, mask_downsampler_embed_dim=width,
        memory_fuser_embed_dim=width, memory_fuser_intermediate_dim=4 * width,
        memory_fuser_num_layers=memory.fuser_depth, enable_occlusion_spatial_embedding=False,
        enable_temporal_pos_encoding_for_object_pointers=False,
        perceiver_resampler_num_latents=memory.perceiver.free,
        perceiver_resampler_num_latents_2d=memory.perceiver.side**2,
        perceiver_resampler_hidden_size=memory.width, perceiver_resampler_attention_head_dim=memory.width,
        perceiver_resampler_mlp_intermediate_size=memory.width * memory.perceiver.mlp_ratio,
        perceiver_resampler_num_layers=memory.perceiver.layers,
    )  # fmt: skip


def video_oracle(torch: Any, transformers: Any, seed: int, config: ModelConfig = VIDEO) -> Any:
    """Hugging Face's model with every parameter away from the value it is born with."""
    with without_timm(torch, transformers, config):
        theirs = transformers.EdgeTamVideoModel(video_config(transformers, config)).eval()
    scatter(torch, theirs, seed)
    return theirs


class TheirEdgeTamVideo(TheirVideo):
    """Hugging Face's session; memories are rounded to bfloat16 as the authors' predictor keeps them, and theirs does
    not."""

    def session_kind(self) -> Any:
        from transformers.models.edgetam_video.modeling_edgetam_video import EdgeTamVideoInferenceSession

        return EdgeTamVideoInferenceSession

    def memory(self, row: dict[str, Any]) -> Any:
        return row["maskmem_features"][0]

    def follow(self, frame: int, *, reverse: bool) -> Any:
        logits, score, pointer, row = super().follow(frame, reverse=reverse)
        row["maskmem_features"] = row["maskmem_features"].bfloat16().float()
        return logits, score, pointer, row
