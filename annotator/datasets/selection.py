"""What of a project goes into a snapshot: which images, and which objects on them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotator.annotations.choices import Status
from annotator.annotations.models import Annotation
from annotator.projects.choices import ReviewState
from annotator.projects.models import Image, ImageTag, Project
from annotator.projects.models.image import on_images_of
from annotator.reviews.choices import Mode
from annotator.reviews.queries import rule_of


@dataclass(frozen=True, slots=True)
class Selection:
    """An empty tuple chooses all. Ids are texts, dates ISO 8601 days (UTC), both ends included; what is named twice or
    in another order is the same choice."""

    accepted_only: bool = False
    """Images that a review accepted, without what it rejected on them."""
    states: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    """Who decided last on the image."""
    tags: tuple[str, ...] = ()
    """Images with any of them."""
    statuses: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    unlabelled: bool = True
    """Objects without a label, too."""
    made_from: str = ""
    made_until: str = ""
    empty_images: bool = True
    """Images on which nothing was chosen, too: they say that there is nothing."""
    suggestions: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return a selection from plain values, in the one order they are written in."""
        known = {one.name: values[one.name] for one in fields(cls) if values.get(one.name) is not None}
        return cls(**{name: _plain(value) for name, value in known.items()})

    def to_json(self) -> dict[str, Any]:
        """Return what differs from choosing all, as plain values."""
        usual = type(self)()
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        chosen = {name: value for name, value in values.items() if value != getattr(usual, name)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in chosen.items()}

    def images(self, project: Project) -> QuerySet[Image]:
        """Return the images chosen."""
        images = project.images.all()
        if self.accepted_only:
            images = images.filter(review=ReviewState.ACCEPTED)
        images = images.filter(**self._by_image())
        if not self.empty_images:
            images = images.filter(Exists(self._objects().filter(image=OuterRef("pk"))))
        return images

    def objects(self, project: Project) -> QuerySet[Annotation]:
        """Return the live objects chosen, on the images chosen."""
        wanted = {f"image__{lookup}": values for lookup, values in self._by_image().items()}
        if self.accepted_only:
            wanted["image__review"] = ReviewState.ACCEPTED
        return self._objects().filter(on_images_of(project), **wanted)

    def _by_image(self) -> dict[str, Any]:
        """The lookups of an image that are asked for."""
        wanted: dict[str, Any] = {
            "state__in": self.states, "in_job__job__in": self.jobs, "review_row__decided_by__in": self.reviewers,
        }  # fmt: skip
        wanted = {lookup: values for lookup, values in wanted.items() if values}
        if self.tags:  # as a subquery: joined, an image with two of the tags would come twice
            wanted["pk__in"] = ImageTag.objects.filter(tag__in=map(uuid.UUID, self.tags)).values("image")
        return wanted

    def _objects(self) -> QuerySet[Annotation]:
        rows = Annotation.objects.filter(deleted_at=None)
        if self.accepted_only:
            rows = rows.exclude(status=Status.REJECTED)
        if self.statuses:
            rows = rows.filter(status__in=self.statuses)
        if self.stages:
            rows = rows.filter(stage__in=self.stages)
        if self.labels:
            rows = rows.filter(Q(label__in=self.labels) | (Q(label=None) if self.unlabelled else Q(pk__in=[])))
        elif not self.unlabelled:
            rows = rows.exclude(label=None)
        if self.made_from:
            rows = rows.filter(created__gte=_midnight(self.made_from))
        if self.made_until:
            rows = rows.filter(created__lt=_midnight(self.made_until) + timedelta(days=1))
        return rows


def reviewing(project: Project) -> bool:
    """Tell whether a project's images are reviewed: by its rule, or because some were."""
    reviewed = project.images.filter(review__in=[ReviewState.WAITING, ReviewState.RETURNED, ReviewState.ACCEPTED])
    return rule_of(project).mode != Mode.OFF or reviewed.exists()


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set):
        return tuple(sorted({str(item) for item in value}))
    return value.isoformat() if isinstance(value, date) else value


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)
