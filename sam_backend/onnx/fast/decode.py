"""`decode_fast.onnx`: prepared tensors and one prompt to masks."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.modeling import Sam
from sam_backend.onnx.fast.columns import mask_columns
from sam_backend.onnx.fast.constants import derive
from sam_backend.onnx.fast.layers import FastAttention, FastLayer0, FastLayer1
from sam_backend.onnx.fast.linear import Columns, Scales
from sam_backend.onnx.fast.prepare import PREPARED
from sam_backend.onnx.fast.upscale import FastUpscaling
from sam_backend.onnx.graphs import ImagePositions

FAST_OUTPUTS = ("logits", "iou", "guard")


class FastDecoderGraph(nn.Module):
    """One prompt against a prepared picture: logits [1, 4, 4G, 4G], IoUs [1, 4], guard [1]."""

    def __init__(self, model: Sam) -> None:
        super().__init__()
        c = derive(model)
        decoder = model.mask_decoder
        self.prompt_encoder, self.mask_decoder = model.prompt_encoder, decoder
        self.pixels, self.width, self.inner = c.pixels, model.config.decoder.width, c.inner
        self.layer0 = FastLayer0(decoder.transformer.layers[0], c)
        self.layer1 = FastLayer1(decoder.transformer.layers[1], c)
        self.final = FastAttention(decoder.transformer.final_attn_token_to_image, c, c.value2)
        self.positions = ImagePositions(model)
        self.upscaling = FastUpscaling(decoder, c, model.config.grid)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs: the tensors of `PREPARED`, then point_coords, point_labels, mask_input, has_mask_input."""
        image = dict(zip(PREPARED, inputs, strict=False))
        coords, labels, mask, has_mask = inputs[len(PREPARED) :]
        rows = mask_columns(has_mask, mask, self.prompt_encoder.mask_downscaling, self.pixels)
        prompt = self.mask_decoder.tokens(self.prompt_encoder.points(coords, labels))

        tokens, first, v0 = self.layer0(prompt, image, rows)
        r1, kept1 = self.layer0.norm(first, image, v0)
        tokens, second, v1 = self.layer1(tokens, prompt, image, first, r1, self.positions())
        columns, r2, kept2 = self.layer1.norm(first, second, image, v0, v1, r1)

        tokens = self._attend_last(tokens, prompt, image, columns, Scales(r1, r2))
        features = self.upscaling(image["z_up"], columns, r1, r2)
        logits = self.upscaling.shuffle(self.mask_decoder.mask_weights(tokens)[0] @ features.T)
        return logits, self.mask_decoder.ious(tokens), torch.minimum(kept1, kept2)

    def _attend_last(
        self, tokens: Tensor, prompt: Tensor, image: dict[str, Tensor], columns: Columns, scales: Scales
    ) -> Tensor:
        images = columns.images[:, self.width :]
        keys, values = images[:, : self.inner], images[:, self.inner : 2 * self.inner]
        mapped = (image["z_k"], keys), (image["z_v"], values)
        seen = self.final(tokens + prompt, *mapped, columns.weights, scales, self.positions())
        out: Tensor = self.mask_decoder.transformer.norm_final_attn(tokens + seen)
        return out
