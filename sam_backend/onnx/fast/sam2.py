"""The fast decoder of SAM 2.

Its transformer is SAM's with one token more. What differs: the encoder's finer maps join the upscaling, which `prepare`
lays out the way the upscaling nests its pixels, and the single mask may give way to a candidate.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.common import LayerNorm2d
from sam_backend.modeling.sam2.decoder import OUTPUT_TOKENS, Sam2MaskDecoder, steady
from sam_backend.modeling.sam2.model import MOST_LOGIT, Sam2
from sam_backend.onnx.fast.columns import mask_columns
from sam_backend.onnx.fast.constants import Constants, derive
from sam_backend.onnx.fast.linear import Columns
from sam_backend.onnx.fast.parts import sam_parts
from sam_backend.onnx.fast.prepare import PREPARED, PrepareImage
from sam_backend.onnx.fast.transformer import FastTransformer
from sam_backend.onnx.fast.upscale import first_upscaling, unnest, whole

SAM2_PREPARED = (*PREPARED, "fine_8", "fine_4")
"""What `prepare` gives: `PREPARED`, and the finer maps nested by sub-pixel: [M, 4·C/4], centred over each sub-pixel's
channels for the norm that follows, and [4·M, 4·C/8] with the second upscaling's bias."""


class Sam2PrepareGraph(nn.Module):
    """The embedding's three tensors to those of `SAM2_PREPARED`."""

    def __init__(self, model: Sam2) -> None:
        super().__init__()
        self.image = PrepareImage(sam_parts(model))
        self.grid = model.config.grid
        self.bias = _second(model.mask_decoder).get_parameter("bias")

    def forward(self, embedding: Tensor, high_res_8: Tensor, high_res_4: Tensor) -> tuple[Tensor, ...]:
        grid = self.grid
        fine_8 = high_res_8 - high_res_8.mean(dim=1, keepdim=True)
        fine_8 = fine_8.reshape(-1, grid, 2, grid, 2).permute(1, 3, 2, 4, 0).reshape(grid * grid, -1)
        fine_4 = high_res_4 + self.bias.reshape(1, -1, 1, 1)
        fine_4 = fine_4.reshape(-1, grid, 2, 2, grid, 2, 2).permute(1, 4, 2, 5, 3, 6, 0).reshape(4 * grid * grid, -1)
        return (*self.image(embedding.flatten(2)[0].T), fine_8, fine_4)


class Sam2FastGraph(nn.Module):
    """One prompt against a prepared image: logits [1, 4, 4G, 4G], IoUs [1, 4], guard [1]."""

    def __init__(self, model: Sam2) -> None:
        super().__init__()
        parts = sam_parts(model)
        c = derive(parts)
        self.model, self.pixels, self.grid = model, c.pixels, parts.grid
        self.transformer = FastTransformer(parts, c, read=OUTPUT_TOKENS)
        self.upscaling = _Upscaling(model.mask_decoder, c)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs: the tensors of `SAM2_PREPARED`, then point_coords, point_labels, mask_input, has_mask_input."""
        image = dict(zip(SAM2_PREPARED, inputs, strict=False))
        coords, labels, mask, has_mask = inputs[len(SAM2_PREPARED) :]
        decoder, downscaling = self.model.mask_decoder, self.model.prompt_encoder.mask_downscaling
        rows = mask_columns(has_mask, mask.clamp(-MOST_LOGIT, MOST_LOGIT), downscaling, 1e-6, self.pixels)
        decoded = self.transformer(decoder.tokens(self.model.sparse(coords, labels)), image, rows)
        features = self.upscaling(image, decoded.columns, *decoded.scales)
        masks = unnest(decoder.mask_weights(decoded.tokens)[0] @ features.T, image["z_up"])
        return *steady(whole(masks, self.grid), decoder.ious(decoded.tokens)), decoded.guard


class _Upscaling(nn.Module):
    """Columns, the prepared map of Z and the finer maps to features [16·M, C / 8], nested by sub-pixel."""

    def __init__(self, decoder: Sam2MaskDecoder, c: Constants) -> None:
        super().__init__()
        norm, second = decoder.output_upscaling[1], _second(decoder)
        if not isinstance(norm, LayerNorm2d):
            raise ValueError("The decoder's upscaling is not SAM 2's.")
        self.norm, self.channels, self.features = norm, second.in_channels, second.out_channels
        self.register_buffer("second", second.weight.detach().permute(0, 2, 3, 1).flatten(1).contiguous())
        self.register_buffer("add", c.up.float()[None])

    def forward(self, image: dict[str, Tensor], columns: Columns, r1: Tensor, r2: Tensor) -> Tensor:
        x = first_upscaling(image["z_up"], columns, self.get_buffer("add"), r1, r2) + image["fine_8"]
        x = x.reshape(-1, self.channels)
        scale = torch.rsqrt((x * x).mean(1, keepdim=True) + self.norm.eps)  # both summands are centred
        x = F.gelu(x * scale * self.norm.weight + self.norm.bias)
        return F.gelu(x @ self.get_buffer("second") + image["fine_4"]).reshape(-1, self.features)


def _second(decoder: Sam2MaskDecoder) -> nn.ConvTranspose2d:
    second = decoder.output_upscaling[3]
    if not isinstance(second, nn.ConvTranspose2d):
        raise ValueError("The decoder's upscaling is not SAM 2's.")
    return second
