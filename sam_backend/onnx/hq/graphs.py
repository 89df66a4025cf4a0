"""What each graph of an HQ-SAM package takes and gives."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.manifest import TensorSpec
from sam_backend.modeling.hq import HqSam
from sam_backend.onnx.graphs import ImagePositions

HQ_EMBEDDING = ("embedding", "hq_features")
"""The embedding's tensors: SAM's, and what the high-quality mask reads at stride 4, fused by the encoder's graph."""
LEVELS = (256, 128)
"""Steps per channel of each tensor as shipped; tests/sam_backend/hq/measure_embedding.py says what others cost."""


class HqEncoderGraph(nn.Module):
    """`image` float32 [1, 3, S, S], RGB 0-255 padded with the mean, to the tensors of `HQ_EMBEDDING`."""

    def __init__(self, model: HqSam) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        return self.model.encode(image)


class HqDecoderGraph(nn.Module):
    """The plain decoder: the embedding and B prompts of N points each to four masks' logits and IoUs."""

    def __init__(self, model: HqSam) -> None:
        super().__init__()
        self.prompt_encoder, self.mask_decoder = model.prompt_encoder, model.mask_decoder
        self.positions = ImagePositions(model)

    def forward(
        self,
        embedding: Tensor,
        hq_features: Tensor,
        coords: Tensor,
        labels: Tensor,
        mask_input: Tensor,
        has_mask: Tensor,
    ) -> tuple[Tensor, Tensor]:
        sparse = self.prompt_encoder.points(coords, labels)
        dense = self.prompt_encoder.dense(mask_input, has_mask)
        return self.mask_decoder.all_masks(embedding, hq_features, self.positions(), sparse, dense)


def hq_embedding_specs(model: HqSam) -> tuple[TensorSpec, ...]:
    """The embedding's tensors and how they are shipped."""
    width, grid = model.config.decoder.width, model.config.grid
    shapes = ((1, width, grid, grid), (1, width // 8, 4 * grid, 4 * grid))
    return tuple(
        TensorSpec(name, shape, levels=levels, principal=True)
        for name, shape, levels in zip(HQ_EMBEDDING, shapes, LEVELS, strict=True)
    )


def hq_example_tensors(model: HqSam) -> tuple[Tensor, ...]:
    """An embedding of the right shapes, to trace with."""
    return tuple(torch.randn(spec.shape) for spec in hq_embedding_specs(model))
