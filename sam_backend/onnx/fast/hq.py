"""The fast decoder of HQ-SAM.

Its transformer is SAM's with one token more. What differs: one mask is read from finer features, which are the
upscaled ones after two 3×3 convolutions plus what the encoder's graph fused. No other mask reads them, so the second
convolution, a linear map, gives one channel in place of C / 8: its weights are multiplied with the mask's first.
`prepare` lays the fused features out the way the upscaling nests its pixels, and adds that convolution's bias.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.common import LayerNorm2d
from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.hq.decoder import OUTPUT_TOKENS, HqMaskDecoder
from sam_backend.onnx.fast.columns import mask_columns
from sam_backend.onnx.fast.constants import derive
from sam_backend.onnx.fast.parts import parameter, sam_parts
from sam_backend.onnx.fast.prepare import PREPARED, PrepareImage
from sam_backend.onnx.fast.transformer import FastTransformer
from sam_backend.onnx.fast.upscale import FastUpscaling, unnest, whole

HQ_PREPARED = (*PREPARED, "fused")
"""What `prepare` gives: `PREPARED`, and the fused features nested by sub-pixel, [G, G, 16, C / 8]."""
HQ_SHOWN = {name: {0: "rows", 1: "columns"} for name in ("z_up", "fused")}
"""See `SHOWN`. The two convolutions reach two logits further."""


class HqPrepareGraph(nn.Module):
    """The embedding's two tensors to those of `HQ_PREPARED`."""

    def __init__(self, model: HqSam) -> None:
        super().__init__()
        self.image = PrepareImage(sam_parts(model))
        self.grid = model.config.grid
        self.bias = _convolutions(model.mask_decoder)[2].get_parameter("bias")

    def forward(self, embedding: Tensor, hq_features: Tensor) -> tuple[Tensor, ...]:
        grid = self.grid
        fused = hq_features + self.bias.reshape(1, -1, 1, 1)
        nested = fused.reshape(-1, grid, 2, 2, grid, 2, 2).permute(1, 4, 2, 5, 3, 6, 0)
        return (*self.image(embedding.flatten(2)[0].T), nested.reshape(grid, grid, 16, -1))


class HqFastGraph(nn.Module):
    """One prompt against a prepared image: logits [1, 4, 4G, 4G], IoUs [1, 4], guard [1]."""

    def __init__(self, model: HqSam) -> None:
        super().__init__()
        parts = sam_parts(model)
        c = derive(parts)
        self.prompt_encoder, self.mask_decoder = model.prompt_encoder, model.mask_decoder
        self.pixels, self.grid = c.pixels, parts.grid
        self.transformer = FastTransformer(parts, c, read=OUTPUT_TOKENS)
        self.upscaling = FastUpscaling(model.mask_decoder, c)
        self.refining = _Refining(model.mask_decoder)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs: the tensors of `HQ_PREPARED`, then point_coords, point_labels, mask_input, has_mask_input."""
        image = dict(zip(HQ_PREPARED, inputs, strict=False))
        coords, labels, mask, has_mask = inputs[len(HQ_PREPARED) :]
        rows = mask_columns(has_mask, mask, self.prompt_encoder.mask_downscaling, 1e-6, self.pixels)
        prompt = self.mask_decoder.tokens(self.prompt_encoder.points(coords, labels))
        decoded = self.transformer(prompt, image, rows)
        features = self.upscaling(image["z_up"], decoded.columns, *decoded.scales)
        weights = self.mask_decoder.hq_weights(decoded.tokens)[0]
        # the fused features' share is the same in every mask, so it is added before the pixels are put in order
        masks = self.mask_decoder.mask_weights(decoded.tokens)[0] @ features.T
        masks = unnest(masks + weights @ image["fused"].flatten(0, 2).T, image["z_up"])
        logits = masks + self.refining(unnest(features.T, image["z_up"]), weights)
        return whole(logits, self.grid), self.mask_decoder.ious(decoded.tokens), decoded.guard


class _Refining(nn.Module):
    """Upscaled features [K, h, w] and the high-quality mask's weights [1, K] to what the convolutions add [1, h, w]."""

    def __init__(self, decoder: HqMaskDecoder) -> None:
        super().__init__()
        first, self.norm, second = _convolutions(decoder)
        weight, bias = parameter(first, "weight"), parameter(first, "bias")
        # centred over the channels it gives, so that the norm has nothing to centre
        self.register_buffer("first", (weight - weight.mean(0)).float())
        self.register_buffer("first_add", (bias - bias.mean()).float())
        self.hidden = second.in_channels
        self.register_buffer("second", parameter(second, "weight").float().flatten(1))  # [K, hidden · 9]
        self.register_buffer("mean", torch.full((1, self.hidden), 1 / self.hidden))

    def forward(self, features: Tensor, weights: Tensor) -> Tensor:
        height, width = features.shape[1], features.shape[2]
        x = F.conv2d(features[None], self.get_buffer("first"), self.get_buffer("first_add"), padding=1)[0].flatten(1)
        scale = torch.rsqrt(self.get_buffer("mean") @ (x * x) + self.norm.eps)
        x = F.gelu(x * scale * self.norm.weight[:, None] + self.norm.bias[:, None])
        taps = (weights @ self.get_buffer("second")).reshape(self.hidden, 9).T
        planes = F.pad((taps @ x).reshape(9, height, width), (1, 1, 1, 1))
        # a convolution to one channel is nine products and shifted sums: runtimes have no quick kernel for it
        moved = [planes[i : i + 1].narrow(1, i // 3, height).narrow(2, i % 3, width) for i in range(9)]
        return torch.stack(moved).sum(0)


def _convolutions(decoder: HqMaskDecoder) -> tuple[nn.Conv2d, LayerNorm2d, nn.Conv2d]:
    first, norm, _, second = decoder.embedding_maskfeature
    if not (isinstance(first, nn.Conv2d) and isinstance(norm, LayerNorm2d) and isinstance(second, nn.Conv2d)):
        raise ValueError("The decoder's convolutions are not HQ-SAM's.")
    return first, norm, second
