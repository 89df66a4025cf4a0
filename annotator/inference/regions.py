"""Embeddings of parts of pictures: how many anybody may ask for, and which go again.

A whole picture is encoded once per model; of parts there is no end, and each takes a worker seconds and storage
megabytes. So few wait at a time, few are kept, and those that nobody asked for longest go first. One that has gone is
made again when it is asked for.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from annotator.accounts.models import User
from annotator.inference.models import Embedding
from annotator.inference.states import hashes_of
from annotator.lib.errors import ApiError
from annotator.projects.blobs import collect_unused
from annotator.projects.models import Image, Project
from annotator.runs.choices import ACTIVE
from annotator.runs.models import Run

WAITING_PER_PROJECT = 4
"""Times what one person may have waiting, for all people of a project together."""


def require_room(image: Image, user: User, key: str) -> None:
    """Raise ApiError (`too_many_regions`) when this person, or their project, has enough of them waiting already.

    `key` is the run's that is asked for: one that waits already is no further one."""
    waiting = Run.objects.filter(kind="embed", state__in=ACTIVE).exclude(key__endswith=":")
    if waiting.filter(key=key).exists():
        return
    own, most = waiting.filter(requested_by=user).count(), settings.REGIONS_WAITING
    if own >= most or waiting.filter(project=image.project_id).count() >= most * WAITING_PER_PROJECT:
        raise ApiError(
            "too_many_regions",
            "Enough parts of pictures are waiting to be looked at closely. Wait until some are done, then ask again.",
            status=429,
        )


def note_asked(embedding: Embedding) -> None:
    """Somebody wants it now: it stays longer than those nobody wants."""
    Embedding.objects.filter(pk=embedding.pk).update(asked=timezone.now())


def tidy(made: Embedding) -> int:
    """Remove parts beyond what is kept of the image and its project, and those nobody asked for in a long time; never
    `made`. Returns how many."""
    image = made.image
    of_project = _parts(image.project)
    of_image = of_project.filter(image=image)
    long_ago = timezone.now() - timedelta(days=settings.REGION_DAYS)
    gone = {
        *of_project.filter(asked__lt=long_ago).values_list("pk", flat=True),
        *of_image.values_list("pk", flat=True)[settings.REGIONS_PER_IMAGE :],
        *of_project.values_list("pk", flat=True)[settings.REGIONS_PER_PROJECT :],
    } - {made.pk}
    going = Embedding.objects.filter(pk__in=gone)
    hashes = hashes_of(going)
    going.delete()
    collect_unused(hashes)
    return len(gone)


def _parts(project: Project) -> QuerySet[Embedding]:
    """Embeddings of parts, the last asked for first."""
    return Embedding.objects.filter(image__project=project).exclude(region_key="").order_by("-asked", "-created", "id")
