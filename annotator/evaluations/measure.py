"""From masks and a model version to scores: the one place of this app that runs a model."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from annotator.annotations.models import Annotation
from annotator.evaluations.masks import Pixels, Truth, read_pixels, read_sample
from annotator.evaluations.parameters import Wanted
from annotator.inference.embeddings import as_stored, stored_embedding
from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from sam_backend import Embedding, Predictor
from sam_backend.evaluation.examples import Example
from sam_backend.evaluation.protocol import Sample
from sam_backend.evaluation.runner import measure_image
from sam_backend.evaluation.scores import Evaluation

Progress = Callable[[int, int], None]


PER_END = 12
"""Drawn answers kept from each end of the ranking."""


@dataclass
class Measured:
    """Scores of `images` images. `shown` holds the best and the worst answers drawn so far, each with its
    annotation; `own` counts masks that were made with the measured model; `missing` names images without a file."""

    version: ModelVersion
    evaluation: Evaluation = field(default_factory=Evaluation)
    shown: list[tuple[Example, Annotation]] = field(default_factory=list)
    images: int = 0
    own: int = 0
    missing: list[str] = field(default_factory=list)
    pictures: dict[uuid.UUID, str] = field(default_factory=dict)
    """The hash of each image's picture as it was read."""

    def add(self, annotations: list[Annotation]) -> None:
        """Take note of an image whose masks were just measured. Only what may be shown in the end stays in memory."""
        self.images += bool(annotations)
        self.own += sum(annotation.model_version_id == self.version.pk for annotation in annotations)
        self.shown += zip(self.evaluation.examples, annotations, strict=True)
        self.evaluation.examples.clear()
        self.shown.sort(key=lambda pair: -pair[0].iou)
        del self.shown[PER_END:-PER_END]

    def best(self) -> int:
        """How many of `shown` are from the best end."""
        return min(PER_END, (len(self.shown) + 1) // 2)


def measure(version: ModelVersion, truths: list[Truth], wanted: Wanted, progress: Progress) -> Measured:
    """Run the protocol over drawn masks. `progress` hears (masks done, all masks) between masks; what it raises stops
    the work. Raises ValueError when the model's package is broken and FileNotFoundError when it is gone."""
    found = Measured(version)
    with borrow(version, Purpose.MEASURE) as predictor:
        _measure_all(predictor, truths, wanted, found, progress)
    return found


def _measure_all(
    predictor: Predictor, truths: list[Truth], wanted: Wanted, found: Measured, progress: Progress
) -> None:  # fmt: skip
    done, total = 0, sum(len(truth.annotations) for truth in truths)
    for truth in truths:
        progress(done, total)
        try:
            pixels = read_pixels(truth.image)
        except FileNotFoundError:
            found.missing.append(truth.image.name)
        else:
            found.pictures[truth.image.pk] = truth.image.sha256
            _measure_image(predictor, truth, pixels, wanted, found, _from(done, total, progress))
        done += len(truth.annotations)
    progress(total, total)


def _from(done: int, total: int, progress: Progress) -> Callable[[int], None]:
    return lambda number: progress(done + number, total)


def _measure_image(
    predictor: Predictor, truth: Truth, pixels: Pixels, wanted: Wanted, found: Measured, tell: Callable[[int], None]
) -> None:  # fmt: skip
    predictor.set_embedding(embedding_of(predictor, found.version, truth.image, pixels))
    measured: list[Annotation] = []

    def samples() -> Iterator[Sample]:
        for number, annotation in enumerate(truth.annotations):
            tell(number)
            one = read_sample(truth.image, annotation, wanted.groups)
            if one is not None:
                measured.append(annotation)
                yield one

    measure_image(
        found.evaluation, predictor, pixels, samples(),
        clicks=wanted.clicks, baselines=wanted.baselines, keep_examples=True,
    )  # fmt: skip
    found.add(measured)


def embedding_of(predictor: Predictor, version: ModelVersion, image: Image, pixels: Pixels) -> Embedding:
    """The stored embedding where there is one, told that the image is the small one; else one as it would be stored,
    for people's clicks never see the finer numbers that the encoder gives."""
    stored = stored_embedding(image, version)
    if stored is None:
        return as_stored(predictor.encode(pixels))
    return replace(stored, original_size=(pixels.shape[0], pixels.shape[1]))
