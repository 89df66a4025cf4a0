"""A package's decoder: its plain graph, and its fast one where there is one."""

from __future__ import annotations

from sam_backend.embedding import Embedding
from sam_backend.package import ModelPackage
from sam_backend.prompts import PromptTensors
from sam_backend.sessions.fast import MAX_TOKENS, MIN_GUARD, FastDecoder
from sam_backend.sessions.session import Session
from sam_backend.transforms import FloatArray


class PackageDecoder:
    """Answers prompts on embeddings. Graphs load at first use; not safe to share between threads."""

    def __init__(self, package: ModelPackage, threads: int) -> None:
        self._plain = Session(package.file("decode"), threads)
        self._fast = _fast_decoder(package, self._plain, threads)

    def run(self, embedding: Embedding, prompt: PromptTensors) -> tuple[FloatArray, FloatArray]:
        """Logits float32 [B, 4, m, m] and predicted IoUs float32 [B, 4] of B prompts."""
        if self._fast is not None:
            return self._fast.run(embedding.tensors, prompt.feeds())
        logits, scores = self._plain.run({**embedding.tensors, **prompt.feeds()}, ["logits", "iou"])
        return logits, scores


def _fast_decoder(package: ModelPackage, plain: Session, threads: int) -> FastDecoder | None:
    graphs = package.manifest.graphs
    if "prepare" not in graphs or "decode_fast" not in graphs:
        return None
    spec = graphs["decode_fast"]
    return FastDecoder(
        Session(package.file("prepare"), threads),
        Session(package.file("decode_fast"), threads),
        plain,
        prepared=list(graphs["prepare"].outputs),
        max_tokens=MAX_TOKENS if spec.max_tokens is None else spec.max_tokens,
        min_guard=MIN_GUARD if spec.min_guard is None else spec.min_guard,
    )
