"""Mask decoder: prompts and image features to four masks' logits and their predicted IoUs (paper, section 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.modeling.compact.layers import ChannelNorm, mlp, per_prompt
from sam_backend.modeling.compact.prompts import PromptEncoder
from sam_backend.modeling.compact.quality import MaskQuality
from sam_backend.modeling.compact.transformer import TwoWayTransformer
from sam_backend.modeling.compact.upscale import MaskUpscale

# One unambiguous mask (token 0) and three candidates (paper, section 3, "Resolving ambiguity").
MASKS = 4


class CompactDecoder(nn.Module):
    """Decodes P prompts over I images; prompts of one image stand side by side and P is a multiple of I."""

    def __init__(self, dim: int, quality: bool = False) -> None:
        super().__init__()
        self.prompt_encoder = PromptEncoder(dim)
        self.no_mask = nn.Embedding(1, dim)
        self.mask_downscale = nn.Sequential(
            nn.Conv2d(1, 4, 2, 2),
            ChannelNorm(4),
            nn.GELU(),
            nn.Conv2d(4, 16, 2, 2),
            ChannelNorm(16),
            nn.GELU(),
            nn.Conv2d(16, dim, 1),
        )
        self.output_tokens = nn.Embedding(1 + MASKS, dim)
        self.transformer = TwoWayTransformer(dim)
        self.upscale = MaskUpscale(dim)
        self.hypernetworks = nn.ModuleList([mlp(dim, dim, dim, self.upscale.channels) for _ in range(MASKS)])
        self.iou_head = mlp(dim, 128, 128, MASKS)
        self.quality = MaskQuality(dim, MASKS) if quality else None
        nn.init.normal_(self.output_tokens.weight, std=0.5)

    def forward(
        self,
        features: tuple[Tensor, Tensor, Tensor],
        points: Tensor,
        labels: Tensor,
        mask_input: Tensor | None = None,
        has_mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Logits [P, 4, 4H, 4W] and predicted IoU [P, 4]; index 0 is the unambiguous mask.

        ``features`` as the encoder gives them; ``points`` [P, N, 2] as (x, y) in 0..1 of the padded square;
        ``labels`` [P, N] of 1, 0, 2, 3, -1; ``mask_input`` [P, 1, 4H, 4W] logits; ``has_mask`` [P] of 0 and 1
        says per prompt whether its mask counts (all, when absent).
        """
        embedding, high_res_4, high_res_2 = features
        height, width = embedding.shape[-2:]
        sparse, dense = self.prompt_encoder(embedding, points, labels)
        prompts = points.shape[0]
        # for every prompt; an Expand would keep the graph off WebGPU
        output = self.output_tokens.weight[None] + 0 * sparse[:, :1]
        tokens = torch.cat([output, sparse], 1).to(embedding.dtype)
        image = per_prompt(embedding.flatten(2).transpose(1, 2), prompts)
        image = image + dense + self._mask_tokens(mask_input, has_mask)
        grid_position = self.prompt_encoder.grid_position(height, width).to(embedding.dtype)
        tokens, image = self.transformer(tokens, image, grid_position)
        pixels = self.upscale(image, high_res_4, high_res_2, height, width)
        kernels = torch.stack([net(tokens[:, 1 + i]) for i, net in enumerate(self.hypernetworks)], 1)
        logits = self.upscale.unfold(pixels @ kernels.transpose(1, 2), height, width)
        return logits, self.ious(logits, embedding.flatten(2).transpose(1, 2), tokens)

    def ious(self, logits: Tensor, image: Tensor, tokens: Tensor) -> Tensor:
        """Predicted IoUs [P, 4] of masks [P, 4, 4H, 4W]; ``image`` [I, H*W, dim] is the embedding."""
        predicted: Tensor = self.iou_head(tokens[:, 0])
        if self.quality is None:
            return predicted
        correction: Tensor = self.quality(logits, image, tokens[:, 0], tokens[:, 1 : 1 + MASKS])
        return predicted + correction

    def _mask_tokens(self, mask_input: Tensor | None, has_mask: Tensor | None) -> Tensor:
        empty: Tensor = self.no_mask.weight[0]
        if mask_input is None:
            return empty
        given: Tensor = self.mask_downscale(mask_input).flatten(2).transpose(1, 2)
        if has_mask is None:
            return given
        share = has_mask.view(-1, 1, 1)
        return share * given + (1 - share) * empty
