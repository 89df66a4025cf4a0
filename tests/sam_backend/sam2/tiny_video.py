"""A SAM 2 with memory, small enough to test, and Hugging Face's with the same random weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sam_backend.config import DecoderConfig, MemoryConfig, ModelConfig
from tests.sam_backend.sam2.tiny import TINY, oracle_config, scatter

VIDEO = replace(
    TINY,
    name="tiny_video",
    decoder=DecoderConfig(width=128, heads=4, mlp_width=48, iou_width=24),
    memory=MemoryConfig(frames=4, pointers=5, layers=2, mlp_width=40),
)
"""A memory as wide as the published ones, for Hugging Face's knows no other; fewer frames, so that some are let go."""
FIRST = replace(VIDEO, memory=replace(VIDEO.memory or MemoryConfig(), since_2_1=False))
"""The same as in the first release."""


def video_config(transformers: Any, config: ModelConfig) -> Any:
    """The same shape for Hugging Face's implementation."""
    image, memory, width = oracle_config(transformers, config), config.memory, config.decoder.width
    assert memory is not None
    return transformers.Sam2VideoConfig(
        vision_config=image.vision_config, image_size=config.input_size, num_maskmem=memory.frames,
        prompt_encoder_config=image.prompt_encoder_config.to_dict(),
        mask_decoder_config=image.mask_decoder_config.to_dict(),
        max_object_pointers_in_encoder=memory.pointers, memory_attention_num_layers=memory.layers,
        memory_attention_hidden_size=width, memory_attention_num_attention_heads=memory.heads,
        memory_attention_feed_forward_hidden_size=memory.mlp_width,
        memory_attention_rope_feat_sizes=[config.grid] * 2, memory_encoder_hidden_size=width,
        memory_encoder_output_channels=memory.width, mask_downsampler_embed_dim=width,
        memory_fuser_embed_dim=width, memory_fuser_intermediate_dim=4 * width,
        memory_fuser_num_layers=memory.fuser_depth, enable_occlusion_spatial_embedding=memory.since_2_1,
        enable_temporal_pos_encoding_for_object_pointers=memory.since_2_1,
    )  # fmt: skip


def video_oracle(torch: Any, transformers: Any, seed: int, config: ModelConfig = VIDEO) -> Any:
    """Hugging Face's model with every parameter away from the value it is born with."""
    theirs = transformers.Sam2VideoModel(video_config(transformers, config)).eval()
    scatter(torch, theirs, seed)
    return theirs


class TheirVideo:
    """Hugging Face's session over random frames, one object."""

    def __init__(self, torch: Any, theirs: Any, normalised: Any) -> None:
        self._torch, self._model = torch, theirs
        size = int(normalised.shape[-1])
        self.session = self.session_kind()(normalised, size, size, dtype=torch.float32)

    def session_kind(self) -> Any:
        """The class of their session."""
        from transformers.models.sam2_video.modeling_sam2_video import Sam2VideoInferenceSession

        return Sam2VideoInferenceSession

    def memory(self, row: dict[str, Any]) -> Any:
        """A frame's memory [N, memory width]."""
        return row["maskmem_features"][:, 0]

    def points(self, frame: int, coords: Any, labels: Any) -> Any:
        """Mark it by points (x, y) of the input square."""
        place = self.session.obj_id_to_idx(1)
        inputs = {"point_coords": coords[None, None], "point_labels": labels[None, None]}
        self.session.add_point_inputs(place, frame, inputs)
        return self._new(frame)

    def mask(self, frame: int, mask: Any) -> Any:
        """Mark it by a mask of the input square."""
        self.session.add_mask_inputs(self.session.obj_id_to_idx(1), frame, mask[None, None].float())
        return self._new(frame)

    def _new(self, frame: int) -> Any:
        self.session.obj_with_new_inputs = [1]
        return self.follow(frame, reverse=False)

    def follow(self, frame: int, *, reverse: bool) -> Any:
        """Logits, score and pointer of a frame."""
        with self._torch.no_grad():
            out = self._model(self.session, frame_idx=frame, reverse=reverse)
        kept = self.session.output_dict_per_obj[0]
        row = kept["cond_frame_outputs"].get(frame) or kept["non_cond_frame_outputs"][frame]
        return out.pred_masks[0, 0], float(out.object_score_logits), row["object_pointer"].reshape(-1), row

    def count_as_marked(self, frame: int) -> None:
        """What SAM 2's published configurations do with a corrected frame."""
        kept = self.session.output_dict_per_obj[0]
        kept["cond_frame_outputs"][frame] = kept["non_cond_frame_outputs"].pop(frame)
