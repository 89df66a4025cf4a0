"""What each graph of a SAM 2, EdgeTAM or SAM 3 package takes and gives."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import RepVitConfig
from sam_backend.manifest import TensorSpec
from sam_backend.modeling.sam2 import Sam2
from sam_backend.modeling.sam2.decoder import steady
from sam_backend.modeling.sam2.model import MOST_LOGIT
from sam_backend.onnx.graphs import ImagePositions

EMBEDDING = ("embedding", "high_res_8", "high_res_4")
"""The embedding's tensors: SAM's, and what the upscaling reads at strides 8 and 4."""


class Sam2EncoderGraph(nn.Module):
    """`image` float32 [1, 3, S, S], RGB 0-255, to the tensors of `EMBEDDING`."""

    def __init__(self, model: Sam2) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.model.encode(image)


class Sam2DecoderGraph(nn.Module):
    """The plain decoder: the embedding and B prompts of N points each to four masks' logits and IoUs."""

    def __init__(self, model: Sam2) -> None:
        super().__init__()
        self.model, self.positions = model, ImagePositions(model)

    def forward(
        self,
        embedding: Tensor,
        high_res_8: Tensor,
        high_res_4: Tensor,
        coords: Tensor,
        labels: Tensor,
        mask_input: Tensor,
        has_mask: Tensor,
    ) -> tuple[Tensor, Tensor]:
        sparse = self.model.sparse(coords, labels)
        dense = self.model.prompt_encoder.dense(mask_input.clamp(-MOST_LOGIT, MOST_LOGIT), has_mask)
        finer = (high_res_8, high_res_4)
        logits, iou, _ = self.model.mask_decoder.all_masks(embedding, finer, self.positions(), sparse, dense)
        return steady(logits, iou)


def embedding_specs(model: Sam2) -> tuple[TensorSpec, ...]:
    """The embedding's tensors and how they are shipped."""
    levels = OTHER_LEVELS.get(type(model.config.encoder), LEVELS)
    width, grid = model.config.decoder.width, model.config.grid
    shapes = ((1, width, grid, grid), (1, width // 4, 2 * grid, 2 * grid), (1, width // 8, 4 * grid, 4 * grid))
    return tuple(
        TensorSpec(name, shape, levels=steps, principal=True)
        for name, shape, steps in zip(EMBEDDING, shapes, levels, strict=True)
    )


LEVELS = (128, 96, 80)
"""Steps per channel of each tensor as shipped; tests/sam_backend/sam2/measure_embedding.py says what others cost."""
OTHER_LEVELS: dict[type, tuple[int, int, int]] = {RepVitConfig: (128, 128, 96)}
"""The same of other encoders."""


def example_tensors(model: Sam2) -> tuple[Tensor, ...]:
    """An embedding of the right shapes, to trace with."""
    return tuple(torch.randn(spec.shape) for spec in embedding_specs(model))
