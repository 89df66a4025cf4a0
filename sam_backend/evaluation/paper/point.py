"""Section 7.1, appendix D.1: one click on the mask's most interior point; IoU of the best-scored of three answers, and
of the best of three by ground truth (the oracle: one click may mean the part, the object or its group)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sam_backend.data.records import Load, Record, load_pixels
from sam_backend.evaluation.clicks import centre_click
from sam_backend.evaluation.distance import Mask
from sam_backend.evaluation.metrics import iou
from sam_backend.evaluation.paper.summed import Part, Pick, Values, summary
from sam_backend.evaluation.protocol import Segmenter
from sam_backend.evaluation.runner import Progress
from sam_backend.evaluation.samples import MASKS_PER_IMAGE, draw_masks

NAMES = ("miou_top", "miou_oracle")


def measure_point(
    segmenter: Segmenter,
    records: Sequence[Record],
    most: int = MASKS_PER_IMAGE,
    progress: Progress = lambda done, total: None,
    load: Load = load_pixels,
) -> dict[str, Any]:
    """The task's summary; `most` masks of each image are drawn (see `draw_masks`), its pixels come from `load`.

    Masks count with all their parts, as the model gives them. The present protocol asks for the same click, and judges
    the mask as the editor shows it, without the parts that nobody clicked.
    """
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for done, record in enumerate(records, 1):
        segmenter.set_image(load(record))
        asked = [ask(segmenter, sample.truth) for sample in draw_masks(record, most=most)]
        found.setdefault(record.set, []).append(asked)
        progress(done, len(records))
    return summary([_part(name, images) for name, images in found.items()])


def ask(segmenter: Segmenter, truth: Mask) -> tuple[float, float]:
    """IoU of the best-scored and of the best of three masks for the centre click; the segmenter holds the image."""
    click = centre_click(truth, 1)
    answer = segmenter.predict(np.array([[click.x, click.y]], np.float32), np.array([1], np.int64))
    overlaps = [iou(answer.mask(token, "all"), truth) for token in (1, 2, 3)]
    return overlaps[int(np.argmax(answer.scores[1:4]))], max(overlaps)


def _part(name: str, images: Iterable[Sequence[tuple[float, float]]]) -> Part:
    held = [np.array(image) for image in images]
    sums, counts = np.array([image.sum(0) for image in held]), np.array([len(image) for image in held])

    def values(pick: Pick) -> Values:
        return dict(zip(NAMES, map(float, sums[pick].sum(0) / counts[pick].sum()), strict=True))

    return Part(name, len(held), int(counts.sum()), values)
