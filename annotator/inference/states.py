"""How far the embeddings of images are, and which blobs this app needs: what it adds to the projects' side."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from annotator.inference.addresses import embedding_url
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.lib.holdings import Held, Kind
from annotator.projects.models import Image
from annotator.runs.choices import ACTIVE, State
from annotator.runs.models import Run
from annotator.runs.waiting import Waiting

_SHOWN = (*ACTIVE, State.FAILED)
UPLOADS_KEPT = timedelta(days=7)
"""How long the uploaded file of a model that could not be installed is there to try again."""


def embedding_info(images: list[Image]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return each image's `embedding` field, for its project's model version, in two queries."""
    stored = _stored(images)
    runs = _latest_runs(images)
    waiting = Waiting()
    found = {image.pk: stored.get((image.pk, _encoder(image))) for image in images}
    return {
        image.pk: _info(image.project.model_version, found[image.pk], runs)
        | ({} if found[image.pk] else _waiting(image, runs, waiting))
        for image in images
    }


def _encoder(image: Image) -> str:
    version = image.project.model_version
    return version.encoder_sha256 if version else ""


def _stored(images: list[Image]) -> dict[tuple[uuid.UUID, str], Embedding]:
    """By image and encoder; of several the oldest, as `embeddings.find` has it."""
    rows = Embedding.objects.filter(image__in=[image.pk for image in images], region_key="")
    rows = rows.annotate(encoder=F("model_version__encoder_sha256")).order_by("-created", "-id")
    return {(row.image_id, row.encoder): row for row in rows}


def _latest_runs(images: list[Image]) -> dict[str, Run]:
    rows = Run.objects.filter(kind="embed", subject__in=[image.pk for image in images]).order_by("created")
    light = rows.only("id", "key", "state", "message", "error", "queue", "priority", "created", "updated", "sent")
    return {run.key: run for run in light}


def _info(version: ModelVersion | None, row: Embedding | None, runs: dict[str, Run]) -> dict[str, Any]:
    return {
        "state": "ready" if row else "none",
        "model_version": version.pk if version else None,
        "encoder_sha256": version.encoder_sha256 if version else "",
        "url": embedding_url(row) if row else None,
        "bytes": row.bytes if row else 0,
        "run": None,
        "message": "",
    }


def _waiting(image: Image, runs: dict[str, Run], waiting: Waiting) -> dict[str, Any]:
    run = runs.get(f"embed:{image.pk}:{image.project.model_version_id}:")
    if run is None or run.state not in _SHOWN:
        return {}
    waits = waiting.of(run)
    return {"state": run.state, "run": run.pk, "message": waits["message"] if waits else run.error or run.message}


def needed_blobs(hashes: set[str]) -> set[str]:
    """Return those of the hashes that embeddings or models need."""
    rows = Embedding.objects.filter(Q(sha256__in=hashes) | Q(packed_sha256__in=hashes))
    embeddings = {sha for pair in rows.values_list("sha256", "packed_sha256") for sha in pair} & hashes
    packages = ModelVersion.objects.values_list("files", flat=True)
    models = {entry["sha256"] for files in packages for entry in files.values()}
    return embeddings | (models & hashes)


def blobs_of(images: QuerySet[Image]) -> set[str]:
    """Return the blobs of these images' embeddings."""
    return hashes_of(Embedding.objects.filter(image__in=images))


def hashes_of(embeddings: QuerySet[Embedding]) -> set[str]:
    """Return the blobs of these embeddings."""
    return {sha for pair in embeddings.values_list("sha256", "packed_sha256") for sha in pair if sha}


def held() -> Iterator[Held]:
    """Go through the files of embeddings, of models, and of models that are being installed."""
    rows = Embedding.objects.values_list("sha256", "packed_sha256", "image__name", "model_version__name").order_by()
    for sha256, packed, image, model in rows.iterator():
        yield Held(storage.blob_name(sha256), Kind.TENSORS, f"embedding of {image} by {model}")
        if packed:
            yield Held(storage.blob_name(packed), Kind.GZIP, f"packed embedding of {image} by {model}")
    for version in ModelVersion.objects.order_by():
        for name, entry in version.files.items():
            yield Held(storage.blob_name(entry["sha256"]), Kind.ANY, f"{name} of the model {version}")
    yield from _uploaded()


def _uploaded() -> Iterator[Held]:
    again = Q(state=State.FAILED, updated__gt=timezone.now() - UPLOADS_KEPT)
    rows = Run.objects.filter(Q(state__in=ACTIVE) | again, kind="install_model", params__has_key="blob").order_by()
    for params, state in rows.values_list("params", "state").iterator():
        name = storage.blob_name(params["blob"])
        yield Held(name, Kind.ANY, f"uploaded model {params['filename']}", optional=state not in ACTIVE)
