"""What a decoder backend answers: only the masks worth looking at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.transforms import FloatArray

IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Decoded:
    """n masks of a batch of prompts, by prompt and then by mask.

    ``prompt`` [n] is the prompt's place in the batch, ``mask`` [n] which of its three candidates (0 to 2) it is,
    ``logits`` float32 [n, m, m], ``scores`` float32 [n] their predicted IoUs.
    """

    prompt: IntArray
    mask: IntArray
    logits: FloatArray
    scores: FloatArray

    def __len__(self) -> int:
        return len(self.prompt)

    @classmethod
    def above(cls, logits: FloatArray, scores: FloatArray, min_iou: float) -> Decoded:
        """Of full answers, logits [B, 3, m, m] and predicted IoUs [B, 3], those of at least ``min_iou``."""
        prompt, mask = np.nonzero(scores >= min_iou)
        return cls(prompt, mask, logits[prompt, mask], scores[prompt, mask])

    @classmethod
    def none(cls, side: int) -> Decoded:
        """No mask, of maps of ``side`` cells."""
        nothing = np.zeros(0, np.intp)
        return cls(nothing, nothing, np.zeros((0, side, side), np.float32), np.zeros(0, np.float32))

    @classmethod
    def joined(cls, parts: Iterable[tuple[int, Decoded]]) -> Decoded:
        """Answers to parts of a batch, each with the place of its first prompt in the batch; at least one."""
        found = sorted(parts, key=lambda part: part[0])
        return cls(
            np.concatenate([at + part.prompt for at, part in found]),
            np.concatenate([part.mask for _, part in found]),
            np.concatenate([part.logits for _, part in found]),
            np.concatenate([part.scores for _, part in found]),
        )
