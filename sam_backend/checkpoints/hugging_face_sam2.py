"""Names of Hugging Face's SAM 2 and EdgeTAM (`Sam2Model`, `EdgeTamModel` and those for video) to the official ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import Tensor

from sam_backend.checkpoints.hugging_face import place_heads, rename, without_copies
from sam_backend.checkpoints.hugging_face_edgetam import with_edgetam_names

MARKS = ("vision_encoder.backbone.pos_embed_window", "vision_encoder.backbone.timm_model.stem.conv2.bn.weight")
"""Tensors that only these files have, SAM 2's and EdgeTAM's."""
RENAMES: tuple[tuple[str, str], ...] = (
    (r"^vision_encoder\.backbone\.timm_model\.", "image_encoder.trunk.body."),
    (r"^vision_encoder\.backbone\.", "image_encoder.trunk."),
    (r"^vision_encoder\.neck\.convs\.(\d)\.", r"image_encoder.neck.convs.\1.conv."),
    (r"^prompt_encoder\.", "sam_prompt_encoder."),
    (r"^mask_decoder\.", "sam_mask_decoder."),
    (r"^no_memory_embedding$", "no_mem_embed"),
    (r"^memory_attention\.layer_norm\.", "memory_attention.norm."),
    (r"mask_downsampler\.final_conv\.", "mask_downsampler.encoder.12."),
    (r"^memory_encoder\.feature_projection\.", "memory_encoder.pix_feat_proj."),
    (r"^memory_encoder\.projection\.", "memory_encoder.out_proj."),
    (r"^memory_encoder\.memory_fuser\.", "memory_encoder.fuser."),
    (r"\.depthwise_conv\.", ".dwconv."),
    (r"\.pointwise_conv(\d)\.", r".pwconv\1."),
    (r"(fuser\.layers\.\d+)\.scale$", r"\1.gamma"),
    (r"(fuser\.layers\.\d+)\.layer_norm\.", r"\1.norm."),
    (r"^object_pointer_proj\.proj_in\.", "obj_ptr_proj.layers.0."),
    (r"^object_pointer_proj\.layers\.0\.", "obj_ptr_proj.layers.1."),
    (r"^object_pointer_proj\.proj_out\.", "obj_ptr_proj.layers.2."),
    (r"^temporal_positional_encoding_projection_layer\.", "obj_ptr_tpos_proj."),
    (r"^memory_temporal_positional_encoding$", "maskmem_tpos_enc"),
    (r"^no_memory_positional_encoding$", "no_mem_pos_enc"),
    (r"^no_object_pointer$", "no_obj_ptr"),
    (r"^occlusion_spatial_embedding_parameter$", "no_obj_embed_spatial"),
    (r"mlp\.proj_in\.", "mlp.layers.0."),
    (r"mlp\.proj_out\.", "mlp.layers.1."),
    (r"\.o_proj\.", ".out_proj."),
)
"""Applied before those that SAM has too."""
DOWNSAMPLER = re.compile(r"mask_downsampler\.layers\.(\d+)\.(conv|layer_norm)\.")
POINTS = "sam_prompt_encoder.point_embed.weight"


def is_hugging_face_sam2(tensors: Mapping[str, Tensor]) -> bool:
    """Whether the names are those of Hugging Face's SAM 2 or EdgeTAM."""
    return any(name in tensors for name in MARKS)


def to_official_sam2(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors under the official names."""
    renamed = {_rename(name): value for name, value in with_edgetam_names(without_copies(tensors)).items()}
    points = renamed.pop(POINTS, None)
    if points is not None:  # one table there, a module for each kind of point here
        renamed |= {
            f"sam_prompt_encoder.point_embeddings.{kind}.weight": points[kind : kind + 1] for kind in range(len(points))
        }
    return place_heads(renamed)


def _rename(name: str) -> str:
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    if step := DOWNSAMPLER.search(name):  # three modules a step there are counted through
        place = 3 * int(step[1]) + (step[2] == "layer_norm")
        name = DOWNSAMPLER.sub(f"mask_downsampler.encoder.{place}.", name)
    return name if name == POINTS else rename(name)
