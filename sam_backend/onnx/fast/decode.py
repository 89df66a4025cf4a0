"""`decode_fast.onnx`: prepared tensors and one prompt to masks."""

from __future__ import annotations

from torch import Tensor, nn

from sam_backend.modeling import Sam
from sam_backend.onnx.fast.columns import mask_columns
from sam_backend.onnx.fast.constants import derive
from sam_backend.onnx.fast.parts import sam_parts
from sam_backend.onnx.fast.prepare import PREPARED
from sam_backend.onnx.fast.transformer import FastTransformer
from sam_backend.onnx.fast.upscale import FastUpscaling, unnest, whole
from sam_backend.sessions.fast import OUTPUT_TOKENS

FAST_OUTPUTS = ("logits", "iou", "guard")
SHOWN = {"z_up": {0: "rows", 1: "columns"}}
"""Inputs [G, G, ..] that may be given for the first rows and columns alone; logits of other cells are not made."""


class FastDecoderGraph(nn.Module):
    """One prompt against a prepared image: logits [1, 4, 4G, 4G], IoUs [1, 4], guard [1]."""

    def __init__(self, model: Sam) -> None:
        super().__init__()
        parts = sam_parts(model)
        c = derive(parts)
        self.prompt_encoder, self.mask_decoder = model.prompt_encoder, model.mask_decoder
        self.pixels, self.grid = c.pixels, parts.grid
        self.transformer = FastTransformer(parts, c, read=OUTPUT_TOKENS)
        self.upscaling = FastUpscaling(model.mask_decoder, c)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs: the tensors of `PREPARED`, then point_coords, point_labels, mask_input, has_mask_input."""
        image = dict(zip(PREPARED, inputs, strict=False))
        coords, labels, mask, has_mask = inputs[len(PREPARED) :]
        rows = mask_columns(has_mask, mask, self.prompt_encoder.mask_downscaling, 1e-6, self.pixels)
        prompt = self.mask_decoder.tokens(self.prompt_encoder.points(coords, labels))
        decoded = self.transformer(prompt, image, rows)
        features = self.upscaling(image["z_up"], decoded.columns, *decoded.scales)
        masks = unnest(self.mask_decoder.mask_weights(decoded.tokens)[0] @ features.T, image["z_up"])
        return whole(masks, self.grid), self.mask_decoder.ious(decoded.tokens), decoded.guard
