"""From a picture and regions to a covered picture. Everything here works in memory: nothing is stored."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace

from PIL import Image as Picture

from annotator.lib.errors import ApiError
from annotator.lib.storage import open_blob
from annotator.privacy.choices import Outline, Style
from annotator.privacy.models import Covered, Rule
from annotator.projects.models import Image
from annotator.projects.pixels import Prepared, repainted
from annotator.projects.renditions import thumbnail
from sam_backend.faces import veil as drawing
from sam_backend.faces.detector import Face, find_faces
from sam_backend.faces.weights import INSTALL, MissingWeightsError, weights_path

SAME = 0.3
"""A found face that overlaps a known region with a larger IoU is that region."""


def require_detector() -> None:
    """Raise ApiError (`no_face_detector`) where this machine cannot search for faces."""
    if weights_path() is None:
        raise unavailable()


def unavailable(sentence: str = "") -> ApiError:
    """Return the refusal of a machine without the detector."""
    told = sentence or f"The face detector is not installed on this machine. Install it there: {INSTALL}"
    return ApiError(
        "no_face_detector",
        f"{told} Until then no picture comes into a project that blurs faces.",
        status=409,
    )


def stored(image: Image, sha256: str = "", media_type: str = "") -> Prepared:
    """Return an image's picture as it lies in the storage, or the one of another hash. Raises FileNotFoundError."""
    with open_blob(sha256 or image.sha256) as blob:
        data = blob.read()
    return Prepared(data, media_type or image.media_type, image.width, image.height, image.source_format, b"")


def search(prepared: Prepared, threshold: float) -> list[Face]:
    """Return the faces on a picture. Raises ApiError (`no_face_detector`)."""
    found: list[Face] = []

    def look(picture: Picture.Image) -> None:
        found.extend(find_faces(picture, threshold))

    try:
        repainted(prepared, look)
    except MissingWeightsError as error:
        raise unavailable(str(error)) from None
    return found


def covered(prepared: Prepared, regions: Sequence[Covered]) -> Prepared:
    """Return the picture with regions covered; the very same without any."""
    if not regions:
        return prepared

    def paint(picture: Picture.Image) -> Picture.Image:
        made = picture
        for region in regions:
            box = drawing.Region(region.x, region.y, region.width, region.height)
            made = drawing.veil_in_place(made, [box], drawing.Style(region.style), drawing.Outline(region.outline))
        return made

    return repainted(prepared, paint)


def covered_anew(original: Prepared, regions: Sequence[Covered]) -> Prepared:
    """Return an original, with a thumbnail, with these regions covered; without any, as it was to the byte."""
    if regions:
        return covered(original, regions)
    with Picture.open(io.BytesIO(original.data)) as picture:
        return replace(original, thumb=thumbnail(picture))


def regions_of(faces: Iterable[Face], rule: Rule) -> list[Covered]:
    """Return found faces as regions that the rule's style covers; not saved yet."""
    return [
        Covered(
            x=round(face.x, 1), y=round(face.y, 1), width=round(face.width, 1), height=round(face.height, 1),
            score=round(face.score, 3), style=Style(rule.style), outline=Outline(rule.outline),
        )
        for face in faces
    ]  # fmt: skip


def unknown(found: Iterable[Covered], known: Iterable[Covered]) -> list[Covered]:
    """Return the found regions that are none of the known ones."""
    before = list(known)
    return [one for one in found if all(_iou(one, other) <= SAME for other in before)]


def _iou(one: Covered, other: Covered) -> float:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(across, 0.0) * max(down, 0.0)
    return shared / max(one.width * one.height + other.width * other.height - shared, 1e-9)
