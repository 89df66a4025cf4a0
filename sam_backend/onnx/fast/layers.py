"""The two-way transformer's layers over image tokens that were never built.

Shapes as in `linear`; R mask rows (1 without a mask prompt, 17 with one), n₀ = H·(T - 1) + 1 + R columns after layer 0,
n = n₀ + H·(T - 1) + 1 after layer 1: the weights of a head sum to one, so its first token needs none, see `steps`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.modeling.transformer import Attention, TwoWayBlock
from sam_backend.onnx.fast.constants import Constants
from sam_backend.onnx.fast.linear import (
    Columns,
    Scales,
    centre,
    cut,
    from_heads,
    norm_scale,
    scores,
    softmax_tokens,
    to_heads,
    weighted_sum,
)

Mapped = tuple[Tensor, Tensor]
"""A map of the image tokens: its base, prepared once per image, and the columns' images [n, I]."""


def keep(module: nn.Module, name: str, value: Tensor) -> None:
    """Store a float64 constant in float32."""
    module.register_buffer(name, value.float().contiguous())


class FastAttention(nn.Module):
    """Prompt tokens attend to image tokens.

    Args:
        attention: the model's.
        c: its constants.
        value: [I] constant part of the image tokens' values; the weights sum to one, so it passes through.
    """

    def __init__(self, attention: nn.Module, c: Constants, value: Tensor) -> None:
        super().__init__()
        if not isinstance(attention, Attention):
            raise ValueError("The decoder's attentions are not SAM's.")
        self.heads = c.heads
        self.scale = (c.inner // c.heads) ** -0.5
        self.q_proj, self.k_proj, self.out_proj = attention.q_proj, attention.k_proj, attention.out_proj
        keep(self, "value", value.reshape(c.heads, 1, -1))

    def forward(
        self,
        queries: Tensor,
        keys: Mapped,
        values: Mapped,
        weights: Tensor,
        scales: Scales,
        positions: Tensor | None = None,
    ) -> Tensor:
        """[1, T, C] queries to what they see, [1, T, C].

        `weights` [n, M] are the columns'; `positions` [1, M, C] are added to the keys unless they have them.
        """
        q = to_heads(self.q_proj(queries), self.heads) * self.scale
        product = scores(q, *keys, weights, scales)
        if positions is not None:
            product = product + q @ position_rows(positions, self.k_proj.weight, self.heads)
        seen = weighted_sum(product.softmax(-1), *values, weights, scales) + self.get_buffer("value")
        out: Tensor = self.out_proj(from_heads(seen))
        return out


def position_rows(positions: Tensor, weight: Tensor, heads: int) -> Tensor:
    """Projected positions [H, D, M]: constants of the model, which the runtime folds when it loads the graph."""
    return (weight @ positions[0].T).reshape(heads, -1, positions.shape[1])


class _FastLayer(nn.Module):
    """What both layers share: the tokens' own steps, and the keys and values they show to the image."""

    def __init__(self, layer: nn.Module, c: Constants) -> None:
        super().__init__()
        if not isinstance(layer, TwoWayBlock):
            raise ValueError("The decoder's layers are not SAM's.")
        self.layer, self.heads, self.inner, self.width = layer, c.heads, c.inner, c.out0.shape[1]
        self.scale = (c.inner // c.heads) ** -0.5

    def after(self, tokens: Tensor, seen: Tensor) -> Tensor:
        """Norm, MLP and norm after the tokens looked at the image."""
        tokens = self.layer.norm2(tokens + seen)
        out: Tensor = self.layer.norm3(tokens + self.layer.mlp(tokens))
        return out

    def shown(self, tokens: Tensor, prompt: Tensor) -> tuple[Tensor, Tensor]:
        """Keys (scaled) and values [H, T, D] of the image's attention to the tokens."""
        attention = self.layer.cross_attn_image_to_token
        keys = to_heads(attention.k_proj(tokens + prompt), self.heads) * self.scale
        return keys, to_heads(attention.v_proj(tokens), self.heads)


class FastLayer0(_FastLayer):
    """Layer 0: its keys, values and image queries are prepared; only a mask prompt adds columns."""

    def __init__(self, layer: nn.Module, c: Constants) -> None:
        super().__init__(layer, c)
        seen, answer = self.layer.cross_attn_token_to_image, self.layer.cross_attn_image_to_token
        self.seen = FastAttention(seen, c, torch.zeros(c.inner))
        self.eps = self.layer.norm4.eps
        for name, linear in (("mask_k", seen.k_proj), ("mask_v", seen.v_proj), ("mask_q", answer.q_proj)):
            keep(self, name, c.rows @ linear.weight.detach().double().T)  # [17, I]
        # each column's later images side by side, so that one product makes them all
        keep(self, "images", _later_images(c.out0, c).reshape(c.heads, c.inner // c.heads, -1))
        keep(self, "mask_images", _later_images(centre(c.rows), c))
        keep(self, "ones", torch.ones(1, c.pixels))

    def forward(self, prompt: Tensor, image: dict[str, Tensor], rows: Tensor) -> tuple[Tensor, Columns, Tensor]:
        """Tokens [1, T, C], the columns after this layer, and the values [H, T, D] behind them."""
        count, none = rows.shape[0], Scales()
        mask_k, mask_v, mask_q = (self.get_buffer(name)[:count] for name in ("mask_k", "mask_v", "mask_q"))
        tokens = self.layer.attend_tokens(prompt, prompt)
        seen = self.seen(tokens + prompt, (image["k0"], mask_k), (image["v0"], mask_v), rows, none)
        tokens = self.after(tokens, seen)
        keys, values = self.shown(tokens, prompt)
        attention = softmax_tokens(scores(keys, image["q0"], mask_q, rows, none))
        later, start = steps(values, self.get_buffer("images"))
        columns = Columns(
            torch.cat([attention[:, 1:].flatten(0, 1), self.get_buffer("ones"), rows]),
            torch.cat([later, start, self.get_buffer("mask_images")[:count]]),
        )
        return tokens, columns, values

    def norm(self, columns: Columns, image: dict[str, Tensor], values: Tensor) -> tuple[Tensor, Tensor]:
        """Scale [1, M] of the layer norm after this layer, and the share kept (see `norm_scale`)."""
        own, all0 = own_columns(values), columns.weights.shape[0]
        count = all0 - own
        cross = torch.cat([*steps(values, image["x_out"]), image["x_rows"][:count]])
        return norm_scale(image["x_sq"], columns, self.width, cross, None, slice(own, all0), self.eps)


class FastLayer1(_FastLayer):
    """Layer 1, over X plus layer 0's columns."""

    def __init__(self, layer: nn.Module, c: Constants) -> None:
        super().__init__(layer, c)
        self.seen = FastAttention(self.layer.cross_attn_token_to_image, c, c.value1)
        self.eps = self.layer.norm4.eps
        keep(self, "query", c.query1[:, None].reshape(c.heads, -1, 1))
        later = torch.cat([c.out1, c.out1 @ c.maps2], 1)
        keep(self, "images", later.reshape(c.heads, c.inner // c.heads, -1))
        keep(self, "bias", torch.cat([c.bias2, c.bias2 @ c.maps2])[None])
        keep(self, "ones", torch.ones(1, c.pixels))

    def forward(
        self,
        tokens: Tensor,
        prompt: Tensor,
        image: dict[str, Tensor],
        columns: Columns,
        r1: Tensor,
        positions: Tensor,
    ) -> tuple[Tensor, Columns, Tensor]:
        """Tokens [1, T, C], this layer's own columns (with the constant one), and the values behind them."""
        keys, values, queries = cut(columns.images[:, self.width : self.width + 3 * self.inner], *[self.inner] * 3)
        scales, weights = Scales(None, r1), columns.weights
        tokens = self.layer.attend_tokens(tokens, prompt)
        seen = self.seen(tokens + prompt, (image["x_k"], keys), (image["x_v"], values), weights, scales, positions)
        tokens = self.after(tokens, seen)
        shown, value = self.shown(tokens, prompt)
        query = self.layer.cross_attn_image_to_token.q_proj.weight
        at = position_rows(positions, query, self.heads) + self.get_buffer("query")
        product = scores(shown, image["x_q"], queries, weights, scales) + shown @ at
        own = torch.cat([softmax_tokens(product)[:, 1:].flatten(0, 1), self.get_buffer("ones")])
        moved, start = steps(value, self.get_buffer("images"))
        images = torch.cat([moved, start + self.get_buffer("bias")])
        return tokens, Columns(own, images), value

    def norm(
        self, first: Columns, second: Columns, image: dict[str, Tensor], v0: Tensor, v1: Tensor, r1: Tensor
    ) -> tuple[Columns, Tensor, Tensor]:
        """All columns over Z, the scale [1, M] of the norm after this layer, and the share kept."""
        late = first.images[:, self.width + 3 * self.inner :]
        early = first.weights * r1
        columns = Columns(torch.cat([early, second.weights]), torch.cat([late, second.images]))
        own, all0 = own_columns(v0), first.weights.shape[0]
        count = all0 - own
        moved, start = steps(v1, image["z_out1"])
        cross = torch.cat([*steps(v0, image["z_out0"]), image["z_rows"][:count], moved, start + image["z_bias"]])
        r2, kept = norm_scale(
            image["z_sq"], columns, self.width, cross, r1, slice(own, all0), self.eps, (early, second.weights)
        )
        return columns, r2, kept


def steps(values: Tensor, maps: Tensor) -> tuple[Tensor, Tensor]:
    """What values [H, T, D] add to the image tokens, under maps [H, D, K], with one weight a head spared.

    Weights a of a head sum to one, so the sum of a·v is v of the first token, for every pixel alike, plus the others'
    a·(v - that).

    Returns:
        Those differences [H·(T - 1), K], and the first tokens' sum [1, K].
    """
    first = values[:, :1]
    return ((values[:, 1:] - first) @ maps).flatten(0, 1), (first @ maps).sum(0)


def own_columns(values: Tensor) -> int:
    """Columns that the tokens behind values [H, T, D] add to the image."""
    return values.shape[0] * (values.shape[1] - 1) + 1


def _later_images(x: Tensor, c: Constants) -> Tensor:
    """Vectors [.., C] added before layer 0's norm: themselves, by maps1, stretched by it, and those by maps2."""
    stretched = centre(x * c.gamma1)
    return torch.cat([x, x @ c.maps1, stretched, stretched @ c.maps2], 1)
