"""SAM as the graphs of a model package: what each takes and gives."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.modeling import Sam
from sam_backend.modeling.families import AnySam
from sam_backend.modeling.prompt_encoder import cell_centres

PROMPT_INPUTS = ("point_coords", "point_labels", "mask_input", "has_mask_input")
DECODER_OUTPUTS = ("logits", "iou")


class EncoderGraph(nn.Module):
    """`image` float32 [1, 3, S, S], RGB 0-255 padded with the mean, to `embedding` [1, width, G, G]."""

    def __init__(self, model: Sam) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> Tensor:
        return self.model.encode(image)


class ImagePositions(nn.Module):
    """Positional encodings of the image tokens [1, M, C], as a graph computes them from its constants.

    onnxruntime folds them once at load, so the file carries 32 KB instead of 4 MB.
    """

    def __init__(self, model: AnySam) -> None:
        super().__init__()
        self.pe_layer = model.prompt_encoder.pe_layer
        self.register_buffer("cells", cell_centres(model.config.grid).flatten(0, 1).unsqueeze(0))

    def forward(self) -> Tensor:
        encoded: Tensor = self.pe_layer(self.get_buffer("cells"))
        return encoded


class DecoderGraph(nn.Module):
    """The plain decoder: the embedding and B prompts of N points each to four masks' logits and IoUs."""

    def __init__(self, model: Sam) -> None:
        super().__init__()
        self.prompt_encoder = model.prompt_encoder
        self.mask_decoder = model.mask_decoder
        self.positions = ImagePositions(model)

    def forward(
        self, embedding: Tensor, coords: Tensor, labels: Tensor, mask_input: Tensor, has_mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        sparse = self.prompt_encoder.points(coords, labels)
        dense = self.prompt_encoder.dense(mask_input, has_mask)
        logits, iou = self.mask_decoder(embedding, self.positions(), sparse, dense)
        return logits, iou


def example_prompts(model: AnySam, batch: int = 2, points: int = 3) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Prompt inputs of the right shapes, to trace with: coords, labels, mask input, its flag."""
    config = model.config
    coords = torch.rand(batch, points, 2) * config.point_frame
    labels = torch.randint(0, 2, (batch, points)).float()
    return coords, labels, torch.randn(batch, 1, config.mask_size, config.mask_size), torch.ones(batch)


def example_embedding(model: Sam) -> Tensor:
    """An embedding of the right shape, to trace with."""
    return torch.randn(1, model.config.decoder.width, model.config.grid, model.config.grid)
