"""Section 7.3, appendix D.3: everything in an image as proposals, judged by how many of people's masks they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sam_backend.amg import AutomaticMasks
from sam_backend.amg.params import Params
from sam_backend.data.records import Load, load_pixels
from sam_backend.evaluation.paper.ground import Annotation, Ground
from sam_backend.evaluation.paper.judged import SIZES, Judged
from sam_backend.evaluation.paper.summed import Part, Pick, Values, summary
from sam_backend.evaluation.runner import Progress

MOST = 1000
"""Proposals of an image: AR@1000."""
PARAMS = Params(points_per_side=64, predicted_iou=-1, stability=0, nms=0.9)
"""The paper's: no crops, no filters, so that only the grid and the suppression of duplicates are left. Where it yields
over 1000, the mean of predicted IoU and stability says which stay."""
FREQUENCIES = {"r": "rare", "c": "common", "f": "frequent"}


def measure_proposals(
    generator: AutomaticMasks,
    grounds: Sequence[Ground],
    progress: Progress = lambda done, total: None,
    load: Load = load_pixels,
) -> dict[str, Any]:
    """The task's summary: "ar" (AR@1000 of masks, labels not looked at), by size, and by how many images a category has
    where the data says that; "proposals" is their mean number. An image's pixels come from `load`."""
    total, done, parts = sum(len(ground.photos) for ground in grounds), 0, []
    for ground in grounds:
        found: list[Annotation] = []
        counts = []
        for image, photo in sorted(ground.photos.items()):
            masks = propose(generator, load(photo))
            found += [{"image_id": image, "category_id": ground.categories[0]["id"], **mask} for mask in masks]
            counts.append(len(masks))
            done += 1
            progress(done, total)
        parts.append(_part(ground, found, np.array(counts)))
    return summary(parts)


def propose(generator: AutomaticMasks, pixels: Any) -> list[Annotation]:
    """At most 1000 masks of an image, each with its rank's score."""
    ranked: list[Annotation] = [
        {"segmentation": mask.segmentation, "score": (mask.predicted_iou + mask.stability_score) / 2}
        for mask in generator.generate(pixels)
    ]
    return sorted(ranked, key=lambda mask: -mask["score"])[:MOST]


def frequency(category: dict[str, Any]) -> str:
    """ "rare" (1 to 10 images), "common" (to 100) or "frequent", as LVIS divides; blank where the data says nothing."""
    if category.get("frequency") in FREQUENCIES:
        return FREQUENCIES[category["frequency"]]
    count = category.get("image_count")
    if not isinstance(count, int) or count < 1:
        return ""
    return "rare" if count <= 10 else "common" if count <= 100 else "frequent"


def _part(ground: Ground, found: list[Annotation], counts: Any) -> Part:
    judged = Judged(ground, found, most=MOST, by_category=False)
    often = {row["id"]: frequency(row) for row in ground.categories}
    apart = {
        name: Judged(ground, found, most=MOST, by_category=False, masks=masks)
        for name in FREQUENCIES.values()
        if (masks := [row for row in ground.annotations if often.get(row["category_id"], "") == name])
    }

    def values(pick: Pick) -> Values:
        by_size = judged.recall(pick)
        named = {"ar" if size == "all" else f"ar_{size}": by_size[size] for size in SIZES}
        groups = {f"ar_{name}": one.recall(pick)["all"] for name, one in apart.items()}
        return named | groups | {"proposals": float(counts[pick].mean())}

    return Part(ground.name, len(ground.photos), len(ground.annotations), values)
