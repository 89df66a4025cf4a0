"""Whose weights are these? Told from names and shapes alone."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from sam_backend.checkpoints.sam2 import EDGETAM, TRUNK, recognise_edgetam, recognise_sam2
from sam_backend.checkpoints.sam3 import recognise_sam3
from sam_backend.config import HQ_VARIANTS, VARIANTS, ModelConfig, VitConfig
from sam_backend.sam3_names import is_sam3

FOREIGN: tuple[tuple[tuple[str, ...], str], ...] = (
    (("sam_mask_decoder.hf_token", "sam_mask_decoder.hf_mlp"), "an HQ-SAM 2 checkpoint"),
    (("mask_decoder.final_output_upscaling_layers.",), "an EfficientSAM checkpoint"),
    (("image_encoder.backbone.",), "an EfficientViT-SAM checkpoint"),
    (("image_encoder.features.",), "a RepViT-SAM checkpoint"),
    (("image_encoder.stages.", "image_encoder.fuse_stage2"), "an EdgeSAM checkpoint"),
)
"""Name prefixes that give other families away; the first match counts, so the more telling come first."""
KNOWN = (
    "Maskwright loads the original SAM (ViT-B, ViT-L, ViT-H), MobileSAM, HQ-SAM of both, SAM 2 and 2.1 with Hiera, "
    "EdgeTAM, and SAM 3's tracker"
)
TINY_VIT = ("image_encoder.patch_embed.seq.", "image_encoder.layers.")
"""Names that only MobileSAM's encoder has."""
HQ = tuple(
    f"mask_decoder.{name}"
    for name in ("hf_token.", "hf_mlp.", "compress_vit_feat.", "embedding_encoder.", "embedding_maskfeature.")
)
"""Names that only HQ-SAM's decoder has."""
VIT_WIDTH = (("image_encoder.patch_embed.proj.weight", 0), ("image_encoder.pos_embed", 3))
"""Tensors with four axes that tell a ViT's width, and along which; the second in case the first is missing."""


def recognise(tensors: Mapping[str, Tensor]) -> ModelConfig:
    """The variant these weights belong to.

    Raises:
        ValueError: they belong to another family, or to nothing known; the sentence says which.
    """
    if is_sam3(tensors):
        return recognise_sam3(tensors)
    for prefixes, what in FOREIGN:
        if any(name.startswith(prefixes) for name in tensors):
            raise ValueError(f"This is {what}. {KNOWN}.")
    if any(name.startswith(EDGETAM) for name in tensors):
        return recognise_edgetam(tensors)
    if any(name.startswith(TRUNK) for name in tensors):
        return recognise_sam2(tensors)
    finer = any(name.startswith(HQ) for name in tensors)
    if any(name.startswith(TINY_VIT) for name in tensors):
        return HQ_VARIANTS["hq_vit_tiny"] if finer else VARIANTS["mobile_sam"]
    widths = [int(tensors[name].shape[axis]) for name, axis in VIT_WIDTH if name in tensors and tensors[name].ndim == 4]
    if not widths:
        raise ValueError(
            f"This is no SAM checkpoint: none of its tensors ({len(tensors)}) is image_encoder.patch_embed. "
            f"The first is called {next(iter(tensors))!r}. {KNOWN}."
        )
    return _vit_by_width(widths[0], tensors, HQ_VARIANTS if finer else VARIANTS)


def _vit_by_width(width: int, tensors: Mapping[str, Tensor], variants: Mapping[str, ModelConfig]) -> ModelConfig:
    known = {c.encoder.width: (c, c.encoder.depth) for c in variants.values() if isinstance(c.encoder, VitConfig)}
    if width in known:
        return known[width][0]
    depth = len({name.split(".")[2] for name in tensors if name.startswith("image_encoder.blocks.")})
    sizes = ", ".join(f"{config.name} {width}×{depth}" for width, (config, depth) in known.items())
    raise ValueError(f"The image encoder is {width} wide and {depth} blocks deep; known (width×depth): {sizes}.")
