"""A configuration to a model."""

from __future__ import annotations

import math

import torch

from sam_backend.config import ModelConfig
from sam_backend.modeling import Sam


def build_random(config: ModelConfig, seed: int = 0) -> Sam:
    """A model with random weights, every parameter away from the values layers are born with.

    Fresh layers have unit norms, zero biases and zero relative positions, which would hide mistakes in exactly
    those; here all of them vary. For tests and benchmarks.
    """
    generator = torch.Generator().manual_seed(seed)
    model = Sam(config)
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
        return noise / math.sqrt(value[0].numel())
    offset = 1.0 if name.endswith(".weight") else 0.0
    return 0.2 * noise + offset
