"""A quick look at masks that are not learnt from: it chooses the weights. On the decoder's grid, without the finish.

The gate's numbers come from `gate.py`, on other images and through the package's own graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sam_backend.evaluation.clicks import Click, centre_click, mask_box, next_click
from sam_backend.evaluation.metrics import iou
from sam_backend.training.loop import LOGIT_CLAMP
from sam_backend.training.model import PromptableModel
from sam_backend.tuning.batches import SEEN
from sam_backend.tuning.images import StoredImages
from sam_backend.tuning.records import Example

MOST_MASKS = 20
PER_IMAGE = 8
AT_ONCE = 4
CLICKS = 5
"""Three would prefer weights that answer the first click better and correct worse."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """Masks of one image, bool [side, side] each; `number` is the image's for the model."""

    number: int
    masks: tuple[Mask, ...]


def drawn(stored: StoredImages, examples: Sequence[Example], numbers: Sequence[int], seed: int) -> list[Seen]:
    """Up to `MOST_MASKS` masks, spread over the images."""
    each = max(1, min(PER_IMAGE, MOST_MASKS // max(1, len(examples))))
    found: list[Seen] = []
    left = MOST_MASKS
    for example, number in zip(examples, numbers, strict=True):
        order = np.random.default_rng([seed, *example.key.encode()]).permutation(len(example.masks))
        grids = [stored.grid(example, int(i)) > SEEN for i in order[:each]]
        masks = tuple(grid for grid in grids if grid.any())[:left]
        left -= len(masks)
        if masks:
            found += [Seen(number, masks[i : i + AT_ONCE]) for i in range(0, len(masks), AT_ONCE)]
    return found


@torch.no_grad()
def look(model: PromptableModel, seen: Sequence[Seen], size: int, device: str, tell: Callable[[], None]) -> float:
    """Mean IoU after each of `CLICKS` clicks and from a box, over all masks. `tell` is called between images."""
    scores: list[float] = []
    for image in seen:
        tell()
        features = model.encode(torch.tensor([image.number]))

        def ask(
            points: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], before: Tensor | None
        ) -> tuple[Tensor, Tensor]:
            return model.decode(
                features,  # noqa: B023
                torch.from_numpy(points).to(device),
                torch.from_numpy(labels).to(device),
                before,
                size,
            )

        scale = size / image.masks[0].shape[0]
        corners = np.stack([mask_box(mask).reshape(2, 2) for mask in image.masks]) * np.float32(scale)
        boxed, _ = ask(corners, np.tile(np.array([2, 3], np.int64), (len(image.masks), 1)), None)
        scores += [iou(found, mask) for found, mask in zip(_seen(boxed[:, 0]), image.masks, strict=True)]
        scores += _clicked(ask, image, scale)
    return float(np.mean(scores)) if scores else float("nan")


Ask = Callable[[npt.NDArray[np.float32], npt.NDArray[np.int64], Tensor | None], tuple[Tensor, Tensor]]


def _clicked(ask: Ask, image: Seen, scale: float) -> list[float]:
    clicks: list[list[Click | None]] = [[centre_click(mask, 1), None] for mask in image.masks]
    before, scores = None, []
    for number in range(CLICKS):
        logits, predicted = ask(*_arrays(clicks, scale), before)
        best = 1 + predicted[:, 1:].float().argmax(1) if number == 0 else torch.zeros(len(logits), dtype=torch.int64)
        chosen = logits[torch.arange(len(logits)), best.to(logits.device)]
        found = _seen(chosen)
        scores += [iou(mask, truth) for mask, truth in zip(found, image.masks, strict=True)]
        before = chosen[:, None].float().clamp(-LOGIT_CLAMP, LOGIT_CLAMP)
        for given, mask, truth in zip(clicks, found, image.masks, strict=True):
            given.append(next_click(mask, truth))
    return scores


def _arrays(clicks: list[list[Click | None]], scale: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Points in the padded square, px; None is padding."""
    points = [[(c.x * scale, c.y * scale) if c else (0.0, 0.0) for c in given] for given in clicks]
    return np.array(points, np.float32), np.array([[c.label if c else -1 for c in given] for given in clicks], np.int64)


def _seen(logits: Tensor) -> list[Mask]:
    return list((logits > 0).cpu().numpy())
