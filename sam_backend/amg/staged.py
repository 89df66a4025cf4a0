"""A package's decoder for many prompts on one image: scores first, masks only where they are wanted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import cast

import numpy as np
import onnxruntime

from sam_backend.amg.decoded import Decoded
from sam_backend.amg.split import GUARD, MASKS, SCORES, Part, split_decoder
from sam_backend.embedding import Embedding
from sam_backend.package import ModelPackage
from sam_backend.prompts import PromptTensors
from sam_backend.sessions.fast import MIN_GUARD
from sam_backend.sessions.options import session_options
from sam_backend.sessions.session import Session
from sam_backend.transforms import FloatArray

Tensors = dict[str, FloatArray]
CHUNK = 4
"""Prompts that the plain graph decodes together: on CPUs more of them leave the cache and take longer each."""


class StagedDecoder:
    """Answers grids of prompts without a mask prompt.

    Uses ``prepare`` and ``decode_fast`` where the package has them, else ``decode``; each worker thread decodes on its
    own with one thread, which keeps more cores busy than one decode on all of them. Not safe to share between threads.

    Raises:
        ValueError: at first use, where the graph cannot be cut; ``Predictor.decode`` answers all the same.
    """

    def __init__(self, package: ModelPackage, threads: int) -> None:
        self._package, self._threads = package, threads
        graphs = package.manifest.graphs
        self._fast = {"prepare", "decode_fast"} <= set(graphs)
        self._prepare = Session(package.file("prepare"), threads) if self._fast else None
        self._embedding: Embedding | None = None
        self._image: Tensors = {}

    @cached_property
    def _stages(self) -> tuple[_Stage | None, _Stage, _Stage]:
        split = split_decoder(self._package.file("decode_fast" if self._fast else "decode"))
        return _Stage(split.image) if split.image else None, _Stage(split.scores), _Stage(split.masks)

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, "decode")

    def run(
        self, embedding: Embedding, prompt: PromptTensors, min_iou: float
    ) -> tuple[list[tuple[int, Decoded]], list[int]]:
        """Candidates whose predicted IoU is at least ``min_iou``, in parts with the place of each part's first prompt;
        and the places of prompts that the fast graph cannot answer precisely enough, which are left out."""
        image = self._prepared(embedding)
        feeds = prompt.feeds()
        count = len(feeds["point_coords"])
        # No prompt has a mask: one row stands for all, and its part of the graph is done once.
        shared = {name: feeds.pop(name)[:1] for name in ("mask_input", "has_mask_input")}
        step = 1 if self._fast else min(CHUNK, -(-count // self._threads))
        starts = range(0, count, step)
        chunks = [{name: value[at : at + step] for name, value in feeds.items()} for at in starts]
        answers = self._workers.map(lambda chunk: self._answer(image, {**chunk, **shared}, min_iou), chunks)
        found = list(zip(starts, answers, strict=True))
        refused = [at for at, answer in found if answer is None]
        return [(at, answer) for at, answer in found if answer is not None], refused

    def _answer(self, image: Tensors, prompts: Tensors, min_iou: float) -> Decoded | None:
        _, head, tail = self._stages
        tensors = image | prompts
        tensors |= head.run(tensors)
        if self._fast and not tensors[GUARD][0] >= self._min_guard:  # not a number counts as too low
            return None
        scores = tensors[SCORES][:, 1:]
        prompt, mask = np.nonzero(scores >= min_iou)
        wanted, place = np.unique(prompt, return_inverse=True)
        if not wanted.size:
            return Decoded.none(self._package.manifest.decoder.mask_size)
        if not self._fast:
            tensors |= {name: tensors[name][wanted] for name in tail.part.rows}
        logits = tail.run(tensors)[MASKS]
        return Decoded(prompt, mask, logits[place, 1 + mask], scores[prompt, mask])

    @property
    def _min_guard(self) -> float:
        stated = self._package.manifest.graphs["decode_fast"].min_guard
        return MIN_GUARD if stated is None else stated

    def _prepared(self, embedding: Embedding) -> Tensors:
        if self._embedding is not embedding:
            tensors = dict(embedding.tensors)
            if self._prepare is not None:
                names = list(self._package.manifest.graphs["prepare"].outputs)
                tensors |= dict(zip(names, self._prepare.run(tensors, names), strict=True))
            first = self._stages[0]
            self._image = tensors | (first.run(tensors) if first else {})
            self._embedding = embedding
        return self._image


class _Stage:
    def __init__(self, part: Part) -> None:
        self.part = part
        self.session = _open(part.model, 1)

    def run(self, tensors: Tensors) -> Tensors:
        feeds = {name: tensors[name] for name in self.part.inputs}
        values = self.session.run(list(self.part.outputs), feeds)
        return dict(zip(self.part.outputs, cast(list[FloatArray], values), strict=True))


def _open(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    try:
        return onnxruntime.InferenceSession(model, session_options(threads), providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions share no public base class
        raise ValueError(f"A part of the decoder graph cannot be loaded: {error}") from error
