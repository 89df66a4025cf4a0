"""Which masks of a project a model is measured on, and how they reach the measuring code: small and few."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Q, QuerySet
from PIL import Image as Picture

from annotator.annotations.choices import Stage, Status
from annotator.annotations.models import Annotation
from annotator.evaluations.parameters import BY_LABEL
from annotator.projects.models import Image, Project
from annotator.projects.models.image import on_images_of
from annotator.projects.renditions import read_rgb
from export.rle import Rle, sample
from sam_backend.data.records import group_name
from sam_backend.evaluation.protocol import Sample

MASKS_PER_IMAGE = 5
"""As in the command: an image full of masks does not rule the result, and each image is encoded once."""
LONGEST_SIDE = 1024
"""Images and masks are shrunk to this before anything is compared, so that a 100-megapixel photo costs no more
memory or time than a small one."""
UNLABELLED = "no label"

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Truth:
    """The masks to find on one image."""

    image: Image
    annotations: list[Annotation]


def accepted(project: Project) -> QuerySet[Annotation]:
    """Return the masks that people stand for: made, accepted or approved by somebody, and not rejected in review."""
    rows = Annotation.objects.filter(on_images_of(project), deleted_at=None)
    return rows.exclude(status=Status.REJECTED).filter(~Q(stage=Stage.FULLY_AUTOMATIC) | Q(status=Status.APPROVED))


def draw(project: Project, limit: int, seed: int) -> list[Truth]:
    """Draw up to `limit` masks, at most five per image, in the project's order; the same seed draws the same ones."""
    rng = np.random.default_rng(seed)
    by_image: dict[uuid.UUID, list[uuid.UUID]] = {}
    for image, annotation in accepted(project).order_by("image__place", "image", "id").values_list("image", "pk"):
        by_image.setdefault(image, []).append(annotation)
    images = list(by_image)
    chosen: dict[uuid.UUID, list[uuid.UUID]] = {}
    left = limit
    for index in rng.permutation(len(images)):
        ids = by_image[images[index]]
        count = min(MASKS_PER_IMAGE, len(ids), left)
        chosen[images[index]] = [ids[i] for i in sorted(rng.choice(len(ids), count, replace=False))]
        left -= count
        if left == 0:
            break
    return _read(images, chosen)


def _read(images: Iterable[uuid.UUID], chosen: dict[uuid.UUID, list[uuid.UUID]]) -> list[Truth]:
    """Only ids were drawn from; now the rows, without their run lengths, which are read image by image."""
    rows = Image.objects.in_bulk(list(chosen))
    light = Annotation.objects.select_related("label").defer("rle", "prompts", "shape")
    found = light.in_bulk([pk for ids in chosen.values() for pk in ids])
    return [
        Truth(rows[pk], [found[mask] for mask in chosen[pk] if mask in found])
        for pk in images
        if pk in chosen and pk in rows
    ]


def read_pixels(image: Image, longest: int = LONGEST_SIDE) -> Pixels:
    """Return the image, uint8 RGB, its longest side `longest` pixels at most. Raises FileNotFoundError."""
    pixels = read_rgb(image.sha256)
    height, width = small_size(image, longest)
    if (height, width) == pixels.shape[:2]:
        return pixels
    return np.asarray(Picture.fromarray(pixels).resize((width, height), Picture.Resampling.BOX, reducing_gap=2.0))


def small_size(image: Image, longest: int = LONGEST_SIDE) -> tuple[int, int]:
    """Return the (height, width) at which an image is measured."""
    scale = min(1.0, longest / max(image.width, image.height))
    return max(1, round(image.height * scale)), max(1, round(image.width * scale))


def group_of(annotation: Annotation, groups: str) -> str:
    """Return the group that people gave a mask: its label, or what an attribute of it says; blank for none."""
    if groups == BY_LABEL:
        return annotation.label.name if annotation.label else ""
    return group_name(annotation.attributes.get(groups)) if groups else ""


def read_sample(image: Image, annotation: Annotation, groups: str = "") -> Sample | None:
    """Return the mask at the size it is measured at, with its group; None when nothing of it is left there."""
    truth = small_mask(image, annotation.rle)
    if not truth.any():
        return None
    label = annotation.label.name if annotation.label else UNLABELLED
    group = group_of(annotation, groups)
    return Sample(set="project", image=str(image.pk), truth=truth, label=label, group=group)


def small_mask(image: Image, rle: dict[str, Any], longest: int = LONGEST_SIDE) -> npt.NDArray[np.bool_]:
    """Return a stored mask [height, width] at the size at which its image is measured."""
    height, width = small_size(image, longest)
    rows, columns = _centres(height, image.height), _centres(width, image.width)
    return sample(Rle.from_json(rle), rows, columns)


def _centres(small: int, full: int) -> npt.NDArray[np.int64]:
    """The full image's pixels under the centres of the small one's."""
    return np.minimum((np.arange(small) + 0.5) * full / small, full - 1).astype(np.int64)
