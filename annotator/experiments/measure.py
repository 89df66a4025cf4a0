"""From a set and a model version to the numbers: the one place of this app that runs a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from annotator.evaluations.masks import Pixels, read_pixels
from annotator.evaluations.measure import embedding_of
from annotator.experiments.ground import Measurable, longest_side, records_of
from annotator.experiments.parameters import Task, Wanted
from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from sam_backend import Embedding, Predictor
from sam_backend.amg import AutomaticMasks, PredictorBackend
from sam_backend.amg.decoded import Decoded
from sam_backend.data.records import Record
from sam_backend.evaluation.paper import edges, proposals
from sam_backend.evaluation.paper.boxes import Boxes
from sam_backend.evaluation.paper.edges import measure_edges
from sam_backend.evaluation.paper.instances import measure_instances
from sam_backend.evaluation.paper.point import measure_point
from sam_backend.evaluation.paper.proposals import measure_proposals
from sam_backend.evaluation.tasks import PAPER
from sam_backend.transforms import Frame

Progress = Callable[[int, int], None]


def measure(
    version: ModelVersion, on: Measurable, wanted: Wanted, boxes: Boxes | None, progress: Progress
) -> dict[str, Any]:
    """Return the task's summary, with "task" and "paper" (the section). `progress` hears (images done, all images),
    between images and while the model works on one; what it raises stops the work.

    Raises ValueError when the model's package is broken, FileNotFoundError for a missing file and MemoryError."""
    with borrow(version, Purpose.MEASURE) as predictor:
        shown = _Shown(predictor, version, on, wanted.task, progress)
        found = _measured(shown, on, wanted, boxes)
    return {"task": wanted.task, "paper": PAPER[wanted.task]} | found


def _measured(shown: _Shown, on: Measurable, wanted: Wanted, boxes: Boxes | None) -> dict[str, Any]:
    if wanted.task == Task.POINT:
        return measure_point(shown, records_of(on.ground), progress=shown.told, load=shown.load)
    if wanted.task == Task.INSTANCES:
        return measure_instances(shown, [on.ground], boxes, shown.told, shown.load)
    usual = proposals.PARAMS if wanted.task == Task.PROPOSALS else edges.PARAMS
    generator = AutomaticMasks(_Backend(shown), replace(usual, points_per_side=wanted.grid()))
    if wanted.task == Task.PROPOSALS:
        return measure_proposals(generator, [on.ground], shown.told, shown.load)
    return measure_edges(generator, [on.ground], progress=shown.told, load=shown.load)


class _Shown:
    """A segmenter that answers from the stored embeddings of a project's images, as people's clicks are answered: the
    library loads an image's pixels, then sets them."""

    def __init__(
        self, predictor: Predictor, version: ModelVersion, on: Measurable, task: str, progress: Progress
    ) -> None:
        self.predictor = predictor
        self._version, self._images, self._longest, self._progress = version, on.images, longest_side(task), progress
        self._image: Image | None = None
        self._done, self._total = 0, len(on.ground.photos)

    def load(self, record: Record) -> Pixels:
        """The record's image, RGB uint8, at the size it is measured at."""
        self._image = self._images[record.path]
        return read_pixels(self._image, self._longest)

    def told(self, done: int, total: int) -> None:
        """Take note that images are done."""
        self._done, self._total = done, total
        self.alive()

    def alive(self) -> None:
        """Say that the work goes on, or hear that nobody wants it any more."""
        self._progress(self._done, self._total)

    def embedding(self, rgb: Pixels) -> Embedding:
        """Of the image that was loaded last."""
        assert self._image is not None
        return embedding_of(self.predictor, self._version, self._image, rgb)

    def set_image(self, rgb: Pixels) -> None:
        """Have the image's prompts answered from now on."""
        self.predictor.set_embedding(self.embedding(rgb))

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """As `Predictor.predict`."""
        self.alive()
        return self.predictor.predict(*args, **kwargs)


class _Backend(PredictorBackend):
    """The same for a grid of points."""

    def __init__(self, shown: _Shown) -> None:
        super().__init__(shown.predictor)
        self._shown = shown

    def encode(self, rgb: npt.NDArray[np.uint8]) -> Embedding:
        return self._shown.embedding(rgb)

    def decode(self, encoded: Any, frame: Frame, points: npt.NDArray[np.float64], min_iou: float) -> Decoded:
        self._shown.alive()
        return super().decode(encoded, frame, points, min_iou)
