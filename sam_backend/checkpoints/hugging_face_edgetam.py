"""Names of Hugging Face's EdgeTAM for what it has beside SAM 2, to the official ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

LAYER = r"^(spatial_perceiver\.layers\.\d+)\."
RENAMES: tuple[tuple[str, str], ...] = (
    (r"^(memory_attention\.layers\.\d+)\.mlp\.up_proj\.", r"\1.linear1."),
    (r"^(memory_attention\.layers\.\d+)\.mlp\.down_proj\.", r"\1.linear2."),
    (r"^spatial_perceiver\.latents_1d$", "spatial_perceiver.latents"),
    (r"^spatial_perceiver\.layer_norm\.", "spatial_perceiver.norm."),
    (LAYER + r"layer_norm_input\.", r"\1.attn.norm_x."),
    (LAYER + r"layer_norm_latents\.", r"\1.attn.norm_latents."),
    (LAYER + r"layer_norm_self\.", r"\1.self_attn.norm."),
    (LAYER + r"cross_attention\.", r"\1.attn."),
    (LAYER + r"self_attention\.", r"\1.self_attn."),
    (LAYER + r"mlp\.", r"\1.ff."),
    (LAYER + r"self_mlp\.", r"\1.self_ff."),
    (LAYER + r"(attn|self_attn)\.q_proj\.", r"\1.\2.to_q."),
    (LAYER + r"(attn|self_attn)\.o_proj\.", r"\1.\2.to_out."),
    (LAYER + r"(ff|self_ff)\.layer_norm\.", r"\1.\2.0."),
    (LAYER + r"(ff|self_ff)\.up_proj\.", r"\1.\2.1."),
    (LAYER + r"(ff|self_ff)\.down_proj\.", r"\1.\2.3."),
)
"""Applied in order, before those of SAM 2."""
KEYS = re.compile(LAYER + r"(attn|self_attn)\.k_proj\.weight$")


def with_edgetam_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors; the perceiver's keys and values, two layers there, are one."""
    renamed = {_rename(name): value for name, value in tensors.items()}
    for name in [name for name in renamed if KEYS.match(name)]:
        keys, values = renamed.pop(name), renamed.pop(name.replace("k_proj", "v_proj"), None)
        if values is not None:
            renamed[name.replace("k_proj", "to_kv")] = torch.cat([keys, values])
    return renamed


def _rename(name: str) -> str:
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    return name
