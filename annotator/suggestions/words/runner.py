"""Runs "words": phrases to masks, one image after the other; what is done stays, whatever happens next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from annotator.inference.lending import borrow_in_words
from annotator.inference.models import ModelVersion
from annotator.lib.words import counted
from annotator.projects.models import Image, Label, Project
from annotator.projects.models.image import IN_ORDER
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.suggestions.queries import WORDS, failures_of, settings_of, tally_of
from annotator.suggestions.trouble import TROUBLE, sentence
from annotator.suggestions.turns import give_way
from annotator.suggestions.words import store
from annotator.suggestions.words.asked import Kind
from annotator.suggestions.words.finding import check, masks
from sam_backend.phrases import Finder

LISTED = 100


class WordsRunner(Runner):
    """Ask for phrases. A second start of the same run goes on with the images it has not finished.

    It has the model to itself until it ends, for a large one is not kept once nobody has it; so it pauses for whatever
    somebody waits for."""

    kind = WORDS
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "found", "suggestions", "problems": [sentence]}. Raises RunPaused."""
        run, params = context.run, context.run.params
        version = ModelVersion.objects.filter(pk=params["model_version"]).first()
        if run.project is None or version is None:
            raise RunFailed("The project or the model was removed before this run began.")
        asking = _Asking(context, version, _kinds(run.project, params["phrases"]))
        with ExitStack() as stack:
            asking.borrow(stack)
            asking.all(_images(run.project, params["images"]))
        return _result(context)


class _Asking:
    """One run's questions to one model."""

    finder: Finder

    def __init__(self, context: Context, version: ModelVersion, kinds: list[Kind]) -> None:
        self._context, self._version, self._kinds = context, version, kinds

    def borrow(self, stack: ExitStack) -> None:
        """Have the model until the stack closes. Raises RunFailed where it cannot be asked for that."""
        try:
            self.finder = stack.enter_context(borrow_in_words(self._version))
            check(self.finder, self._kinds)
        except TROUBLE as error:
            said = str(error) if isinstance(error, ValueError) else sentence(error)
            raise RunFailed(said) from error

    def all(self, images: list[Image]) -> None:
        """Ask one image after the other."""
        done = store.finished(self._context.run)
        for number, image in enumerate(images):
            if image.pk not in done:
                give_way(self._context.run)
                self._one(image, partial(self._tell, images, number))

    def _one(self, image: Image, tell: Callable[[int], None]) -> None:
        run, wanted = self._context.run, settings_of(image.project)
        try:
            found = masks(self.finder, image, self._kinds, run.params["threshold"], run.params["nms"], tell)
        except TROUBLE as error:
            problem = sentence(error)
            self._context.log(f"{image.name}: {problem}")
            store.keep(image, run, self._version, wanted, [], problem)
            return
        self._context.check()
        store.keep(image, run, self._version, wanted, found)

    def _tell(self, images: list[Image], at: int, number: int) -> None:
        words = self._kinds[number].words
        said = f"{at + 1} of {len(images)}: {images[at].name}" + (f" · {words}" if words else "")
        self._context.progress((at + number / len(self._kinds)) / len(images), said)


def _kinds(project: Project, phrases: list[dict[str, Any]]) -> list[Kind]:
    """What is asked for; a label that was deleted meanwhile is none."""
    labels = set(Label.objects.filter(project=project).values_list("pk", flat=True))
    kinds = [Kind.from_json(phrase) for phrase in phrases]
    return [kind if kind.label in labels else Kind(kind.words, None, kind.boxes, kind.unlike) for kind in kinds]


def _images(project: Project, wanted: list[str] | None) -> list[Image]:
    rows = project.images.order_by(*IN_ORDER)
    return list(rows if wanted is None else rows.filter(pk__in=wanted))


def _result(context: Context) -> dict[str, Any]:
    images, found, kept = tally_of(context.run)
    failed = failures_of(context.run)
    if failed and len(failed) == images:
        raise RunFailed(f"None of the {counted(images, 'image')} could be looked at. {failed[0]}")
    said = f"{counted(kept, 'suggestion')} on {counted(images, 'image')}."
    if not found:
        said = f"Nothing of that was found on {counted(images, 'image')}. Try other words, or a lower score."
    elif not kept:
        said = f"Nothing new on {counted(images, 'image')}: what was found is there already."
    context.progress(1.0, said)
    return {"images": images, "found": found, "suggestions": kept, "problems": failed[:LISTED]}
