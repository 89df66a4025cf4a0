"""How far the embeddings of images are, and which blobs this app needs: what it adds to the projects' side."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet

from annotator.inference.addresses import embedding_url
from annotator.inference.models import Embedding, ModelVersion
from annotator.projects.models import Image
from annotator.runs.choices import ACTIVE, State
from annotator.runs.models import Run
from annotator.runs.waiting import Waiting

_SHOWN = (*ACTIVE, State.FAILED)


def embedding_info(images: list[Image]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return each image's `embedding` field, for its project's model version, in two queries."""
    stored: dict[tuple[uuid.UUID, uuid.UUID | None], Embedding] = {
        (row.image_id, row.model_version_id): row
        for row in Embedding.objects.filter(image__in=[image.pk for image in images], region_key="")
    }
    runs = _latest_runs(images)
    waiting = Waiting()
    return {
        image.pk: _info(image.project.model_version, stored.get((image.pk, image.project.model_version_id)), runs)
        | _waiting(image, stored, runs, waiting)
        for image in images
    }


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


def _waiting(image: Image, stored: dict[Any, Embedding], runs: dict[str, Run], waiting: Waiting) -> dict[str, Any]:
    run = runs.get(f"embed:{image.pk}:{image.project.model_version_id}:")
    if (image.pk, image.project.model_version_id) in stored or run is None or run.state not in _SHOWN:
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
