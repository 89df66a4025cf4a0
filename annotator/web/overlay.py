"""The masks of an image as a small transparent image to lay over its thumbnail.

Only the pixels of the thumbnail are looked up in the run lengths, so a mask of a hundred megapixels costs no more
than one of a few thousand.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

from annotator.annotations.models import Annotation
from annotator.projects.models import Image
from annotator.projects.renditions import THUMB_SIDE
from export.rle import Rle, sample

FILL = 110  # of 255; the edge is opaque
MOST = 400
UNLABELLED = "#9ba6b4"

Bitmap = npt.NDArray[np.bool_]


def edge(mask: Bitmap) -> Bitmap:
    """Return the mask's pixels that have a neighbour outside of it; the border of the image is no edge."""
    padded = np.pad(mask, 1, mode="edge")
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    outline: Bitmap = mask & ~inner
    return outline


def overlay_png(image: Image) -> bytes:
    """Draw the image's visible masks in their labels' colours, back to front, at the size of the thumbnail."""
    scale = min(1.0, THUMB_SIDE / max(image.width, image.height))
    height, width = max(1, round(image.height * scale)), max(1, round(image.width * scale))
    canvas = np.zeros((height, width, 4), dtype=np.uint8)
    for annotation in _visible(image):
        _draw(canvas, annotation, image)
    out = io.BytesIO()
    Picture.fromarray(canvas).save(out, "PNG", compress_level=4)
    return out.getvalue()


def _visible(image: Image) -> list[Annotation]:
    rows = Annotation.objects.filter(image=image, deleted_at=None, hidden=False).select_related("label")
    return list(rows.order_by("z_order", "created", "id")[:MOST])


def _draw(canvas: npt.NDArray[np.uint8], annotation: Annotation, image: Image) -> None:
    """Paint one mask; only the part of the canvas under its box is touched."""
    height, width = canvas.shape[:2]
    x, y, w, h = annotation.bbox
    rows, top = _span(y, h, image.height, height)
    columns, left = _span(x, w, image.width, width)
    if not len(rows) or not len(columns):
        return
    size = (int(annotation.rle["size"][0]), int(annotation.rle["size"][1]))
    mask = sample(Rle(size, annotation.rle["counts"]), rows, columns)
    color = annotation.label.color if annotation.label else UNLABELLED
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
