"""The compact model as the training loop sees it."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from sam_backend.modeling.compact.keys import modern_names
from sam_backend.modeling.compact.model import CompactSam
from sam_backend.modeling.compact.shape import CompactShape
from sam_backend.training.model import Features


class TrainableCompact:
    """`PromptableModel` over `CompactSam`.

    Args:
        train_encoder: when off, the encoder's weights and batch statistics stay as they are.
        shape: its width and depth.
    """

    def __init__(self, shape: CompactShape, *, train_encoder: bool = True) -> None:
        self.model = CompactSam(shape)
        self._train_encoder = train_encoder
        self.model.encoder.requires_grad_(train_encoder)

    @property
    def module(self) -> nn.Module:
        return self.model

    @property
    def mask_size(self) -> int:
        return 256

    def load(self, weights: Path) -> set[str]:
        """Takes over weights and returns the names of the parameters they do not have.

        Raises:
            ValueError: the file holds other weights, or shapes differ.
        """
        state = {k: v.float() for k, v in modern_names(load_file(weights)).items()}
        own = self.model.state_dict()
        wrong = sorted(k for k, v in state.items() if k not in own or own[k].shape != v.shape)
        if wrong:
            raise ValueError(f"{weights}: not weights of the compact model; first foreign entry: {wrong[0]}")
        self.model.load_state_dict(state, strict=False)
        return {name for name, _ in self.model.named_parameters() if name not in state}

    def encode(self, images: Tensor) -> Features:
        if not self._train_encoder:
            self.model.encoder.eval()
        with torch.set_grad_enabled(self._train_encoder and torch.is_grad_enabled()):
            features: Features = self.model.encoder(images.float().contiguous(memory_format=torch.channels_last))
        return features

    def decode(
        self, features: Features, points: Tensor, labels: Tensor, mask_input: Tensor | None, size: int
    ) -> tuple[Tensor, Tensor]:
        embedding, high4, high2 = features
        logits, iou = self.model.decoder((embedding, high4, high2), points / size, labels, mask_input)
        return logits, iou
