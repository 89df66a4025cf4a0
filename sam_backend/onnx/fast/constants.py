"""Model constants of the fast decoder, folded in float64 and kept in float32."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sam_backend.modeling import Sam


@dataclass(frozen=True)
class Constants:
    """Everything that depends on the model alone. C channels, I inner channels in H heads of D, M pixels.

    Names: `maps1` are the maps of x₁ (key and value of layer 1's token-to-image attention, query of its
    image-to-token attention, side by side: [C, 3·I]); `maps2` those of x₂ (key and value of the final
    attention, first upscaling: [C, 2·I + C]), both with the layer norm's γ folded in.
    """

    heads: int
    pixels: int
    dense: Tensor  # [C] what a prompt without a mask adds to every pixel
    mask_rows: Tensor  # [17, C] constant row, then the mask channels' rows
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
    up: Tensor  # [C] of the first upscaling

    @property
    def inner(self) -> int:
        """Channels inside the cross attentions."""
        return self.out0.shape[0]


def centre(x: Tensor) -> Tensor:
    """Subtract the mean over the last axis, as a layer norm does."""
    return x - x.mean(-1, keepdim=True)


def derive(model: Sam) -> Constants:
    """Constants in float64.

    Raises:
        ValueError: the decoder does not have two layers; the derivation unrolls exactly two.
    """
    parts = {name: value.detach().double() for name, value in model.mask_decoder.state_dict().items()}
    prompt = {name: value.detach().double() for name, value in model.prompt_encoder.state_dict().items()}
    if model.config.decoder.depth != 2:
        raise ValueError(f"The fast decoder is derived for two layers, not {model.config.decoder.depth}.")
    layers = [_Part(parts, f"transformer.layers.{i}.") for i in (0, 1)]
    final = _Part(parts, "transformer.final_attn_token_to_image.")
    gamma, beta = [p["norm4.weight"] for p in layers], [p["norm4.bias"] for p in layers]
    upscale, up_bias = parts["output_upscaling.0.weight"], parts["output_upscaling.0.bias"]
    # [C, channels, 2, 2] to [C, sub-pixel · channels]
    up = upscale.permute(0, 2, 3, 1).reshape(upscale.shape[0], -1)
    seen, answer = layers[1].part("cross_attn_token_to_image."), layers[1].part("cross_attn_image_to_token.")
    first = layers[0].part("cross_attn_image_to_token.")
    maps1 = torch.cat([seen["k_proj.weight"].T, seen["v_proj.weight"].T, answer["q_proj.weight"].T], 1)
    maps2 = torch.cat([final["k_proj.weight"].T, final["v_proj.weight"].T, up], 1)
    no_mask = prompt["no_mask_embed.weight"][0]
    mask_weight = prompt["mask_downscaling.6.weight"].flatten(1).T
    mask_constant = (prompt["mask_downscaling.6.bias"] - no_mask)[None]
    return Constants(
        heads=model.config.decoder.heads,
        dense=no_mask,
        mask_rows=torch.cat([mask_constant, mask_weight]),
        pixels=model.config.grid**2,
        bias0=first["out_proj.bias"],
        gamma1=gamma[0],
        out0=centre(first["out_proj.weight"].T),
        out1=centre(answer["out_proj.weight"].T),
        bias2=centre(beta[0] + answer["out_proj.bias"]),
        maps1=gamma[0][:, None] * maps1,
        maps2=gamma[1][:, None] * maps2,
        value1=beta[0] @ seen["v_proj.weight"].T + seen["v_proj.bias"],
        value2=beta[1] @ final["v_proj.weight"].T + final["v_proj.bias"],
        query1=beta[0] @ answer["q_proj.weight"].T + answer["q_proj.bias"],
        up=beta[1] @ up + up_bias.repeat(4),
    )


class _Part:
    """State-dict values under a prefix."""

    def __init__(self, values: dict[str, Tensor], prefix: str) -> None:
        self.values, self.prefix = values, prefix

    def __getitem__(self, name: str) -> Tensor:
        return self.values[self.prefix + name]

    def part(self, name: str) -> _Part:
        return _Part(self.values, self.prefix + name)
