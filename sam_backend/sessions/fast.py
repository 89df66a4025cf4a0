"""Which decoder graph answers a prompt: the fast one where it pays and is exact, else the plain one. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

OUTPUT_TOKENS = 5
"""Tokens before the prompt's: one for the IoUs, four for the masks."""
MIN_GUARD = 1e-3
"""Least share of a pixel's squared norm that may be left after cancellation.

Measured on decoders built to cancel: the fast graph's error is about 4e-8 divided by the guard, relative to the
logits' standard deviation, and the plain graph's own float32 error about 3e-6. Random and trained weights lie
between 0.02 and 0.2, where both graphs are equally far from float64.
"""
MAX_TOKENS = 16
"""Tokens (`OUTPUT_TOKENS` and the prompt's, with padding) up to which the fast graph is the quicker one."""


class Graph(Protocol):
    """What this module needs of an onnxruntime session."""

    def run(self, feeds: Mapping[str, FloatArray], outputs: list[str]) -> list[FloatArray]:
        """Values of the named outputs; inputs the graph does not have are left out."""


class FastDecoder:
    """Decodes prompts against one image after another.

    The first prompt on an image goes to the plain graph: preparing costs about as much as one plain decode, so it
    pays from the second prompt on. Not safe to share between threads.

    Args:
        prepare: session on the package's `prepare` graph.
        decode: session on its `decode_fast` graph.
        plain: session on its `decode` graph.
        prepared: names of `prepare`'s outputs.
        max_tokens: from the manifest; longer prompts take the plain graph.
        min_guard: from the manifest; answers whose guard is lower are computed again by the plain graph.
    """

    def __init__(
        self,
        prepare: Graph,
        decode: Graph,
        plain: Graph,
        prepared: list[str],
        max_tokens: int = MAX_TOKENS,
        min_guard: float = MIN_GUARD,
    ) -> None:
        self._prepare, self._decode, self._plain = prepare, decode, plain
        self._names, self._max_tokens, self._min_guard = prepared, max_tokens, min_guard
        self._embedding: Mapping[str, FloatArray] | None = None
        self._prepared: dict[str, FloatArray] | None = None

    def run(
        self, embedding: Mapping[str, FloatArray], prompts: Mapping[str, FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        """Logits [B, 4, m, m] and IoUs [B, 4] of B prompts.

        Both arguments go by the graphs' input names. What was prepared is kept while `embedding` is the same object.
        """
        coords = prompts["point_coords"]
        seen = self._embedding is embedding
        if not seen:
            self._embedding, self._prepared = embedding, None
        if coords.shape[1] + OUTPUT_TOKENS > self._max_tokens or (len(coords) == 1 and not seen):
            return self._run_plain(embedding, prompts)
        answers = [self._run_fast(embedding, _one(prompts, i)) for i in range(len(coords))]
        return np.concatenate([a[0] for a in answers]), np.concatenate([a[1] for a in answers])

    def _run_plain(
        self, embedding: Mapping[str, FloatArray], prompts: Mapping[str, FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        logits, iou = self._plain.run({**embedding, **prompts}, ["logits", "iou"])
        return logits, iou

    def _run_fast(
        self, embedding: Mapping[str, FloatArray], prompt: Mapping[str, FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        if self._prepared is None:
            values = self._prepare.run(embedding, self._names)
            self._prepared = dict(zip(self._names, values, strict=True))
        logits, iou, guard = self._decode.run({**embedding, **self._prepared, **prompt}, ["logits", "iou", "guard"])
        if not guard[0] >= self._min_guard:  # not a number counts as too low
            return self._run_plain(embedding, prompt)
        return logits, iou


def _one(prompts: Mapping[str, FloatArray], index: int) -> dict[str, FloatArray]:
    return {name: value[index : index + 1] for name, value in prompts.items()}
