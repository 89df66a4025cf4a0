"""What a mask itself says about its IoU: added to the token's guess, which has never seen the mask."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.compact.layers import close, per_prompt

CELL = 4
"""Logits per token and axis."""
FACTS = 2
"""Numbers about one mask beside its likeness to the others: its size and how undecided it is."""
HIDDEN = 128


class MaskQuality(nn.Module):
    """Corrections of the predicted IoUs, [P, masks], from the masks; zero at the start.

    A mask is described by its token, by the image's mean token inside it, by its size, by the share of it that is
    undecided, and by its soft IoU with each of the masks: three candidates that agree are likely to be right.
    """

    def __init__(self, dim: int, masks: int) -> None:
        super().__init__()
        self.prompt, self.token, self.inside = (nn.Linear(dim, HIDDEN) for _ in range(3))
        self.facts = nn.Linear(FACTS + masks, HIDDEN)
        self.out = nn.Linear(HIDDEN, 1)
        close(self.out)

    def forward(self, logits: Tensor, image: Tensor, prompt: Tensor, tokens: Tensor) -> Tensor:
        """``logits`` [P, K, 4H, 4W]; ``image`` [I, H*W, dim], the embedding; ``prompt`` [P, dim], the IoU token;
        ``tokens`` [P, K, dim], the masks'. No gradient reaches the logits or the embedding."""
        share = logits.detach().float().sigmoid()
        undecided = F.avg_pool2d(share * (1 - share), CELL).flatten(2)
        cells = F.avg_pool2d(share, CELL).flatten(2)
        area = cells.sum(-1, keepdim=True)
        seen = (cells / (area + 1e-3)) @ per_prompt(image.detach().float(), cells.shape[0])
        shared = cells @ cells.transpose(1, 2)
        alike = shared / (area + area.transpose(1, 2) - shared + 1e-3)
        size = (area / cells.shape[-1]).sqrt()
        facts = torch.cat([size, undecided.sum(-1, keepdim=True) / (area + 1e-3), alike], -1)
        hidden = self.token(tokens) + self.inside(seen) + self.facts(facts) + self.prompt(prompt)[:, None]
        correction: Tensor = self.out(F.relu(hidden))[..., 0]
        return correction
