"""The task, for a model and for the classical tools on the same photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sam_backend.amg import AutomaticMasks
from sam_backend.data.records import Load, load_pixels
from sam_backend.evaluation.paper.edges.counts import Counts, count_matches, cuts, numbers
from sam_backend.evaluation.paper.edges.maps import edges_of_masks
from sam_backend.evaluation.paper.edges.tools import TOOLS
from sam_backend.evaluation.paper.edges.truth import edges_of_people
from sam_backend.evaluation.paper.ground import Ground
from sam_backend.evaluation.paper.summed import Part, Pick, Values, summary
from sam_backend.evaluation.runner import Progress

MODEL = "model"


def measure_edges(
    generator: AutomaticMasks,
    grounds: Sequence[Ground],
    thresholds: int = 33,
    progress: Progress = lambda done, total: None,
    load: Load = load_pixels,
) -> dict[str, Any]:
    """The task's summary ("ods", "ois", "ap", "r50"), and "baselines", the same for each classical tool. An image's
    pixels come from `load`.

    Where people drew only some objects, the edges of others count as wrong: read precision, and all four numbers, as
    lower than they are, or measure on images drawn whole (BSDS500).
    """
    total, done = sum(len(ground.photos) for ground in grounds), 0
    parts: dict[str, list[Part]] = {name: [] for name in (MODEL, *TOOLS)}
    for ground in grounds:
        counts: dict[str, list[Counts]] = {name: [] for name in parts}
        for image, photo in ground.photos.items():
            people = edges_of_people(ground.of(image))
            if people:
                pixels = load(photo)
                maps = {MODEL: edges_of_masks(generator, pixels)} | {name: tool(pixels) for name, tool in TOOLS.items()}
                for name, strength in maps.items():
                    counts[name].append(count_matches(strength, people, cuts(thresholds)))
            done += 1
            progress(done, total)
        for name, images in counts.items():
            parts[name].append(_part(ground, np.array(images)))
    found = {name: summary(sets) for name, sets in parts.items()}
    return found.pop(MODEL) | {"baselines": found}


def _part(ground: Ground, counts: Counts) -> Part:
    def values(pick: Pick) -> Values:
        return numbers(counts[pick])

    return Part(ground.name, len(counts), len(ground.annotations), values)
