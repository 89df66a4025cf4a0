"""The masks of an image as a small transparent image to lay over its thumbnail.

Only the pixels of the thumbnail are looked up in the run lengths, so a mask of a hundred megapixels costs no more
than one of a few thousand.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

from annotator.agreement.copies import copies_of, finished, objects_on, shape_of
from annotator.agreement.matching import groups
from annotator.annotations.models import Annotation
from annotator.datasets.models import Difference
from annotator.history.moments import objects_at
from annotator.projects.models import Image
from annotator.projects.renditions import THUMB_SIDE
from export.rle import Rle, sample

FILL = 110  # of 255; the edge is opaque
MOST = 400
UNLABELLED = "#9ba6b4"
WENT, CAME = "#e5484d", "#1fb866"

Bitmap = npt.NDArray[np.bool_]


def edge(mask: Bitmap) -> Bitmap:
    """Return the mask's pixels that have a neighbour outside of it; the border of the image is no edge."""
    padded = np.pad(mask, 1, mode="edge")
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    outline: Bitmap = mask & ~inner
    return outline


def overlay_png(image: Image) -> bytes:
    """Draw the image's visible masks in their labels' colours, back to front, at the size of the thumbnail."""
    canvas = _canvas(image.width, image.height)
    for annotation in _visible(image):
        color = annotation.label.color if annotation.label else UNLABELLED
        _draw(canvas, annotation.rle, annotation.bbox, color)
    return _png(canvas)


def past_png(image: Image, seq: int) -> bytes:
    """Draw the masks that stood on the image at a count of changes, in their labels' colours of today."""
    canvas = _canvas(image.width, image.height)
    for state, color in objects_at(image, seq)[:MOST]:
        _draw(canvas, state["rle"], state["bbox"], color or UNLABELLED)
    return _png(canvas)


def difference_png(difference: Difference) -> bytes:
    """Draw what two snapshots of an image differ in, at the size of the thumbnail: what went in one colour, what came
    in another; of a mask that changed, both."""
    canvas = _canvas(difference.width, difference.height)
    for entry in difference.objects_of:
        for side, color in (("before", WENT), ("after", CAME)):
            if side in entry:
                _draw(canvas, entry[side]["rle"], entry[side]["bbox"], color)
    return _png(canvas)


def agreement_png(image: Image) -> bytes:
    """Draw what several people made of an image, at the size of the thumbnail: objects to which all gave the same label
    in one colour, what somebody left out or called otherwise in another, above them."""
    canvas = _canvas(image.width, image.height)
    on = list(objects_on(finished(copies_of([image.pk])[image.pk])).values())
    found = groups([[shape_of(row) for row in rows] for rows in on])
    said = [[on[who][at] for who, at in group.items()] for group in found]
    alike = [len(rows) == len(on) and len({row.label_id for row in rows}) == 1 for rows in said]
    for color, wanted in ((CAME, True), (WENT, False)):
        rows = [row for group, same in zip(said, alike, strict=True) if same == wanted for row in group]
        for row in rows[:MOST]:
            _draw(canvas, row.rle, row.bbox, color)
    return _png(canvas)


def _canvas(full_width: int, full_height: int) -> npt.NDArray[np.uint8]:
    scale = min(1.0, THUMB_SIDE / max(full_width, full_height))
    return np.zeros((max(1, round(full_height * scale)), max(1, round(full_width * scale)), 4), dtype=np.uint8)


def _png(canvas: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Picture.fromarray(canvas).save(out, "PNG", compress_level=4)
    return out.getvalue()


def _visible(image: Image) -> list[Annotation]:
    rows = Annotation.objects.filter(image=image, deleted_at=None, hidden=False).select_related("label")
    return list(rows.order_by("z_order", "created", "id")[:MOST])


def _draw(canvas: npt.NDArray[np.uint8], stored: dict[str, Any], bbox: list[int], color: str) -> None:
    """Paint one stored mask; only the part of the canvas under its box is touched."""
    height, width = canvas.shape[:2]
    size = (int(stored["size"][0]), int(stored["size"][1]))
    x, y, w, h = bbox
    rows, top = _span(y, h, size[0], height)
    columns, left = _span(x, w, size[1], width)
    if not len(rows) or not len(columns):
        return
    mask = sample(Rle(size, stored["counts"]), rows, columns)
    rgb = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    part = canvas[top : top + len(rows), left : left + len(columns)]
    part[mask] = [*rgb, FILL]
    part[edge(mask)] = [*rgb, 255]


def _span(start: int, length: int, full: int, small: int) -> tuple[npt.NDArray[np.int64], int]:
    """Return where the small pixels around [start, start + length) lie in the full image, and the first of them."""
    scale = full / small
    first = max(0, int(start / scale) - 1)
    last = min(small, int((start + length) / scale) + 2)
    centres = np.arange(first, last, dtype=np.int64) * scale + scale / 2
    return np.minimum(centres.astype(np.int64), full - 1), first
