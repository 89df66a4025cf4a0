"""The two-way transformer over a prepared image."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sam_backend.onnx.fast.constants import Constants
from sam_backend.onnx.fast.layers import FastAttention, FastLayer0, FastLayer1
from sam_backend.onnx.fast.linear import Columns, Scales
from sam_backend.onnx.fast.parts import Parts


@dataclass(frozen=True)
class Decoded:
    """What the transformer leaves behind.

    Attributes:
        tokens: [1, `read`, C].
        columns: over Z; the last 4·K channels of their images are the first upscaling's.
        scales: [1, M] of the two norms.
        guard: [1] smallest share of a pixel's squared norm left after cancellation.
    """

    tokens: Tensor
    columns: Columns
    scales: tuple[Tensor, Tensor]
    guard: Tensor


class FastTransformer(nn.Module):
    """One prompt's tokens against a prepared image.

    `read`: how many of the first tokens are read afterwards, None for all. Those of the prompt's points have said what
    they had to once the image has seen them, so their last look at it is spared.
    """

    def __init__(self, parts: Parts, c: Constants, read: int | None = None) -> None:
        super().__init__()
        self.read = read
        self.width, self.inner = c.width, c.inner
        self.layer0, self.layer1 = FastLayer0(parts.layers[0], c), FastLayer1(parts.layers[1], c)
        self.final, self.final_norm = FastAttention(parts.final, c, c.value2), parts.final_norm
        self.positions = parts.positions

    def forward(self, prompt: Tensor, image: dict[str, Tensor], rows: Tensor) -> Decoded:
        """`prompt` [1, T, C]; `image` the tensors of `PREPARED`; `rows` [R or fewer, M] weights, see `Parts`."""
        positions = self.positions()
        tokens, first, v0 = self.layer0(prompt, image, rows)
        r1, kept1 = self.layer0.norm(first, image, v0)
        tokens, second, v1 = self.layer1(tokens, prompt, image, first, r1, positions)
        columns, r2, kept2 = self.layer1.norm(first, second, image, v0, v1, r1)
        images = columns.images[:, self.width :]
        keys, values = images[:, : self.inner], images[:, self.inner : 2 * self.inner]
        mapped = (image["z_k"], keys), (image["z_v"], values)
        tokens, prompt = tokens[:, : self.read], prompt[:, : self.read]
        seen = self.final(tokens + prompt, *mapped, columns.weights, Scales(r1, r2), positions)
        return Decoded(self.final_norm(tokens + seen), columns, (r1, r2), torch.minimum(kept1, kept2))
