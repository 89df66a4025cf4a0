"""Section 7.4, appendix D.4: masks from given boxes, judged by COCO's mask AP.

A box is answered by the most confident of the masks; that one goes back with the box, and the answer to both is the
instance's mask. It is ranked by the detector's score; people's boxes have none, there it is the predicted IoU.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from sam_backend.data.records import Load, load_pixels
from sam_backend.evaluation.paper.boxes import MOST, Boxes, Given, boxes_of_people, read_boxes, surest
from sam_backend.evaluation.paper.ground import Annotation, Ground
from sam_backend.evaluation.paper.judged import Judged
from sam_backend.evaluation.paper.summed import Part, Pick, Values, summary
from sam_backend.evaluation.protocol import Segmenter
from sam_backend.evaluation.runner import Progress

DRAWS = 300
"""For an interval; each sorts all detections anew, by category and size."""


def measure_instances(
    segmenter: Segmenter,
    grounds: Sequence[Ground],
    detections: Path | Boxes | None = None,
    progress: Progress = lambda done, total: None,
    load: Load = load_pixels,
) -> dict[str, Any]:
    """The task's summary: "ap", "ap50", "ap75" and AP by size; "ap_once" is AP without the second round.

    Categories count where masks have labels. `detections` is a COCO results file for the one set that is measured, or
    what such a file says. An image's pixels come from `load`.

    Raises:
        ValueError: as `read_boxes`, and detections with several sets.
    """
    if detections is not None and len(grounds) > 1:
        raise ValueError(f"A detector's boxes belong to one set of images; {len(grounds)} were given.")
    total, done, parts = sum(len(ground.photos) for ground in grounds), 0, []
    for ground in grounds:
        boxes = _boxes(ground, detections)
        first: list[Annotation] = []
        last: list[Annotation] = []
        for image, photo in ground.photos.items():
            if boxes.get(image):
                segmenter.set_image(load(photo))
            for given in boxes.get(image, []):
                once, twice = answer(segmenter, given)
                first.append({"image_id": image, **once})
                last.append({"image_id": image, **twice})
            done += 1
            progress(done, total)
        parts.append(_part(ground, boxes, first, last))
    return summary(parts, DRAWS)


def _boxes(ground: Ground, detections: Path | Boxes | None) -> Boxes:
    if detections is None:
        return boxes_of_people(ground)
    return read_boxes(detections, ground) if isinstance(detections, Path) else surest(detections)


def answer(segmenter: Segmenter, given: Given) -> tuple[Annotation, Annotation]:
    """The instance after the first round and after the second; the segmenter holds the image."""
    one = segmenter.predict(box=given.box)
    best = int(np.argmax(one.scores))
    two = segmenter.predict(box=given.box, mask_input=one.logits[best])
    return (
        _instance(given, one.mask(best, "all"), one.scores[best]),
        _instance(given, two.mask(0, "all"), two.scores[0]),
    )


def _instance(given: Given, mask: npt.NDArray[np.bool_], predicted: float) -> Annotation:
    score = float(predicted) if given.score is None else given.score
    rle = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    return {"category_id": given.category, "segmentation": rle, "score": score}


def _part(ground: Ground, boxes: Boxes, first: list[Annotation], last: list[Annotation]) -> Part:
    most = max([MOST, *(len(rows) for rows in boxes.values())])
    once, twice = (Judged(ground, rows, most=most, by_category=ground.labelled) for rows in (first, last))

    def values(pick: Pick) -> Values:
        return twice.precision(pick) | {"ap_once": once.precision(pick)["ap"]}

    return Part(ground.name, len(ground.photos), len(ground.annotations), values)
