"""What tells SAM 2's and EdgeTAM's checkpoints from others, and what in them is for video only."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from sam_backend.config import EDGETAM_VARIANTS, SAM2_SIZES, SAM2_VARIANTS, ModelConfig, RepVitConfig

TRUNK = ("image_encoder.trunk.", "sam_mask_decoder.")
"""Names of SAM 2 and of those that took its code over."""
WINDOWED = "image_encoder.trunk.pos_embed_window"
"""Only Hiera has it."""
REPVIT = "image_encoder.trunk.body."
"""Beginning of the names of EdgeTAM's encoder."""
EDGETAM = (REPVIT, "spatial_perceiver.")
"""Beginnings of names that EdgeTAM has and SAM 2 has not."""
STEM, BLOCKS = f"{REPVIT}stem.conv2.bn.weight", f"{REPVIT}stages_"
"""A tensor that tells the encoder's width, and the beginning of its blocks' names."""
VIDEO = (
    "memory_attention.", "memory_encoder.", "mask_downsample.", "obj_ptr_proj.", "obj_ptr_tpos_proj.",
    "maskmem_tpos_enc", "no_mem_pos_enc", "no_obj_ptr", "no_obj_embed_spatial", "spatial_perceiver.",
    # Hugging Face's names for the same
    "object_pointer_proj.", "temporal_positional_encoding_projection_layer.", "memory_temporal_positional_encoding",
    "no_memory_positional_encoding", "no_object_pointer", "occlusion_spatial_embedding_parameter",
)  # fmt: skip
"""Beginnings of the names of what remembers earlier frames; a single picture has none."""
SINCE_2_1 = ("no_obj_embed_spatial", "occlusion_spatial_embedding_parameter")
"""Of those, what the first release lacks."""


def recognise_sam2(tensors: Mapping[str, Tensor]) -> ModelConfig:
    """The variant of weights with SAM 2's names, from their shapes.

    Weights without anything for video, as image fine-tunes are, count as 2.1: for pictures both releases are one
    network.

    Raises:
        ValueError: another encoder, or another size of Hiera.
    """
    if WINDOWED not in tensors:
        raise ValueError(
            f"This checkpoint has SAM 2's names but not its Hiera encoder ({WINDOWED} is missing): it is of a model "
            "derived from SAM 2, such as EfficientTAM, which Maskwright does not load, or it is not whole."
        )
    width = int(tensors[WINDOWED].shape[1])
    depth = len({name.split(".")[3] for name in tensors if name.startswith("image_encoder.trunk.blocks.")})
    remembers = any(name.startswith(VIDEO) for name in tensors)
    release = "sam2.1" if not remembers or any(name in tensors for name in SINCE_2_1) else "sam2"
    for size, encoder in SAM2_SIZES.items():
        if (encoder.width, sum(encoder.depths)) == (width, depth):
            return SAM2_VARIANTS[f"{release}_{size}"]
    sizes = ", ".join(f"{size} {encoder.width}×{sum(encoder.depths)}" for size, encoder in SAM2_SIZES.items())
    raise ValueError(f"The Hiera encoder is {width} wide and {depth} blocks deep; known (width×depth): {sizes}.")


def recognise_edgetam(tensors: Mapping[str, Tensor]) -> ModelConfig:
    """The variant of weights with EdgeTAM's names, from their shapes.

    Raises:
        ValueError: the encoder is missing, or another size of RepViT.
    """
    if STEM not in tensors:
        raise ValueError(f"This is an EdgeTAM checkpoint, but not the whole of one: {STEM} is missing.")
    width = int(tensors[STEM].shape[0])
    blocks = {tuple(name.split(".")[3:6]) for name in tensors if name.startswith(BLOCKS) and ".blocks." in name}
    known = {
        (encoder.width, sum(encoder.depths)): config
        for config in EDGETAM_VARIANTS.values()
        if isinstance(encoder := config.encoder, RepVitConfig)
    }
    if (width, len(blocks)) in known:
        return known[width, len(blocks)]
    sizes = ", ".join(f"{config.name} {width}×{depth}" for (width, depth), config in known.items())
    raise ValueError(f"The RepViT encoder is {width} wide and {len(blocks)} blocks deep; known (width×depth): {sizes}.")
