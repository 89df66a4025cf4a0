"""The numbers of a project, counted when a page shows them: images by an index, masks by what each image knows."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

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
"""How long a count of unlabelled masks is kept while nothing changes."""


class Counts:
    """Numbers of one project as a member sees it, each kind counted once, and only if somebody asks.

    `waiting` (for a review) and `not_done` count images, `unlabelled` masks, `bytes` what images
    take in the store."""

    def __init__(self, user: User, project: Project) -> None:
        self._user, self._project = user, project

    @cached_property
    def images(self) -> dict[str, int]:
        """Images: all, by state and by review, as the pages' scripts get them."""
        by_state, by_review = Counter[str](), Counter[str]()
        for (state, review), n in self._of_images.items():
            by_state[state] += n
            by_review[review] += n
        found = {str(state): by_state[state] for state in ImageState.values}
        found |= {str(review): by_review[review] for review in REVIEWED}
        return {"all": by_state.total()} | found

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
        return self._sums["bytes"]

    @property
    def annotations(self) -> int:
        """Masks."""
        return self._sums["masks"]

    @cached_property
    def labels(self) -> int:
        """Labels."""
        return self._project.labels.count()

    @cached_property
    def _of_images(self) -> Counter[tuple[str, str]]:
        """By state and review, which an index has: the rows are not looked at."""
        rows = images_for(self._user, self._project).order_by().values_list("state", "review")
        return Counter({(state, review): n for state, review, n in rows.annotate(n=Count("pk"))})

    @cached_property
    def _sums(self) -> dict[str, int]:
        """What the images' rows know of themselves; a row counts its masks (`annotations.editing`)."""
        sums = {"bytes": Sum("bytes"), "masks": Sum("object_count"), "changes": Sum("annotation_seq")}
        found = images_for(self._user, self._project).aggregate(**sums)
        return {name: int(value or 0) for name, value in found.items()}

    @cached_property
    def unlabelled(self) -> int:
        """Masks without a label. Every change of a mask counts its image's changes up, so a count is good until their
        sum is another."""
        whole = access.sees_all(self._user, self._project)
        seen = f"{self.all}:{self._sums['changes']}"
        key = f"bare:{self._project.pk}:{'all' if whole else self._user.pk}:{seen}"
        kept: int | None = cache.get(key)
        if kept is None:
            theirs = on_images_of(self._project) if whole else Q(image__in=images_for(self._user, self._project))
            kept = Annotation.objects.filter(theirs, deleted_at=None, label=None).count()
            cache.set(key, kept, KEPT_SECONDS)
        return kept
