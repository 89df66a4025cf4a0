"""Names of Hugging Face's SAM 3 (`Sam3TrackerModel`, `Sam3TrackerVideoModel`, and the published file with the detector)
to those of our modules."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from sam_backend.checkpoints.hugging_face_sam2 import to_official_sam2
from sam_backend.modeling.sam3.neck import UNUSED

MARKS = ("tracker_model.", "tracker_neck.", "vision_encoder.neck.fpn_layers.")
"""Beginnings of names that only these files have."""
TRACKER = re.compile(r"^(?:tracker_model\.)+")
"""Before the tracker's names; transformers 5.23 saves it before the others too, and before itself."""
NECKS = ("tracker_neck.", "vision_encoder.neck.")
"""In the published file, and where the tracker stands alone."""
TRUNK = re.compile(r"^(?:detector_model\.)?vision_encoder\.backbone\.")
OTHERS = ("detector_model.", "vision_encoder.", "tracker_neck.")
"""Of what is neither the tracker's nor read by it."""
VISION: tuple[tuple[str, str], ...] = (
    (r"^embeddings\.position_embeddings$", "pos_embed"),
    (r"^embeddings\.patch_embeddings\.projection\.", "patch_embed.proj."),
    (r"^layer_norm\.", "ln_pre."),
    (r"^layers\.", "blocks."),
    (r"\.layer_norm(\d)\.", r".norm\1."),
    (r"\.attention\.o_proj\.", ".attn.proj."),
    (r"\.attention\.", ".attn."),
)
"""Applied in order to the encoder's names."""
NECK: tuple[tuple[str, str], ...] = (
    (r"^fpn_layers\.0\.scale_layers\.0\.", "0.dconv_2x2_0."),
    (r"^fpn_layers\.0\.scale_layers\.2\.", "0.dconv_2x2_1."),
    (r"^fpn_layers\.1\.scale_layers\.0\.", "1.dconv_2x2."),
    (r"^fpn_layers\.(\d)\.proj1\.", r"\1.conv_1x1."),
    (r"^fpn_layers\.(\d)\.proj2\.", r"\1.conv_3x3."),
)
QUERIES = re.compile(r"\.attn\.q_proj\.")


def is_hugging_face_sam3(tensors: Mapping[str, Tensor]) -> bool:
    """Whether the names are those of Hugging Face's SAM 3."""
    return any(name.startswith(MARKS) for name in tensors)


def to_authors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tracker's tensors under our modules' names; queries, keys and values, three layers there, are one."""
    bare = {TRACKER.sub("", name): value for name, value in tensors.items()}
    neck = next(begin for begin in NECKS if begin == NECKS[-1] or any(name.startswith(begin) for name in bare))
    encoder, rest = {}, {}
    for name, value in bare.items():
        if TRUNK.match(name):
            encoder[f"image_encoder.trunk.{_rename(TRUNK.sub('', name), VISION)}"] = value
        elif name.startswith(neck):
            encoder[f"image_encoder.sam2_convs.{_rename(name.removeprefix(neck), NECK)}"] = value
        elif not name.startswith(OTHERS):
            rest[name] = value
    kept = {name: value for name, value in _joined(encoder).items() if not name.startswith(UNUSED)}
    return {**kept, **to_official_sam2(rest)}


def _rename(name: str, renames: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in renames:
        name = re.sub(pattern, replacement, name)
    return name


def _joined(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    joined = dict(tensors)
    for name in [name for name in tensors if QUERIES.search(name)]:
        parts = [QUERIES.sub(f".attn.{part}_proj.", name) for part in "qkv"]
        if all(part in joined for part in parts):
            joined[QUERIES.sub(".attn.qkv.", name)] = torch.cat([joined.pop(part) for part in parts])
    return joined
