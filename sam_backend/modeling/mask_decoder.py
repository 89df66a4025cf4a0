"""SAM's mask decoder: an embedding and encoded prompts to four masks and their predicted IoUs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import DecoderConfig
from sam_backend.modeling.common import LayerNorm2d, Mlp
from sam_backend.modeling.transformer import TwoWayTransformer


class MaskDecoder(nn.Module):
    """Tokens first: one for the IoUs, one per mask (0 unambiguous, 1-3 candidates), then the prompt's."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        width, masks = config.width, config.num_masks
        self.num_masks = masks
        self.transformer = TwoWayTransformer(config)
        self.iou_token = nn.Embedding(1, width)
        self.mask_tokens = nn.Embedding(masks, width)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(width, width // 4, 2, stride=2),
            LayerNorm2d(width // 4),
            nn.GELU(),
            nn.ConvTranspose2d(width // 4, width // 8, 2, stride=2),
            nn.GELU(),
        )
        self.output_hypernetworks_mlps = nn.ModuleList(Mlp((width, width, width, width // 8)) for _ in range(masks))
        hidden = [config.iou_width] * (config.iou_depth - 1)
        self.iou_prediction_head = Mlp((width, *hidden, masks))

    def forward(self, embedding: Tensor, positions: Tensor, sparse: Tensor, dense: Tensor) -> tuple[Tensor, Tensor]:
        """Decode prompts against one image.

        Args:
            embedding: [1 or B, width, G, G], the image encoder's output.
            positions: [1, G·G, width], `PromptEncoder.image_positions`.
            sparse: [B, N, width] prompt tokens.
            dense: [1 or B, width, G or 1, G or 1] dense prompt, added to the embedding.

        Returns:
            logits [B, masks, 4·G, 4·G] and predicted IoUs [B, masks].
        """
        batch, grid = sparse.shape[0], embedding.shape[2]
        prompt = self.tokens(sparse)
        image = (embedding + dense).flatten(2).transpose(1, 2).expand(batch, -1, -1)
        tokens, image = self.transformer(image, positions, prompt)
        features = self.output_upscaling(image.transpose(1, 2).reshape(batch, -1, grid, grid))
        logits = self.mask_weights(tokens) @ features.flatten(2)
        return logits.reshape(batch, self.num_masks, 4 * grid, 4 * grid), self.ious(tokens)

    def tokens(self, sparse: Tensor) -> Tensor:
        """Output tokens before the prompt's: [B, 1 + masks + N, width]."""
        learnt = torch.cat([self.iou_token.weight, self.mask_tokens.weight])
        return torch.cat([learnt.expand(sparse.shape[0], -1, -1), sparse], dim=1)

    def mask_weights(self, tokens: Tensor) -> Tensor:
        """Each mask's weights over the upscaled features: [B, masks, width / 8]."""
        heads = enumerate(self.output_hypernetworks_mlps, start=1)
        return torch.stack([head(tokens[:, i]) for i, head in heads], dim=1)

    def ious(self, tokens: Tensor) -> Tensor:
        """Predicted IoUs [B, masks]."""
        y: Tensor = self.iou_prediction_head(tokens[:, 0])
        return y
