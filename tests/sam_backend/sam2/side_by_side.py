"""The same video through our tracker and through Hugging Face's, every step compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from sam_backend.checkpoints import load_video_state
from sam_backend.checkpoints.hugging_face_sam2 import to_official_sam2
from sam_backend.checkpoints.sam3 import to_official_sam3
from sam_backend.config import ModelConfig
from sam_backend.tracking import Found, Prompt, Tracker
from tests.sam_backend.sam2.tiny_video import TheirVideo

FRAMES = 12
ROUNDING = 2e-3
"""Memories are kept in bfloat16, where a float32 rounding may tip a value to its neighbour."""


class Both:
    """The same video here and there; every step compares the two."""

    def __init__(self, config: ModelConfig, seed: int, model: Any, their_video: Callable[..., TheirVideo]) -> None:
        official = to_official_sam3 if config.family == "sam3" else to_official_sam2
        self.ours = load_video_state(config, official(model.state_dict()))
        self.scale = config.input_size / config.point_frame
        generator = torch.Generator().manual_seed(seed)
        still = torch.rand(1, 3, config.input_size, config.input_size, generator=generator) * 255
        drift = torch.randn(FRAMES, 3, config.input_size, config.input_size, generator=generator) * 20
        pixels = still + drift.cumsum(0)
        self.theirs = their_video(torch, model, (pixels - self.ours.pixel_mean) / self.ours.pixel_std)
        self.tracker = Tracker(self.ours, FRAMES)
        self.bank = self.tracker.bank()
        with torch.no_grad():
            self.features = [self.tracker.features(self.ours.encode(frame[None])) for frame in pixels]
        self.scores: list[float] = []

    def mark(self, frame: int, coords: list[tuple[float, float]], labels: list[int], **more: Any) -> None:
        wanted = self.theirs.points(frame, torch.tensor(coords), torch.tensor(labels))
        near = [(x / self.scale, y / self.scale) for x, y in coords]
        found = self.tracker.mark(self.bank, frame, self.features[frame], Prompt(None, near, labels))
        self._same(frame, found, wanted)

    def draw(self, frame: int, mask: Any) -> None:
        wanted = self.theirs.mask(frame, torch.from_numpy(mask))
        self._same(frame, self.tracker.mark(self.bank, frame, self.features[frame], Prompt(mask)), wanted)

    def walk(self, begin: int, frames: range) -> None:
        for frame in frames:
            wanted = self.theirs.follow(frame, reverse=frames.step < 0)
            found = self.tracker.follow(self.bank, frame, self.features[frame], step=frames.step, begin=begin)
            self._same(frame, found, wanted)

    def mark_and_walk_both_ways(self) -> None:
        """A point in the middle, followed to the end and back to the beginning."""
        self.mark(3, [(40.0, 70.0)], [1])
        self.walk(3, range(4, FRAMES))
        self.walk(3, range(2, -1, -1))

    def draw_and_correct(self) -> None:
        """A drawn mask, a correction by points and a box that counts as marked, and a frame where nothing is."""
        side = self.ours.config.input_size
        self.draw(1, disc(side, 50, 60, 20))
        self.walk(1, range(2, 5))
        self.mark(3, [(20.0, 30.0), (90.0, 100.0), (50.0, 60.0), (5.0, 5.0)], [2, 3, 1, 0])
        self.theirs.count_as_marked(3)
        self.walk(3, range(4, 7))
        self.draw(7, disc(side, 50, 60, 0))
        assert self.scores[-1] == -10.0
        self.walk(7, range(8, 10))

    def _same(self, frame: int, found: Found, wanted: Any) -> None:
        logits, score, pointer, row = wanted
        spread = float(logits.std()) or 1.0
        assert float((torch.from_numpy(found.logits) - logits).abs().max()) <= ROUNDING * max(spread, 1.0)
        assert abs(found.score - score) <= ROUNDING * max(abs(score), 1.0)
        kept = self.bank.marked.get(frame) or self.bank.found[frame]
        assert float((kept.pointer.reshape(-1) - pointer).abs().max()) <= ROUNDING * float(pointer.std())
        memory = self.theirs.memory(row).float()
        assert kept.memory is not None
        # One step of bfloat16 at most, and hardly anywhere.
        assert float((kept.memory.float() - memory).abs().max()) <= 2**-7 * float(memory.abs().max())
        assert float((kept.memory.float() != memory).float().mean()) < 0.05
        self.scores.append(found.score)


def disc(side: int, x: int, y: int, radius: int) -> Any:
    """A drawn mask of the input square."""
    rows, columns = np.mgrid[:side, :side]
    return (columns - x) ** 2 + (rows - y) ** 2 < radius**2
