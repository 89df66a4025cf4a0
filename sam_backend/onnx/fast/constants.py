"""Model constants of the fast decoder, folded in float64 and kept in float32."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sam_backend.onnx.fast.linear import centre
from sam_backend.onnx.fast.parts import Parts, parameter


@dataclass(frozen=True)
class Constants:
    """Everything that depends on the model alone. C channels, I inner channels in H heads of D, M pixels.

    Names: `maps1` are the maps of x₁ (key and value of layer 1's token-to-image attention, query of its
    image-to-token attention, side by side: [C, 3·I]); `maps2` those of x₂ (key and value of the final
    attention, first upscaling: [C, 2·I + 4·K]), both with the layer norm's γ folded in.
    """

    heads: int
    pixels: int
    dense: Tensor  # [C] what a prompt without a mask adds to every pixel
    rows: Tensor  # [R, C] images of what else a prompt adds, see `Parts`
    bias0: Tensor  # [C] output bias of layer 0's image-to-token attention
    gamma1: Tensor  # [C]
    out0: Tensor  # [I, C] its output projection, centred
    out1: Tensor  # [I, C] layer 1's, centred
    bias2: Tensor  # [C] constant part of x₂ before its norm, centred
    maps1: Tensor
    maps2: Tensor
    value1: Tensor  # [I] constant part of layer 1's values
    value2: Tensor  # [I] of the final attention's
    query1: Tensor  # [I] of layer 1's image queries
    up: Tensor  # [4·K] of the first upscaling

    @property
    def inner(self) -> int:
        """Channels inside the cross attentions."""
        return self.out0.shape[0]

    @property
    def width(self) -> int:
        """C."""
        return self.out0.shape[1]


def derive(parts: Parts) -> Constants:
    """Constants in float64."""
    first, second = parts.layers
    out0, out1 = first.cross_attn_image_to_token.out_proj, second.cross_attn_image_to_token.out_proj
    seen, query, final = second.cross_attn_token_to_image, second.cross_attn_image_to_token.q_proj, parts.final
    gamma = [parameter(layer.norm4, "weight") for layer in parts.layers]
    beta = [parameter(layer.norm4, "bias") for layer in parts.layers]
    maps1 = torch.cat([_columns(seen.k_proj), _columns(seen.v_proj), _columns(query)], 1)
    maps2 = torch.cat([_columns(final.k_proj), _columns(final.v_proj), parts.up_weight], 1)
    return Constants(
        heads=parts.heads,
        pixels=parts.grid**2,
        dense=parts.dense,
        rows=parts.rows,
        bias0=parameter(out0, "bias"),
        gamma1=gamma[0],
        out0=centre(_columns(out0)),
        out1=centre(_columns(out1)),
        bias2=centre(beta[0] + parameter(out1, "bias")),
        maps1=gamma[0][:, None] * maps1,
        maps2=gamma[1][:, None] * maps2,
        value1=beta[0] @ _columns(seen.v_proj) + parameter(seen.v_proj, "bias"),
        value2=beta[1] @ _columns(final.v_proj) + parameter(final.v_proj, "bias"),
        query1=beta[0] @ _columns(query) + parameter(query, "bias"),
        up=beta[1] @ parts.up_weight + parts.up_bias,
    )


def _columns(linear: nn.Module) -> Tensor:
    """A linear layer's weight [in, out]."""
    return parameter(linear, "weight").T
