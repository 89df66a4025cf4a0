"""Images in an order: by chance, by what the model is unsure of, by what is unlike the rest, and by both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sam_backend.choosing.outlook import Outlook

Order = Literal["random", "unsure", "unlike", "both"]
ORDERS: tuple[Order, ...] = get_args(Order)
Ranks = npt.NDArray[np.float64]


def order_of(images: Sequence[Outlook], labelled: Sequence[Outlook], order: Order, seed: int = 0) -> list[int]:
    """Places in `images`, what to label first in front.

    "unsure": by the mean of two ranks, disagreement of the candidates and gap of predicted IoU and stability. "unlike":
    greedy k-centre (Sener and Savarese 2018, "Active learning for convolutional neural networks: a core-set approach"):
    each time the image whose nearest labelled or earlier one is farthest. "both": each time the image with the best
    mean of its rank by "unsure" and its rank by that distance. The same input gives the same order.
    """
    chance = np.random.default_rng(seed).permutation(len(images))
    if order == "random" or not len(images):
        return [int(at) for at in chance]
    unsure = _unsure(images)
    if order == "unsure":
        return [int(at) for at in np.argsort(-unsure, kind="stable")]
    return _far(images, labelled, unsure if order == "both" else np.zeros(len(images)))


def _unsure(images: Sequence[Outlook]) -> Ranks:
    columns = ([image.disagreement for image in images], [image.gap for image in images])
    return np.asarray(np.mean([ranks(np.array(column)) for column in columns], axis=0), np.float64)


def _far(images: Sequence[Outlook], labelled: Sequence[Outlook], liking: Ranks) -> list[int]:
    """Greedily, with `liking` (0-1 each; all 0: distance alone) added to the distance's rank."""
    places = np.stack([image.place for image in images]).astype(np.float64)
    known = [image.place.astype(np.float64) for image in labelled]
    # Nothing is labelled: the first is the one nearest to the middle, which stands for most.
    nearest = np.min([_distance(places, one) for one in known], axis=0) if known else -_distance(places, places.mean(0))
    left, order = np.ones(len(images), bool), []
    while left.any():
        there = np.flatnonzero(left)
        score = ranks(nearest[there]) + liking[there] if liking.any() else nearest[there]
        chosen = int(there[int(score.argmax())])
        order.append(chosen)
        left[chosen] = False
        nearest = np.minimum(nearest, _distance(places, places[chosen])) if known or len(order) > 1 else _distance(
            places, places[chosen]
        )  # fmt: skip
    return order


def _distance(places: Ranks, one: Ranks) -> Ranks:
    return np.asarray(1 - places @ (one / (np.linalg.norm(one) + 1e-9)), np.float64)


def ranks(values: Ranks) -> Ranks:
    """0 for the least to 1 for the greatest; equal values share the mean of their ranks."""
    from scipy.stats import rankdata

    return np.asarray((rankdata(values) - 1) / max(1, len(values) - 1), np.float64)
