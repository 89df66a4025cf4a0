"""How far a vote among similar masks can be trusted: measured on the accepted masks themselves.

The share of a vote is no probability: with labels that look alike, fifteen neighbours agree by chance often enough. So
each accepted mask is named by those of all other images, and a proposal says how often such a share was right.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.similarity import propose_labels

Vectors = npt.NDArray[np.float32]

EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
"""Shares are judged together between these."""
PRIOR = 5.0
"""The share itself counts as this many masks: little is known of a class with few."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How many masks were named with a share of each class, and how many of them rightly."""

    named: tuple[int, ...]
    right: tuple[int, ...]

    def probability(self, share: float) -> float:
        """Return how likely a proposal with this share of the vote is right."""
        place = bisect_right(EDGES, share)
        return (self.right[place] + PRIOR * share) / (self.named[place] + PRIOR)


def calibrate(
    known: Vectors, labels: Sequence[str], images: Sequence[Hashable], silent: str | None = None
) -> Calibration:
    """Name each of the known masks (unit vectors [K, C]) by those of other images, and compare. Masks that are named
    `silent` do not count, as nothing would be proposed for them.

    Masks of one image resemble each other more than what is to come, so they do not vote on each other."""
    named, right = [0] * (len(EDGES) + 1), [0] * (len(EDGES) + 1)
    places: dict[Hashable, list[int]] = {}
    for place, image in enumerate(images):
        places.setdefault(image, []).append(place)
    for own in places.values():
        others = np.setdiff1d(np.arange(len(labels)), own)
        if not len(others):
            continue
        votes = propose_labels(known[others], [labels[other] for other in others], known[own])
        for place, vote in zip(own, votes, strict=True):
            if vote.label == silent:
                continue
            group = bisect_right(EDGES, vote.probability)
            named[group] += 1
            right[group] += vote.label == labels[place]
    return Calibration(tuple(named), tuple(right))
