"""The decoder as everybody exports it: one graph that projects everything and resizes its mask to the picture."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling import Sam
from sam_backend.onnx.graphs import PROMPT_INPUTS, DecoderGraph, example_embedding, example_prompts
from sam_backend.onnx.write import write_graph


class OfficialStyleGraph(nn.Module):
    """Plain decoder, the best of four masks, upsampled inside the graph to `size` (height, width)."""

    def __init__(self, model: Sam, size: tuple[int, int]) -> None:
        super().__init__()
        self.decoder = DecoderGraph(model)
        self.side, self.size = model.config.input_size, size
        scale = self.side / max(size)
        self.scaled = [int(length * scale + 0.5) for length in size]

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs as `DecoderGraph`; masks [1, 1, H, W] before the threshold, and their IoU [1, 1]."""
        logits, iou = self.decoder(*inputs)
        best = iou.argmax(1)
        one = logits[:, best]
        square = F.interpolate(one, [self.side, self.side], mode="bilinear", align_corners=False)
        cropped = square[..., : self.scaled[0], : self.scaled[1]]
        return F.interpolate(cropped, list(self.size), mode="bilinear", align_corners=False), iou[:, best]


def write_official(model: Sam, path: Path, size: tuple[int, int]) -> None:
    """Write the graph for pictures of `size` (height, width)."""
    arguments = (example_embedding(model), *example_prompts(model, batch=1))
    axes = {"point_coords": {1: "points"}, "point_labels": {1: "points"}}
    write_graph(OfficialStyleGraph(model, size), arguments, path, ("embedding", *PROMPT_INPUTS), ("masks", "iou"), axes)
