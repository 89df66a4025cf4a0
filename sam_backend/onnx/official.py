"""The baseline of every measurement: a decoder graph shaped like the one that Segment Anything's own export makes.

One mask chosen in the graph and resized there to the image's size; layer norms over channels spelt out as means;
every image token projected on every click. The numbers are SAM's, so it also cross-checks the other graphs.
"""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling import Sam
from sam_backend.modeling.common import LayerNorm2d
from sam_backend.onnx.graphs import PROMPT_INPUTS, DecoderGraph, example_embedding, example_prompts
from sam_backend.onnx.write import write_graph

OFFICIAL_INPUTS = ("image_embeddings", *PROMPT_INPUTS, "orig_im_size")
OFFICIAL_OUTPUTS = ("masks", "iou_predictions", "low_res_masks")


class _SpeltOutNorm(nn.Module):
    """`LayerNorm2d` as means over the channel axis."""

    def __init__(self, norm: LayerNorm2d) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps

    def forward(self, x: Tensor) -> Tensor:
        x = x - x.mean(1, keepdim=True)
        x = x / torch.sqrt(x.pow(2).mean(1, keepdim=True) + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


class OfficialDecoderGraph(nn.Module):
    """Embedding, one prompt and the image's (height, width) to one mask's logits at that size."""

    def __init__(self, model: Sam) -> None:
        super().__init__()
        self.decoder = DecoderGraph(model)
        self.size = model.config.input_size

    def forward(
        self, embedding: Tensor, coords: Tensor, labels: Tensor, mask: Tensor, has_mask: Tensor, image_size: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        logits, iou = self.decoder(embedding, coords, labels, mask, has_mask)
        # 1000 for the unambiguous mask with more than one point (and padding), else for the candidates
        weight = torch.tensor([1000.0] + [0.0] * (logits.shape[1] - 1))
        best = (iou + (coords.shape[1] - 2.5) * weight).argmax(1)
        low, iou = logits[torch.arange(logits.shape[0]), best][:, None], iou.gather(1, best[:, None])
        return self._at_image_size(low, image_size), iou, low

    def _at_image_size(self, low: Tensor, image_size: Tensor) -> Tensor:
        square = F.interpolate(low, (self.size, self.size), mode="bilinear", align_corners=False)
        scaled = torch.floor(image_size * (self.size / image_size.max()) + 0.5).to(torch.int64)
        cropped = square[..., : scaled[0], : scaled[1]]
        wanted = image_size.to(torch.int64)
        return F.interpolate(cropped, (wanted[0], wanted[1]), mode="bilinear", align_corners=False)  # type: ignore[arg-type]


def write_official(model: Sam, path: Path) -> None:
    """Write the baseline graph: inputs `OFFICIAL_INPUTS`, outputs `OFFICIAL_OUTPUTS`."""
    graph = OfficialDecoderGraph(copy.deepcopy(model))
    for parent in (graph.decoder.mask_decoder.output_upscaling, graph.decoder.prompt_encoder.mask_downscaling):
        for name, child in list(parent.named_children()):
            if isinstance(child, LayerNorm2d):
                parent[int(name)] = _SpeltOutNorm(child)
    size = torch.tensor([float(model.config.input_size) * 3 / 4, float(model.config.input_size)])
    arguments = (example_embedding(model), *example_prompts(model, batch=1), size)
    axes = {"point_coords": {1: "points"}, "point_labels": {1: "points"}}
    axes |= {"masks": {2: "height", 3: "width"}}
    write_graph(graph, arguments, path, OFFICIAL_INPUTS, OFFICIAL_OUTPUTS, axes)
