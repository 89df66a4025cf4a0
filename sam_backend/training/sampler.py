"""From packed images to batches: one affine augmentation for image and masks, colour jitter, first prompts.

Every batch is a pure function of (seed, step), so a resumed run sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from sam_backend.data.pack import TrainingImage
from sam_backend.training.augment import colour_jitter, random_affine
from sam_backend.training.batch import OTHERS, Batch, stack
from sam_backend.training.config import Phase, TrainConfig
from sam_backend.training.paste import paste_object
from sam_backend.training.prompts import first_prompt

MIN_VISIBLE = 0.0012
"""Masks that keep less than this share of the square after augmentation are left out."""
UNLIKE = 0.8
"""Two masks that overlap by this IoU or more are one meaning of a click, not two."""
MOST_TRIED = 8
"""Masks under a click that are looked at for its other meanings: decoding them is most of a sample's time."""


class Sampler:
    """Draws batches from packed images.

    Args:
        images: the training images (held-out ones already removed).
        mask_size: side of the masks handed to the loss, px (the decoder's logits).
        pad_value: RGB of the padding, as at inference.
    """

    def __init__(
        self, images: Sequence[TrainingImage], config: TrainConfig, mask_size: int, pad_value: Sequence[int]
    ) -> None:
        if not images:
            raise ValueError("no training pictures: every one is held out or has no usable mask")
        self._images = images
        self._config = config
        self._mask_size = mask_size
        self._pad = tuple(int(v) for v in pad_value)
        self._probability = _set_probabilities(images, config)

    def batch(self, step: int, phase: Phase) -> Batch:
        """The batch of a step, always the same for the same (seed, step, phase)."""
        rng = np.random.default_rng([self._config.seed, step])
        samples: list[Batch] = []
        while len(samples) < phase.batch:
            image = self._images[rng.choice(len(self._images), p=self._probability)]
            sample = self._sample(image, phase, rng)
            if sample is not None:
                samples.append(sample)
        return stack(samples)

    def _sample(self, image: TrainingImage, phase: Phase, rng: np.random.Generator) -> Batch | None:
        weights = np.asarray(image.areas) ** self._config.area_power
        count = min(len(weights), phase.masks + phase.masks // 2 + 1)
        order = rng.choice(len(weights), count, replace=False, p=weights / weights.sum())
        full = [image.mask(i) for i in order]
        pixels = image.pixels()
        pasted = bool(self._config.copy_paste) and rng.random() < self._config.copy_paste
        if pasted:
            pixels, full = self._paste(pixels, full, rng)
        affine = random_affine(pixels.shape[:2], full[0], phase.size, rng)
        masks = self._visible(full, affine, pixels.shape[:2], phase)
        if not masks:
            return None
        chosen = [masks[i % len(masks)] for i in range(phase.masks)]
        square = (phase.size, phase.size)
        warped = cv2.warpAffine(pixels, affine, square, flags=cv2.INTER_LINEAR, borderValue=self._pad)
        prompts = [first_prompt(m > 127, rng, self._config.box_share) for m in chosen]
        side = (phase.size // 2, phase.size // 2) if phase.size < 2 * self._mask_size else (self._mask_size,) * 2
        others = [
            [] if pasted or label[0] != 1 else self._others(image, affine, pixels.shape[:2], phase, mask, point[0], rng)
            for mask, (point, label) in zip(chosen, prompts, strict=True)
        ]
        return Batch(
            images=np.ascontiguousarray(colour_jitter(np.asarray(warped, np.uint8), rng).transpose(2, 0, 1)),
            masks=np.stack([cv2.resize(m, side, interpolation=cv2.INTER_AREA) for m in chosen]),
            points=np.stack([p for p, _ in prompts]),
            labels=np.stack([label for _, label in prompts]),
            others=np.stack([_padded(masks, side) for masks in others]),
        )

    def _others(
        self, image: TrainingImage, affine: npt.NDArray[np.float64], shape: tuple[int, int], phase: Phase,
        asked: npt.NDArray[np.uint8], click: npt.NDArray[np.float32], rng: np.random.Generator,
    ) -> list[npt.NDArray[np.uint8]]:  # fmt: skip
        """Up to `OTHERS` further masks under a click in the square, unlike the one asked for and one another."""
        if not self._config.others_weight:
            return []
        x, y = cv2.invertAffineTransform(affine) @ (*click, 1.0)
        found: list[npt.NDArray[np.uint8]] = []
        for index in rng.permutation(image.containing(max(0.0, x / shape[1]), max(0.0, y / shape[0])))[:MOST_TRIED]:
            for mask in self._visible([image.mask(int(index))], affine, shape, phase):
                if all(_overlap(mask, known) < UNLIKE for known in (asked, *found)):
                    found.append(mask)
            if len(found) == OTHERS:
                break
        return found

    def _paste(
        self, pixels: npt.NDArray[np.uint8], full: list[npt.NDArray[np.uint8]], rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.uint8], list[npt.NDArray[np.uint8]]]:
        """Puts an object of another image onto this one, as the first of the masks."""
        other = self._images[rng.choice(len(self._images), p=self._probability)]
        weights = np.asarray(other.areas) ** self._config.area_power
        index = int(rng.choice(len(weights), p=weights / weights.sum()))
        pasted, masks = paste_object(pixels, full, other.pixels(), other.mask(index), rng)
        left = [mask for mask in masks if mask.any()]
        return (pasted, left) if left else (pixels, full)

    def _visible(
        self, full: list[npt.NDArray[np.uint8]], affine: npt.NDArray[np.float64], shape: tuple[int, int], phase: Phase
    ) -> list[npt.NDArray[np.uint8]]:
        kept = []
        for mask in full:
            # The masks may be larger than the packed image: fold their scale into the warp.
            scaled = affine.copy()
            scaled[:, 0] *= shape[1] / mask.shape[1]
            scaled[:, 1] *= shape[0] / mask.shape[0]
            square = (phase.size, phase.size)
            warped = np.asarray(cv2.warpAffine(mask * 255, scaled, square, flags=cv2.INTER_LINEAR), np.uint8)
            share = float((warped > 127).mean())
            if MIN_VISIBLE <= share <= 0.92:
                kept.append(warped)
        return kept[: phase.masks]


def _overlap(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    """IoU of two coverages of the same size."""
    first, second = a > 127, b > 127
    return float((first & second).sum()) / max(1, int((first | second).sum()))


def _padded(masks: list[npt.NDArray[np.uint8]], side: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The masks at the loss's size, [`OTHERS`, m, m], empty ones after them."""
    small = [np.asarray(cv2.resize(m, side, interpolation=cv2.INTER_AREA), np.uint8) for m in masks]
    return np.stack(small + [np.zeros(side, np.uint8)] * (OTHERS - len(small)))


def _set_probabilities(images: Sequence[TrainingImage], config: TrainConfig) -> npt.NDArray[np.float64]:
    """Sets weigh as the configuration says; within that, large sets grow with count^0.75, not with count."""
    counts: dict[str, int] = {}
    for image in images:
        counts[image.set] = counts.get(image.set, 0) + 1
    weight = np.array([config.weights.get(i.set, 1.0) * math.pow(counts[i.set], -0.25) for i in images])
    if not weight.sum() > 0:
        raise ValueError("every set has weight 0: nothing to train on")
    return np.asarray(weight / weight.sum())
