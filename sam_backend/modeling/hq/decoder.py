"""HQ-SAM's mask decoder: SAM's, with one token whose mask is read from finer features and added to SAM's masks."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import DecoderConfig
from sam_backend.modeling.common import LayerNorm2d, Mlp
from sam_backend.modeling.mask_decoder import MaskDecoder

OUTPUT_TOKENS = 6
"""Tokens before the prompt's: IoUs, four masks, the high-quality mask."""


class HqMaskDecoder(MaskDecoder):
    """Tokens first: the IoUs, one per mask (0 unambiguous, 1-3 candidates), the high-quality one, then the prompt's.

    Args:
        config: SAM's decoder.
        early: channels of the encoder's early features.
    """

    def __init__(self, config: DecoderConfig, early: int) -> None:
        super().__init__(config)
        width = config.width
        self.hf_token = nn.Embedding(1, width)
        self.hf_mlp = Mlp((width, width, width, width // 8))
        self.compress_vit_feat = _upscaling(early, width, width // 8)
        self.embedding_encoder = _upscaling(width, width // 4, width // 8)
        self.embedding_maskfeature = nn.Sequential(
            nn.Conv2d(width // 8, width // 4, 3, padding=1),
            LayerNorm2d(width // 4),
            nn.GELU(),
            nn.Conv2d(width // 4, width // 8, 3, padding=1),
        )

    def fused(self, embedding: Tensor, early: Tensor) -> Tensor:
        """What the high-quality mask reads of the image alone (section 3.2, "Global-local Feature Fusion").

        Args:
            embedding: [B, width, G, G].
            early: [B, C, G, G], the encoder's early features.

        Returns:
            [B, width / 8, 4·G, 4·G].
        """
        y: Tensor = self.embedding_encoder(embedding) + self.compress_vit_feat(early)
        return y

    def all_masks(
        self, embedding: Tensor, fused: Tensor, positions: Tensor, sparse: Tensor, dense: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Decode prompts against one image.

        Each of SAM's masks has the high-quality one added, as the official predictor does unless told otherwise
        (`hq_token_only=False`), whose users get SAM's best candidate or its unambiguous mask with that added.

        Args:
            embedding: [1, width, G, G].
            fused: [1, width / 8, 4·G, 4·G], as `fused` gives it.
            positions: [1, G·G, width].
            sparse: [B, N, width] prompt tokens.
            dense: [1 or B, width, G or 1, G or 1].

        Returns:
            logits [B, masks, 4·G, 4·G] and predicted IoUs [B, masks], which are those of SAM's masks.
        """
        batch, grid = sparse.shape[0], embedding.shape[2]
        image = (embedding + dense).flatten(2).transpose(1, 2).expand(batch, -1, -1)
        tokens, image = self.transformer(image, positions, self.tokens(sparse))
        features = self.output_upscaling(image.transpose(1, 2).reshape(batch, -1, grid, grid))
        finer = self.embedding_maskfeature(features) + fused
        masks = self.mask_weights(tokens) @ features.flatten(2) + self.hq_weights(tokens) @ finer.flatten(2)
        return masks.reshape(batch, self.num_masks, 4 * grid, 4 * grid), self.ious(tokens)

    def tokens(self, sparse: Tensor) -> Tensor:
        """Output tokens before the prompt's: [B, 2 + masks + N, width]."""
        return super().tokens(torch.cat([self.hf_token.weight.expand(sparse.shape[0], -1, -1), sparse], dim=1))

    def hq_weights(self, tokens: Tensor) -> Tensor:
        """The high-quality mask's weights over the finer features: [B, 1, width / 8]."""
        y: Tensor = self.hf_mlp(tokens[:, 1 + self.num_masks : 2 + self.num_masks])
        return y


def _upscaling(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Four times as fine: two transposed convolutions."""
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, hidden, 2, stride=2),
        LayerNorm2d(hidden),
        nn.GELU(),
        nn.ConvTranspose2d(hidden, outputs, 2, stride=2),
    )
