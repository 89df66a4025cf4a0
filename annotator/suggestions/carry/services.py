"""Asking for objects to be carried along the following images."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.inference.queries import embeddings_of
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.embedding import request_embedding
from annotator.projects.models import Image
from annotator.runs.choices import ACTIVE
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.suggestions.carry.memory import remembers
from annotator.suggestions.carry.order import after
from annotator.suggestions.carry.tracks import number_all

KIND = "propagate"
MAX_OBJECTS = 300
MAX_TRACKED = 50
"""Each is followed by itself, and takes as long as all the others: more at once would be a run of days."""
NOW = 5
"""Somebody watches: before every bulk, behind the embedding of an image just opened."""
AFTER_EMBEDDINGS = -5
"""Where embeddings are missing, those that are queued are made first; before a search of everything."""


def start(
    image: Image, by: User, objects: Sequence[uuid.UUID] | None, count: int | None, *, backwards: bool = False
) -> Run:
    """Queue a run that carries these objects (all of the image, when None) along the next `count` images (to the end,
    when None), or along those before it. Embeddings that are missing there are asked for; a model that remembers
    images gives each object a track. Raises ApiError and Conflict."""
    model = image.project.model_version
    if model is None:
        raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
    sources = _sources(image, objects)
    images = list(after(by, image, count, backwards=backwards))
    if not images:
        which = "first" if backwards else "last"
        raise Conflict(
            "last_image", f"This is the {which} image of the project; there is none to carry the objects to."
        )
    if remembers(model):
        if len(sources) > MAX_TRACKED:
            raise _refused("objects", f"Up to {MAX_TRACKED} objects can be followed at once; these are {len(sources)}.")
        number_all(image, by, sources)
    waiting = _request_missing([image, *images], by)
    params = {
        "image": str(image.pk), "objects": [str(pk) for pk in sources], "count": count, "model_version": str(model.pk),
    } | ({"backwards": True} if backwards else {})  # fmt: skip
    same = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    return enqueue(
        KIND, project=image.project, params=params, requested_by=by, subject=image.pk,
        key=f"{KIND}:{same}", priority=AFTER_EMBEDDINGS if waiting else NOW,
    )  # fmt: skip


def _sources(image: Image, objects: Sequence[uuid.UUID] | None) -> list[uuid.UUID]:
    live = list(Annotation.objects.filter(image=image, deleted_at=None).values_list("pk", flat=True))
    wanted = live if objects is None else list(dict.fromkeys(objects))
    if not wanted:
        raise Conflict("no_objects", "There is no object to carry along. Annotate this image first.")
    if missing := set(wanted) - set(live):
        raise _refused("objects", f"{len(missing)} of these objects are not on this image (any more).")
    if len(wanted) > MAX_OBJECTS:
        raise _refused("objects", f"Up to {MAX_OBJECTS} objects can be carried along at once; these are {len(wanted)}.")
    return wanted


def _request_missing(images: list[Image], by: User) -> bool:
    """Queue the embeddings that neither exist nor are queued; tell whether any has to be waited for."""
    project = images[0].project
    version = project.model_version
    assert version is not None  # `start` has looked
    have = embeddings_of(version).filter(region_key="", image__project=project)
    ready = set(have.values_list("image", flat=True))
    missing = [image for image in images if image.pk not in ready]
    runs = Run.objects.filter(project=project, kind="embed", state__in=ACTIVE)
    queued = set(runs.values_list("subject", flat=True)) if missing else set()
    for image in missing:
        if image.pk not in queued:
            image.project = project
            request_embedding(image, user=by)
    return bool(missing)


def _refused(field: str, sentence: str) -> ApiError:
    return ApiError("invalid", f"{field}: {sentence}", fields={field: [sentence]})
