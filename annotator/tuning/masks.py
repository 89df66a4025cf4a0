"""Which masks of a project the model learns from, and whether they are enough."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from annotator.annotations.choices import Stage, Status
from annotator.annotations.models import Annotation
from annotator.lib.words import counted
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.models import Image, Project
from annotator.projects.video.notes import video_of
from annotator.reviews.choices import Mode
from annotator.reviews.queries import rule_of
from annotator.tuning.choices import Source

MIN_MASKS = 10
MIN_GROUPS = 4
"""Images, or videos: some learn, some choose the weights, and some only measure."""
MOST_IMAGES = 2000
"""More are drawn from: what a decoder learns of ten thousand it learns of two."""


@dataclass(frozen=True)
class Material:
    """What a project has to learn from. `groups`: images, those of one video counted once."""

    source: Source
    masks: int
    images: int
    groups: int

    @property
    def enough(self) -> bool:
        """Whether a retraining can begin."""
        return self.masks >= MIN_MASKS and self.groups >= MIN_GROUPS

    @property
    def sentence(self) -> str:
        """What there is, and what is missing."""
        of = "accepted images" if self.source == Source.ACCEPTED else "images that are done"
        said = f"{counted(self.masks, 'mask')} on {counted(self.images, 'image')} to learn from: those of {of}."
        if self.enough:
            return said
        way = "Have more accepted" if self.source == Source.ACCEPTED else "Mark more images as done in the editor"
        videos = " (frames of one video count as one)" if self.groups < self.images else ""
        return f"{said} At least {MIN_MASKS} masks on {MIN_GROUPS} images{videos} are needed. {way} first."


def source_of(project: Project) -> Source:
    """Accepted ones where images are reviewed, else those of images that are done."""
    return Source.DONE if rule_of(project).mode == Mode.OFF else Source.ACCEPTED


def finished_images(project: Project) -> QuerySet[Image]:
    """Return the images whose masks people stand for."""
    done = project.images.filter(state=ImageState.DONE)
    mode = rule_of(project).mode
    if mode == Mode.OFF:
        return done
    passed = [ReviewState.ACCEPTED] if mode == Mode.ALL else [ReviewState.ACCEPTED, ReviewState.NONE]
    return done.filter(review__in=passed)


def accepted(project: Project) -> QuerySet[Annotation]:
    """Return the masks to learn from: of finished images, not rejected, and none that a machine made and nobody has
    looked at."""
    rows = Annotation.objects.filter(image__in=finished_images(project).order_by(), deleted_at=None)
    looked_at = ~Q(stage=Stage.FULLY_AUTOMATIC) | Q(status=Status.APPROVED) | Q(image__review=ReviewState.ACCEPTED)
    return rows.exclude(status=Status.REJECTED).filter(looked_at)


def material(project: Project) -> Material:
    """Count what there is."""
    per_image = accepted(project).order_by().values("image", "image__notes").annotate(n=Count("pk"))
    rows = list(per_image.values_list("image", "image__notes", "n"))
    groups = {group_of(str(pk), notes) for pk, notes, _ in rows}
    return Material(source_of(project), sum(n for _, _, n in rows), len(rows), len(groups))


def group_of(image: str, notes: list[str]) -> str:
    """Return what an image stands with: its video, or itself."""
    return video_of(notes) or image
