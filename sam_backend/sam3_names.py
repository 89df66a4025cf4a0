"""What tells SAM 3's weights from others, and in them the part that answers clicks: by names alone, without PyTorch."""

from __future__ import annotations

from collections.abc import Collection

SAM_3 = (
    # the authors' file, and what their code for pictures saves
    "detector.", "tracker.", "backbone.vision_backbone.", "inst_interactive_predictor.",
    # what transformers saves: both parts, the detector, the tracker
    "detector_model.", "tracker_model.", "tracker_neck.", "geometry_encoder.", "vision_encoder.neck.fpn_layers.",
    # ours
    "image_encoder.sam2_convs.", "image_encoder.trunk.ln_pre.",
)  # fmt: skip
"""Beginnings of names that no other family has."""
TRACKER = (
    "tracker.sam_mask_decoder.", "inst_interactive_predictor.model.sam_mask_decoder.", "tracker_model.mask_decoder.",
    "tracker_model.tracker_model.mask_decoder.", "mask_decoder.iou_token.", "sam_mask_decoder.",
)  # fmt: skip
"""Beginnings of names of the part that answers clicks, in the same layouts."""
MULTIPLEX = (".interactive_convs.", ".propagation_convs.")
"""Parts of names that SAM 3.1 has, whose tracker is another one."""

NO_TRACKER = (
    "SAM 3's tracker, which answers clicks, is missing: none of the names begins with tracker.sam_mask_decoder (in the "
    "authors' sam3.pt) or tracker_model.mask_decoder (in the model.safetensors of facebook/sam3)."
)
NEWER = "It is SAM 3.1, whose tracker follows many objects at once and is not supported."


def is_sam3(names: Collection[str]) -> bool:
    """Whether weights with these names belong to SAM 3, or to a part of it."""
    return any(name.startswith(SAM_3) for name in names)


def why_no_clicks(names: Collection[str]) -> str:
    """A sentence about why SAM 3's weights with these names cannot answer clicks; "" where they can."""
    if any(part in name for name in names for part in MULTIPLEX):
        return NEWER
    return "" if any(name.startswith(TRACKER) for name in names) else NO_TRACKER
