"""A configuration to a model."""

from __future__ import annotations

import math
from typing import TypeVar

import torch

from sam_backend.config import ModelConfig
from sam_backend.modeling import Sam
from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.sam2 import Sam2
from sam_backend.modeling.sam2.video import Sam2Video

SMALL = 0.3

Model = TypeVar("Model", Sam, HqSam, Sam2, Sam2Video)


def build_random(config: ModelConfig, seed: int = 0) -> Sam:
    """A model with random weights, every parameter away from the values layers are born with.

    Fresh layers have unit norms, zero biases and zero relative positions, which would hide mistakes in exactly
    those; here all of them vary. For tests and benchmarks.
    """
    return _randomised(Sam(config), seed)


def build_random_hq(config: ModelConfig, seed: int = 0) -> HqSam:
    """The same for HQ-SAM."""
    return _randomised(HqSam(config), seed)


def build_random_sam2(config: ModelConfig, seed: int = 0) -> Sam2:
    """The same for SAM 2, EdgeTAM and SAM 3's tracker."""
    return _randomised(Sam2(config), seed)


def build_random_sam2_video(config: ModelConfig, seed: int = 0) -> Sam2Video:
    """The same for SAM 2 with its memory."""
    return _randomised(Sam2Video(config), seed)


def _randomised(model: Model, seed: int) -> Model:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                value.copy_(_random_like(name, value, generator))
    return model


def _random_like(name: str, value: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    noise = torch.randn(value.shape, generator=generator)
    if name.endswith("running_var"):
        return 1 + 0.1 * noise.abs()
    if "gaussian_matrix" in name or (name.endswith(".weight") and value.ndim >= 2 and value.shape[0] <= 4):
        return noise
    if name.endswith(".weight") and value.ndim >= 2:
        # RepViT adds two convolutions to a map in each of 22 blocks: of full size they would make it a thousandfold.
        return noise / math.sqrt(value[0].numel()) * (SMALL if ".token_mixer." in name else 1.0)
    offset = 1.0 if name.endswith(".weight") else 0.0
    return 0.2 * noise + offset
