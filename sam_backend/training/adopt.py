"""What a new model takes over from weights of another encoder: everything that means the same in both."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from sam_backend.modeling.compact.encoder import PIXEL_MEAN, PIXEL_STD
from sam_backend.modeling.compact.lite import LITE_MEAN, LITE_STD
from sam_backend.training.pretrained import norm_as_affine

NORM_EPS = 1e-5
_FOLDED = {
    "encoder.fuse16": "encoder.fuse16",
    "encoder.fuse8": "encoder.fuse8",
    "encoder.stem": "encoder.detail.stem",
    "encoder.down4": "encoder.detail.down",
    "encoder.stage4.0.first": "encoder.detail.first",
    "encoder.stage4.0.second": "encoder.detail.second",
}
"""Convolutions with a batch norm in the residual encoder, and those without one in the Lite2 encoder."""


def adopted(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The entries of weights of a residual model that fit a Lite2 model's, under its names.

    Decoder, neck and fusion are the same; stem and first stage become the plain branch. What reads features of the body
    is of other widths and stays as it is. Only entries of the right shape are taken.

    Args:
        state: residual weights, float32.
        own: state of the Lite2 model.
    """
    found = {
        name: value for name, value in state.items() if not name.startswith(("encoder.transformer", "encoder.pix"))
    }
    for source, target in _FOLDED.items():
        if f"{source}.conv.weight" in state:
            scale, shift = norm_as_affine(state, f"{source}.norm", NORM_EPS)
            found[f"{target}.weight"] = state[f"{source}.conv.weight"] * scale.view(-1, 1, 1, 1)
            found[f"{target}.bias"] = shift
    if "encoder.detail.stem.weight" in found:
        _renormalise(found)
    return {name: value for name, value in found.items() if name in own and own[name].shape == value.shape}


def _renormalise(state: dict[str, Tensor]) -> None:
    """Makes the stem read pixels as the Lite2 body gets them. Exact but for the image's outermost cells."""
    weight = state["encoder.detail.stem.weight"]
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (PIXEL_MEAN, PIXEL_STD))
    moved = (weight * (LITE_MEAN - mean) / std).sum((1, 2, 3))
    state["encoder.detail.stem.bias"] = state["encoder.detail.stem.bias"] + moved
    state["encoder.detail.stem.weight"] = weight * (LITE_STD / std)
