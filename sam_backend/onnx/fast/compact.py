"""The fast decoder of the compact model.

Its transformer is SAM's at half the width. What differs: a prompt adds seven maps to the image tokens even without a
mask (seven more rows), prompt tokens read the image under them, and the encoder's finer features join the upscaling.
`prepare` lays those out the way the upscaling nests its pixels; on every click that cost as much as the transformer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import DecoderConfig
from sam_backend.modeling.compact.decoder import CompactDecoder
from sam_backend.modeling.compact.layers import ChannelNorm
from sam_backend.modeling.compact.model import INPUT_SIZE, CompactSam
from sam_backend.modeling.compact.prompts import PromptEncoder
from sam_backend.modeling.compact.transformer import Attention as CompactAttention
from sam_backend.modeling.compact.transformer import TwoWayBlock as CompactBlock
from sam_backend.modeling.transformer import Attention, TwoWayBlock
from sam_backend.onnx.fast.columns import mask_columns
from sam_backend.onnx.fast.constants import Constants, derive
from sam_backend.onnx.fast.linear import Columns
from sam_backend.onnx.fast.parts import Parts, mask_rows, parameter
from sam_backend.onnx.fast.prepare import PREPARED, PrepareImage
from sam_backend.onnx.fast.transformer import FastTransformer
from sam_backend.onnx.fast.upscale import first_upscaling, unnest, whole
from sam_backend.sessions.fast import OUTPUT_TOKENS

GRID = INPUT_SIZE // 8
COMPACT_PREPARED = (*PREPARED, "alike", "fine_4", "fine_2")
"""What `prepare` gives: `PREPARED` over the compact tokens, what tokens are compared by [1, M, 32], and the finer
features nested by sub-pixel, [G, G, 4, 32] and [G, G, 4, 64] (with the second upscaling's bias)."""

COMPACT_SHOWN = {name: {0: "rows", 1: "columns"} for name in ("z_up", "fine_4", "fine_2")}
"""See `SHOWN`. The smoothing of the logits reaches two of them further."""


class GridPositions(nn.Module):
    """Positional encodings of the image tokens, [1, M, C]."""

    def __init__(self, prompts: PromptEncoder) -> None:
        super().__init__()
        self.prompts = prompts

    def forward(self) -> Tensor:
        return self.prompts.grid_position(GRID, GRID)[None]


def compact_parts(decoder: CompactDecoder) -> Parts:
    """The compact decoder's transformer under SAM's names."""
    first, second = (_block(layer) for layer in decoder.transformer.layers)
    maps, no_mask = decoder.prompt_encoder.dense_maps, decoder.no_mask
    return Parts(
        layers=(first, second),
        final=_attention(decoder.transformer.final),
        final_norm=decoder.transformer.final_norm,
        positions=GridPositions(decoder.prompt_encoder),
        dense=parameter(no_mask, "weight")[0] + parameter(maps, "bias"),
        rows=torch.cat([parameter(maps, "weight").T, mask_rows(decoder.mask_downscale[6], no_mask)]),
        up_weight=parameter(decoder.upscale.expand1, "weight").T,
        up_bias=parameter(decoder.upscale.expand1, "bias"),
        heads=first.self_attn.heads,
        grid=GRID,
    )


def _block(layer: nn.Module) -> TwoWayBlock:
    """The same layer with the same weights as SAM's class."""
    if not isinstance(layer, CompactBlock):
        raise ValueError("The decoder's layers are not the compact model's.")
    width, heads = layer.norm1.normalized_shape[0], layer.self_attention.heads
    block = TwoWayBlock(DecoderConfig(width=width, heads=heads, mlp_width=1), first=layer.first)
    block.self_attn = _attention(layer.self_attention)
    block.cross_attn_token_to_image = _attention(layer.token_to_image)
    block.cross_attn_image_to_token = _attention(layer.image_to_token)
    block.norm1, block.norm2, block.norm3, block.norm4 = layer.norm1, layer.norm2, layer.norm3, layer.norm4
    first, _, second = layer.mlp
    if not (isinstance(first, nn.Linear) and isinstance(second, nn.Linear)):
        raise ValueError("The layer's MLP is not the compact model's.")
    block.mlp.lin1, block.mlp.lin2 = first, second
    return block


def _attention(attention: CompactAttention) -> Attention:
    same = Attention(attention.q.in_features, attention.heads)
    same.q_proj, same.k_proj, same.v_proj, same.out_proj = attention.q, attention.k, attention.v, attention.out
    return same


class CompactPrepareGraph(nn.Module):
    """The embedding's three tensors to those of `COMPACT_PREPARED`."""

    def __init__(self, model: CompactSam) -> None:
        super().__init__()
        self.image = PrepareImage(compact_parts(model.decoder))
        self.prompts, self.upscale = model.decoder.prompt_encoder, model.decoder.upscale

    def forward(self, embedding: Tensor, high_res_4: Tensor, high_res_2: Tensor) -> tuple[Tensor, ...]:
        tokens = embedding.flatten(2)[0].T
        fine_4 = high_res_4.reshape(-1, GRID, 2, GRID, 2).permute(1, 3, 2, 4, 0).flatten(2, 3)
        nested = high_res_2.reshape(-1, GRID, 2, 2, GRID, 2, 2).permute(1, 4, 2, 5, 3, 6, 0)
        fine_2 = nested.reshape(GRID, GRID, 4, -1) + self.upscale.expand2.bias
        return (*self.image(tokens), self.prompts.alike(tokens[None]), fine_4, fine_2)


class CompactFastGraph(nn.Module):
    """One prompt against a prepared image: logits [1, 4, 4G, 4G], IoUs [1, 4], guard [1]."""

    def __init__(self, model: CompactSam) -> None:
        super().__init__()
        self.decoder = model.decoder
        parts = compact_parts(model.decoder)
        c = derive(parts)
        norm = model.decoder.mask_downscale[1]
        if not isinstance(norm, ChannelNorm):
            raise ValueError("The mask encoder's norms are not the compact model's.")
        self.pixels, self.eps = c.pixels, norm.norm.eps
        self.transformer = FastTransformer(parts, c, read=OUTPUT_TOKENS)
        self.upscaling = _Upscaling(model.decoder, c)

    def forward(self, embedding: Tensor, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs: the embedding, the tensors of `COMPACT_PREPARED`, and the four of a prompt."""
        image = dict(zip(COMPACT_PREPARED, inputs, strict=False))
        coords, labels, mask, has_mask = inputs[len(COMPACT_PREPARED) :]
        seen = embedding.flatten(2).transpose(1, 2), image["alike"]
        sparse, maps = self.decoder.prompt_encoder.read(*seen, coords / INPUT_SIZE, labels, GRID, GRID)
        rows = torch.cat([maps[0], mask_columns(has_mask, mask, self.decoder.mask_downscale, self.eps, self.pixels)])
        decoded = self.transformer(torch.cat([self.decoder.output_tokens.weight[None], sparse], 1), image, rows)
        features = self.upscaling(image, decoded.columns, *decoded.scales)
        tokens = decoded.tokens
        kernels = torch.cat([net(tokens[:, 1 + i]) for i, net in enumerate(self.decoder.hypernetworks)])
        masks = smooth(unnest(kernels @ features.T, image["z_up"]), self.decoder.upscale.smooth[0, 0])
        logits = whole(masks, GRID)
        return logits, self.decoder.ious(logits, seen[0], tokens), decoded.guard


class _Upscaling(nn.Module):
    """Columns, the prepared map of Z and the finer features to features [16·M, 16], nested by sub-pixel."""

    def __init__(self, decoder: CompactDecoder, c: Constants) -> None:
        super().__init__()
        self.norm, self.second = decoder.upscale.norm, decoder.upscale.expand2
        self.channels = decoder.upscale.channels
        self.register_buffer("add", c.up.float()[None])

    def forward(self, image: dict[str, Tensor], columns: Columns, r1: Tensor, r2: Tensor) -> Tensor:
        x = first_upscaling(image["z_up"], columns, self.get_buffer("add"), r1, r2)
        fine_4, fine_2 = (image[name].flatten(0, 2) for name in ("fine_4", "fine_2"))
        x = F.gelu(self.norm(x.reshape(fine_4.shape) + fine_4))
        return F.relu(x @ self.second.weight.T + fine_2).reshape(-1, self.channels)


def smooth(maps: Tensor, kernel: Tensor) -> Tensor:
    """Maps [K, S, S] convolved with a symmetric separable kernel [5, 5], edges replicated.

    Shifted sums down and across: runtimes without a kernel for single-channel convolutions take four times as long.
    """
    centre, near, far = (kernel[2, 2 + i] / kernel[2].sum() for i in range(3))
    for axis in (1, 2):
        side = maps.shape[axis]
        first, last = maps.narrow(axis, 0, 1), maps.narrow(axis, side - 1, 1)
        wide = torch.cat([first, first, maps, last, last], axis)
        at = [wide.narrow(axis, i, side) for i in (0, 1, 3, 4)]
        maps = maps * centre + (at[1] + at[2]) * near + (at[0] + at[3]) * far
    return maps
