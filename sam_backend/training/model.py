"""What the loop needs of a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import torch
from torch import Tensor, nn

Features = tuple[Tensor, ...]


class PromptableModel(Protocol):
    """A promptable segmentation model as the training loop and the evaluation see it."""

    @property
    def module(self) -> nn.Module:
        """The parameters, under the names they have in `weights.safetensors`."""
        ...

    @property
    def mask_size(self) -> int:
        """Side of the logits at the model's own input size, px."""
        ...

    def encode(self, images: Tensor) -> Features:
        """RGB uint8 or float 0-255 [B, 3, S, S] to the embedding's tensors, each [B, ...]."""
        ...

    def decode(
        self, features: Features, points: Tensor, labels: Tensor, mask_input: Tensor | None, size: int
    ) -> tuple[Tensor, Tensor]:
        """Decodes K prompts per image.

        Args:
            features: from `encode`, B images.
            points: float32 [B*K, N, 2], (x, y) px of the S×S square.
            labels: int64 [B*K, N].
            mask_input: float32 [B*K, 1, m, m] previous logits, or None.
            size: S, px.

        Returns:
            logits [B*K, 4, m, m] and predicted IoU [B*K, 4]; index 0 is the unambiguous mask.
        """
        ...


def count_parameters(parameters: Iterable[nn.Parameter]) -> int:
    """Number of scalars that will be trained."""
    return sum(p.numel() for p in parameters if p.requires_grad)


def parameter_groups(
    module: nn.Module, fresh: set[str], lr: float, weight_decay: float, head_lr_factor: float
) -> list[dict[str, object]]:
    """Optimiser groups: no weight decay on vectors, a rate of their own for parameters named in `fresh`."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in module.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((parameter.ndim > 1, name in fresh), []).append(parameter)
    return [
        {
            "params": parameters,
            "weight_decay": weight_decay if decays else 0.0,
            "lr": lr * (head_lr_factor if new else 1.0),
            "base_lr": lr * (head_lr_factor if new else 1.0),
        }
        for (decays, new), parameters in groups.items()
    ]


class Ema:
    """Exponential moving average of a module's state, warmed up so that early averages are not the start values."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._decay = decay
        self.state = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        decay = min(self._decay, (1 + step) / (10 + step))
        current = module.state_dict()
        floating = [k for k, v in current.items() if v.is_floating_point()]
        torch._foreach_lerp_([self.state[k] for k in floating], [current[k] for k in floating], 1 - decay)
        for name, value in current.items():
            if not value.is_floating_point():
                self.state[name].copy_(value)
