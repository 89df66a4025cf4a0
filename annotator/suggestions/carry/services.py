"""Asking for objects to be carried along the following images."""

from __future__ import annotations

import hashlib
import itertools
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.inference.queries import embeddings_of
from annotator.lib.errors import ApiError, Conflict, refused
from annotator.projects.embedding import request_embedding
from annotator.projects.models import Image
from annotator.runs.choices import ACTIVE
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.suggestions.carry import asked, store
from annotator.suggestions.carry.asked import Given, Wish
from annotator.suggestions.carry.memory import remembers
from annotator.suggestions.carry.order import after
from annotator.suggestions.carry.tracks import next_track, number_all
from annotator.suggestions.turns import NOW

KIND = "propagate"
MAX_OBJECTS = 300
MAX_TRACKED = asked.MOST_OBJECTS
"""Each is followed by itself, and takes as long as all the others: more at once would be a run of days."""
AFTER_EMBEDDINGS = -5
"""Where embeddings are missing, those that are queued are made first; before a search of everything."""


def start(
    image: Image, by: User, objects: Sequence[uuid.UUID] | None, count: int | None, *, backwards: bool = False,
    prompts: Sequence[Given] = (),
) -> Run:  # fmt: skip
    """Queue a run that carries these objects (all of the image, when None), or what `prompts` point at on it (see
    asked.py), along the next `count` images (to the end, when None), or along those before it. Embeddings that are
    missing there are asked for; what is pointed at gets a track, and with a model that remembers images each object.
    Raises ApiError and Conflict."""
    model = image.project.model_version
    if model is None:
        raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
    wishes = asked.read(image, by, prompts)
    sources = [] if wishes and not objects else _sources(image, objects)
    images = list(after(by, image, count, backwards=backwards))
    if not images:
        which = "first" if backwards else "last"
        raise Conflict(
            "last_image", f"This is the {which} image of the project; there is none to carry the objects to."
        )
    others = {pk for wish in wishes for pk in wish.others}
    if remembers(model):
        if (many := len(sources) + len(wishes)) > MAX_TRACKED:
            raise _too_many(MAX_TRACKED, many)
        number_all(image, by, sources)
    elif others:
        raise refused(
            "prompts", f"Only a model that remembers images (SAM 2, EdgeTAM) can be told of other images; {model} "
            "cannot. Leave out “also”, or choose such a model in the project's settings.",
        )  # fmt: skip
    waiting = _request_missing([image, *images, *Image.workable.filter(pk__in=others)], by)
    params = {
        "image": str(image.pk), "objects": [str(pk) for pk in sources], "count": count, "model_version": str(model.pk),
    } | ({"backwards": True} if backwards else {})  # fmt: skip
    return _queue(image, by, params, wishes, AFTER_EMBEDDINGS if waiting else NOW)


def _queue(image: Image, by: User, params: dict[str, Any], wishes: Sequence[Wish], priority: int) -> Run:
    with transaction.atomic():
        if wishes:
            # Two who ask for the same at once get one run, and no two objects one number.
            Image.workable.select_for_update().filter(pk=image.pk).first()
            params |= {"prompts": asked.digest(wishes)}
            params |= {"tracks": _tracks(image, params["prompts"], wishes)}
        labels = [str(wish.label) for wish in wishes]
        same = hashlib.sha256(json.dumps([params, *labels], sort_keys=True).encode()).hexdigest()
        run = enqueue(
            KIND, project=image.project, params=params, requested_by=by, subject=image.pk, key=f"{KIND}:{same}",
            priority=priority,
        )  # fmt: skip
        if wishes:
            store.note(run, image, wishes, params["tracks"])
    return run


def _tracks(image: Image, digest: str, wishes: Sequence[Wish]) -> list[int]:
    """The tracks of what is pointed at: those that were asked for; of who points at the same again the earlier ones, so
    that what is found replaces what was found before."""
    runs = Run.objects.filter(kind=KIND, project=image.project, subject=image.pk, params__prompts=digest)
    earlier = runs.order_by("-created").values_list("params", flat=True).first() or {}
    taken = {wish.track for wish in wishes}
    before = [None if number in taken else number for number in earlier.get("tracks", [None] * len(wishes))]
    free = (number for number in itertools.count(next_track(image.project)) if number not in taken.union(before))
    return [wish.track or number or next(free) for wish, number in zip(wishes, before, strict=True)]


def _sources(image: Image, objects: Sequence[uuid.UUID] | None) -> list[uuid.UUID]:
    live = list(Annotation.objects.filter(image=image, deleted_at=None).values_list("pk", flat=True))
    wanted = live if objects is None else list(dict.fromkeys(objects))
    if not wanted:
        raise Conflict("no_objects", "There is no object to carry along. Annotate this image first.")
    if missing := set(wanted) - set(live):
        raise refused("objects", f"{len(missing)} of these objects are not on this image (any more).")
    if len(wanted) > MAX_OBJECTS:
        raise _too_many(MAX_OBJECTS, len(wanted))
    return wanted


def _too_many(most: int, many: int) -> ApiError:
    said = (
        f"Up to {most} objects can be carried along at once; these are {many}. Choose some, and the others afterwards."
    )
    return refused("objects", said)


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
