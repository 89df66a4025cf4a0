"""The whole Segment Anything Model (Kirillov et al. 2023)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import ModelConfig, TinyVitConfig, VitConfig
from sam_backend.modeling.image_encoder import ImageEncoderViT
from sam_backend.modeling.mask_decoder import MaskDecoder
from sam_backend.modeling.prompt_encoder import PromptEncoder
from sam_backend.modeling.tiny_vit import TinyViT


class Sam(nn.Module):
    """Image encoder, prompt encoder and mask decoder with the official checkpoints' parameter names.

    Batch-norm statistics belong to the checkpoint, so a model is made in evaluation mode.
    """

    pixel_mean: Tensor
    pixel_std: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = image_encoder(config)
        self.prompt_encoder = PromptEncoder(config.decoder, config.input_size, config.grid)
        self.mask_decoder = MaskDecoder(config.decoder)
        self.register_buffer("pixel_mean", torch.tensor(config.pixel_mean).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("pixel_std", torch.tensor(config.pixel_std).reshape(1, 3, 1, 1), persistent=False)
        self.eval()

    def encode(self, pixels: Tensor) -> Tensor:
        """Embed images.

        Args:
            pixels: float [B, 3, S, S], RGB 0-255, scaled to the longest side S and padded at the bottom and
                right with `pixel_mean`, which is SAM's zero padding after normalisation.

        Returns:
            [B, width, S/16, S/16].
        """
        y: Tensor = self.image_encoder((pixels - self.pixel_mean) / self.pixel_std)
        return y

    def decode(
        self, embedding: Tensor, coords: Tensor, labels: Tensor, mask_input: Tensor, has_mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Masks for prompts on one image.

        Args:
            embedding: [1, width, G, G].
            coords: [B, N, 2] (x, y) in the S×S input frame.
            labels: [B, N]: 1 foreground, 0 background, 2 and 3 box corners, -1 padding.
            mask_input: [B, 1, 4·G, 4·G] earlier logits.
            has_mask: [B], 1 where `mask_input` counts.

        Returns:
            logits [B, 4, 4·G, 4·G] and predicted IoUs [B, 4].
        """
        sparse = self.prompt_encoder.points(coords, labels)
        dense = self.prompt_encoder.dense(mask_input, has_mask)
        logits, iou = self.mask_decoder(embedding, self.prompt_encoder.image_positions(), sparse, dense)
        return logits, iou


def image_encoder(config: ModelConfig) -> ImageEncoderViT | TinyViT:
    """An image encoder of SAM's kind.

    Raises:
        ValueError: the configuration has another one.
    """
    if isinstance(config.encoder, VitConfig):
        return ImageEncoderViT(config.encoder, config.grid, config.decoder.width)
    if isinstance(config.encoder, TinyVitConfig):
        return TinyViT(config.encoder, config.decoder.width)
    raise ValueError(f"{config.name} is no SAM: it has {type(config.encoder).__name__}.")
