"""The numbers of a project, counted when a page shows them: a million masks take a second, images a tenth of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum

from annotator.accounts import access
from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.models import Project
from annotator.projects.models.image import on_images_of
from annotator.projects.queries import images_for

REVIEWED = (ReviewState.WAITING, ReviewState.RETURNED, ReviewState.ACCEPTED)
KEPT_SECONDS = 60
"""How long a count of masks is kept while nothing changes."""


class Counts:
    """Numbers of one project as a member sees it, each kind counted once, and only if somebody asks.

    `waiting` (for a review) and `not_done` count images, `unlabelled` masks, `bytes` what images
    take in the store."""

    def __init__(self, user: User, project: Project) -> None:
        self._user, self._project = user, project

    @cached_property
    def images(self) -> dict[str, int]:
        """Images: all, by state and by review, as the pages' scripts get them."""
        found = self._of_images
        by_state = {str(state): int(found[state]) for state in ImageState.values}
        by_review = {str(review): int(found[review]) for review in REVIEWED}
        return {"all": found["all"]} | by_state | by_review

    @cached_property
    def waiting(self) -> int:
        """Images that wait for a review: every page's tabs say it, so it has a query of its own."""
        return images_for(self._user, self._project).filter(review=ReviewState.WAITING).count()

    @property
    def all(self) -> int:
        """Images."""
        return self.images["all"]

    @property
    def done(self) -> int:
        """Images that are done."""
        return self.images[ImageState.DONE]

    @property
    def not_done(self) -> int:
        """Images that are not done."""
        return self.all - self.done

    @property
    def bytes(self) -> int:
        """What the images' files take."""
        return int(self._of_images["total"] or 0)

    @property
    def annotations(self) -> int:
        """Masks."""
        return self._masks[0]

    @property
    def unlabelled(self) -> int:
        """Masks without a label."""
        return self._masks[1]

    @cached_property
    def labels(self) -> int:
        """Labels."""
        return self._project.labels.count()

    @cached_property
    def _of_images(self) -> dict[str, Any]:
        states = {state: Count("pk", filter=Q(state=state)) for state in ImageState.values}
        reviews = {str(review): Count("pk", filter=Q(review=review)) for review in REVIEWED}
        sums = {"all": Count("pk"), "total": Sum("bytes"), "changes": Sum("annotation_seq")}
        return images_for(self._user, self._project).aggregate(**sums, **states, **reviews)

    @cached_property
    def _masks(self) -> tuple[int, int]:
        """Every change of a mask counts its image's changes up, so a count is good until their sum is another."""
        whole = access.sees_all(self._user, self._project)
        seen = f"{self._of_images['all']}:{self._of_images['changes']}"
        key = f"masks:{self._project.pk}:{'all' if whole else self._user.pk}:{seen}"
        kept: tuple[int, int] | None = cache.get(key)
        if kept is None:
            theirs = on_images_of(self._project) if whole else Q(image__in=images_for(self._user, self._project))
            live = Annotation.objects.filter(theirs, deleted_at=None)
            found = live.aggregate(all=Count("pk"), bare=Count("pk", filter=Q(label=None)))
            kept = (found["all"], found["bare"])
            cache.set(key, kept, KEPT_SECONDS)
        return kept
