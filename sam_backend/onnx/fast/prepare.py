"""`prepare.onnx`: what the fast decoder needs to know about one image."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.modeling import Sam
from sam_backend.onnx.fast.constants import derive
from sam_backend.onnx.fast.linear import centre, cut
from sam_backend.onnx.fast.parts import Parts, parameter, sam_parts

PREPARED = (
    "k0", "v0", "q0", "x_out", "x_sq", "x_rows", "x_k", "x_v", "x_q",
    "z_sq", "z_bias", "z_out0", "z_out1", "z_rows", "z_k", "z_v", "z_up",
)  # fmt: skip
"""Outputs in order. Rows over pixels [H, D, M] except values [H, M, D] and z_up [G, G, 4·K].

k0, v0, q0: layer 0's keys, values, image queries; x_*: maps of X; z_*: maps of Z; *_sq squared norms [1, M]; *_out
against the output projections; *_rows against a prompt's rows [R, M]; z_bias against the constant b₂ [1, M].
"""


class PrepareImage(nn.Module):
    """Image tokens [M, C] to the tensors of `PREPARED`, all float32."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        c = derive(parts)
        self.heads, self.inner, self.up, self.grid = c.heads, c.inner, c.up.shape[0], parts.grid
        seen, answer = (parts.layers[0].cross_attn_token_to_image, parts.layers[0].cross_attn_image_to_token)
        k, v, q = (parameter(p, "weight").T for p in (seen.k_proj, seen.v_proj, answer.q_proj))
        biases = [torch.zeros(self.inner), *(parameter(p, "bias") for p in (seen.v_proj, answer.q_proj))]
        self.positions = parts.positions
        self._keep("layer0", torch.cat([k, v, q], 1))
        self._keep("layer0_at", torch.cat([k, q], 1))  # values see no positions
        self._keep("layer0_add", c.dense @ torch.cat([k, v, q], 1) + torch.cat(biases))
        self._keep("x_add", c.dense + c.bias0)
        rows = centre(c.rows)
        self._keep("x_maps", torch.cat([c.out0.T, c.maps1, rows.T], 1))
        self._keep("gamma1", c.gamma1)
        # Z is centred, so centring what it is multiplied with changes nothing; it is done for the digits
        later0, later_rows = centre(c.out0 * c.gamma1), centre(rows * c.gamma1)
        self._keep("z_maps", torch.cat([later0.T, c.out1.T, c.maps2, later_rows.T, c.bias2[:, None]], 1))
        self.prompt_rows = rows.shape[0]

    def _keep(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value.float())

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        k0, v0, q0 = cut(image @ self.get_buffer("layer0") + self.get_buffer("layer0_add"), *[self.inner] * 3)
        at_k, at_q = cut(self.positions()[0] @ self.get_buffer("layer0_at"), *[self.inner] * 2)
        x = centre(image + self.get_buffer("x_add"))
        x_out, x_k, x_v, x_q, x_rows = cut(x @ self.get_buffer("x_maps"), *[self.inner] * 4, self.prompt_rows)
        z = centre(x * self.get_buffer("gamma1"))
        widths = [*[self.inner] * 4, self.up, self.prompt_rows, 1]
        z_out0, z_out1, z_k, z_v, z_up, z_rows, z_bias = cut(z @ self.get_buffer("z_maps"), *widths)
        rows, columns = self._rows, self._columns
        return (
            rows(k0 + at_k), columns(v0), rows(q0 + at_q),
            rows(x_out), x.square().sum(1)[None], x_rows.T, rows(x_k), columns(x_v), rows(x_q),
            z.square().sum(1)[None], z_bias.T, rows(z_out0), rows(z_out1), z_rows.T,
            rows(z_k), columns(z_v), z_up.reshape(self.grid, self.grid, -1),
        )  # fmt: skip

    def _rows(self, x: Tensor) -> Tensor:
        """[M, I] to [H, D, M]."""
        return x.T.reshape(self.heads, -1, x.shape[0])

    def _columns(self, x: Tensor) -> Tensor:
        """[M, I] to [H, M, D]."""
        return x.reshape(x.shape[0], self.heads, -1).permute(1, 0, 2)


class PrepareGraph(nn.Module):
    """`embedding` [1, C, G, G] to the tensors of `PREPARED`."""

    def __init__(self, model: Sam) -> None:
        super().__init__()
        self.image = PrepareImage(sam_parts(model))

    def forward(self, embedding: Tensor) -> tuple[Tensor, ...]:
        prepared: tuple[Tensor, ...] = self.image(embedding.flatten(2)[0].T)
        return prepared
