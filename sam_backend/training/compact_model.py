"""The compact model as the training loop sees it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from sam_backend.modeling.compact.keys import modern_names
from sam_backend.modeling.compact.lite_encoder import LiteEncoder
from sam_backend.modeling.compact.model import CompactSam
from sam_backend.modeling.compact.shape import CompactShape
from sam_backend.training.adopt import adopted
from sam_backend.training.model import Features
from sam_backend.training.pretrained import pretrained_body


class TrainableCompact:
    """`PromptableModel` over `CompactSam`.

    Args:
        train_encoder: when off, the encoder's weights and batch statistics stay as they are.
        shape: its encoder, width and depth.
        frozen_blocks, shipped_levels: see `TrainConfig`.
    """

    def __init__(
        self,
        shape: CompactShape,
        *,
        train_encoder: bool = True,
        frozen_blocks: int = 0,
        shipped_levels: Sequence[int] = (),
    ) -> None:
        self.model = CompactSam(shape)
        self._train_encoder, self._levels = train_encoder, tuple(shipped_levels)
        self.model.encoder.requires_grad_(train_encoder)
        if isinstance(self.model.encoder, LiteEncoder) and train_encoder:
            self.model.encoder.body.freeze(frozen_blocks)

    @property
    def module(self) -> nn.Module:
        return self.model

    @property
    def mask_size(self) -> int:
        return 256

    def start(self, init: Path | None, *, pretrained: bool) -> set[str]:
        """Puts initial weights in place and returns the names of the parameters that stay random.

        Args:
            init: weights of this shape, or of the residual encoder for what both have; None = random.
            pretrained: ImageNet features for the body; `init` weights that have a body of their own come after it.

        Raises:
            ValueError: pretrained features for an encoder that has no use for them, or not installed; weights that do
                not fit.
        """
        known: set[str] = set()
        if pretrained:
            if not isinstance(self.model.encoder, LiteEncoder):
                raise ValueError('pretrained features need an encoder that they fit: set encoder = "lite2" in [model]')
            self.model.encoder.body.load_state_dict(pretrained_body())
            known = {f"encoder.body.{name}" for name, _ in self.model.encoder.body.named_parameters()}
        fresh = {name for name, _ in self.model.named_parameters()} - known
        return fresh & self.load(init) if init else fresh if known else set()

    def load(self, weights: Path) -> set[str]:
        """Takes over weights and returns the names of the parameters they do not have.

        Raises:
            ValueError: the file cannot be read, or holds weights of another shape.
        """
        try:
            state = {k: v.float() for k, v in modern_names(load_file(weights)).items()}
            stored = CompactShape.of(weights)
        except (OSError, SafetensorError) as error:
            raise ValueError(f"{weights}: not a safetensors file that can be read: {error}") from error
        own = self.model.state_dict()
        if stored.encoder != self.model.shape.encoder:
            if self.model.shape.encoder != "lite2" or stored.dim != self.model.shape.dim:
                raise ValueError(
                    f"{weights}: weights of the {stored.encoder!r} encoder of width {stored.dim}; the configuration "
                    f"describes {self.model.shape.encoder!r} of width {self.model.shape.dim}, which can take nothing "
                    "from them. Name other weights as init, or change [model]"
                )
            state = adopted(state, own)
        wrong = sorted(k for k, v in state.items() if k not in own or own[k].shape != v.shape)
        if wrong:
            raise ValueError(
                f"{weights}: weights of a compact model of another shape than the configuration's [model]; the first "
                f"entry that does not fit is {wrong[0]}"
            )
        self.model.load_state_dict(state, strict=False)
        return {name for name, _ in self.model.named_parameters() if name not in state}

    def encode(self, images: Tensor) -> Features:
        if not self._train_encoder:
            self.model.encoder.eval()
        with torch.set_grad_enabled(self._train_encoder and torch.is_grad_enabled()):
            features: Features = self.model.encoder(images.float().contiguous(memory_format=torch.channels_last))
        if self._levels and self.model.training:
            return tuple(as_shipped(plane, count) for plane, count in zip(features, self._levels, strict=True))
        return features

    def decode(
        self, features: Features, points: Tensor, labels: Tensor, mask_input: Tensor | None, size: int
    ) -> tuple[Tensor, Tensor]:
        return decode_compact(self.model, features, points, labels, mask_input, size)


def decode_compact(
    model: CompactSam, features: Features, points: Tensor, labels: Tensor, mask_input: Tensor | None, size: int
) -> tuple[Tensor, Tensor]:
    """`PromptableModel.decode` of the compact decoder, whose points are shares of the padded square."""
    embedding, high4, high2 = features
    logits, iou = model.decoder((embedding, high4, high2), points / size, labels, mask_input)
    return logits, iou


def as_shipped(plane: Tensor, levels: int) -> Tensor:
    """Features [B, C, H, W] with the error that rounding to ``levels`` steps per channel and image makes: uniform noise
    of one step, which has a gradient (Ballé et al. 2017). Random numbers are PyTorch's own."""
    low, high = plane.detach().amin((2, 3), keepdim=True), plane.detach().amax((2, 3), keepdim=True)
    return plane + (torch.rand_like(plane) - 0.5) * ((high - low) / (levels - 1))
