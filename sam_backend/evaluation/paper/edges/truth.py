"""People's edges: the borders of their masks."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from sam_backend.evaluation.paper.ground import Annotation

Edges = npt.NDArray[np.bool_]


def border(regions: npt.NDArray[np.integer] | Edges) -> Edges:
    """Pixels [h, w] whose right, lower or lower right neighbour belongs to another region; one pixel wide."""
    found = np.zeros(regions.shape, bool)
    found[:, :-1] |= regions[:, :-1] != regions[:, 1:]
    found[:-1] |= regions[:-1] != regions[1:]
    found[:-1, :-1] |= regions[:-1, :-1] != regions[1:, 1:]
    return found


def edges_of_people(masks: Iterable[Annotation]) -> list[Edges]:
    """One edge map [h, w] per person who drew the image.

    People are told apart by a mask's source, "human2of5" is the second of five (BSDS500); masks without such a source
    are one person's.
    """
    found: dict[str, Edges] = {}
    for row in masks:
        person = row["source"] if re.fullmatch(r"human\d+of\d+", row["source"]) else ""
        edges = border(np.asarray(coco_mask.decode(row["segmentation"]), bool))
        found[person] = found[person] | edges if person in found else edges
    return list(found.values())
