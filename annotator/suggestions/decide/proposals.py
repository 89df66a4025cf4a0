"""Labels for suggestions: the vote of the accepted masks that look most alike (sam_backend.similarity).

A proposal is shown and never applied by itself. It starts once a label has enough accepted masks and there is another
kind of mask to tell it from; a vector per mask is kept, so that accepting a mask teaches the next request at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Q

from annotator.annotations.models import Annotation
from annotator.inference.embeddings import stored_embedding
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Project
from annotator.suggestions.decide.calibration import Calibration, calibrate
from annotator.suggestions.decide.coverage import coverage
from annotator.suggestions.models import MaskVector, Suggestion
from export import rle
from sam_backend import Embedding
from sam_backend.manifest import frame_of
from sam_backend.similarity import Likeness, describe_under, propose_labels
from sam_backend.transforms import Frame

ENOUGH = 20
"""Accepted masks a label needs before it is proposed."""
OTHER = ""
"""Stands for all labels that have too few masks to be proposed: enough of them together vote against the rest."""
PER_LABEL = 200
"""The newest masks of a label that vote; more would cost time and change little."""
LEAST = 0.5
"""Probability below which nothing is proposed: more often wrong than right helps nobody."""
CATCH_UP = 40
"""Images whose missing vectors one request may compute; the next request goes on."""
CALIBRATIONS = 8
"""Projects whose calibration a process keeps."""
Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A label, and how likely it is right (calibration.py)."""

    label: uuid.UUID
    probability: float


def propose(image: Image, version: ModelVersion | None, rows: Sequence[Suggestion]) -> dict[uuid.UUID, Proposal]:
    """Return proposals by suggestion; empty while no label has enough accepted masks, when there is nothing to tell it
    from, or no embedding. A suggestion that looks like none of the labels with enough gets none."""
    labels = labels_with_enough(image.project)
    if version is None or not rows or not labels:
        return {}
    embedding = stored_embedding(image, version)
    known = _known(image.project, version, labels) if embedding is not None else []
    names = [voter.name for voter in known]
    if embedding is None or len(set(names)) < 2:
        return {}
    frame = frame_of(version.manifest, *embedding.original_size)
    described = {row.pk: vector for row in rows if (vector := _describe(embedding, row.rle, frame)) is not None}
    if not described:
        return {}
    learnt = np.stack([voter.vector for voter in known])
    likeness = Likeness(learnt)
    vectors, asked = likeness(learnt), likeness(np.stack(list(described.values())))
    trust = _trusted(tuple((voter.key, voter.revision, voter.name) for voter in known), known, vectors)
    votes = zip(described, propose_labels(vectors, names, asked), strict=True)
    told = ((pk, vote.label, trust.probability(vote.probability)) for pk, vote in votes if vote.label != OTHER)
    return {pk: Proposal(uuid.UUID(label), round(sure, 3)) for pk, label, sure in told if sure >= LEAST}


@dataclass(frozen=True, slots=True)
class _Voter:
    """An accepted mask that votes."""

    key: uuid.UUID
    revision: int
    image: uuid.UUID
    name: str
    vector: Vector


_calibrations: dict[object, Calibration] = {}


def _trusted(key: object, known: Sequence[_Voter], vectors: Vector) -> Calibration:
    """Return the voters' calibration; the last few are kept, for it only changes when they do."""
    found = _calibrations.get(key)
    if found is None:
        found = calibrate(vectors, [voter.name for voter in known], [voter.image for voter in known], silent=OTHER)
        while len(_calibrations) >= CALIBRATIONS:
            _calibrations.pop(next(iter(_calibrations)), None)
        _calibrations[key] = found
    return found


def labels_with_enough(project: Project) -> list[uuid.UUID]:
    """Return the labels with enough accepted masks to be proposed."""
    live = Annotation.objects.filter(image__project=project, image__copy_of=None, deleted_at=None, label__isnull=False)
    counted = live.values("label").annotate(masks=Count("id")).filter(masks__gte=ENOUGH)
    return [row["label"] for row in counted]


def _known(project: Project, version: ModelVersion, labels: list[uuid.UUID]) -> list[_Voter]:
    """Return the accepted masks that vote, computing vectors that are missing or outdated."""
    voters = [row for label in labels for row in _newest(project, Q(label=label))]
    others = list(_newest(project, Q(label__isnull=False) & ~Q(label__in=labels)))
    voters += others if len(others) >= ENOUGH else []
    if len(labels) + (len(others) >= ENOUGH) < 2:  # nothing to tell the one kind from
        return []
    stored = {
        (row.annotation_id, row.revision): np.frombuffer(row.vector, np.float16).astype(np.float32)
        for row in MaskVector.objects.filter(annotation__in=voters, encoder_sha256=version.encoder_sha256)
    }
    missing = [row for row in voters if (row.pk, row.revision) not in stored]
    for row, vector in _catch_up(missing, version):
        stored[(row.pk, row.revision)] = vector
    return [
        _Voter(row.pk, row.revision, row.image_id, str(row.label_id) if row.label_id in labels else OTHER, found)
        for row in voters
        if (found := stored.get((row.pk, row.revision))) is not None
    ]


def _newest(project: Project, which: Q) -> Iterable[Annotation]:
    rows = Annotation.objects.filter(
        which, image__project=project, image__copy_of=None, deleted_at=None
    ).select_related("image")
    return rows.order_by("-created", "id")[:PER_LABEL]


def _catch_up(missing: Sequence[Annotation], version: ModelVersion) -> Iterable[tuple[Annotation, Vector]]:
    by_image: dict[uuid.UUID, list[Annotation]] = {}
    for row in missing:
        by_image.setdefault(row.image_id, []).append(row)
    for rows in list(by_image.values())[:CATCH_UP]:
        embedding = stored_embedding(rows[0].image, version)
        if embedding is None:
            continue
        frame = frame_of(version.manifest, *embedding.original_size)
        described = [(row, vector) for row in rows if (vector := _describe(embedding, row.rle, frame)) is not None]
        MaskVector.objects.bulk_create(
            (
                MaskVector(
                    annotation=row, encoder_sha256=version.encoder_sha256, revision=row.revision,
                    vector=vector.astype(np.float16).tobytes(),
                )
                for row, vector in described
            ),
            update_conflicts=True, unique_fields=["annotation", "encoder_sha256"], update_fields=["revision", "vector"],
        )  # fmt: skip
        yield from described


def _describe(embedding: Embedding, mask: dict[str, object], frame: Frame) -> Vector | None:
    """Return the region's vector; None for a mask that is no longer of its image's size, or empty."""
    try:
        known = rle.validate(mask, *embedding.original_size)
        features = embedding.tensors["embedding"][0]
        return describe_under(features, coverage(known, frame, features.shape[-1]))
    except ValueError:
        return None
