"""What the fast decoder needs of a model, whichever family it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sam_backend.modeling.families import AnySam
from sam_backend.modeling.transformer import Attention, TwoWayBlock
from sam_backend.onnx.fast.linear import centre
from sam_backend.onnx.graphs import ImagePositions


@dataclass(frozen=True)
class Parts:
    """A two-way transformer over C channels with what comes before and after it; tensors in float64.

    Attributes:
        layers: its two layers.
        final: the tokens' last look at the image.
        final_norm: the norm after it.
        positions: gives the image tokens' positional encodings [1, M, C].
        dense: [C] what a prompt without a mask adds to every image token.
        rows: [R, C] what else a prompt adds to them: image r as often as row r of the prompt's weights [R, M] says. A
            prompt without a mask may leave out the rows at the end.
        up_weight: [C, 4·K] first upscaling, sub-pixel by sub-pixel. SAM's is centred over the K channels of each: what
            it gives needs no centring in the layer norm that follows.
        up_bias: [4·K] its bias, likewise.
        heads: of the cross attentions.
        grid: cells per side of the embedding, M = grid².
    """

    layers: tuple[TwoWayBlock, TwoWayBlock]
    final: Attention
    final_norm: nn.Module
    positions: nn.Module
    dense: Tensor
    rows: Tensor
    up_weight: Tensor
    up_bias: Tensor
    heads: int
    grid: int


def sam_parts(model: AnySam) -> Parts:
    """SAM's, HQ-SAM's and SAM 2's transformer.

    Raises:
        ValueError: the decoder does not have two layers (the derivation unrolls exactly two) or not SAM's modules.
    """
    config, decoder, prompt = model.config, model.mask_decoder, model.prompt_encoder
    if config.decoder.depth != 2:
        raise ValueError(f"The fast decoder is derived for two layers, not {config.decoder.depth}.")
    first, second = decoder.transformer.layers
    final, up = decoder.transformer.final_attn_token_to_image, decoder.output_upscaling[0]
    if not (isinstance(first, TwoWayBlock) and isinstance(second, TwoWayBlock) and isinstance(up, nn.ConvTranspose2d)):
        raise ValueError("The decoder's layers are not SAM's.")
    return Parts(
        layers=(first, second),
        final=final,
        final_norm=decoder.transformer.norm_final_attn,
        positions=ImagePositions(model),
        dense=parameter(prompt.no_mask_embed, "weight")[0],
        rows=mask_rows(prompt.mask_downscaling[6], prompt.no_mask_embed),
        up_weight=centre(parameter(up, "weight").permute(0, 2, 3, 1)).flatten(1),
        up_bias=centre(parameter(up, "bias")).repeat(4),
        heads=config.decoder.heads,
        grid=config.grid,
    )


def mask_rows(last: nn.Module, no_mask: nn.Module) -> Tensor:
    """[17, C] images of a mask prompt's rows: the constant one, then the mask encoder's channels before `last`."""
    weight, bias = (parameter(last, name) for name in ("weight", "bias"))
    return torch.cat([bias[None] - parameter(no_mask, "weight"), weight.flatten(1).T])


def parameter(module: nn.Module, name: str) -> Tensor:
    """A parameter's values in float64."""
    return module.get_parameter(name).detach().double()
