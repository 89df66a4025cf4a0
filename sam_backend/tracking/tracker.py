"""One object, frame by frame: marked by somebody, or followed by what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from sam_backend.checkpoints import load_video_model
from sam_backend.modeling.sam2.video import Sam2Video
from sam_backend.modeling.sam2.video.model import Answer
from sam_backend.tracking.bank import Bank, Remembered
from sam_backend.transforms import FloatArray
from sam_backend.video import Prompt

HALF = 0.5
"""Share of a pixel that a drawn mask must cover."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a frame says: logits float32 [4·G, 4·G], stretched over the frame; the object's score (a logit, above 0
    where the object is there) and the predicted IoU."""

    logits: FloatArray
    score: float
    iou: float


Features = tuple[Tensor, Tensor, Tensor]


class Tracker:
    """Follows objects through one video of `frames` frames; each has a bank of its own.

    A frame's features are read once and used for every object: what `Sam2.encode` gives, also from a stored embedding.
    """

    def __init__(self, model: Sam2Video, frames: int, device: str = "cpu") -> None:
        if frames < 1:
            raise ValueError("A video needs at least one frame.")
        self.model, self.device = model.to(device).eval(), torch.device(device)
        self._pointers = min(frames, model.memory.pointers)

    def bank(self) -> Bank:
        """A bank for an object of which nothing is remembered yet."""
        memory = self.model.memory
        return Bank(memory.frames, memory.pointers, memory.marked)

    def features(self, maps: Sequence[FloatArray | Tensor]) -> Features:
        """The three maps of a frame, float32 as `Sam2.encode` gives them, on the tracker's device."""
        embedding, stride_8, stride_4 = (torch.as_tensor(made).to(self.device, torch.float32) for made in maps)
        # What every single picture gets added is not part of a video's frame.
        return embedding - self._alone(), stride_8, stride_4

    @torch.inference_mode()
    def mark(
        self,
        bank: Bank,
        frame: int,
        features: Features,
        prompt: Prompt,
        *,
        step: int = 1,
        earlier: Tensor | None = None,
    ) -> Found:
        """Somebody says where the object is; counts from now on.

        Where the object was followed to this frame already, points correct what is remembered; else they stand for
        themselves. `earlier` are logits [1, 1, 4·G, 4·G] of an answer here to go on from.
        """
        large: Tensor | None = None
        if prompt.mask is not None:
            answer, large = self.model.take(features, self._square(prompt.mask))
        else:
            coords = torch.tensor(prompt.coords, dtype=torch.float32, device=self.device).reshape(1, -1, 2)
            labels = torch.tensor(prompt.labels, dtype=torch.float32, device=self.device).reshape(1, -1)
            first = not bank.marked or frame not in bank.found
            seen = features[0] + self._alone() if first else self._recall(bank, frame, features[0], step)
            few = labels.shape[1] <= 1
            answer = self.model.answer((seen, *features[1:]), coords, labels, earlier, candidates=few)
        memory = self.model.remember(features[0], answer, large, given=True)
        bank.mark(frame, Remembered(answer.pointer, memory))
        return _found(answer)

    @torch.inference_mode()
    def follow(self, bank: Bank, frame: int, features: Features, *, step: int, begin: int) -> Found:
        """Look for the object in a frame, on a walk that began at `begin`, forwards (`step` 1) or backwards (-1).

        Raises:
            ValueError: nobody marked the object anywhere.
        """
        if not bank.marked:
            raise ValueError("Nothing is remembered of this object: mark it in a frame first.")
        nothing = torch.zeros(1, 0, 2, device=self.device), torch.zeros(1, 0, device=self.device)
        seen = self._recall(bank, frame, features[0], step)
        answer = self.model.answer((seen, *features[1:]), *nothing, candidates=True)
        memory = self.model.remember(features[0], answer, given=False)
        bank.add(frame, Remembered(answer.pointer, memory), begin)
        return _found(answer)

    def _recall(self, bank: Bank, frame: int, features: Tensor, step: int) -> Tensor:
        pointers = list(bank.ahead_pointers(frame, step, self._pointers))
        return self.model.recall(features, list(bank.memories(frame, step)), pointers)

    def _alone(self) -> Tensor:
        return self.model.no_mem_embed.detach().reshape(1, -1, 1, 1)

    def _square(self, mask: npt.NDArray[np.bool_]) -> Tensor:
        """A mask of the frame's size as memories are made of it: [1, 1, 16·G, 16·G], 0 or 1."""
        side = self.model.config.memory_side
        given = torch.from_numpy(np.ascontiguousarray(mask)).to(self.device, torch.float32)[None, None]
        if mask.shape != (side, side):
            given = F.interpolate(given, (side, side), mode="bilinear", align_corners=False, antialias=True)
        return (given >= HALF).float()


def load_tracker(weights: Path, frames: int, device: str | None = None) -> Tracker:
    """A tracker with the weights of a checkpoint or of a package, on the GPU where there is one.

    Raises:
        ValueError: the file is damaged, or its model remembers nothing.
    """
    return Tracker(load_video_model(weights), frames, device or ("cuda" if torch.cuda.is_available() else "cpu"))


def _found(answer: Answer) -> Found:
    logits: FloatArray = answer.logits[0, 0].float().cpu().numpy()
    return Found(logits, float(answer.score), float(answer.iou))
