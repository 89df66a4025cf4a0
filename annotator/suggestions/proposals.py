"""Labels for suggestions: the vote of the accepted masks that look most alike (sam_backend.similarity).

A proposal is shown and never applied by itself. It starts once a label has enough accepted masks; a vector per mask
is kept, so that accepting a mask teaches the next request at once.
"""
from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import Count

from annotator.annotations.models import Annotation
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Project
from annotator.suggestions.generate import stored_embedding
from annotator.suggestions.models import MaskVector, Suggestion
from export import rle
from sam_backend import Embedding
from sam_backend.similarity import mean_embedding, propose_labels

ENOUGH = 20
"""Accepted masks a label needs before it is proposed."""
PER_LABEL = 200
"""The newest masks of a label that vote; more would cost time and change little."""
CATCH_UP = 40
"""Images whose missing vectors one request may compute; the next request goes on."""
Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A label, and the share of the vote it got."""

    label: uuid.UUID
    probability: float


def propose(image: Image, version: ModelVersion | None, rows: Sequence[Suggestion]) -> dict[uuid.UUID, Proposal]:
    """Return proposals by suggestion; empty while no label has enough accepted masks, or there is no embedding."""
    labels = labels_with_enough(image.project)
    if version is None or not rows or not labels:
        return {}
    embedding = stored_embedding(image, version)
    known = _known(image.project, version, labels) if embedding is not None else {}
    if embedding is None or not known:
        return {}
    described = {row.pk: vector for row in rows if (vector := _describe(embedding, row.rle, version)) is not None}
    votes = propose_labels(np.stack([v for _, v in known.values()]), [name for name, _ in known.values()],
                           np.stack(list(described.values()))) if described else []  # fmt: skip
    pairs = zip(described, votes, strict=True)
    return {pk: Proposal(uuid.UUID(vote.label), round(vote.probability, 3)) for pk, vote in pairs}


def labels_with_enough(project: Project) -> list[uuid.UUID]:
    """Return the labels with enough accepted masks to be proposed."""
    live = Annotation.objects.filter(image__project=project, deleted_at=None, label__isnull=False)
    counted = live.values("label").annotate(masks=Count("id")).filter(masks__gte=ENOUGH)
    return [row["label"] for row in counted]


def _known(project: Project, version: ModelVersion, labels: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, Vector]]:
    """Return label and vector of the accepted masks that vote, computing vectors that are missing or outdated."""
    voters = [row for label in labels for row in _newest(project, label)]
    stored = {
        (row.annotation_id, row.revision): np.frombuffer(row.vector, np.float16).astype(np.float32)
        for row in MaskVector.objects.filter(annotation__in=voters, encoder_sha256=version.encoder_sha256)
    }
    missing = [row for row in voters if (row.pk, row.revision) not in stored]
    for row, vector in _catch_up(missing, version):
        stored[(row.pk, row.revision)] = vector
    found = {row.pk: (str(row.label_id), stored.get((row.pk, row.revision))) for row in voters}
    return {pk: (label, vector) for pk, (label, vector) in found.items() if vector is not None}


def _newest(project: Project, label: uuid.UUID) -> Iterable[Annotation]:
    rows = Annotation.objects.filter(image__project=project, deleted_at=None, label=label).select_related("image")
    return rows.order_by("-created", "id")[:PER_LABEL]


def _catch_up(missing: Sequence[Annotation], version: ModelVersion) -> Iterable[tuple[Annotation, Vector]]:
    by_image: dict[uuid.UUID, list[Annotation]] = {}
    for row in missing:
        by_image.setdefault(row.image_id, []).append(row)
    for rows in list(by_image.values())[:CATCH_UP]:
        embedding = stored_embedding(rows[0].image, version)
        if embedding is None:
            continue
        for row in rows:
            vector = _describe(embedding, row.rle, version)
            if vector is None:
                continue
            MaskVector.objects.update_or_create(
                annotation=row, encoder_sha256=version.encoder_sha256,
                defaults={"revision": row.revision, "vector": vector.astype(np.float16).tobytes()},
            )  # fmt: skip
            yield row, vector


def _describe(embedding: Embedding, mask: dict[str, object], version: ModelVersion) -> Vector | None:
    """Return the region's vector; None for a mask that is no longer of its image's size, or empty."""
    try:
        pixels = rle.decode(rle.validate(mask, *embedding.original_size))
        return mean_embedding(embedding, pixels, version.manifest["input"]["size"])
    except ValueError:
        return None
