"""HQ-SAM: SAM whose masks get a high-quality one added, read from early and last features of the encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import ModelConfig
from sam_backend.modeling.hq.decoder import HqMaskDecoder
from sam_backend.modeling.prompt_encoder import PromptEncoder
from sam_backend.modeling.sam import image_encoder


class HqSam(nn.Module):
    """Image encoder, prompt encoder and mask decoder with the official checkpoints' parameter names."""

    pixel_mean: Tensor
    pixel_std: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = image_encoder(config)
        self.prompt_encoder = PromptEncoder(config.decoder, config.input_size, config.grid)
        self.mask_decoder = HqMaskDecoder(config.decoder, config.early_width)
        self.register_buffer("pixel_mean", torch.tensor(config.pixel_mean).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("pixel_std", torch.tensor(config.pixel_std).reshape(1, 3, 1, 1), persistent=False)
        self.eval()

    def encode(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Embed images.

        Args:
            pixels: float [B, 3, S, S], RGB 0-255, scaled to the longest side S and padded at the bottom and right
                with `pixel_mean`.

        Returns:
            The embedding [B, width, S/16, S/16] and the fused features [B, width / 8, S/4, S/4]. A click reads nothing
            else of the image, so the encoder's early features (of up to 1,280 channels) never leave the server.
        """
        return self.features((pixels - self.pixel_mean) / self.pixel_std)

    def features(self, normalised: Tensor) -> tuple[Tensor, Tensor]:
        """`encode` of pixels that are normalised already: what may be computed in half precision."""
        embedding, early = self.image_encoder.with_early(normalised)
        return embedding, self.mask_decoder.fused(embedding, early)

    def decode(
        self, embedding: Tensor, fused: Tensor, coords: Tensor, labels: Tensor, mask_input: Tensor, has_mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Masks for prompts on one image.

        Args:
            embedding, fused: what `encode` gives for one image.
            coords: [B, N, 2] (x, y) in the S×S input frame.
            labels: [B, N]: 1 foreground, 0 background, 2 and 3 box corners, -1 padding.
            mask_input: [B, 1, 4·G, 4·G] earlier logits.
            has_mask: [B], 1 where `mask_input` counts.

        Returns:
            logits [B, 4, 4·G, 4·G] and predicted IoUs [B, 4].
        """
        sparse = self.prompt_encoder.points(coords, labels)
        dense = self.prompt_encoder.dense(mask_input, has_mask)
        return self.mask_decoder.all_masks(embedding, fused, self.prompt_encoder.image_positions(), sparse, dense)
