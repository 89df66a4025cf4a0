"""Names of Hugging Face's SAM (`SamModel`) and HQ-SAM (`SamHQModel`) to the official ones: its fine-tunes load too."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

COPY, KEPT = "shared_image_embedding.positional_embedding", "prompt_encoder.shared_embedding.positional_embedding"
"""One tensor under two names there. Files have both, or the first alone, as `save_pretrained` writes what is tied."""

HEAD = r"(output_hypernetworks_mlps\.\d|iou_prediction_head|pred_obj_score_head|hf_mlp)"
RENAMES: tuple[tuple[str, str], ...] = (
    (r"shared_embedding\.positional_embedding$", "pe_layer.positional_encoding_gaussian_matrix"),
    (r"^vision_encoder\.layers\.", "image_encoder.blocks."),
    (r"^vision_encoder\.", "image_encoder."),
    (r"\.layer_norm(\d)\.", r".norm\1."),
    (r"patch_embed\.projection\.", "patch_embed.proj."),
    (r"neck\.conv1\.", "neck.0."),
    (r"neck\.norm1\.", "neck.1."),
    (r"neck\.conv2\.", "neck.2."),
    (r"neck\.norm2\.", "neck.3."),
    (r"mask_embed\.conv1\.", "mask_downscaling.0."),
    (r"mask_embed\.norm1\.", "mask_downscaling.1."),
    (r"mask_embed\.conv2\.", "mask_downscaling.3."),
    (r"mask_embed\.norm2\.", "mask_downscaling.4."),
    (r"mask_embed\.conv3\.", "mask_downscaling.6."),
    (r"\.point_embed\.", ".point_embeddings."),
    (r"layer_norm_final_attn\.", "norm_final_attn."),
    (r"upscale_conv1\.", "output_upscaling.0."),
    (r"upscale_layer_norm\.", "output_upscaling.1."),
    (r"upscale_conv2\.", "output_upscaling.3."),
    (r"\.hq_token\.", ".hf_token."),
    (r"\.hq_mask_mlp\.", ".hf_mlp."),
    (r"\.compress_vit_conv1\.", ".compress_vit_feat.0."),
    (r"\.compress_vit_norm\.", ".compress_vit_feat.1."),
    (r"\.compress_vit_conv2\.", ".compress_vit_feat.3."),
    (r"\.encoder_conv1\.", ".embedding_encoder.0."),
    (r"\.encoder_norm\.", ".embedding_encoder.1."),
    (r"\.encoder_conv2\.", ".embedding_encoder.3."),
    (r"\.mask_conv1\.", ".embedding_maskfeature.0."),
    (r"\.mask_norm\.", ".embedding_maskfeature.1."),
    (r"\.mask_conv2\.", ".embedding_maskfeature.3."),
    (rf"{HEAD}\.layers\.(\d+)\.", r"\1.hidden\2."),
    (rf"{HEAD}\.proj_in\.", r"\1.layers.0."),
)
"""Applied in order to every name."""

HEADS = re.compile(rf"{HEAD}\.(hidden\d+|proj_out)\.")


def is_hugging_face(tensors: Mapping[str, Tensor]) -> bool:
    """Whether the names are those of Hugging Face's SamModel or SamHQModel."""
    return "vision_encoder.patch_embed.projection.weight" in tensors


def to_official(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors under the official names."""
    return place_heads({rename(name): value for name, value in without_copies(tensors).items()})


def without_copies(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors, what is stored twice only under the name that has an official one."""
    once = {name: value for name, value in tensors.items() if name != COPY}
    return {KEPT: tensors[COPY], **once} if COPY in tensors else once


def place_heads(renamed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors that are `rename`d already, with the layers of their heads counted through."""
    return {_place_head(name, renamed): value for name, value in renamed.items()}


def rename(name: str) -> str:
    """A name as the official checkpoints have it, but for the layers of heads."""
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    return name


def _place_head(name: str, names: Mapping[str, Tensor]) -> str:
    """Heads number their layers 0, 1, ... through; Hugging Face names the first and last and numbers the rest."""
    match = HEADS.search(name)
    if match is None:
        return name
    stem, part = match.groups()
    hidden = {found.group(2) for other in names if (found := HEADS.search(other)) and found.group(1) == stem}
    position = len(hidden) if part == "proj_out" else int(part.removeprefix("hidden")) + 1
    return name.replace(f"{stem}.{part}.", f"{stem}.layers.{position}.")
