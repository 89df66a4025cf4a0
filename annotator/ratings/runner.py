"""Runs "rate": two model versions answer the same clicks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from django.db import transaction

from annotator.annotations.models import Annotation
from annotator.evaluations.masks import Truth, draw, read_pixels, read_sample
from annotator.evaluations.measure import embedding_of
from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Project
from annotator.ratings.models import RatedPair, Rating
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner
from export.rle import encode
from sam_backend.evaluation.clicks import centre_click

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Answer:
    """A model's answer: its mask as COCO run lengths, and the click as shares of width and height."""

    image: Image
    annotation: Annotation
    rle: dict[str, Any]
    click: tuple[float, float]


class RateRunner(Runner):
    """Make the pairs of answers, all or none. A second start of the same run finds them there."""

    kind = "rate"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"rating": id, "pairs"}."""
        known = Rating.objects.filter(run=context.run).first()
        if known is not None:
            return {"rating": str(known.pk), "pairs": known.pairs.count()}
        params, project = context.run.params, context.run.project
        versions = ModelVersion.objects.in_bulk([uuid.UUID(params[name]) for name in ("first", "second")])
        if project is None or len(versions) < 2:
            raise RunFailed("The project or one of the models was removed before this run began.")
        truths = draw(project, params["size"], params["seed"])
        answers = []
        for number, name in enumerate(("first", "second")):
            version = versions[uuid.UUID(params[name])]
            answers.append(_asked(version, truths, _told(context, version, number)))
        pairs = _paired(*answers)
        if not pairs:
            raise RunFailed("No mask could be asked for: there are none that count, or their pictures are missing.")
        context.check()
        first, second = (versions[uuid.UUID(params[name])] for name in ("first", "second"))
        rating = _keep(context, project, first, second, pairs)
        context.progress(1.0, f"{len(pairs)} pair(s) of answers to rate.")
        return {"rating": str(rating.pk), "pairs": len(pairs)}


def _told(context: Context, version: ModelVersion, number: int) -> Tell:
    def tell(done: int, total: int) -> None:
        context.progress((number + done / max(total, 1)) / 2, f"{version}: {done} of {total} images")

    return tell


def _asked(version: ModelVersion, truths: list[Truth], tell: Tell) -> dict[uuid.UUID, Answer]:
    """The answers of one model by the mask that was clicked on. Raises RunFailed."""
    found: dict[uuid.UUID, Answer] = {}
    try:
        with borrow(version, Purpose.MEASURE) as predictor:
            for done, truth in enumerate(truths):
                tell(done, len(truths))
                found |= {answer.annotation.pk: answer for answer in _on_image(predictor, version, truth)}
    except FileNotFoundError:
        raise RunFailed(f"A file of {version} is missing from the server's storage.") from None
    except ValueError as error:
        raise RunFailed(f"{version} could not be asked: {error}") from error
    except MemoryError:
        raise RunFailed(f"{version} does not fit into this machine's memory.") from None
    return found


def _on_image(predictor: Any, version: ModelVersion, truth: Truth) -> list[Answer]:
    try:
        pixels = read_pixels(truth.image)
    except FileNotFoundError:
        return []
    predictor.set_embedding(embedding_of(predictor, version, truth.image, pixels))
    found = []
    for annotation in truth.annotations:
        sample = read_sample(truth.image, annotation)
        if sample is None:
            continue
        click, (height, width) = centre_click(sample.truth, 1), sample.truth.shape
        answer = predictor.predict(points=np.array([[click.x, click.y]], np.float32), labels=np.array([1], np.int64))
        best = 1 + int(np.argmax(answer.scores[1:4]))
        rle = encode(np.asarray(answer.mask(best), bool)).to_json()
        found.append(Answer(truth.image, annotation, rle, (click.x / width, click.y / height)))
    return found


def _paired(first: dict[uuid.UUID, Answer], second: dict[uuid.UUID, Answer]) -> list[tuple[Answer, Answer]]:
    return [(answer, second[pk]) for pk, answer in first.items() if pk in second]


def _keep(
    context: Context, project: Project, first: ModelVersion, second: ModelVersion, pairs: list[tuple[Answer, Answer]]
) -> Rating:
    run, rng = context.run, Random(context.run.params["seed"])
    with transaction.atomic():
        there = set(Image.objects.filter(pk__in={one.image.pk for one, _ in pairs}).values_list("pk", flat=True))
        rating = Rating.objects.create(
            project=project, run=run, first=first, second=second, first_name=str(first)[:160],
            second_name=str(second)[:160], seed=run.params["seed"], created_by=run.requested_by,
        )  # fmt: skip
        RatedPair.objects.bulk_create(
            RatedPair(
                rating=rating, image=one.image, author_id=one.annotation.author_id, x=one.click[0], y=one.click[1],
                first=one.rle, second=two.rle, swapped=rng.random() < 0.5,
            )
            for one, two in pairs
            if one.image.pk in there
        )  # fmt: skip
    return rating
