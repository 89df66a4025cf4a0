"""Names of the first training run's weights, translated to this code's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

_PREFIXES = {
    "e.mean": "encoder.pixel_mean",
    "e.std": "encoder.pixel_std",
    "e.tb.": "encoder.transformer.",
    "e.f": "encoder.fuse",
    "e.l": "encoder.lateral",
    "e.out.": "encoder.neck.",
    "e.h": "encoder.skip",
    "e.t4.": "encoder.top_down4.",
    "e.d": "encoder.down",
    "e.stem.": "encoder.stem.",
    "e.s": "encoder.stage",
    "d.G": "decoder.prompt_encoder.position.frequencies",
    "d.pe_pt.": "decoder.prompt_encoder.label_embedding.",
    "d.nap.": "decoder.prompt_encoder.padding.",
    "d.fp.": "decoder.prompt_encoder.point_feature.",
    "d.fb.": "decoder.prompt_encoder.box_feature.",
    "d.sim.": "decoder.prompt_encoder.similarity.",
    "d.dense.": "decoder.prompt_encoder.dense_maps.",
    "d.nomask.": "decoder.no_mask.",
    "d.md.": "decoder.mask_downscale.",
    "d.tok.": "decoder.output_tokens.",
    "d.layers.": "decoder.transformer.layers.",
    "d.fin.": "decoder.transformer.final.",
    "d.nf.": "decoder.transformer.final_norm.",
    "d.u1.": "decoder.upscale.expand1.",
    "d.ln1.": "decoder.upscale.norm.",
    "d.u2.": "decoder.upscale.expand2.",
    "d.hyp.": "decoder.hypernetworks.",
    "d.iou.": "decoder.iou_head.",
}
# Inside a prefix, in this order: (pattern, replacement).
_INNER = [
    (r"^(encoder\.(?:stem|fuse\d+|down\d+))\.0\.", r"\1.conv."),
    (r"^(encoder\.(?:stem|fuse\d+|down\d+))\.1\.", r"\1.norm."),
    (r"^(encoder\.stage\d+\.\d+)\.a\.", r"\1.first."),
    (r"^(encoder\.stage\d+\.\d+)\.b\.", r"\1.second."),
    (r"\.(first|second)\.0\.", r".\1.conv."),
    (r"\.(first|second)\.1\.", r".\1.norm."),
    (r"^(encoder\.transformer\.\d+)\.n(\d)\.", r"\1.norm\2."),
    (r"^(encoder\.transformer\.\d+)\.o\.", r"\1.proj."),
    (r"^(encoder\.transformer\.\d+)\.m\.", r"\1.mlp."),
    (r"^(decoder\.mask_downscale\.\d)\.n\.", r"\1.norm."),
    (r"\.sa\.", r".self_attention."),
    (r"\.t2i\.", r".token_to_image."),
    (r"\.i2t\.", r".image_to_token."),
    (r"^(decoder\.transformer\..*|decoder\.transformer)\.o\.", r"\1.out."),
    (r"^(decoder\.transformer\.layers\.\d)\.n(\d)\.", r"\1.norm\2."),
]


def modern_names(tensors: Mapping[str, T]) -> dict[str, T]:
    """Renames a state dict; names of this code pass through, batch counters and the unused edge head are dropped."""
    kept = {n: t for n, t in tensors.items() if not n.endswith("num_batches_tracked") and not n.startswith("edge.")}
    return {_modern(name): tensor for name, tensor in kept.items()}


def _modern(name: str) -> str:
    for prefix, replacement in _PREFIXES.items():
        if name.startswith(prefix):
            name = replacement + name[len(prefix) :]
            break
    else:
        return name
    for pattern, replacement in _INNER:
        name = re.sub(pattern, replacement, name)
    return name
