"""SAM 2's mask decoder: SAM's, with the encoder's finer maps, a token for whether the object is there at all, and a
single mask that gives way to the best candidate where it is unstable."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import DecoderConfig
from sam_backend.modeling.common import Mlp
from sam_backend.modeling.mask_decoder import MaskDecoder

OUTPUT_TOKENS = 6
"""Tokens before the prompt's: object score, IoUs, four masks."""
STABILITY_DELTA, STABLE = 0.05, 0.98
"""Of the published configurations: a single mask that shrinks below this share of itself between the two thresholds
±delta is unstable."""


class Sam2MaskDecoder(MaskDecoder):
    """Tokens first: the object's score, the IoUs, one per mask (0 unambiguous, 1-3 candidates), then the prompt's."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__(config)
        width = config.width
        for layer in self.transformer.layers:
            layer.mlp = Mlp((width, config.mlp_width, width))  # named layers.0 and layers.1 there
        self.obj_score_token = nn.Embedding(1, width)
        self.conv_s0 = nn.Conv2d(width, width // 8, 1)
        self.conv_s1 = nn.Conv2d(width, width // 4, 1)
        self.pred_obj_score_head = Mlp((width, width, width, 1))

    def finer(self, stride_8: Tensor, stride_4: Tensor) -> tuple[Tensor, Tensor]:
        """What the upscaling reads of the encoder's finer maps: [B, width / 4, 2G, 2G] and [B, width / 8, 4G, 4G]."""
        return self.conv_s1(stride_8), self.conv_s0(stride_4)

    def all_masks(
        self, embedding: Tensor, finer: tuple[Tensor, Tensor], positions: Tensor, sparse: Tensor, dense: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Every token's answer to prompts on one image.

        Args:
            embedding: [1, width, G, G].
            finer: as `finer` gives it, of one image.
            positions: [1, G·G, width].
            sparse: [B, N, width] prompt tokens.
            dense: [1 or B, width, G or 1, G or 1].

        Returns:
            logits [B, masks, 4·G, 4·G], predicted IoUs [B, masks], the object's score [B, 1] (a logit).
        """
        prompt = self.tokens(sparse)
        image = (embedding + dense).flatten(2).transpose(1, 2).expand(sparse.shape[0], -1, -1)
        tokens, image = self.transformer(image, positions, prompt)
        return *self.masks_of(tokens, image, finer), self.object_score(tokens)

    def masks_of(self, tokens: Tensor, image: Tensor, finer: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Logits [B, masks, 4·G, 4·G] and predicted IoUs [B, masks] of what the transformer made: tokens [B, N, width]
        and image [B, G·G, width]."""
        batch, grid = tokens.shape[0], finer[0].shape[2] // 2
        features = self._upscale(image.transpose(1, 2).reshape(batch, -1, grid, grid), *finer)
        logits = self.mask_weights(tokens) @ features.flatten(2)
        return logits.reshape(batch, self.num_masks, 4 * grid, 4 * grid), self.ious(tokens)

    def _upscale(self, image: Tensor, stride_8: Tensor, stride_4: Tensor) -> Tensor:
        first, norm, gelu, second, _ = self.output_upscaling
        y: Tensor = gelu(second(gelu(norm(first(image) + stride_8))) + stride_4)
        return y

    def tokens(self, sparse: Tensor) -> Tensor:
        """Output tokens before the prompt's: [B, 2 + masks + N, width]."""
        return torch.cat([self.obj_score_token.weight.expand(sparse.shape[0], -1, -1), super().tokens(sparse)], dim=1)

    def mask_weights(self, tokens: Tensor) -> Tensor:
        """Each mask's weights over the upscaled features: [B, masks, width / 8]."""
        return super().mask_weights(tokens[:, 1:])

    def ious(self, tokens: Tensor) -> Tensor:
        """Predicted IoUs [B, masks], from 0 to 1."""
        return super().ious(tokens[:, 1:]).sigmoid()

    def object_score(self, tokens: Tensor) -> Tensor:
        """Logit [B, 1] that the object is in the picture: what tracking asks; a prompt on one picture does not."""
        y: Tensor = self.pred_obj_score_head(tokens[:, 0])
        return y


def steady(logits: Tensor, iou: Tensor) -> tuple[Tensor, Tensor]:
    """Mask 0 and its IoU, replaced by the best candidate's where mask 0 is unstable, as SAM 2's image predictor does.

    Args:
        logits: [B, masks, M, M].
        iou: [B, masks].

    Returns:
        The same shapes.
    """
    single = logits[:, 0].flatten(1)
    inner, outer = ((single > limit).sum(1).float() for limit in (STABILITY_DELTA, -STABILITY_DELTA))
    keeps = (inner >= STABLE * outer).reshape(-1, 1)  # an empty mask is stable
    best = iou[:, 1:].argmax(dim=1, keepdim=True)
    chosen = torch.gather(logits[:, 1:], 1, best[..., None, None].expand(-1, 1, *logits.shape[2:]))
    first = torch.where(keeps[..., None, None], logits[:, :1], chosen)
    score = torch.where(keeps, iou[:, :1], torch.gather(iou[:, 1:], 1, best))
    return torch.cat([first, logits[:, 1:]], dim=1), torch.cat([score, iou[:, 1:]], dim=1)
