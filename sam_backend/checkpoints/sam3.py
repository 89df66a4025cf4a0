"""SAM 3's tracker out of a file that may hold the detector too, under SAM 2's names as far as it has them.

The authors' file calls the encoder both parts share `detector.backbone.vision_backbone` and the rest `tracker`; here
they are `image_encoder` and nothing, as in SAM 2's files, and what remembers frames has SAM 2's names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from torch import Tensor

from sam_backend.checkpoints.hugging_face_sam3 import is_hugging_face_sam3, to_authors
from sam_backend.config import SAM3_VARIANTS, ModelConfig, RopeVitConfig
from sam_backend.modeling.sam3.neck import UNUSED
from sam_backend.sam3_names import NO_TRACKER, why_no_clicks

ENCODER = re.compile(r"^(?:detector\.)?backbone\.vision_backbone\.(?=trunk\.|sam2_convs\.)")
TRACKER = re.compile(r"^(?:tracker|inst_interactive_predictor\.model)\.")
OURS = ("image_encoder.", "sam_prompt_encoder.", "sam_mask_decoder.", "no_mem_embed", "memory_", "maskmem_",
        "mask_downsample.", "obj_ptr_", "no_obj_", "no_mem_")  # fmt: skip
"""Beginnings of the names that are kept."""
RENAMES: tuple[tuple[str, str], ...] = (
    (r"^transformer\.encoder\.", "memory_attention."),
    (r"^maskmem_backbone\.", "memory_encoder."),
    (r"^(sam_mask_decoder\.transformer\.layers\.\d+\.mlp)\.lin1\.", r"\1.layers.0."),
    (r"^(sam_mask_decoder\.transformer\.layers\.\d+\.mlp)\.lin2\.", r"\1.layers.1."),
)
TURNS = re.compile(r"^image_encoder\.trunk\.blocks\.\d+\.attn\.freqs_cis")
"""Complex numbers that follow from the shape."""
WORDS = (
    " What is there can be asked in words: add the folder with config.json, model.safetensors and its tokenizer, as "
    "transformers saves it (`models add FOLDER`)."
)
POSITIONS, NORM = "image_encoder.trunk.pos_embed", "image_encoder.trunk.ln_pre.weight"
BLOCKS = "image_encoder.trunk.blocks."


def to_official_sam3(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tracker's tensors of any layout under the names our modules have; what is the detector's alone is left out.

    Raises:
        ValueError: there is no tracker that answers clicks.
    """
    if why := why_no_clicks(tensors):
        raise ValueError(f"This is a SAM 3 checkpoint. {why}{WORDS if why == NO_TRACKER else ''}")
    if is_hugging_face_sam3(tensors):
        return to_authors(tensors)
    renamed = {_rename(name): value for name, value in tensors.items()}
    kept = {
        name: value
        for name, value in renamed.items()
        if name.startswith(OURS) and not name.startswith(UNUSED) and not TURNS.match(name)
    }
    if POSITIONS in kept:
        kept[POSITIONS] = _of_cells(kept[POSITIONS])
    return kept


def _rename(name: str) -> str:
    name = TRACKER.sub("", ENCODER.sub("image_encoder.", name))
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    return name


def _of_cells(positions: Tensor) -> Tensor:
    """Learnt positions [1, N, C] without the one of the class, which the authors' files have first."""
    extra = positions.ndim == 3 and math.isqrt(positions.shape[1]) ** 2 == positions.shape[1] - 1
    return positions[:, 1:] if extra else positions


def recognise_sam3(tensors: Mapping[str, Tensor]) -> ModelConfig:
    """The variant of SAM 3's tensors, of any layout, from their shapes.

    Raises:
        ValueError: there is no tracker, its encoder is missing or of another kind or size.
    """
    official = to_official_sam3(tensors)
    if NORM not in official:
        raise ValueError(
            f"This is a SAM 3 checkpoint, but not with SAM 3's image encoder ({NORM.removeprefix('image_encoder.')} is "
            "missing): it is of a model derived from SAM 3, such as EfficientSAM3, which Maskwright does not load, or "
            "it is not whole."
        )
    width = int(official[NORM].shape[0])
    depth = len({name.split(".")[3] for name in official if name.startswith(BLOCKS)})
    known = {
        (encoder.width, encoder.depth): config
        for config in SAM3_VARIANTS.values()
        if isinstance(encoder := config.encoder, RopeVitConfig)
    }
    if (width, depth) in known:
        return known[width, depth]
    sizes = ", ".join(f"{config.name} {width}×{depth}" for (width, depth), config in known.items())
    raise ValueError(f"SAM 3's image encoder is {width} wide and {depth} blocks deep; known (width×depth): {sizes}.")
