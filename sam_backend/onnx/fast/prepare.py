"""`prepare.onnx`: what the fast decoder needs to know about one picture."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.modeling import Sam
from sam_backend.modeling.transformer import TwoWayBlock
from sam_backend.onnx.fast.constants import centre, derive
from sam_backend.onnx.fast.linear import cut
from sam_backend.onnx.graphs import ImagePositions

PREPARED = (
    "k0", "v0", "q0", "x_out", "x_sq", "x_mask", "x_k", "x_v", "x_q",
    "z_sq", "z_bias", "z_out0", "z_out1", "z_mask", "z_k", "z_v", "z_up",
)  # fmt: skip
"""Outputs in order. Rows over pixels [H, D, M] except values [H, M, D] and z_up [M, C], which are read the other way.

k0, v0, q0: layer 0's keys, values, image queries; x_*: maps of X; z_*: maps of Z; *_sq squared norms [1, M]; *_out
against the output projections; *_mask against a mask prompt's rows [17, M]; z_bias against the constant b₂ [1, M].
"""


class PrepareGraph(nn.Module):
    """`embedding` [1, C, G, G] to the tensors of `PREPARED`, all float32."""

    def __init__(self, model: Sam) -> None:
        super().__init__()
        c = derive(model)
        self.heads, self.inner, self.width = c.heads, c.inner, c.gamma1.shape[0]
        first = model.mask_decoder.transformer.layers[0]
        if not isinstance(first, TwoWayBlock):
            raise ValueError("The decoder's layers are not SAM's.")
        seen, answer = first.cross_attn_token_to_image, first.cross_attn_image_to_token
        k, v, q = (p.weight.detach().double().T for p in (seen.k_proj, seen.v_proj, answer.q_proj))
        biases = [torch.zeros(self.inner), *(p.bias.detach().double() for p in (seen.v_proj, answer.q_proj))]
        self.positions = ImagePositions(model)
        self._keep("layer0", torch.cat([k, v, q], 1))
        self._keep("layer0_at", torch.cat([k, torch.zeros_like(v), q], 1))  # values see no positions
        self._keep("layer0_add", c.dense @ torch.cat([k, v, q], 1) + torch.cat(biases))
        self._keep("x_add", c.dense + c.bias0)
        mask = centre(c.mask_rows)
        self._keep("x_maps", torch.cat([c.out0.T, c.maps1, mask.T], 1))
        self._keep("gamma1", c.gamma1)
        # Z is centred, so centring what it is multiplied with changes nothing; it is done for the digits
        later0, later_mask = centre(c.out0 * c.gamma1), centre(mask * c.gamma1)
        self._keep("z_maps", torch.cat([later0.T, c.out1.T, c.maps2, later_mask.T, c.bias2[:, None]], 1))
        self.mask_rows = mask.shape[0]

    def _keep(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value.float())

    def forward(self, embedding: Tensor) -> tuple[Tensor, ...]:
        image = embedding.flatten(2)[0].T
        add = self.positions()[0] @ self.get_buffer("layer0_at") + self.get_buffer("layer0_add")
        k0, v0, q0 = cut(image @ self.get_buffer("layer0") + add, *[self.inner] * 3)
        x = centre(image + self.get_buffer("x_add"))
        x_out, x_k, x_v, x_q, x_mask = cut(x @ self.get_buffer("x_maps"), *[self.inner] * 4, self.mask_rows)
        z = centre(x * self.get_buffer("gamma1"))
        widths = [*[self.inner] * 4, self.width, self.mask_rows, 1]
        z_out0, z_out1, z_k, z_v, z_up, z_mask, z_bias = cut(z @ self.get_buffer("z_maps"), *widths)
        rows, columns = self._rows, self._columns
        return (
            rows(k0), columns(v0), rows(q0),
            rows(x_out), x.square().sum(1)[None], x_mask.T, rows(x_k), columns(x_v), rows(x_q),
            z.square().sum(1)[None], z_bias.T, rows(z_out0), rows(z_out1), z_mask.T,
            rows(z_k), columns(z_v), z_up,
        )  # fmt: skip

    def _rows(self, x: Tensor) -> Tensor:
        """[M, I] to [H, D, M]."""
        return x.T.reshape(self.heads, -1, x.shape[0])

    def _columns(self, x: Tensor) -> Tensor:
        """[M, I] to [H, M, D]."""
        return x.reshape(x.shape[0], self.heads, -1).permute(1, 0, 2)
