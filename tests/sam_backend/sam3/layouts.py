"""Our tensors of SAM 3 as others store them: the authors' file, and files with less."""

from __future__ import annotations

from typing import Any

ENCODER, TRACKER = "detector.backbone.vision_backbone.", "tracker."


def as_authors(torch: Any, state: dict[str, Any]) -> dict[str, Any]:
    """The layout of sam3.pt: names, the position of a class, turns as complex numbers, a map that nobody reads, MLPs
    named as in SAM, and some of the detector."""
    made = {}
    for name, value in state.items():
        if name.startswith("image_encoder."):
            made[ENCODER + name.removeprefix("image_encoder.")] = value
            continue
        for ours, theirs in (
            ("memory_attention.", "transformer.encoder."),
            ("memory_encoder.", "maskmem_backbone."),
            (".mlp.layers.0.", ".mlp.lin1."),
            (".mlp.layers.1.", ".mlp.lin2."),
        ):
            if ours in name and (".transformer.layers." in name or not ours.startswith(".")):
                name = name.replace(ours, theirs)
        made[TRACKER + name] = value
    positions = made[f"{ENCODER}trunk.pos_embed"]
    made[f"{ENCODER}trunk.pos_embed"] = torch.cat([torch.full_like(positions[:, :1], 9.0), positions], dim=1)
    made[f"{ENCODER}trunk.blocks.0.attn.freqs_cis"] = torch.ones(4, dtype=torch.complex64)
    return {**made, **detector(torch)}


def detector(torch: Any) -> dict[str, Any]:
    """Some of what the authors' file holds besides."""
    names = (f"{ENCODER}convs.0.conv_1x1.weight", f"{ENCODER}sam2_convs.3.conv_1x1.weight",
             "detector.dot_prod_scoring.x",
             "detector.backbone.language_backbone.encoder.ln_final.weight", "detector.geometry_encoder.norm.weight",
             "detector.transformer.encoder.layers.0.norm1.weight")  # fmt: skip
    return {name: torch.ones(2) for name in names}
